"""
Numbers by which a person is reached or named, in words that everybody may read: which, and where.

A subject's statement, the reason of a correction and the words in place of a withdrawn record are public the moment
they are saved. What a name is no program can tell; what a number is it can.
"""

import re

from publiccredit.catalogue.types.identity_numbers import DIGIT, EIGHTEEN, place_of_one
from publiccredit.catalogue.types.unified_identifiers import SYMBOLS, check_character

_ALONE = (f"(?<!{DIGIT})", f"(?!{DIGIT})")
_GAP = "[ \u3000-]?"
_MOBILE = re.compile(f"{_ALONE[0]}[1１][3-9３-９]{DIGIT}{_GAP}{DIGIT}{{4}}{_GAP}{DIGIT}{{4}}{_ALONE[1]}")
# A row of eleven or twelve digits that begins with 0 is a telephone only with its area code set apart.
_LANDLINE = re.compile(
    f"{_ALONE[0]}[（(]?[0０][1-9１-９]{DIGIT}{{1,2}}(?:[）)]{_GAP}|[-－— ]){DIGIT}{{7,8}}{_ALONE[1]}"
)
_IDENTIFIER = re.compile(f"(?<![0-9A-Z])[{SYMBOLS}]{{18}}(?![0-9A-Z])")
_WORDS_BEFORE = re.compile(r"[^\W\d_]{1,6}$")
_SHOWN = 3  # digits that are told back, so that the number can be found and not read


def refusal_of(*, text: str, what: str) -> str:
    """Say which number of a person stands where in words for everybody; empty where there is none."""
    searched = _IDENTIFIER.sub(_unless_a_person, text)
    found = [(m.start(), kind, m.group()) for kind, rule in _KINDS if (m := rule(searched))]
    if not found:
        return ""
    at, kind, number = min(found)
    before = _WORDS_BEFORE.search(text[:at].rstrip())
    place = f"“{before.group()}”后面的" if before else "写的" if at else "开头的"
    return f"{what}人人可见，不能写{kind}：{place} {number[:_SHOWN]}…（第 {at + 1} 字起）。请删去。"


def _unless_a_person(found: re.Match[str]) -> str:
    """Put an enterprise's identifier out of sight, digits though it may be; what may be a person's number stays."""
    number = found.group()
    if re.fullmatch(EIGHTEEN, number) or check_character(number[:-1]) != number[-1]:
        return number
    return "－" * len(number)


_KINDS = (
    ("身份证号码或者同样长的号码", place_of_one),
    ("手机号码", _MOBILE.search),
    ("电话号码", _LANDLINE.search),
)
