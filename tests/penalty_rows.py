"""Penalty rows as they come from reading, and how a few of them come out of checking: for tests of cleaning and checks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import polars as pl

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types.issue_words import message
from publiccredit.intake.checks.checker import Checker
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.types import (
    ROW,
    SHEET,
    TYPED_NUMBER,
    CheckContext,
    CheckedChunk,
    RecognisedColumn,
    RecognisedSheet,
    Recognition,
)
from tests.factories import synthetic_uscc

TODAY = date(2026, 11, 23)
SUBJECT = synthetic_uscc(1)
AUTHORITY = "濉溪县市场监督管理局"
AUTHORITY_USCC = "11000000009000031R"
RIGHT = {
    "subject_name": "濉溪县示例建材有限公司",
    "subject_category": "法人及非法人组织",
    "subject_uscc": SUBJECT,
    "legal_representative": "甲某",
    "document_number": "濉市监处罚〔2026〕15号",
    "violation_kind": "违反《中华人民共和国产品质量法》第三十九条",
    "violation_facts": "销售以不合格产品冒充合格产品的建材",
    "penalty_basis": "《中华人民共和国产品质量法》第五十条",
    "penalty_kind": "罚款",
    "penalty_content": "罚款 12,000 元",
    "fine_fen": "1.2",
    "decided_on": "2026-11-03",
    "effective_until": "2099-12-31",
    "authority_name": AUTHORITY,
    "authority_uscc": AUTHORITY_USCC,
    "provider_name": AUTHORITY,
    "provider_uscc": AUTHORITY_USCC,
    "served_on": "2026-11-05",
}


def rulebook(*, record_type: str = "administrative_penalty", form: str | None = None) -> Rulebook:
    packs = catalogue.packs()
    industry = {"administrative_penalty": "penalty", "administrative_licence": "licence"}.get(
        record_type, "registration"
    )
    return Rulebook(
        record_type=catalogue.record_type(name=record_type, on=TODAY),
        codes={table.name: table for table in packs.code_tables},
        issue_kinds={kind.check: kind for kind in packs.issues},
        form=catalogue.form(name=form or record_type),
        source=catalogue.source(name=f"market_regulation/{industry}"),
    )


def context(**changes: object) -> CheckContext:
    bearers = {AUTHORITY: "market_regulation", AUTHORITY_USCC: "market_regulation", "濉溪县税务局": "taxation"}
    usual = CheckContext(department_code="market_regulation", submitted_on=TODAY, providers=bearers)
    return replace(usual, **changes)


def recognition(book: Rulebook) -> Recognition:
    columns = tuple(
        RecognisedColumn(letter=f"L{n}", header=f.title, field=f.name) for n, f in enumerate(book.record_type.fields)
    )
    name = book.record_type.name
    return Recognition(name, book.record_type.title, name, "样例表", "utf-8", (RecognisedSheet("", 1, columns),))


def row(**cells: str | bool | None) -> dict[str, str | bool | None]:
    """A right penalty row with some cells changed. ``<field>_number=True`` says the cell held a number."""
    return RIGHT | cells


def frame(rows: list[dict[str, str | bool | None]], *, book: Rulebook, first: int = 2) -> pl.DataFrame:
    """The rows as reading gives them, numbered from ``first`` on."""
    fields = {f.name: pl.String for f in book.record_type.fields}
    marks = {name: pl.Boolean for cells in rows for name in cells if name not in fields and name.endswith(TYPED_NUMBER)}
    empty = {name: None for name in fields} | {name: False for name in marks}
    numbered = [{SHEET: "", ROW: first + n, **empty, **cells} for n, cells in enumerate(rows)]
    return pl.DataFrame(numbered, schema={SHEET: pl.String, ROW: pl.Int64, **fields, **marks})


def check(
    *rows: dict[str, str | bool | None], book: Rulebook | None = None, chunk_rows: int = 1_000, **told: object
) -> CheckedChunk:
    """Check the rows as one file, in chunks of ``chunk_rows``, and put its chunks together."""
    book = book or rulebook()
    checker = Checker(book=book, context=context(**told), recognition=recognition(book))
    chunks = [checker.check(part) for part in frame(list(rows), book=book).iter_slices(chunk_rows)]
    return CheckedChunk(rows=pl.concat([c.rows for c in chunks]), issues=pl.concat([c.issues for c in chunks]))


def found(chunk: CheckedChunk) -> list[tuple[int, str, str, str]]:
    """Row, field, code and what was found, of every issue."""
    return chunk.issues.select("row", "field", "code", "found").rows()


def told(chunk: CheckedChunk) -> Iterator[str]:
    """The sentences the sender reads."""
    kinds = {kind.code: kind for kind in catalogue.packs().issues}
    for issue in chunk.issues.iter_rows(named=True):
        slots = {name: issue[name] for name in ("sheet", "row", "column", "found", "expected")}
        yield message(kinds[issue["code"]], **slots)
