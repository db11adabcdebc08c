"""
Days in the forms people write.

2026-11-03, 2026/11/3, 2026.11.3, 2026、11、3, 20261103, 2026年11月3日，二〇二六年十一月三日, the serial number of a
spreadsheet, and each of them with a time of day behind it. A year has four digits: 26-11-03 is refused, since nobody
can say which century was meant.
"""

import polars as pl

_ISO_LENGTH = 10  # with both in two digits and four for the year, nothing else parses
_TIME = r"(?:[ T]*(?:\d{1,2}[::时]\d{1,2}(?:[::分]\d{1,2}(?:\.\d+)?)?[秒分]?|\d{1,2}时)(?:Z|[+-]\d\d:?\d\d)?)?"
_BETWEEN = r"(?:[-/.、,‐‑–—−\\\\]| +)"
_SEPARATED = rf"^(\d{{4}}){_BETWEEN}(\d{{1,2}}){_BETWEEN}(\d{{1,2}}){_TIME}$"
_CHINESE_MARKS = rf"^(\d{{4}}) *年 *(\d{{1,2}}) *月 *(\d{{1,2}}) *[日号]?{_TIME}$"
_COMPACT = rf"^(\d{{4}})(\d\d)(\d\d){_TIME}$"
_ONES = "一二三四五六七八九"
_WORDS = rf"^([〇零{_ONES}]{{4}})年([{_ONES}十]{{1,2}})月([{_ONES}十廿卅]{{1,3}})[日号]?{_TIME}$"
_SERIAL = r"^(\d{5})(?:\.\d+)?$"
LONG_TERM_WORDS = ("长期", "长期有效", "永久", "永久有效", "无固定期限", "9999-12-31", "2999-12-31")

_DIGITS = {"〇": "0", "零": "0"} | {word: str(n) for n, word in enumerate("一二三四五六七八九", start=1)}
_UNITS = list("一二三四五六七八九")
_COUNTED = [
    *_UNITS,
    "十",
    *("十" + u for u in _UNITS),
    "二十",
    *("二十" + u for u in _UNITS),
    "三十",
    "三十一",
]
_NUMBERS = {word: f"{n:02d}" for n, word in enumerate(_COUNTED, start=1)} | {
    "廿": "20",
    "卅": "30",
    "卅一": "31",
    **{f"廿{u}": f"2{n}" for n, u in enumerate(_UNITS, start=1)},
}
_EPOCH = pl.date(1899, 12, 30)  # day 0 of spreadsheets, which count a 29 February 1900 that never was
_EARLIEST_SERIAL, _LATEST_SERIAL = 15000, 73050  # 1941-01-24 to 2099-12-31; smaller numbers are no dates of decisions


def fast(text: pl.Series) -> pl.Series:
    """The day of text that already is YYYY-MM-DD; null for all else."""
    column = pl.col(text.name)
    day = pl.when(column.str.len_bytes() == _ISO_LENGTH).then(column.str.to_date("%Y-%m-%d", strict=False))
    return text.to_frame().select(_believable(day)).to_series()


def read(text: pl.Series, *, long_term: bool) -> pl.Series:
    """The day each text says; null where it says none."""
    plain = (
        pl.col("text")
        .str.normalize("NFKC")
        .str.strip_chars()
        .str.replace_many({"○": "〇", "O": "〇", "o": "〇"})
        .alias("t")
    )
    days = text.to_frame("text").select(plain).select(_believable(pl.coalesce(_candidates(long_term=long_term))))
    return days.to_series()


def _believable(day: pl.Expr) -> pl.Expr:
    # 0226-11-03 is a mistyped 2026: no record of this platform is older than the century before.
    return pl.when(day >= pl.date(1900, 1, 1)).then(day)


def _candidates(*, long_term: bool) -> list[pl.Expr]:
    text = pl.col("t")
    # Letters O were made 〇 for years in words only; in digits they stay unreadable.
    words = text.str.extract_groups(_WORDS).struct
    year = words.field("1").str.replace_many(_DIGITS)
    month = words.field("2").replace_strict(_NUMBERS, default=None, return_dtype=pl.String)
    day = words.field("3").replace_strict(_NUMBERS, default=None, return_dtype=pl.String)
    serial = text.str.extract(_SERIAL, 1).cast(pl.Int32)
    in_range = serial.is_between(_EARLIEST_SERIAL, _LATEST_SERIAL)
    found = [_in_digits(text, pattern) for pattern in (_SEPARATED, _CHINESE_MARKS, _COMPACT)]
    found.append(_day(year, month, day))
    found.append(pl.when(in_range).then(_EPOCH + pl.duration(days=serial)))
    if long_term:
        found.insert(0, pl.when(text.is_in(LONG_TERM_WORDS)).then(pl.date(2099, 12, 31)))
    return found


def _in_digits(text: pl.Expr, pattern: str) -> pl.Expr:
    parts = text.str.extract_groups(pattern).struct
    return _day(parts.field("1"), parts.field("2").str.zfill(2), parts.field("3").str.zfill(2))


def _day(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    return pl.concat_str([year, month, day], separator="-").str.to_date("%Y-%m-%d", strict=False)
