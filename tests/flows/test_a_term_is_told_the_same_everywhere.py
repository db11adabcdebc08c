"""Two days of an adverse record, the first of its repair and its last, are told the same wherever they are told."""

import json
import re
from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.test import Client

from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM
from publiccredit.casework import queries
from publiccredit.casework.letters import in_chinese
from publiccredit.subjects.models import Record
from tests.factories import penalty_row
from tests.flows.cases import LIAISON as OFFICER
from tests.flows.cases import people
from tests.flows.desks import at_the_desk
from tests.flows.filing import AT, send
from tests.flows.officers import browser
from tests.flows.severities import REASON
from tests.flows.severities import correct as correct_severity

pytestmark = pytest.mark.django_db
FOOD = "《中华人民共和国食品安全法》第一百二十四条"
NOT_FOOD = "《中华人民共和国产品质量法》第五十条"


@pytest.fixture(autouse=True)
def county() -> None:
    act_as(actor=PROGRAM)
    people()


def _filed(basis: str, *, later: int = 0, **fields: str) -> Record:
    send([penalty_row(1, penalty_basis=basis, decided_on="2026-03-10", served_on="2026-03-12", **fields)], later=later)
    return Record.objects.get()


def _everywhere(record: Record, client: Client) -> dict[str, tuple[str, str]]:
    """Read the two days off every place that tells them."""
    iso, chinese = r"(\d{4}-\d{2}-\d{2})", r"(\d{4}年\d{1,2}月\d{1,2}日)"

    def days(text: str, first: str, last: str) -> tuple[str, str]:
        text = re.sub(r"</?strong>|</?time[^>]*>", "", text)
        found = tuple(re.search(pattern, text) for pattern in (first, last))
        assert all(found), text
        return (found[0].group(1), found[1].group(1))  # type: ignore[union-attr]

    with patch("django.utils.timezone.now", return_value=AT):
        public = client.get(f"/records/{record.pk}/").content.decode()
        own = at_the_desk(record.subject, Client())  # type: ignore[arg-type]
        desk = own.get(f"/mine/records/{record.pk}/").content.decode()
        copy = json.loads(own.get("/mine/copy.json").content)["records"][0]
        notice = browser(OFFICER).get(f"/cases/notices/{record.pk}/").content.decode()
    act_as(actor=PROGRAM)
    found = queries.navigator(record_id=record.pk, on=AT.date())
    assert found is not None
    assert (found.earliest_on, found.last_day) != (None, None)
    return {
        "public": days(public, rf"自 {iso} 起可申请", rf"最后公示日为 {iso}"),
        "desk": days(desk, rf"自 {iso} 起可以申请修复", rf"最后公示日为 {iso}"),
        "copy": (copy["repair_opens_on"], copy["shown_until"]),
        "program": (copy["repair_opens_on"], str(date.fromisoformat(copy["disclosed_until"]) - timedelta(days=1))),
        "navigator": (str(found.earliest_on), str(found.last_day)),
        "notice": days(notice, rf"最早自{chinese}起可以申请修复", rf"最后公示日为{chinese}"),
    }


def test_a_serious_penalty_of_order_58_in_food_opens_after_a_year_on_every_surface(client: Client) -> None:
    told = _everywhere(_filed(FOOD, severity="严重"), client)
    opens, last = date(2027, 3, 10), date(2029, 3, 9)
    assert told.pop("notice") == (in_chinese(opens), in_chinese(last))
    assert set(told.values()) == {(str(opens), str(last))}


@pytest.mark.parametrize(
    ("basis", "severity", "opens"),
    [
        (NOT_FOOD, "严重", date(2026, 6, 10)),  # order 58 alone: three months
        (FOOD, "一般", date(2026, 6, 10)),  # order 36 asks no more of what is general
    ],
)
def test_outside_the_five_fields_and_of_general_ones_nothing_changes(basis: str, severity: str, opens: date) -> None:
    record = _filed(basis, severity=severity)
    found = queries.navigator(record_id=record.pk, on=AT.date())
    assert found is not None
    assert (record.repairable_from, found.earliest_on, found.eligible_today) == (opens, opens, True)


def test_a_window_that_is_open_already_is_told_with_its_day_and_with_the_last(client: Client) -> None:
    record = _filed(NOT_FOOD, severity="一般")
    told = _everywhere(record, client)
    assert told.pop("notice") == ("2026年6月10日", "2027年3月9日")
    assert set(told.values()) == {("2026-06-10", "2027-03-09")}
    with patch("django.utils.timezone.now", return_value=AT):
        own = at_the_desk(record.subject, client)  # type: ignore[arg-type]
        pages = [own.get(f"/mine/records/{record.pk}/").content.decode(), own.get("/mine/").content.decode()]
    for page in pages:
        assert "自 2026-06-10 起可以申请修复，最短公示期已满，现在就可以申请。" in re.sub("<[^>]+>", "", page)


def test_a_record_on_file_keeps_the_earlier_day_it_was_told(client: Client) -> None:
    record = _filed(FOOD, severity="严重")
    Record.objects.filter(pk=record.pk).update(
        repairable_from=date(2026, 12, 10), known_from=AT + timedelta(hours=1), submission_id=record.submission_id + 1
    )
    told = _everywhere(record, client)
    assert told.pop("notice")[0] == "2026年12月10日"
    assert {opens for opens, _ in told.values()} == {"2026-12-10"}


def test_a_corrected_severity_takes_the_term_of_its_field_and_keeps_it_when_the_row_comes_again() -> None:
    record = _filed(FOOD)
    assert (record.severity, record.repairable_from) == ("general", date(2026, 6, 10))
    correct_severity(record, reason=REASON, at=AT + timedelta(minutes=1))
    assert Record.objects.get().repairable_from == date(2027, 3, 10)
    again = _filed(FOOD, later=600, penalty_content="罚款 12,000 元，没收产品")
    assert (again.severity, again.repairable_from) == ("serious", date(2027, 3, 10))
    elsewhere = _filed(NOT_FOOD, later=1200, penalty_content="罚款 12,000 元，没收产品")
    assert (elsewhere.severity, elsewhere.repairable_from) == ("serious", date(2026, 6, 10))


def test_a_slight_penalty_is_said_not_to_be_published_and_never_to_have_ended(client: Client) -> None:
    record = _filed(FOOD, severity="轻微")
    with patch("django.utils.timezone.now", return_value=AT):
        own = at_the_desk(record.subject, client)  # type: ignore[arg-type]
        desk = own.get(f"/mine/records/{record.pk}/").content.decode()
        copy = json.loads(own.get("/mine/copy.json").content)["records"][0]
    assert "依法不公示，不需要修复" in desk
    assert not re.search("公示期满|最后公示日", desk.partition("<footer")[0])
    assert (copy["status"], copy["shown_until"]) == ("不公示", "")
