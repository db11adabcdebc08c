"""
What a resident identity number looks like (GB 11643): the one place that says so.

Region, day of birth, three digits and a check character. Whether the check character fits is not asked: a mistyped
number still points at a person. Four uses need four degrees of strictness:

- an identifier as cleaned is half-width and nothing else (``EIGHTEEN``, ``FIFTEEN``, to be anchored by the caller);
- text before it is kept, and text on its way out, is searched for the number in any width (``WITHIN``, ``without``);
- what is said about a cell is searched without regard to what stands around it (``ANYWHERE``);
- words that a person types about a person may hold nothing of that length at all (``may_hold_one``).

The patterns given to Polars know no look-around.
"""

import re

_DAY = "(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
# Region 000000 is nobody's: what is invented for tests and demonstrations bears it and is treated like all others.
EIGHTEEN = rf"(?:[1-9][0-9]{{5}}|000000)(?:19|20)[0-9]{{2}}{_DAY}[0-9]{{3}}[0-9Xx]"
FIFTEEN = rf"[1-9][0-9]{{7}}{_DAY}[0-9]{{3}}"  # until 1999; registration numbers of enterprises look alike

DIGIT = "[0-9０-９]"
NO_DIGIT = "[^0-9０-９]"
# The region, which may be shown, is the one group of it.
ANYWHERE = (
    rf"([1-9１-９]{DIGIT}{{5}}|[0０]{{6}})(?:19|20|１９|２０){DIGIT}{{2}}(?:[0０][1-9１-９]|[1１][0-2０-２])"
    rf"(?:[0０][1-9１-９]|[12１２]{DIGIT}|[3３][01０１]){DIGIT}{{3}}[0-9０-９XxＸｘ]"
)
# A longer row of digits is a number of something else. What stands before and behind is the first and third group.
WITHIN = f"(^|{NO_DIGIT}){ANYWHERE}($|{NO_DIGIT})"
_SEARCHED = re.compile(f"(?<!{DIGIT}){ANYWHERE}(?!{DIGIT})")
_STARS = "*" * 12
_LENGTH = 18
# Its middle, which hardly any text holds: that it begins with one of a few words makes the search twice as fast.
_MIDDLE = re.compile(f"(?:19|20|１９|２０){DIGIT}{{9}}")
_OF_THAT_LENGTH = re.compile(r"\d{17}[\dXxＸｘ]|\d{15}")


def without(text: str) -> str:
    """Give the text with nothing of an identity number but its first six digits, a region."""
    if len(text) < _LENGTH or not _MIDDLE.search(text):
        return text
    return _SEARCHED.sub(rf"\1{_STARS}", text)


def place_of_one(text: str) -> re.Match[str] | None:
    """Give where a text has a row of digits as long as an identity number, old or new."""
    return _OF_THAT_LENGTH.search(text)


def may_hold_one(text: str) -> bool:
    """Tell whether a text has a row of digits as long as an identity number, old or new."""
    return place_of_one(text) is not None
