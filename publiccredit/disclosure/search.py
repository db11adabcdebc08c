"""
One box for names, identifiers, document numbers and the first letters of names; answers by rank, page by page.

A fragment that stands in many names is found by walking the names in rank order, one that stands in few by the index of
pairs; which of the two is decided by how often the database has counted its pairs (docs/decisions/0030).
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Q

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Audience
from publiccredit.disclosure.asking import Row, rows_by_kept_plan, rows_of
from publiccredit.disclosure.search_words import SHORTEST, Asked, UnableToSearch, asked_for, spellings
from publiccredit.disclosure.types import Hit, SearchPage
from publiccredit.disclosure.visibility import visible
from publiccredit.subjects import queries as subjects

PAGE = 20
BATCHES = 10  # of candidates that turn out to have nothing visible, before the page is given as it is
FREQUENT = 0.002  # share of names from which walking them is quicker than the index: measured, see the decision
WALKED = 15_000  # names walked before the index is asked after all, about 5 ms
COUNTED_FOR = 600  # seconds for which the counts of pairs are kept


@dataclass(frozen=True)
class Place:
    """Where a page ended: the step of the search and the rank of its last answer."""

    step: str = ""
    inactive: bool = False
    key: str = ""
    id: int = -1

    def __str__(self) -> str:
        text = json.dumps([self.step, self.inactive, self.key, self.id], ensure_ascii=False)
        return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def search(*, words: str, audience: Audience, on: date, cursor: str = "", limit: int = PAGE) -> SearchPage:
    """
    Give one page of the subjects that answer to some words: exact answers, then beginnings, then parts of a name.

    Blanks are left out, as people put them into names; then come the names that hold every word between blanks.

    :raises UnableToSearch: fewer than two characters, or a cursor that this search never gave.
    """
    asked = asked_for(words)
    place = _place(cursor)
    exact = exact_hits(asked, audience, on)[:limit]
    already = {hit.subject_id for hit in exact}
    hits = [] if place.step else [(FIRST, hit) for hit in exact]
    for step in STEPS[STEPS.index(place.step or STEPS[0]) :]:
        if len(hits) > limit:
            break
        if not _applies(step, asked):
            continue
        after = place if place.step == step else Place(step=step)
        found, stopped_at = _seen(asked, after, already, audience, on, limit + 1 - len(hits))
        hits += found
        if stopped_at is not None:
            return SearchPage(hits=tuple(hit for _, hit in hits[:limit]), next_cursor=str(stopped_at))
    more = len(hits) > limit
    kept = hits[:limit]
    return SearchPage(hits=tuple(hit for _, hit in kept), next_cursor=str(kept[-1][0]) if more else "")


STEPS = ("beginning", "initials", "within", "within_initials", "words")
FIRST = Place(step=STEPS[0])
COLUMNS = "id, name, uscc, kind, registration_status, inactive"


def _place(cursor: str) -> Place:
    if not cursor:
        return Place()
    try:
        step, inactive, key, number = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        place = Place(step=step, inactive=bool(inactive), key=str(key), id=int(number))
    except (ValueError, TypeError) as error:
        raise UnableToSearch("翻页标记无效。请从第一页重新查询。") from error
    if place.step not in STEPS or "\x00" in place.key or abs(place.id) >= 2**63:
        raise UnableToSearch("翻页标记无效。请从第一页重新查询。")
    return place


def _applies(step: str, asked: Asked) -> bool:
    if step == "initials":
        return asked.latin
    if step == "within_initials":
        return asked.latin and len(asked.name) > SHORTEST
    if step == "words":
        return asked.in_several_words
    return True


# --- exact answers --------------------------------------------------------------------------------------------------

_BY_IDENTIFIER = """
SELECT s.*, '1 identifier' AS reason FROM subjects_subject s WHERE uscc = %(identifier)s
UNION ALL
SELECT s.*, '1 identifier' FROM subjects_subject s JOIN subjects_identifier i ON i.subject_id = s.id
    WHERE i.value = %(identifier)s
"""
_BY_NAME = """
SELECT s.*, '2 exact' AS reason FROM subjects_subject s WHERE inactive IN (true, false) AND search_name = %(name)s
"""
_BY_DOCUMENT = "SELECT s.*, '3 document_number' AS reason FROM subjects_subject s WHERE id = ANY(%(decided)s)"
_BY_FORMER_NAME = """
SELECT s.*, '4 former_name' AS reason FROM subjects_subject s JOIN subjects_subjectname n ON n.subject_id = s.id
    WHERE n.borne_until IS NOT NULL AND n.search_name = %(name)s
