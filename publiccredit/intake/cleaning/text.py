"""Text as people and programs leave it: blanks at the ends, marks nobody sees."""

import polars as pl

from publiccredit.intake.cleaning import invisible
from publiccredit.intake.cleaning.column_bytes import ColumnBytes, Signs

INVISIBLE = invisible.MARKS

WIDE = "".join(chr(c) for c in range(0xFF10, 0xFF1A)) + "".join(
    chr(c) for start in (0xFF21, 0xFF41) for c in range(start, start + 26)
)
_WIDE_TO_ASCII = {c: chr(ord(c) - 0xFEE0) for c in WIDE}
_UPPER = {chr(c): chr(c - 32) for c in range(ord("a"), ord("z") + 1)}

_ODD_NAME = rf"[()﹙﹚\s{INVISIBLE}０-９Ａ-Ｚａ-ｚ]"
_ODD_DOCUMENT_NUMBER = rf"[\s{INVISIBLE}０-９Ａ-Ｚａ-ｚ\[\]（）()【】［］<>〈〉]"
_NO_IDENTIFIER = "[^0-9A-Z]"
_IN_NO_IDENTIFIER = Signs(single=((0x00, 0x2F), (0x3A, 0x40), (0x5B, 0xFF)))


def odd_prose(column: ColumnBytes) -> pl.Series:
    """Blank ends, invisible marks, or nothing at all: three plain looks, each many times faster than one pattern."""
    text = column.text
    # Lengths stand beside the text; comparing the text itself takes twice as long.
    length = text.str.len_bytes()
    ends = (text.str.strip_chars().str.len_bytes() != length) | (length == 0)
    return ends | column.where(invisible.SIGNS, rf"[{INVISIBLE}]")


def odd_name(column: ColumnBytes) -> pl.Series:
    return column.text.str.contains(_ODD_NAME)


def odd_document_number(column: ColumnBytes) -> pl.Series:
    return column.text.str.contains(_ODD_DOCUMENT_NUMBER)


def odd_identifier(column: ColumnBytes) -> pl.Series:
    return column.where(_IN_NO_IDENTIFIER, _NO_IDENTIFIER) | (column.text == "")


def tidy(text: pl.Expr) -> pl.Expr:
    """Without invisible marks and without blanks at the ends; empty text is null."""
    trimmed = text.str.replace_all(rf"[{INVISIBLE}]", "").str.strip_chars()
    return pl.when(trimmed != "").then(trimmed)


def folded(text: pl.Expr) -> pl.Expr:
    """Of one width and without any blank, for what is a code and not prose."""
    # Normalised again: a mark that stood behind a blank or an invisible character joins its letter only now.
    return text.str.normalize("NFKC").str.replace_all(rf"[\s{INVISIBLE}]", "").str.normalize("NFKC")


def prose(text: pl.Expr) -> pl.Expr:
    return tidy(text)


def name(text: pl.Expr) -> pl.Expr:
    """Names with the brackets licences print, （）, letters of one width, no blank beside a Chinese character."""
    one_width = tidy(text).str.replace_many(_WIDE_TO_ASCII | {"(": "（", ")": "）", "﹙": "（", "﹚": "）"})
    return (
        one_width.str.replace_all(r"\s+", " ")
        .str.replace_all(r"([\p{Han}（）]) ", "$1")
        .str.replace_all(r" ([\p{Han}（）])", "$1")
    )


def document_number(text: pl.Expr) -> pl.Expr:
    """Document numbers with the year in 〔〕 (GB/T 9704) and no blanks, so that one decision has one number."""
    bare = text.str.replace_all(rf"[\s{INVISIBLE}]", "").str.replace_many(_WIDE_TO_ASCII)
    numbered = bare.str.replace_all(r"[\[（(【［<〈〔](\d{4})[\]）)】］>〉〕]", "〔$1〕")
    return pl.when(numbered != "").then(numbered)


def identifier(text: pl.Expr) -> pl.Expr:
    """
    Identifiers in capitals of one width without blanks. Look-alike letters stay: O is not made 0.

    An apostrophe before it and ="…" around it are how people make a spreadsheet keep a number as text.
    """
    # The second folding joins what the first left apart (i and a dot above become one letter only as capitals).
    capital = folded(text).str.replace_many(_UPPER).str.normalize("NFKC")
    bare = capital.str.replace(r"^(?:['‘’`´]|=?\")+", "").str.replace(r"\"+$", "")
    return pl.when(bare != "").then(bare)


def organisation_code(text: pl.Expr) -> pl.Expr:
    return identifier(text).str.replace(r"^([0-9A-Z]{8})-([0-9X])$", "$1$2")
