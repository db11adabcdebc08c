"""Code words: other ways to write them are known from code table, form and source; unknown words stay as sent."""

import re

import polars as pl

from publiccredit.catalogue.types import CodeTable, RecordField
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.cleaning.text import folded, tidy

# The mark 、 stands inside some words (没收违法所得、没收非法财物), so it divides only what is no known word.
_FIRST, _THEN = re.compile(r"[;,|]+"), re.compile(r"[、/]+")


class Words:
    """The words of one field. ``unknown`` lists the pieces of a cell that no table knows."""

    def __init__(self, *, field: RecordField, book: Rulebook) -> None:
        self._table: CodeTable | None = book.code_table(field)
        self._listed_words = {code.word for code in self._table.codes} if self._table else set()
        words = book.words(field)
        self._known: dict[str, str] = dict(zip(_bare(list(words), pl.col("t")), words.values(), strict=True))
        self._separator = field.several

    def read(self, text: pl.Series) -> pl.DataFrame:
        """``value`` and ``problem`` for each text. The Python below runs once per different spelling."""
        read = [self._one(cell) if cell else (None, None) for cell in _bare(text, tidy(pl.col("t")))]
        return pl.DataFrame(read, schema={"value": pl.String, "problem": pl.String}, orient="row")

    def _one(self, cell: str) -> tuple[str | None, str | None]:
        """Give the words and the unknown among them; a cell of separators alone names nothing and is empty."""
        pieces = [cell] if cell in self._known or not self._separator else self._pieces(cell)
        words = [word for piece in pieces for word in self._word(piece).split(self._separator or "\0")]
        unknown = [word for word in words if not self._listed(word)]
        return (self._separator or "").join(dict.fromkeys(words)) or None, "、".join(unknown) or None

    def _pieces(self, cell: str) -> list[str]:
        pieces = [piece for piece in _FIRST.split(cell) if piece]
        return [
            part
            for piece in pieces
            for part in ([piece] if self._listed(self._word(piece)) else [p for p in _THEN.split(piece) if p])
        ]

    def _word(self, piece: str) -> str:
        return self._known.get(piece, piece)

    def _listed(self, word: str) -> bool:
        pieces = word.split(self._separator) if self._separator else [word]
        return all(p in self._listed_words or self._detailed(p) for p in pieces)

    def _detailed(self, word: str) -> bool:
        prefix = self._table.detail_prefix if self._table else None
        return bool(prefix) and word.startswith(prefix or "") and len(word) > len(prefix or "")


def _bare(ways: pl.Series | list[str], text: pl.Expr) -> pl.Series:
    """Each way to write a word as it is compared; ``text`` is made of the column ``t``."""
    return pl.DataFrame({"t": ways}, schema={"t": pl.String}).select(folded(text)).to_series()
