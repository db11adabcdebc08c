"""44,096 real registrations through the export form: nothing true is refused for its spelling, every refusal is right."""

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from stdnum.cn import uscc

from publiccredit.intake.checking import bearers, check_file
from publiccredit.intake.types import OUTCOME, CheckContext, CheckedChunk

FILE = Path(__file__).resolve().parents[4] / "shared" / "data" / "enterprise_registry_anhui.csv"
pytestmark = pytest.mark.skipif(not FILE.is_file(), reason=f"the real registrations are not here: {FILE}")


@pytest.fixture(scope="module")
def sent() -> pl.DataFrame:
    return pl.read_csv(FILE, infer_schema=False)


@pytest.fixture(scope="module")
def checked() -> tuple[pl.DataFrame, pl.DataFrame, object]:
    context = CheckContext(department_code="market_regulation", submitted_on=date(2026, 11, 23), providers=bearers())
    _, *chunks, summary = check_file(path=FILE, context=context)
    assert all(isinstance(chunk, CheckedChunk) for chunk in chunks)
    return pl.concat([c.rows for c in chunks]), pl.concat([c.issues for c in chunks]), summary


def test_every_row_has_one_outcome(checked):
    rows, _, summary = checked
    assert (summary.rows, summary.accepted, summary.returned, summary.duplicates) == (44_096, 44_088, 8, 0)
    assert summary.counted_independently == 44_096
    assert Counter(rows[OUTCOME]) == {"accepted": 44_088, "returned": 8}


def test_the_only_refusals_are_identifiers_whose_check_digit_another_implementation_refuses_too(checked, sent):
    _, issues, _ = checked
    assert set(issues["code"]) == {"I-102"}
    assert issues["found"].to_list() == [code for code in sent["统一社会信用代码"] if not uscc.is_valid(code)]


def test_every_spelling_of_capital_is_read_to_the_fen(checked, sent):
    rows, _, _ = checked
    number = sent["注册资金"].str.extract(r"^([\d,.]+)").str.replace_all(",", "")
    expected = [None if text is None else int(Decimal(text).scaleb(6)) for text in number]
    assert rows["registered_capital"].to_list() == expected
    assert expected.count(None) == 12_048  # N/A
    currencies = Counter(rows["registered_capital_currency"])
    assert currencies == {None: 42_566, "人民币": 1_171, "美元": 326, "港元": 25, "日元": 5, "欧元": 3}


def test_names_have_one_kind_of_brackets_and_what_was_sent_is_kept(checked, sent):
    rows, _, _ = checked
    changed = rows.with_columns(sent=sent["企业名称"]).filter(pl.col("subject_name") != pl.col("sent"))
    assert changed.height == 520
    assert changed["subject_name"].str.contains(r"[()]").sum() == 0
    kept = changed["_original"].str.json_path_match("$.subject_name")
    assert (kept == changed["sent"]).all()
