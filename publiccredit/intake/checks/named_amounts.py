"""The amounts of money the sentences of a column name, in fen."""

import polars as pl

from publiccredit.catalogue.types.amounts import amounts_named


def named_amounts(texts: pl.Series) -> pl.Series:
    """Give the list of the amounts each text names, each spelling looked at once."""
    return pl.Series(texts.name, [amounts_named(text or "") for text in texts], dtype=pl.List(pl.Int64))
