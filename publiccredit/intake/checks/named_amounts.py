"""The amounts of money the sentences of a column name, in fen."""

import polars as pl
from pyarrow import lib as pa

from publiccredit.catalogue.types.amounts import amounts_named


def named_amounts(texts: pl.Series) -> pl.Series:
    """Give the list of the amounts each text names, each spelling looked at once."""
    # Polars makes a series of each list by itself: for 750 texts 6 ms, where Arrow takes less than 1.
    named = pa.array([amounts_named(text or "") for text in texts], pa.list_(pa.int64()))
    return pl.Series(texts.name, named)
