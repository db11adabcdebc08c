"""Every month a chart counts leads to its records, and whoever looks for the decisions of a month finds them."""

import re
from datetime import UTC, date, datetime
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client

from publiccredit.catalogue.types import Audience
from publiccredit.disclosure import queries
from publiccredit.subjects import queries as subjects
from publiccredit.subjects.models import Record, Subject
from tests.factories import stored_record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program", "noon_of_1_june", "a_penalty_and_a_licence")]
TODAY = date(2026, 6, 1)


def _numbers(client: Client, address: str) -> list[int]:
    page = client.get(address).content.decode()
    return [int(number) for number in re.findall(r"濉市监罚〔2026〕([0-9]+)号", page)]


def test_every_month_of_the_charts_leads_to_the_records_it_counts(client: Client, subject: Subject) -> None:
    stored_record(subject=subject, number=7, working_days_taken=12, received_at=datetime(2026, 4, 2, tzinfo=UTC))
    # Half past midnight of the first of May in China, and still April in Greenwich.
    stored_record(subject=subject, number=8, received_at=datetime(2026, 4, 30, 16, 30, tzinfo=UTC))
    page = client.get("/").content.decode()
    counted = {m.month: m for m in queries.figures(audience=Audience.PUBLIC, on=TODAY).months}
    assert [f"{month:%Y-%m}" for month in counted][:2] == ["2026-04", "2026-05"]
    for month, figure in counted.items():
        link = f"/records/?month={month:%Y-%m}"
        assert page.count(f'<th scope="row"><a href="{link}">') == 2  # published, days
        assert page.count(f'<th scope="row"><a href="{link}&amp;time=on-time">') == (figure.on_time is not None)
        listed = client.get(link).content.decode()
        assert listed.count('<p class="title">') == figure.published
        assert f"到达的，共 {figure.published} 条。" in listed
    assert _numbers(client, "/records/?month=2026-04") == [7]
    assert _numbers(client, "/records/?month=2026-05") == [8, 1]
    assert _numbers(client, "/records/?month=2026-04&time=on-time") == []


def test_records_are_listed_by_the_month_of_their_decision(client: Client, subject: Subject) -> None:
    stored_record(subject=subject, number=7, decided_on=date(2026, 3, 31), served_on=date(2026, 4, 1))
    stored_record(subject=subject, number=8, decided_on=date(2026, 4, 1), served_on=date(2026, 4, 1))
    assert _numbers(client, "/records/?decided=2026-03") == [7]
    assert _numbers(client, "/records/?decided=2026-04&type=administrative_penalty") == [8]
    answer = client.get("/records/?decided=2026-04&month=2026-04")
    assert "只列 2026 年 4 月到达、2026 年 4 月作出决定的。" in answer.content.decode()
    assert "没有可以显示的记录" in answer.content.decode()
    assert client.get("/records/?decided=2026-04")["X-Robots-Tag"] == "noindex, nofollow, noarchive"


def test_a_month_goes_on_from_page_to_page(client: Client, subject: Subject) -> None:
    for number in range(100, 100 + queries.PAGE + 3):
        stored_record(subject=subject, number=number, received_at=datetime(2026, 4, 2, tzinfo=UTC))
    page = client.get("/records/?month=2026-04").content.decode()
    (further,) = re.findall(r'href="(\?month=2026-04&amp;before=[0-9]+)"', page)
    rest = _numbers(client, f"/records/{further.replace('&amp;', '&')}")
    assert sorted({*rest, *_numbers(client, "/records/?month=2026-04")}) == list(range(100, 100 + queries.PAGE + 3))
    assert len(rest) == 3


def test_a_list_by_month_says_how_many_it_has_on_each_of_its_pages(client: Client, subject: Subject) -> None:
    april = datetime(2026, 4, 2, tzinfo=UTC)
    for number in range(100, 100 + queries.PAGE + 3):
        stored_record(subject=subject, number=number, received_at=april, working_days_taken=number % 2 * 10)
    # Neither withdrawn nor ended nor nobody's are among them: a number never tells of what is not listed.
    stored_record(subject=subject, number=200, received_at=april, state="withdrawn")
    stored_record(subject=subject, number=201, received_at=april, disclosed_until=TODAY)
    stored_record(subject=None, number=202, received_at=april, state="held_unmatched")
    page = client.get("/records/?month=2026-04").content.decode()
    (further,) = re.findall(r'href="(\?month=2026-04&amp;before=[0-9]+)"', page)
    second = client.get(f"/records/{further.replace('&amp;', '&')}").content.decode()
    whole = f"只列 2026 年 4 月到达的，共 {queries.PAGE + 3} 条。"
    assert whole in page and whole in second
    late = client.get("/records/?month=2026-04&time=late").content.decode()
    assert f"迟报报送的，共 {len(_numbers(client, '/records/?month=2026-04&time=late'))} 条。" in late
    of_type = client.get("/records/?month=2026-04&type=administrative_licence").content.decode()
    assert "共 0 条" not in of_type and "没有可以显示的记录" in of_type
    assert "条。" not in client.get("/records/").content.decode(), "all that is on file is not counted at every look"
    with patch("publiccredit.disclosure.pages.record_list.COUNTED_TO", 20):
        assert "到达的，超过 20 条。" in client.get("/records/?month=2026-04").content.decode()


@pytest.mark.parametrize("month", ["2026-13", "2026", "0000-01", "２０２６-04", "x", "2026-04-01"])
def test_a_month_that_is_none_is_not_asked_for(client: Client, subject: Subject, month: str) -> None:
    page = client.get("/records/", {"month": month, "decided": month}).content.decode()
    assert ("只列" in page, " selected" in page) == (False, False)


@pytest.mark.parametrize("months", [{"arrived": TODAY, "decided": None}, {"arrived": None, "decided": TODAY}])
def test_an_index_leads_to_a_month(months: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Record.objects.filter(subjects.of_months(**months)).explain()
    assert "Index Cond: ((date_trunc('month'::text, " in plan, plan
