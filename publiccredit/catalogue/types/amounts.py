"""Amounts of money in words: those a sentence names, and how one is said."""

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

_DIGITS = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
_NUMERALS = "〇零一二三四五六七八九两壹贰叁肆伍陆柒捌玖十百千拾佰仟万亿"
_MULTIPLE = "[十百千拾佰仟]?[万亿]|[十百千拾佰仟]"  # 8千, 1.2万, 3百万
_PART = re.compile(rf"({_DIGITS})({_MULTIPLE}|)")
_NAMED = re.compile(
    rf"(?:(?P<before>人民币|¥)?(?P<digits>(?:{_DIGITS}(?:{_MULTIPLE}))*{_DIGITS}(?:{_MULTIPLE}|))余?(?P<yuan>元)?"
    rf"|(?P<numerals>[{_NUMERALS}]+)元)"
)
_YUAN_OF = {"万": 10**4, "亿": 10**8}
_VALUES = {
    sign: value for signs in ("〇一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖") for value, sign in enumerate(signs)
}
_VALUES["两"] = 2
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
# A full comma parts two statements, unless three digits follow: folded, it looks like the one between thousands.
_BETWEEN_STATEMENTS = re.compile(r"，(?!\d{3}(?!\d))")
_LARGEST = 10**16  # fen; more is no amount, and would leave the 64 bits of a column


FEN_IN_WAN = 1_000_000


def in_wan(fen: int) -> str:
    """Give the number of 万元, as the forms ask for it: six decimals at most, and no more than it has."""
    return f"{fen // FEN_IN_WAN}.{fen % FEN_IN_WAN:06d}".rstrip("0").rstrip(".")


def in_yuan(fen: int) -> str:
    """Give an amount in both units: most wrong amounts are yuan typed as 万元（standards.md §1.6）."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    whole, point, decimals = in_wan(fen).partition(".")
    wan = f"{int(whole):,}{point}{decimals}"
    yuan = f"{fen // 100:,}" + (f".{fen % 100:02d}" if fen % 100 else "")
    return f"{sign}{wan} 万元（{sign}{yuan} 元）"


@lru_cache(maxsize=4096)
def amounts_named(text: str) -> list[int]:
    """Give the amounts a text names, in fen and in order: in digits or in Chinese numerals, in 元, 万元 or 亿元."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", _BETWEEN_STATEMENTS.sub("；", text)))
    amounts = [_fen(match) for match in _NAMED.finditer(plain) if match["yuan"] or match["before"] or match["numerals"]]
    return [fen for fen in amounts if 0 < fen < _LARGEST]


def _fen(match: re.Match[str]) -> int:
    if match["numerals"]:
        return _number(match["numerals"]) * 100
    return int(_with_multiples(match["digits"]) * 100)


def _with_multiples(digits: str) -> Decimal:
    """1万2千 is 12,000: read like numerals, with a number where each of them has its digit."""
    whole, group = Decimal(0), Decimal(0)
    for number, multiple in _PART.findall(digits):
        group += Decimal(number.replace(",", "")) * _TENS.get(multiple[:1], 1)
        if multiple[-1:] in _YUAN_OF:
            whole, group = whole + group * _YUAN_OF[multiple[-1]], Decimal(0)
    return whole + group


def _number(numerals: str) -> int:
    """壹万贰仟 is 12,000: each digit times its ten, hundred or thousand, each group of them times its 万 or 亿."""
    whole, group, digit = 0, 0, 0
    for sign in numerals:
        if sign in _VALUES:
            digit = _VALUES[sign]
        elif sign in _TENS:
            group += (digit or 1) * _TENS[sign]
            digit = 0
        else:
            whole = (whole + group + digit) * 10**8 if sign == "亿" else whole + (group + digit) * 10**4
            group = digit = 0
    return whole + group + digit
