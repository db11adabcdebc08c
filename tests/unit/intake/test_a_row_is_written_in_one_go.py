"""A row of plain text without marks is written in one go, and as it would be cell by cell; any other row is not."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from xlsxwriter import Workbook

from publiccredit.intake.annotation.marks import CellMark, Marks
from publiccredit.intake.annotation.rewriting import DataPlan, Styles, _line, _marked_cells, _plain_line
from publiccredit.intake.reading.headers import column_letter
from publiccredit.intake.reading.workbook import Cell
from publiccredit.intake.types import RecognisedColumn, RecognisedSheet

COLUMNS = 4
ROW = 7
IDENTITY_NUMBER = "110000199001011234"  # no check digit fits: nobody's number
PLAIN: list[Cell] = ["濉溪县甲公司", "91000000000000003X", "", "2026-11-03"]


def planned(*, word: str = "接受", marked: bool = False, person: bool = False) -> DataPlan:
    columns = tuple(RecognisedColumn(column_letter(index), f"列{index}", None) for index in range(COLUMNS))
    cells = {("表", ROW): {1: CellMark(returns=False, messages=["存疑。"])}} if marked else {}
    persons = frozenset({("表", ROW)} if person else ())
    return DataPlan(
        header=RecognisedSheet("表", 1, columns),
        last=COLUMNS,
        whole=True,
        target_row=lambda row: row,
        marks=Marks(cells=cells, outcomes={("表", ROW): word}, issues=pl.DataFrame(), persons=persons),
        styles=Styles(Workbook()),
        texts=frozenset({0, 3}),
    )


def in_one_go(values: list[Cell], plan: DataPlan) -> str:
    return _plain_line(ROW, ROW, values, plan)


def cell_by_cell(values: list[Cell], plan: DataPlan) -> str:
    return _line(ROW, _marked_cells(ROW, values, plan))


@given(
    st.lists(st.one_of(st.text(max_size=12), st.sampled_from(["", "&", IDENTITY_NUMBER]), st.integers()), max_size=6)
)
def test_what_is_written_in_one_go_is_what_is_written_cell_by_cell(values: list[Cell]) -> None:
    plan = planned()
    assert in_one_go(values, plan) in {"", cell_by_cell(values, plan)}


def test_a_plain_row_is_written_in_one_go() -> None:
    assert in_one_go(PLAIN, planned()) == cell_by_cell(PLAIN, planned()) != ""
    assert in_one_go(PLAIN[:2], planned(word="重复")) == cell_by_cell(PLAIN[:2], planned(word="重复")) != ""


@pytest.mark.parametrize(
    ("values", "plan"),
    [
        (PLAIN, planned(word="退回")),
        (PLAIN, planned(marked=True)),
        (PLAIN, planned(person=True)),
        ([*PLAIN, "平台上次的核验结果"], planned()),
        (["甲<乙", *PLAIN[1:]], planned()),
        (["控制\x02字符", *PLAIN[1:]], planned()),
        ([f"身份证{IDENTITY_NUMBER}", *PLAIN[1:]], planned()),
        ([12, *PLAIN[1:]], planned()),
        ([dt.date(2026, 11, 3), *PLAIN[1:]], planned()),
    ],
    ids=[
        "returned",
        "marked",
        "of a person",
        "with an earlier outcome",
        "escaped",
        "unprintable",
        "identity number",
        "number",
        "date",
    ],
)
def test_a_row_that_needs_care_is_written_cell_by_cell(values: list[Cell], plan: DataPlan) -> None:
    assert in_one_go(values, plan) == ""
