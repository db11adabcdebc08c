"""
What helps where nothing was found: the code or the name nearest to what was typed, and what is wrong with it.

Asked only after the search found nothing, so that a search that finds pays nothing for it. Only what the reader may
see is near to anything (docs/decisions/0033); a number that could be a resident's is compared with nothing.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date

from publiccredit.catalogue.types import Audience
from publiccredit.catalogue.types import unified_identifiers as unified
from publiccredit.catalogue.types.identity_numbers import EIGHTEEN
from publiccredit.disclosure.asking import Row, rows_of
from publiccredit.disclosure.search import (
    COLUMNS,
    FREQUENT,
    WALKED,
    frequent_pairs,
    hit_of,
    seen_subjects,
)
from publiccredit.disclosure.search_words import Asked, asked_for, document_number_in
from publiccredit.disclosure.types import Near, Nearest
from publiccredit.subjects.queries import pinyin_initials

NAMED = 5  # near answers at most
LOOKED_AT = 20  # candidates, of which some may have nothing visible
SHORTEST_NAME, LONGEST_NAME = 4, 40  # in two or three characters, one wrong one leaves nothing to go by
RAREST = 3  # pairs that the index is asked for at once; more only make it read more
_CODE = re.compile(r"[0-9A-Z]{16,20}")
_DIGITS_OF_A_CODE = 8
_MEANT = str.maketrans(unified.LOOKS_LIKE)
_RESIDENT = re.compile(EIGHTEEN, re.IGNORECASE)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def nearest(*, words: str, audience: Audience, on: date) -> Nearest:
    """
    Tell what may have been meant by words that found nothing.

    :raises UnableToSearch: they cannot be searched for at all.
    """
    asked = asked_for(words)
    if _RESIDENT.fullmatch(asked.identifier):
        return Nearest(
            "这像是居民身份证号码", ("自然人不在查询范围内。请输入企业或机构的名称，或它的统一社会信用代码。",)
        )
    digits = sum(character.isdigit() for character in asked.identifier.translate(_MEANT))
    if _CODE.fullmatch(asked.identifier) and digits >= _DIGITS_OF_A_CODE:
        return _near_code(asked.identifier, audience, on)
    if document_number_in(asked.document_number) is not None:
        said = "年份外的括号、“字”、“第”和空格写不写都一样。请核对机关代字、年份和序号；公示期已满的文书不再显示。"
        return Nearest("没有正在公示的这个文书号", (said,))
    near = _near_name(asked, audience, on) if SHORTEST_NAME <= len(asked.name) <= LONGEST_NAME else ()
    return Nearest("没有完全相符的，名称相近的有", (), near) if near else Nearest("没有找到", ())


# --- codes ----------------------------------------------------------------------------------------------------------


def _near_code(code: str, audience: Audience, on: date) -> Nearest:
    candidates = _one_away(code) if abs(len(code) - unified.LENGTH) <= 1 else set()
    candidates |= {code.translate(_MEANT)}
    sql = f"SELECT {COLUMNS} FROM subjects_subject WHERE uscc = ANY(%(codes)s) ORDER BY inactive, id LIMIT {LOOKED_AT}"  # noqa: S608
    rows = rows_of(sql, {"codes": sorted(c for c in candidates if len(c) == unified.LENGTH)})
    near = _near(rows, lambda row: difference(code, row[2], "位") or "多处的字母应当是数字", audience, on)
    title = "没有这个代码，相近的有" if near else "没有这个代码"
    return Nearest(title, tuple(_faults(code, found=bool(near))), near)


def _one_away(code: str) -> set[str]:
    """Give all codes of eighteen symbols from which one wrong, missing, added or swapped one leads to this code."""
    places = range(len(code) + 1)
    if len(code) < unified.LENGTH:
        return {code[:i] + c + code[i:] for i in places for c in unified.SYMBOLS}
    if len(code) > unified.LENGTH:
        return {code[:i] + code[i + 1 :] for i in places[:-1]}
    swapped = {code[:i] + code[i + 1] + code[i] + code[i + 2 :] for i in places[:-2]}
    return swapped | {code[:i] + c + code[i + 1 :] for i in places[:-1] for c in unified.SYMBOLS}


def _faults(code: str, *, found: bool) -> list[str]:
    """Say what is wrong with a code by the place where it is wrong, as far as the code itself shows it."""
    said = []
    if len(code) != unified.LENGTH:
        more = len(code) - unified.LENGTH
        how = f"多了 {more} 位" if more > 0 else f"少了 {-more} 位"
        said.append(f"统一社会信用代码有 {unified.LENGTH} 位，您输入了 {len(code)} 位，{how}。")
    strange = [(place, letter) for place, letter in enumerate(code, 1) if letter not in unified.SYMBOLS]
    said += [
        f"第 {place} 位是字母 {letter}。代码不用 I、O、S、V、Z 五个字母，这一位多半是 {unified.LOOKS_LIKE[letter]}。"
        for place, letter in strange
    ]
    if len(code) != unified.LENGTH or strange:
        return said
    letters = [place + 1 for place in unified.REGION if not code[place].isdigit()]
    said += [f"第 {place} 位应当是数字：第 3 至 8 位是登记机关的行政区划码。" for place in letters]
    right = unified.check_character(code[:-1])
    if right != code[-1]:
        return [*said, f"校验不符：按前 17 位，第 18 位应当是 {right}，您输入的是 {code[-1]}，其中至少有一位输错。"]
    if not (said or found):
        return ["代码的写法正确，但平台没有以它公示的记录。公示期已满、已经修复或撤销的记录不再显示。"]
    return said


# --- names ----------------------------------------------------------------------------------------------------------


def _near_name(asked: Asked, audience: Audience, on: date) -> tuple[Near, ...]:
    """
    Give names that differ by one character, else names of which a part differs so.

    A whole name is found by its first letters, of which one may be another, missing or added: twenty-six letters are
    tried at each place where characters would be thousands.
    """
    name = asked.name
    rows = rows_of(_BY_LETTERS, {"initials": sorted(_letters_near(name)), "patterns": _patterns(name)})
    near = _near(rows, lambda row: difference(name, row[-1], "个字"), audience, on)
    return near or _near(_near_part(name), lambda row: _difference_within(name, row[-1]), audience, on)


_BY_LETTERS = f"""
SELECT {COLUMNS}, search_name FROM subjects_subject
WHERE inactive IN (true, false) AND pinyin_initials = ANY(%(initials)s) AND search_name LIKE ANY(%(patterns)s)
ORDER BY inactive, id + 0 LIMIT {LOOKED_AT}
"""  # noqa: S608
_BY_PAIRS = f"""
SELECT {COLUMNS}, search_name FROM subjects_subject WHERE ({{pairs}}) AND search_name LIKE ANY(%(patterns)s)
ORDER BY inactive, id + 0 LIMIT {LOOKED_AT}
"""  # noqa: S608
_BY_WALKING = f"""
SELECT {COLUMNS}, search_name FROM (SELECT * FROM subjects_subject ORDER BY inactive, id LIMIT {WALKED}) AS walked
WHERE search_name LIKE ANY(%(patterns)s) ORDER BY inactive, id LIMIT {LOOKED_AT}
"""  # noqa: S608


def _letters_near(name: str) -> set[str]:
    letters = pinyin_initials(name=name)
    places = range(len(letters) + 1)
    other = {letters[:i] + c + letters[i + 1 :] for i in places[:-1] for c in _LETTERS}
    added = {letters[:i] + c + letters[i:] for i in places for c in _LETTERS}
    fewer = {letters[:i] + letters[i + 1 :] for i in places[:-1]}
    swapped = {letters[:i] + letters[i + 1] + letters[i] + letters[i + 2 :] for i in places[:-2]}
    return ({letters} | other | added | fewer | swapped) - {""}


def _patterns(name: str, around: str = "") -> list[str]:
    """Give the patterns of all names one character away: another one, one more, one less, two in each other's place."""
    written = [re.sub(r"([\\%_])", r"\\\1", character) for character in name]
    found = {"".join(("_" if k == i else c) for k, c in enumerate(written)) for i in range(len(written))}
    found |= {
        "".join([*written[:i], "_", *written[i:]]) for i in range(1 if around else 0, len(written) + (not around))
    }
    if not around:
        found |= {"".join([*written[:i], *written[i + 1 :]]) for i in range(len(written))}
        found |= {
            "".join([*written[:i], written[i + 1], written[i], *written[i + 2 :]]) for i in range(len(written) - 1)
        }
    return sorted(f"{around}{pattern}{around}" for pattern in found)