"""


def exact_hits(asked: Asked, audience: Audience, on: date) -> list[Hit]:
    """Give whom the words name exactly, or name by a number."""
    values = {"identifier": asked.identifier, "name": asked.name, "decided": _decided(asked, audience, on)}
    rows = rows_by_kept_plan(_exact_sql(identifier=asked.may_be_identifier, decided=bool(values["decided"])), values)
    seen = seen_subjects([row[0] for row in rows], audience, on)
    return [hit_of(row, row[-1].split(" ", 1)[1]) for row in rows if row[0] in seen]


def _exact_sql(*, identifier: bool, decided: bool) -> str:
    """Planning a way costs more than going it, so only those are asked that can lead somewhere."""
    ways = [_BY_IDENTIFIER] * identifier + [_BY_NAME] + [_BY_DOCUMENT] * decided + [_BY_FORMER_NAME]
    return (
        f"SELECT {COLUMNS}, min(reason) AS reason FROM ({' UNION ALL '.join(ways)}) AS found "  # noqa: S608
        f"GROUP BY {COLUMNS} ORDER BY reason, inactive, id LIMIT 20"
    )


def _decided(asked: Asked, audience: Audience, on: date) -> list[int]:
    """Give whom visible records concern whose document number begins with what was typed, or is it, however written."""
    if not re.search(r"\d", asked.document_number) or asked.document_number.isascii():
        return []
    every = subjects.records().filter(visible(audience=audience, on=on, packs=catalogue.packs()))
    begins = every.filter(document_number__startswith=asked.document_number)
    spelt = spellings(asked.document_number)
    for records in (begins, every.filter(document_number__in=spelt)) if spelt else (begins,):
        found = records.order_by("document_number", "pk").values_list("subject_id", flat=True)[:PAGE]
        if found:
            return [number for number in found if number is not None]
    return []


def numbered_so(*, words: str) -> Q:
    """Give the condition of records whose document number begins with what was typed, or is it, however written."""
    typed = asked_for(words).document_number
    return Q(document_number__startswith=typed) | Q(document_number__in=spellings(typed))


# --- beginnings and parts -------------------------------------------------------------------------------------------

# The place to begin at is one row comparison: beside a second lower bound, the database may begin at the worse of both
# (measured: 280 ms instead of 1).
_BY_BEGINNING = f"""
SELECT {COLUMNS}, {{column}} AS key FROM (
    (SELECT * FROM subjects_subject WHERE NOT inactive AND NOT %(inactive)s AND ({{column}}, id) > (%(key)s, %(id)s)
        AND {{column}} < %(to)s {{also}} ORDER BY {{column}}, id LIMIT %(limit)s)
    UNION ALL
    (SELECT * FROM subjects_subject WHERE inactive AND ({{column}}, id) > (%(inactive_key)s, %(inactive_id)s)
        AND {{column}} < %(to)s {{also}} ORDER BY {{column}}, id LIMIT %(limit)s)
) AS found ORDER BY inactive, {{column}}, id LIMIT %(limit)s
"""  # noqa: S608
_WALKED = f"""
SELECT {COLUMNS}, '' AS key FROM (
    SELECT * FROM subjects_subject WHERE (inactive, id) > (%(inactive)s, %(id)s) ORDER BY inactive, id LIMIT {WALKED}
) AS walked WHERE {{found}} ORDER BY inactive, id LIMIT %(limit)s
"""  # noqa: S608
# "id + 0", or the database takes the place to begin at, below every id on the first page, for a reason to read the
# whole index of the rank order beside the one asked for (measured: 240 ms instead of 3).
_BY_INDEX = f"""
SELECT {COLUMNS}, '' AS key FROM subjects_subject
WHERE {{index}} AND {{found}} AND (inactive, id + 0) > (%(inactive)s, %(id)s) ORDER BY inactive, id + 0 LIMIT %(limit)s
"""  # noqa: S608
_WITHIN_NAME = "strpos(search_name, %(from)s) > 1"
_WITHIN_INITIALS = "strpos(pinyin_initials, %(from)s) > 1 AND strpos(search_name, %(from)s) = 0"
BY_PAIRS = "search_bigrams(search_name) @> %(pairs)s::text[]"
_BY_PAIRS_OF_PARTS = "search_bigrams(search_name) @> %(pairs_of_parts)s::text[]"


def _candidates(asked: Asked, after: Place, limit: int) -> list[Row]:
    values = {
        "from": asked.name,
        "to": asked.name + "\U0010ffff",
        "part": f"%{asked.name}%",  # of letters and digits wherever it is used
        "pairs": asked.pairs,
        "inactive": after.inactive,
        "key": after.key or asked.name,
        "id": after.id,
        "inactive_key": after.key if after.inactive else asked.name,
        "inactive_id": after.id if after.inactive else -1,
        "limit": limit,
    }
    if after.step == "beginning":
        return rows_by_kept_plan(_BY_BEGINNING.format(column="search_name", also=""), values)
    if after.step == "initials":
        also = "AND strpos(search_name, %(from)s) = 0"
        return rows_by_kept_plan(_BY_BEGINNING.format(column="pinyin_initials", also=also), values)
    if after.step == "within":
        return _part(_WITHIN_NAME, BY_PAIRS, values, walk=rarest(asked.pairs) >= FREQUENT)
    if after.step == "words":
        found, index, parts = in_every_word(asked)
        not_as_one = ["strpos(search_name, %(from)s) = 0"] + ["strpos(pinyin_initials, %(from)s) = 0"] * asked.latin
        return _part(
            " AND ".join([found, *not_as_one]), index, values | parts, walk=rarest(asked.pairs_of_parts) >= FREQUENT
        )
    return _part(_WITHIN_INITIALS, "pinyin_initials LIKE %(part)s", values, walk=True)


def in_every_word(asked: Asked) -> tuple[str, str, dict[str, Any]]:
    """
    Give the condition that a name holds every word, what the index finds of it, and the values of both.

    Letters and digits are looked for among the first letters, which hold the name's own letters and digits as well.
    """
    names, letters, indexed = asked.name_parts, asked.latin_parts, asked.indexed_letters
    found = [f"strpos(search_name, %(name_{i})s) > 0" for i in range(len(names))]
    found += [f"strpos(pinyin_initials, %(letters_{i})s) > 0" for i in range(len(letters))]
    by_letters = [f"pinyin_initials LIKE %(pattern_{i})s" for i in range(len(indexed))]
    values = {f"name_{i}": part for i, part in enumerate(names)}
    values |= {f"letters_{i}": part for i, part in enumerate(letters)}
    values |= {f"pattern_{i}": f"%{part}%" for i, part in enumerate(indexed)}
    # Letters narrow what only pairs that stand in most names would find: of 公司 and ZZZ, every second name.
    by_pairs = [_BY_PAIRS_OF_PARTS] if asked.pairs_of_parts else []
    index = by_letters if not by_pairs or rarest(asked.pairs_of_parts) >= FREQUENT else []
    return " AND ".join(found), " AND ".join([*by_pairs, *index]), values | {"pairs_of_parts": asked.pairs_of_parts}


def rarest(pairs: list[str]) -> float:
    """Give the share of names in which the rarest of some pairs stands; where there are none, any may hold them."""
    shares = frequent_pairs()
    return min((shares.get(pair, 0.0) for pair in pairs), default=1.0)


def _part(found: str, index: str, values: dict[str, Any], *, walk: bool) -> list[Row]:
    rows = rows_by_kept_plan(_WALKED.format(found=found), values) if walk else []
    if len(rows) == values["limit"]:
        return rows
    return rows_by_kept_plan(_BY_INDEX.format(index=index, found=found), values)


def frequent_pairs() -> dict[str, float]:
    """Give the pairs that stand in most names, with the share of names they stand in, as the database counted."""

    def counted() -> dict[str, float]:
        return dict(rows_of("SELECT pair, share FROM search_frequent_pairs()", {}))

    return cache.get_or_set("search:frequent_pairs", counted, COUNTED_FOR) or {}


def _seen(
    asked: Asked, after: Place, already: set[int], audience: Audience, on: date, wanted: int
) -> tuple[list[tuple[Place, Hit]], Place | None]:
    """
    Give the answers of one step of which something is visible, and where it stopped when it met too many of which
    nothing is.
    """
    answers: list[tuple[Place, Hit]] = []
    for _ in range(BATCHES):
        size = max(wanted - len(answers), PAGE)
        rows = _candidates(asked, after, size)
        seen = seen_subjects([row[0] for row in rows], audience, on)
        for row in rows:
            after = replace(after, inactive=row[5], key=row[-1], id=row[0])
            if row[0] in seen and row[0] not in already:
                answers.append((after, hit_of(row, after.step.replace("within_initials", "initials"))))
        if len(rows) < size or len(answers) >= wanted:
            return answers[:wanted], None
    return answers, after


def seen_subjects(ids: list[int], audience: Audience, on: date) -> set[int]:
    """Give those of whom the audience may see something: a subject with a hidden record only is not to be found."""
    if not ids:
        return set()
    return {row[0] for row in rows_by_kept_plan(_seen_sql(audience, on, catalogue.packs().version), {"ids": ids})}


@lru_cache(maxsize=32)
def _seen_sql(audience: Audience, on: date, version: str) -> str:  # noqa: ARG001 - part of the key
    """The rule of visibility of a day, written out, so that its plan holds for the day whatever is asked."""
    condition = visible(audience=audience, on=on, packs=catalogue.packs())
    sql, values = subjects.records().filter(condition).values("subject_id").query.sql_with_params()
    rule = connection.ops.compose_sql(sql, values).replace("%", "%%")  # type: ignore[attr-defined]
    return f"SELECT DISTINCT subject_id FROM ({rule}) AS seen WHERE subject_id = ANY(%(ids)s)"  # noqa: S608


def hit_of(row: Row, reason: str) -> Hit:
    """Give an answer from the columns of a subject."""
    return Hit(
        subject_id=row[0],
        name=row[1],
        identifier=row[2] or f"id-{row[0]}",
        kind=row[3],
        registration_status=row[4],
        reason=reason,
    )
