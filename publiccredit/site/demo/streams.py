"""Which department sends what, how often, in which form, and how well: one line each."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    LICENCE = "licence"
    PENALTY = "penalty"


class Service(StrEnum):
    """How a department says that its penalties were served."""

    COLUMN = "column"
    DECLARED = "declared"
    SOMETIMES = "sometimes"  # forgets it: what it forgets is held back


@dataclass(frozen=True)
class Stream:
    """One department's files of one source."""

    department: str
    source: str
    kind: Kind
    form: str  # a form of packs/exchanges, or the record type's own
    ending: str  # xlsx, csv (UTF-8) or gb.csv (GB18030)
    number_words: str  # of its documents, with places for year and number
    licences: tuple[str, ...]
    before: int  # decisions of the months before the platform, sent at once when it begins
    weekly: int
    every_weeks: int
    sends_on: int  # days after Monday
    late_share: float
    wrong_share: float
    date_words: str
    service: Service = Service.COLUMN


STREAMS = (
    Stream(
        "market_regulation", "market_regulation/licence", Kind.LICENCE, "administrative_licence", "xlsx",
        "濉市监许准字〔{year}〕{number}号", ("food", "product", "device"), 3100, 60, 1, 4, 0.03, 0.02, "%Y-%m-%d",
    ),
    Stream(
        "market_regulation", "market_regulation/penalty", Kind.PENALTY, "administrative_penalty", "xlsx",
        "濉市监处罚〔{year}〕{number}号", (), 1200, 24, 1, 4, 0.06, 0.05, "%Y-%m-%d",
    ),
    Stream(
        "emergency_management", "work_safety/licence", Kind.LICENCE, "licence_pinyin", "xlsx",
        "濉应急许〔{year}〕{number}号", ("safety", "chemical", "firework"), 450, 18, 2, 3, 0.10, 0.04, "%Y/%m/%d",
    ),
    Stream(
        "emergency_management", "work_safety/penalty", Kind.PENALTY, "penalty_pinyin", "xlsx",
        "濉应急罚〔{year}〕{number}号", (), 450, 9, 1, 3, 0.15, 0.08, "%Y/%m/%d", Service.DECLARED,
    ),
    Stream(
        "fire_rescue", "work_safety/licence", Kind.LICENCE, "administrative_licence", "csv",
        "濉消安检字〔{year}〕第{number}号", ("fire",), 350, 14, 2, 4, 0.12, 0.05, "%Y%m%d",
    ),
    Stream(
        "fire_rescue", "work_safety/penalty", Kind.PENALTY, "administrative_penalty", "csv",
        "濉消行罚决字〔{year}〕第{number}号", (), 350, 11, 2, 4, 0.20, 0.10, "%Y%m%d", Service.SOMETIMES,
    ),
    Stream(
        "taxation", "taxation/penalty", Kind.PENALTY, "administrative_penalty", "gb.csv",
        "濉税罚〔{year}〕{number}号", (), 600, 18, 2, 2, 0.02, 0.01, "%Y年%m月%d日",
    ),
)  # fmt: skip
