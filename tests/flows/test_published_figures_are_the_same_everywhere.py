"""The figures of cases: one publication on the page, in the file and over the interface, counted once for its month."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.test import Client

from publiccredit.accounts.types import Actor
from publiccredit.casework import figures
from publiccredit.casework.models import Case
from publiccredit.casework.operations import open_case, reject_objection, request_review, take_case
from publiccredit.casework.queries import public_figures
from publiccredit.casework.types import Applicant, Asked, Channel
from publiccredit.catalogue.types import Party, ProcedureName
from publiccredit.ledger.models import Entry
from publiccredit.subjects.models import Record, Subject
from tests.factories import stored_record
from tests.flows.cases import (
    APPLICANT,
    AT,
    CLERK,
    OFFICE_HEAD,
    OWNER,
    REASONS,
    SECOND_CLERK,
    SECOND_OFFICE_HEAD,
    objection_ready,
    settled,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]
OCTOBER = date(2026, 10, 1)
MARKET = "濉溪县市场监督管理局"
OFFICE = "濉溪县社会信用体系建设联席会议办公室"
PAGE, FILE, INTERFACE = "/cases/statistics/", "/cases/statistics/statistics.csv", "/api/v1/case-statistics"


@pytest.fixture(autouse=True)
def nothing_counted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def months(officers: None, subject: Subject) -> None:
    """Of September: ten rejected in time, ten corrected too late; four lie, and are told of with nobody."""
    for number in range(24):
        case = objection_ready(stored_record(subject=subject, number=number + 30))
        if number < 10:
            reject_objection(by=CLERK, case_id=case.pk, reasons=REASONS, at=AT)
        elif number < 20:
            settled(case, "corrected", first=CLERK, second=OFFICE_HEAD, corrections={"fine_fen": "1"},
                at=AT + timedelta(days=6),
            )  # fmt: skip


def _at(day: date) -> Any:
    return patch("django.utils.timezone.localdate", return_value=day)


def _on_page(client: Client, **asked: int) -> list[list[str]]:
    page = client.get(PAGE, asked).content.decode()
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', page)
    return [[name, *re.findall(r'class="amount">(.*?)<', cells)] for name, cells in rows]


@pytest.mark.usefixtures("months")
def test_page_file_and_interface_show_one_publication(client: Client) -> None:
    with _at(OCTOBER):
        assert _on_page(client) == [
            [OFFICE, "24", "10", "14", "41.7%"],
            [MARKET, "20", "10", "10"],
        ]
        answer = client.get(FILE)
        told = client.get(INTERFACE).json()
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="case-statistics-2026.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [{k: v for k, v in line.items() if v} for line in lines] == [
        {"年份": "2026", "截至": "2026-09-30", "表": "按期办理", "单位代码": "credit_office", "单位": OFFICE,
         "合计": "24", "按期决定": "10", "逾期": "14", "未分栏": "0"},
        {"年份": "2026", "截至": "2026-09-30", "表": "记录对不对", "单位代码": "market_regulation",
         "单位": MARKET, "合计": "20", "更正或者撤回": "10", "维持": "10", "未分栏": "0"},
    ]  # fmt: skip
    assert told == {
        "year": 2026, "as_of": "2026-09-30", "note": "", "period": "month", "fewest": 10, "reviews": [], "taken_back": [], "complaints": [],
        "clocks": [{"department_code": "credit_office", "department": OFFICE,
                    "whole": 24, "in_time": 10, "late": 14, "undivided": 0}],
        "records": [{"department_code": "market_regulation", "department": MARKET,
                     "whole": 20, "put_right": 10, "left": 10, "undivided": 0}],
    }  # fmt: skip


@pytest.mark.usefixtures("months")
def test_what_cannot_be_divided_is_told_whole_at_the_end_of_the_year(client: Client, subject: Subject) -> None:
    for number in range(11):  # nine rejected and two corrected: neither is told by itself
        case = objection_ready(stored_record(subject=subject, number=number + 60), at=AT + timedelta(days=60))
        outcome, more = ("rejected", {}) if number < 9 else ("corrected", {"corrections": {"fine_fen": "1"}})
        second = None if outcome == "rejected" else OFFICE_HEAD
        settled(case, outcome, first=CLERK, second=second, at=AT + timedelta(days=60), **more)
    with _at(date(2026, 12, 31)):
        assert _on_page(client)[1] == [MARKET, "20", "10", "10"]
    with _at(date(2027, 1, 1)):
        assert _on_page(client, year=2026)[1] == [MARKET, "31", "10", "10", "11"]
        assert client.get(INTERFACE, {"year": 2026}).json()["records"][0]["undivided"] == 11


def test_a_justified_complaint_counts_for_whom_it_was_about(client: Client) -> None:
    """Partly justified is justified; nine of a kind are told by nobody, as everywhere."""
    for number in range(20 + 9):
        asked = Asked(
            ground="service", request="拖延办理。", department_code="taxation" if number < 20 else "education"
        )
        case = open_case(
            by=CLERK, procedure=ProcedureName.COMPLAINT, applicant=Applicant(Party.READER, "王五"), asked=asked,
            channel=Channel.COUNTER, at=AT,
        )  # fmt: skip
        take_case(by=CLERK, case_id=case.pk, at=AT)
        outcome = "unfounded" if number < 10 else ("upheld", "partly_upheld")[number % 2]
        settled(case, outcome, first=CLERK, second=OFFICE_HEAD, at=AT)
    with _at(OCTOBER):
        told = client.get(INTERFACE).json()["complaints"]
        page = client.get(PAGE).content.decode()
    assert [{k: v for k, v in row.items() if k != "department"} for row in told] == [
        {"department_code": "taxation", "whole": 20, "upheld": 10, "unfounded": 10, "undivided": 0}
    ]
    assert ("被投诉单位" in page, "教育" in page.partition("被投诉单位")[2].partition("</table>")[0]) == (True, False)


def test_a_complaint_looked_at_twice_counts_once(client: Client) -> None:
    """Otherwise five people and the reviews of theirs would be the ten of whom may be told."""
    reader = Applicant(Party.READER, "王五")
    for number in range(10):
        asked = Asked(ground="service", request="拖延办理。", department_code="taxation")
        case = open_case(
            by=CLERK, procedure=ProcedureName.COMPLAINT, applicant=reader, asked=asked, channel=Channel.COUNTER, at=AT
        )
        take_case(by=CLERK, case_id=case.pk, at=AT)
        settled(case, "unfounded", first=CLERK, second=OFFICE_HEAD, at=AT)
        if number < 5:
            review = request_review(
                by=CLERK, case_id=case.pk, applicant=reader, request="请复核。", at=AT, channel=Channel.COUNTER
            )
            take_case(by=SECOND_CLERK, case_id=review.pk, at=AT)
            settled(review, "unfounded", first=SECOND_CLERK, second=SECOND_OFFICE_HEAD, at=AT)
    with _at(OCTOBER):
        told = client.get(INTERFACE).json()["complaints"]
    assert [(row["whole"], row["unfounded"]) for row in told] == [(10, 10)]


def _reviewed(record: Record, first: str, second: str) -> None:
    """Decide an objection to a record, and its review by others."""
    case = objection_ready(record)
    _decided(case, first, CLERK, OFFICE_HEAD, fine="1")
    review = request_review(by=OWNER, case_id=case.pk, applicant=APPLICANT, request="请复核。", at=AT)
    take_case(by=SECOND_CLERK, case_id=review.pk, at=AT)
    _decided(review, second, SECOND_CLERK, SECOND_OFFICE_HEAD, fine="2")


def _decided(case: Case, outcome: str, clerk: Actor, head: Actor, *, fine: str) -> None:
    changes = outcome in ("corrected", "supplemented")
    more = {"corrections": {"fine_fen": fine}} if changes else {}
    settled(case, outcome, first=clerk, second=head if changes else None, **more)


def test_a_record_found_right_twice_counts_once(client: Client, subject: Subject) -> None:
    """Otherwise five decisions and the reviews of theirs would be the ten of which may be told."""
    for number in range(5):
        _reviewed(stored_record(subject=subject, number=number + 30), "rejected", "rejected")
    with _at(OCTOBER):
        assert client.get(INTERFACE).json()["records"] == []
        for number in range(5):
            reject_objection(
                by=CLERK, case_id=objection_ready(stored_record(subject=subject, number=number + 60)).pk,
                reasons=REASONS, at=AT,
            )  # fmt: skip
        (row,) = client.get(INTERFACE).json()["records"]
    assert (row["whole"], row["put_right"], row["left"]) == (10, 0, 10)


@pytest.mark.parametrize(
    ("first", "second", "counted"),
    [
        ("rejected", "undetermined", [figures.LEFT]),  # another outcome that leaves the record as it is
        ("corrected", "supplemented", [figures.PUT_RIGHT]),
        ("rejected", "corrected", [figures.LEFT, figures.PUT_RIGHT]),  # the record was wrong after all
    ],
)
def test_a_review_counts_where_its_answer_is_another(
    record: Record, first: str, second: str, counted: list[int]
) -> None:
    _reviewed(record, first, second)
    of_records = figures._Found().tables[2]  # what is published of one or two is nothing
    assert sorted(happened.cell for happened in of_records) == sorted(counted)


@pytest.mark.usefixtures("months")
def test_before_the_month_is_over_nothing_of_it_leaves_by_any_way(client: Client) -> None:
    with _at(date(2026, 9, 30)):
        assert _on_page(client) == []
        page = client.get(PAGE).content.decode()
        assert ("还没有可以公布的数字" in page, f'href="{FILE}?year=2026"' in page) == (True, True)
        assert len(client.get(FILE).content.decode().splitlines()) == 1  # its headings
        told = client.get(INTERFACE).json()
    assert [told[name] for name in ("as_of", "clocks", "reviews", "records", "taken_back")] == [
        "2026-08-31", [], [], [], [],
    ]  # fmt: skip


@pytest.mark.parametrize("year", ["2016", "2027", "year", "2026.5"])
def test_a_year_without_figures_is_refused_to_programs(client: Client, year: str) -> None:
    with _at(OCTOBER):
        answer = client.get(INTERFACE, {"year": year})
        assert (answer.status_code, answer.json()["where"]) == (400, ["year"])
        assert client.get(FILE, {"year": year})["Content-Disposition"].endswith('-2026.csv"')
        earlier = client.get(INTERFACE, {"year": "2017"}).json()
        assert (earlier["year"], earlier["as_of"]) == (2017, None)
        assert "还没有公布过 2017 年的数字" in earlier["note"]


def test_what_is_no_year_is_told_with_an_example_of_one(client: Client) -> None:
    answer = client.get(INTERFACE, {"year": "abc"})
    assert answer.status_code == 400
    assert answer.json()["message"] == "year 应为年份，写四位数字，例如 2026。请改正，或者不写。"


@pytest.mark.usefixtures("months")
def test_a_month_that_is_over_is_counted_once(client: Client, record: Record) -> None:
    with patch.object(figures, "_Found", wraps=figures._Found) as counted:
        with _at(OCTOBER):
            before = client.get(INTERFACE).json()
        objection_ready(record, at=datetime(2026, 10, 1, 4, tzinfo=UTC))
        with _at(date(2026, 10, 31)):
            assert client.get(INTERFACE).json() == before
            _on_page(client)
            client.get(PAGE, {"year": 2025})
        assert counted.call_count == 1
        with _at(date(2026, 11, 1)):
            assert client.get(INTERFACE).json()["as_of"] == "2026-10-31"
        assert counted.call_count == 2


@pytest.mark.usefixtures("months")
def test_an_act_of_the_last_second_that_is_entered_later_counts(subject: Subject) -> None:
    """Its transaction was under way at midnight, when somebody was already reading."""
    assert [one.counts for one in public_figures(year=2026, on=OCTOBER).records] == [(10, 10)]
    last_second = datetime(2026, 9, 30, 15, 59, 59, tzinfo=UTC)
    case = Case.objects.filter(state="in_hand").first()
    assert case is not None
    reject_objection(by=CLERK, case_id=case.pk, reasons=REASONS, at=last_second)
    assert [one.counts for one in public_figures(year=2026, on=OCTOBER).records] == [(10, 11)]


@pytest.mark.usefixtures("months")
def test_what_was_counted_in_another_database_is_not_shown() -> None:
    """A backup may have been put in the place of the database a process had counted."""
    public_figures(year=2026, on=OCTOBER)
    last = Entry.objects.order_by("-position").first()
    assert last is not None
    with (
        patch("publiccredit.ledger.queries.entry_at", return_value=Entry(position=last.position, hash=b"another")),
        patch("publiccredit.ledger.queries.head", return_value=None),
        patch.object(figures, "_Found", wraps=figures._Found) as counted,
    ):
        public_figures(year=2026, on=OCTOBER)
    assert counted.call_count == 1
