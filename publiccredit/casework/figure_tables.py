"""The public figures of casework as tables: the page, the file and the interface show these, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from publiccredit.casework.letters import department_name
from publiccredit.casework.types import PublicFigures, Published

TOGETHER = "其他单位合计"


@dataclass(frozen=True)
class Column:
    name: str
    title: str


@dataclass(frozen=True)
class Row:
    """What has been published of one body; ``counts`` stand in the order of the columns of its table."""

    department_code: str
    name: str
    counts: tuple[int, ...]
    undivided: int

    @property
    def whole(self) -> int:
        return sum(self.counts) + self.undivided


@dataclass(frozen=True)
class Table:
    """One of the tables, with the rows of a year once it is filled; ``share``: the title of its first count's share."""

    name: str
    title: str
    explained: str
    of: str  # whose rows they are
    columns: tuple[Column, ...]
    share: str = ""
    rows: tuple[Row, ...] = ()


TABLES = (
    Table(
        "clocks",
        "按期办理",
        "期限由该单位承担的案件，复核除外",
        "由谁决定",
        (Column("in_time", "按期决定"), Column("late", "逾期")),
        share="按期率",
    ),
    Table(
        "reviews",
        "复核",
        "由该单位复核的案件",
        "由谁复核",
        (Column("overturned", "改变原结果"), Column("confirmed", "维持原结果"), Column("lapsed", "逾期未决定")),
    ),
    Table(
        "records",
        "记录对不对",
        "对该单位认定的记录提出的异议、更正和撤销变更",
        "认定单位",
        (Column("put_right", "更正或者撤回"), Column("left", "维持")),
    ),
    Table(
        "taken_back",
        "撤回的请求",
        "申请人在决定前撤回的",
        "由谁决定",
        (Column("taken_back", "撤回"),),
    ),
    Table(
        "complaints",
        "投诉",
        "对该单位的投诉，由信用办调查",
        "被投诉单位",
        (Column("upheld", "属实"), Column("unfounded", "不属实")),
    ),
)


def filled(*, found: PublicFigures) -> tuple[Table, ...]:
    """Give every table with what a year has published in it, the empty ones too; what stands together comes last."""
    of_tables = (found.clocks, found.reviews, found.records, found.taken_back, found.complaints)
    return tuple(
        replace(table, rows=tuple(_row(one) for one in sorted(rows, key=lambda one: not one.department_code)))
        for table, rows in zip(TABLES, of_tables, strict=True)
    )


def lines(*, found: PublicFigures) -> Iterator[tuple[str | int, ...]]:
    """Give the tables as the lines of one file: a column for every count, empty where a table does not have it."""
    named = [(table.name, column) for table in TABLES for column in table.columns]
    yield ("年份", "截至", "表", "单位代码", "单位", "合计", *(column.title for _, column in named), "未分栏")
    as_of = found.as_of.isoformat() if found.as_of else ""
    for table in filled(found=found):
        for row in table.rows:
            counts = iter(row.counts)
            cells = (next(counts) if name == table.name else "" for name, _ in named)
            yield (found.year, as_of, table.title, row.department_code, row.name, row.whole, *cells, row.undivided)


def _row(found: Published) -> Row:
    name = department_name(code=found.department_code) if found.department_code else TOGETHER
    return Row(found.department_code, name, found.counts, found.undivided)
