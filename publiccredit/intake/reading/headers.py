"""The same header however it was typed, and the letters a spreadsheet gives its columns."""

import re
import unicodedata

INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff'\"`]+")
MARKS = re.compile(r"^[*★☆#]+|(?:[*★☆:]|[(\[【](?:必填|必填项|选填|非必填|必录|可空|可选)[)\]】])+$")
BLANK = " \t\r\n"


def normalise(header: str) -> str:
    """
    Give the form of a header in which two spellings of it are equal.

    Full-width and half-width, upper and lower case, spaces, line breaks, kinds of brackets and a mark that the column
    must be filled make no difference. The words inside brackets do: 金额(元) is not 金额(万元).
    """
    text = unicodedata.normalize("NFKC", header).translate(BRACKETS)
    text = INVISIBLE.sub("", text).casefold()
    while (shorter := MARKS.sub("", text)) != text:
        text = shorter
    return text


BRACKETS = str.maketrans({"【": "(", "】": ")", "〔": "(", "〕": ")", "[": "(", "]": ")", "{": "(", "}": ")"})


def column_letter(index: int) -> str:
    """Give the letters of the column with this index, from 0: A, B, …, Z, AA."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """Give the index, from 0, of the column with these letters."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1
