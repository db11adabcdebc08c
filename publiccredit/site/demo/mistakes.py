"""The mistakes people make in such files, each in its own hand."""

import random
from collections.abc import Callable
from datetime import date, timedelta

from publiccredit.site.demo.decisions import Row


def wrong_check_digit(row: Row, day: date) -> Row:  # noqa: ARG001 - one signature for all mistakes
    code = row["subject_uscc"]
    return {**row, "subject_uscc": code[:-1] + ("0" if code[-1] != "0" else "1")}


def cut_identifier(row: Row, day: date) -> Row:  # noqa: ARG001
    return {**row, "subject_uscc": row["subject_uscc"][:17]}


def without_document_number(row: Row, day: date) -> Row:  # noqa: ARG001
    return {**row, "document_number": ""}


def decided_tomorrow(row: Row, day: date) -> Row:
    return {**row, "decided_on": (day + timedelta(days=400)).isoformat(), "served_on": ""}


def impossible_day(row: Row, day: date) -> Row:
    return {**row, "decided_on": f"{day.year}-02-30"}


def unknown_kind(row: Row, day: date) -> Row:  # noqa: ARG001
    name = "penalty_kind" if "penalty_kind" in row else "licence_kind"
    return {**row, name: "处理"}


def without_representative(row: Row, day: date) -> Row:  # noqa: ARG001
    return {**row, "legal_representative": ""}


def unreadable_amount(row: Row, day: date) -> Row:  # noqa: ARG001
    if not row.get("fine_fen"):
        return {**row, "subject_category": "企业"}
    return {**row, "fine_fen": "约" + row["fine_fen"]}


def of_a_person(row: Row, day: date) -> Row:  # noqa: ARG001
    return {**row, "subject_category": "自然人", "subject_name": "某某", "subject_uscc": "", "legal_representative": ""}


Mistake = Callable[[Row, date], Row]
MISTAKES: tuple[Mistake, ...] = (
    wrong_check_digit,
    cut_identifier,
    without_document_number,
    decided_tomorrow,
    impossible_day,
    unknown_kind,
    without_representative,
    unreadable_amount,
)


def name_of_another(row: Row, luck: random.Random) -> Row:
    """A known identifier under a clearly different name: whose record it is, a person must say."""
    return {**row, "subject_name": f"濉溪县{luck.choice('甲乙丙丁')}号样本{luck.choice('贸易商行')}经营部"}


def without_identifier(row: Row, luck: random.Random) -> Row:
    """A stall without an identifier, under the placeholder the form prescribes."""
    return {
        **row,
        "subject_category": "个体工商户",
        "subject_uscc": "0" * 17 + "X",
        "subject_name": f"濉溪县{luck.choice('沄湜澍昱珩旻')}{luck.choice('禾穗谷丰')}小吃摊",
    }
