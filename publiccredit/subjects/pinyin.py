"""The letters people type when they have no time for characters: 濉溪县信用建材 is SXXXYJC."""

import os
import re
import unicodedata
from functools import lru_cache

# Characters with several readings, as the names of enterprises and places read them.
READINGS_IN_NAMES = {"行": "H", "长": "C", "乐": "L", "重": "Z", "调": "T", "会": "H", "朝": "C", "单": "D", "六": "L"}
PHRASES = {
    "重庆": "CQ",
    "会计": "KJ",
    "音乐": "YY",
    "乐器": "YQ",
    "旅行": "LX",
    "单县": "SX",
    "行政": "XZ",
    "调味": "TW",
}
_PHRASE = re.compile("|".join(PHRASES))


def _first_letter(readings: str) -> str:
    bare = unicodedata.normalize("NFD", readings)[0].upper()
    return bare if bare.isascii() and bare.isalpha() else ""


@lru_cache(maxsize=1)
def _letters() -> dict[int, str]:
    """Character by character: ``str.translate`` turns a million names in under a second, pypinyin in minutes."""
    # A table of single characters needs no phrases, and loads twice as fast without them.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
    from pypinyin.constants import PINYIN_DICT  # a tenth of a second, and most processes write no name

    letters = {code: letter for code, readings in PINYIN_DICT.items() if (letter := _first_letter(readings))}
    return letters | {ord(character): letter for character, letter in READINGS_IN_NAMES.items()}


def pinyin_initials(*, name: str) -> str:
    """Give the first letters of a name's syllables in capitals, with its own letters and digits, without marks."""
    read = _PHRASE.sub(lambda found: PHRASES[found.group()], name).translate(_letters())
    return "".join(c for c in read.upper() if c.isascii() and c.isalnum())