def _near_part(name: str) -> list[Row]:
    """Give names with a part one character away: by the rarest pairs that the wrong one leaves, else by walking."""
    shares = frequent_pairs()
    pairs = [name[i : i + 2] for i in range(len(name) - 1)]
    left = {
        frozenset(sorted(kept, key=lambda pair: shares.get(pair, 0.0))[:RAREST])
        for wrong in range(len(name))
        if (kept := [pair for i, pair in enumerate(pairs) if wrong not in (i, i + 1)])
    }
    rare = [sorted(kept) for kept in left if min(shares.get(pair, 0.0) for pair in kept) < FREQUENT]
    values = {"patterns": _patterns(name, "%")} | {f"pairs_{i}": kept for i, kept in enumerate(rare)}
    any_of = " OR ".join(f"search_bigrams(search_name) @> %(pairs_{i})s::text[]" for i in range(len(rare)))
    found = rows_of(_BY_PAIRS.format(pairs=any_of), values) if rare else []
    return found or (rows_of(_BY_WALKING, values) if len(rare) < len(left) else [])


def _difference_within(part: str, name: str) -> str:
    """Say where a part differs from the piece of a name that it is nearest to."""
    pieces = (name[i : i + size] for size in (len(part), len(part) + 1) for i in range(len(name) - size + 1))
    return next((said for piece in pieces if (said := difference(part, piece, "个字"))), "")


# --- both -----------------------------------------------------------------------------------------------------------


def _near(rows: Sequence[Row], said: Callable[[Row], str], audience: Audience, on: date) -> tuple[Near, ...]:
    seen = seen_subjects([row[0] for row in rows], audience, on)
    found = [Near(hit_of(row, "near"), said(row)) for row in rows if row[0] in seen]
    return tuple(near for near in found if near.difference)[:NAMED]


def difference(typed: str, right: str, counter: str) -> str:
    """Say in what place two words differ that are one step apart; nothing where they are further apart."""
    at = next((i for i, (a, b) in enumerate(zip(typed, right, strict=False)) if a != b), min(len(typed), len(right)))
    place = f"第 {at + 1} {counter}"
    if len(typed) == len(right) and typed[at + 1 :] == right[at + 1 :] and at < len(typed):
        return f"{place}您输入的是“{typed[at]}”，这里是“{right[at]}”"
    if (
        len(typed) == len(right)
        and typed[at : at + 2] == right[at : at + 2][::-1]
        and typed[at + 2 :] == right[at + 2 :]
    ):
        return f"第 {at + 1}、{at + 2} {counter}前后颠倒"
    if typed[at:] == right[at + 1 :]:
        return f"您少输了{place}“{right[at]}”"
    if typed[at + 1 :] == right[at:]:
        return f"您多输了{place}“{typed[at]}”"
    return ""
