"""What was typed into the search box, in the forms in which it is compared: names, identifiers, document numbers."""

import re
import unicodedata
from dataclasses import dataclass

SHORTEST = 2
LONGEST = 100
LONGEST_NUMBER = 4  # digits to which departments fill up the number of a document with noughts
DROPPED = " \u3000()（）〔〕[]【】·•．.、,，-—_/“”\"'"  # as search_folded in the database
_DROP = str.maketrans("", "", DROPPED)
# A document number with whatever people write or leave out: 字, 第, brackets, blanks, dashes, leading noughts.
_NUMBERED = re.compile(
    r"(?P<organ>\D.*?)字?第?[\[（(【［<〈〔-]*(?P<year>(?:19|20)\d\d)年?[\]）)】］>〉〕-]*字?第?0*(?P<number>[1-9]\d{0,6})号?"
)
_YEAR_IN_BRACKETS = re.compile(r"[\[（(【［<〈〔](\d{4})[\]）)】］>〉〕]")


class UnableToSearch(Exception):
    """The words cannot be searched for; the message says to the reader what would be right."""


@dataclass(frozen=True)
class Asked:
    """What was typed, in the forms in which it is compared."""

    name: str
    identifier: str
    document_number: str
    parts: tuple[str, ...]  # the words between blanks

    @property
    def pairs(self) -> list[str]:
        return _pairs(self.name)

    @property
    def name_parts(self) -> list[str]:
        return [part for part in self.parts if not _is_latin(part)]

    @property
    def latin_parts(self) -> list[str]:
        return [part for part in self.parts if _is_latin(part)]

    @property
    def pairs_of_parts(self) -> list[str]:
        return [pair for part in self.name_parts for pair in _pairs(part)]

    @property
    def in_several_words(self) -> bool:
        """Words of which an index knows at least one: of single characters no name is found but by reading them all."""
        return len(self.parts) > 1 and bool(self.pairs_of_parts or self.indexed_letters)

    @property
    def indexed_letters(self) -> list[str]:
        return [part for part in self.latin_parts if len(part) > SHORTEST]

    @property
    def may_be_identifier(self) -> bool:
        """No identifier is written without a letter or a digit, though some also hold Chinese characters."""
        return any(character.isascii() and character.isalnum() for character in self.identifier)

    @property
    def latin(self) -> bool:
        return _is_latin(self.name)


def _pairs(text: str) -> list[str]:
    return [text[i : i + 2] for i in range(len(text) - 1)]


def _is_latin(text: str) -> bool:
    return text.isascii() and text.isalnum()


def folded(words: str) -> str:
    """Give a name as ``search_folded`` gives it in the database, of one width besides."""
    return unicodedata.normalize("NFKC", words).upper().translate(_DROP)


def asked_for(words: str) -> Asked:
    """
    Give what was typed in the forms in which it is compared.

    :raises UnableToSearch: it is too short or too long.
    """
    spaced = (" " if character.isspace() else character for character in words[: LONGEST * 2])
    words = "".join(character for character in spaced if character.isprintable())
    name = folded(words)
    if len(name) < SHORTEST:
        raise UnableToSearch(
            "请至少输入两个字。可以输入名称中任意连续的两个字、统一社会信用代码、文书号或名称的拼音首字母。"
        )
    if len(name) > LONGEST:
        raise UnableToSearch(f"输入过长。请输入不超过 {LONGEST} 个字。")
    compact = re.sub(r"\s", "", unicodedata.normalize("NFKC", words))
    return Asked(
        name=name,
        identifier=re.sub(r"[\s-]", "", compact).upper(),
        document_number=_YEAR_IN_BRACKETS.sub(r"〔\1〕", re.sub(r"\s", "", words)),
        parts=tuple(dict.fromkeys(part for word in words.split() if (part := folded(word)))),
    )


def document_number_in(words: str) -> tuple[str, str, str] | None:
    """Give the organ's sign, the year and the number where words are a whole document number, however written."""
    found = _NUMBERED.fullmatch(unicodedata.normalize("NFKC", words))
    if found is None or found["organ"].isascii():
        return None
    return found["organ"], found["year"], found["number"]


def spellings(words: str) -> list[str]:
    """Give the ways in which a department may have written a document number; intake cleans brackets and blanks."""
    found = document_number_in(words)
    if found is None:
        return []
    organ, year, number = found
    numbers = {number.zfill(width) for width in range(len(number), LONGEST_NUMBER + 1)}
    return sorted(
        f"{organ}{sign}〔{year}〕{ordinal}{padded}号"
        for sign in ("", "字")
        for ordinal in ("", "第")
        for padded in numbers
    )
