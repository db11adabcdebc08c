"""同一文件中同一决定（自然键相同）只能有一行；内容完全相同的记为重复，内容不同的后一行退回（本平台校验规则：一项决定一条记录）。"""

import polars as pl

NAME = "conflicting_duplicate"
_SEEN = {"key": pl.UInt64, "said": pl.UInt64, "first": pl.Int64}


class SeenRows:
    """
    The accepted rows of a file so far: 24 bytes each, whatever they hold.

    Two texts share a 64-bit hash once in 10^7 files of a million rows; a row is only called a repetition when its key
    and its content agree in both, so a row that says something else is never taken for one.
    """

    def __init__(self) -> None:
        self._seen = pl.DataFrame(schema=_SEEN)

    def first_said(self, asked: pl.DataFrame) -> pl.DataFrame:
        """
        For each row of ``key, said, row``: the ``first`` row with its key, null where it is the first itself, and
        whether that one said the ``same``; then remember.
        """
        within = asked.select("key", "said", first=pl.col("row"))
        if asked["key"].n_unique() < asked.height:
            within = asked.select("key", pl.col("said", "row").first().over("key")).rename({"row": "first"})
        earlier = self._earlier(asked["key"])
        first = pl.coalesce(earlier["first"], within["first"])
        said = pl.coalesce(earlier["said"], within["said"])
        known = asked.with_columns(
            first=first, first_said=said, repeats=earlier["first"].is_not_null() | (first != asked["row"])
        )
        self._remember(known.filter(~pl.col("repeats")).select("key", "said", "first"))
        return known.select(
            first=pl.when("repeats").then("first"), same=pl.col("repeats") & (pl.col("said") == pl.col("first_said"))
        )

    def _earlier(self, keys: pl.Series) -> pl.DataFrame:
        if not self._seen.height:
            return self._seen.select("said", "first").clear(len(keys))
        place = self._seen["key"].search_sorted(keys).clip(upper_bound=self._seen.height - 1)
        found = self._seen[place]
        return found.select(pl.when(found["key"] == keys).then(pl.col("said", "first")).name.keep())

    def _remember(self, new: pl.DataFrame) -> None:
        self._seen = self._seen.merge_sorted(new.sort("key"), key="key").rechunk()
