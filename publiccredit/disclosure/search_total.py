"""
How many subjects answer to some words: exactly up to a bound, and beyond it that there are more.

Asked beside the page of answers and never by it. Rank and page do not matter here, so that the index gives what it
finds first, and reading ends at the bound (docs/decisions/0030).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from publiccredit.catalogue.types import Audience
from publiccredit.disclosure.asking import rows_by_kept_plan
from publiccredit.disclosure.search import BY_PAIRS, WALKED, exact_hits, in_every_word, rarest, seen_subjects
from publiccredit.disclosure.search_words import SHORTEST, Asked, asked_for

COUNTED_TO = 1_000
OFTEN = 0.05  # share of names from which the first ones by rank hold as many as are counted
_FIRST = f"SELECT id, search_name, pinyin_initials FROM subjects_subject ORDER BY inactive, id LIMIT {WALKED}"  # noqa: S608
_WALKED = f"SELECT id FROM ({_FIRST}) AS walked WHERE {{found}} LIMIT %(limit)s"  # noqa: S608
_ALL = "SELECT id FROM subjects_subject WHERE {index} AND {found} LIMIT %(limit)s"
_BEGINNING = "inactive IN (true, false) AND pinyin_initials >= %(from)s AND pinyin_initials < %(to)s"


@dataclass(frozen=True)
class Total:
    """How many answer; where there are ``more``, at least so many."""

    number: int
    more: bool


def total(*, words: str, audience: Audience, on: date) -> Total:
    """
    Give how many subjects the whole search gives.

    :raises UnableToSearch: the words cannot be searched for.
    """
    asked = asked_for(words)
    found = {hit.subject_id for hit in exact_hits(asked, audience, on)}
    cut = False
    for condition, index, values, share in _ways(asked):
        if len(found) > COUNTED_TO:
            break
        ids = _ids(condition, index, values | {"limit": COUNTED_TO + 1}, share)
        cut |= len(ids) > COUNTED_TO
        found |= set(ids)
    number = len(seen_subjects(sorted(found), audience, on))
    return Total(min(number, COUNTED_TO), more=cut or number > COUNTED_TO)


def _ways(asked: Asked) -> list[tuple[str, str, dict[str, Any], float]]:
    """Give each condition to answer under: what the index finds of it, its values and how many names it fits."""
    typed: dict[str, Any] = {"from": asked.name, "to": asked.name + "\U0010ffff", "part": f"%{asked.name}%"}
    typed["pairs"] = asked.pairs
    ways = [("strpos(search_name, %(from)s) > 0", BY_PAIRS, typed, rarest(asked.pairs))]
    if asked.latin and len(asked.name) > SHORTEST:
        ways.append(("strpos(pinyin_initials, %(from)s) > 0", "pinyin_initials LIKE %(part)s", typed, 1.0))
    elif asked.latin:
        ways.append(("true", _BEGINNING, typed, 0.0))
    if asked.in_several_words:
        found, index, values = in_every_word(asked)
        ways.append((found, index, values, rarest(asked.pairs_of_parts)))
    return ways


def _ids(found: str, index: str, values: dict[str, Any], share: float) -> list[int]:
    if share >= OFTEN:
        rows = rows_by_kept_plan(_WALKED.format(found=found), values)
        if len(rows) == values["limit"]:
            return [row[0] for row in rows]
    return [row[0] for row in rows_by_kept_plan(_ALL.format(index=index, found=found), values)]
