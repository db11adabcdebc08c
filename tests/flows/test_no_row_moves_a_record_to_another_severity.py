"""A severity on file is moved by two people on a paper, never by a row that is sent again (K-107)."""

import pytest
from django.db import DatabaseError, connection, transaction

from publiccredit.accounts.operations import acting
from publiccredit.intake.models import RowIssue, Submission
from publiccredit.intake.queries import result
from publiccredit.subjects.models import Record, RecordVersion
from tests.factories import penalty_row
from tests.flows.cases import LIAISON
from tests.flows.filing import outcome, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]
NEW_CONTENT = {"penalty_content": "罚款 12,000 元，责令停止销售"}


def _sent(minutes: int = 0, **fields: str) -> Submission:
    return send([penalty_row(1, **fields)], later=60 * minutes)


def _returned(submission: Submission) -> list[str]:
    return list(RowIssue.objects.filter(submission=submission, severity="return").values_list("code", flat=True))


def _standing() -> tuple[str, str]:
    record = Record.objects.get()
    return record.severity, record.severity_rule


@pytest.mark.parametrize("first", ["严重", "一般", "轻微"])
def test_a_first_row_is_filed_as_its_sender_states(first: str) -> None:
    assert outcome(_sent(severity=first)) == ("filed", 1, 1, 0, 0)
    assert _standing()[1] == "sender"


@pytest.mark.parametrize("served_on", ["2026-11-05", ""])
@pytest.mark.parametrize("first", ["严重", ""])
def test_another_severity_goes_back_and_says_where_it_is_corrected(first: str, served_on: str) -> None:
    _sent(severity=first, served_on=served_on)
    record, versions = Record.objects.get(), RecordVersion.objects.count()
    again = _sent(10, severity="轻微", served_on=served_on, **NEW_CONTENT)
    assert (outcome(again), _returned(again)) == (("filed", 1, 0, 1, 0), ["K-107"])
    (issue,) = [i for i in result(submission=again)["issues"] if i["code"] == "K-107"]
    word = {"serious": "严重", "general": "一般"}[record.severity]
    assert f"为“轻微”，而这一文书在册的是“{word}”（在册记录 {record.pk}）" in issue["message"]
    assert "publiccredit severity propose" in issue["message"]
    unchanged = Record.objects.get()
    assert (unchanged.content, unchanged.known_from) == (record.content, record.known_from)
    assert RecordVersion.objects.count() == versions


@pytest.mark.parametrize("again", ["严重", ""])
def test_a_row_that_states_the_same_or_nothing_changes_the_rest(again: str) -> None:
    _sent(severity="严重")
    until = Record.objects.get().disclosed_until
    assert outcome(_sent(10, severity=again, **NEW_CONTENT)) == ("filed", 1, 1, 0, 0)
    record = Record.objects.get()
    assert (record.severity, record.severity_rule, record.disclosed_until) == ("serious", "sender", until)
    assert (record.content["severity"], record.content["penalty_content"]) == ("严重", NEW_CONTENT["penalty_content"])
    assert _returned(_sent(20, severity="轻微", **NEW_CONTENT)) == ["K-107"]


WARNED = {"penalty_kind": "警告", "penalty_content": "警告", "fine_fen": ""}


def test_facts_that_are_corrected_let_the_rule_judge_anew() -> None:
    _sent(**WARNED)
    assert _standing()[0] == "slight"
    assert outcome(_sent(10)) == ("filed", 1, 1, 0, 0)
    severity, rule = _standing()
    assert (severity, "/" in rule) == ("general", True)


def test_a_sender_may_state_what_follows_from_the_corrected_facts_and_nothing_else() -> None:
    _sent(**WARNED)
    assert _returned(_sent(10, severity="严重")) == ["K-107"]
    assert outcome(_sent(20, severity="一般")) == ("filed", 1, 1, 0, 0)
    severity, rule = _standing()
    assert (severity, "/" in rule) == ("general", True)


def test_corrected_facts_leave_what_its_sender_stated() -> None:
    _sent(severity="轻微", **WARNED)
    assert outcome(_sent(10)) == ("filed", 1, 1, 0, 0)
    assert _standing() == ("slight", "sender")
    assert _returned(_sent(20, severity="一般")) == ["K-107"]


@pytest.mark.parametrize(
    "change",
    [
        "severity = 'slight', severity_rule = 'sender'",
        "severity = 'slight', severity_rule = 'national_2026/minor'",
        "severity = '', severity_rule = ''",
    ],
)
def test_the_database_refuses_a_row_that_moves_what_somebody_stated(change: str) -> None:
    _sent(severity="严重")
    _sent(10, severity="严重", **NEW_CONTENT)
    statement = (
        f"UPDATE subjects_record SET {change}, known_from = known_from + interval '1 second',"
        " submission_id = (SELECT min(id) FROM intake_submission)"
    )
    refused = pytest.raises(DatabaseError, match="no row sent again moves record")
    with acting(actor=LIAISON), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert _standing() == ("serious", "sender")
