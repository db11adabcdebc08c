"""Whatever last day lies in a year whose working days are not decreed is told as provisional, and settled once it is."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client

from publiccredit.casework.models import Case, CaseStep
from publiccredit.casework.operations import (
    UnableToOpenCase,
    close_case,
    escalate,
    forward_to_source,
    reject_objection,
    request_papers,
    request_review,
)
from publiccredit.casework.queries import due_in_words, review_until
from publiccredit.catalogue.queries import PACKS_VARIABLE, packs
from publiccredit.catalogue.types import ProcedureName
from publiccredit.subjects.models import Record, Subject
from tests.environment import ROOT
from tests.flows.cases import APPLICANT, CLERK, HEAD, LIAISON, OWNER, REASONS, objection_ready, opened, repair_ready
from tests.flows.desks import at_the_desk
from tests.flows.officers import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]
LATE = datetime(2026, 12, 29, 2, tzinfo=UTC)  # a Tuesday; 2027 is not decreed
DECREED = """\
year: 2027
notice: 国务院办公厅关于2027年部分节假日安排的通知（演示）
source: 演示
confidence: K
holidays: [2027-01-01, 2027-01-04, 2027-01-05]
working_weekends: []
"""


@pytest.fixture
def late() -> Iterator[Any]:
    with patch("django.utils.timezone.now", return_value=LATE) as clock:
        yield clock


def _decree(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bring in a calendar of 2027 by which there are two holidays more than the law fixes by date."""
    copytree(ROOT / "packs", folder)
    (folder / "calendars" / "2027.yml").write_text(DECREED)
    monkeypatch.setenv(PACKS_VARIABLE, str(folder))
    assert 2027 in packs().calendars


@pytest.mark.usefixtures("late")
def test_papers_are_asked_for_by_a_provisional_day(
    record: Record, subject: Subject, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = repair_ready(record, at=LATE)
    request_papers(by=LIAISON, case_id=case.pk, asked="缴款书", at=LATE)
    case.refresh_from_db()
    assert case.papers_due_on == date(2027, 1, 13)
    letter = case.letters.get(kind="request_for_papers").text
    assert "请于2027年1月13日（该年度放假安排尚未公布，以公布后核定的日期为准）前补充" in letter
    said = "材料最迟 2027-01-13（暂定，以放假安排公布后核定的为准）"
    assert said in due_in_words(case=case)
    assert said in read(LIAISON, f"/cases/{case.pk}/")
    at_the_desk(subject, client)
    assert said in client.get(f"/mine/cases/{case.pk}/").content.decode()
    assert escalate(at=LATE).settled == 0
    _decree(tmp_path / "packs", monkeypatch)
    assert escalate(at=LATE).settled == 1
    case.refresh_from_db()
    assert case.papers_due_on == date(2027, 1, 15)
    steps = CaseStep.objects.filter(case=case, step="deadline_settled").values_list("text", flat=True)
    assert "补正期限核定为 2027-01-15" in steps
    assert "暂定" not in due_in_words(case=case)
    assert escalate(at=LATE).settled == 0


@pytest.mark.usefixtures("late")
def test_the_source_is_asked_by_a_provisional_day_that_both_desks_see(
    record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = objection_ready(record, at=LATE)
    forward_to_source(by=CLERK, case_id=case.pk, question="请核对金额。", at=LATE)
    said = "认定单位最迟 2027-01-04（暂定，以放假安排公布后核定的为准） 答复"
    for by, queue in ((CLERK, "source"), (LIAISON, "ours")):
        assert said in read(by, f"/cases/{case.pk}/")
        assert said in read(by, f"/cases/?queue={queue}")
    _decree(tmp_path / "packs", monkeypatch)
    assert escalate(at=LATE).settled == 1
    assert Case.objects.get(pk=case.pk).source_due_on == date(2027, 1, 6)
    assert "认定单位最迟 2027-01-06 答复" in read(LIAISON, f"/cases/{case.pk}/")


def test_a_source_that_is_late_is_seen_to_be(record: Record) -> None:
    at = datetime(2026, 9, 1, 2, tzinfo=UTC)
    case = objection_ready(record, at=at)
    forward_to_source(by=CLERK, case_id=case.pk, question="请核对金额。", at=at)
    with patch("django.utils.timezone.now", return_value=at + timedelta(days=7)):  # three working days were given
        assert "认定单位最迟 2026-09-04 答复，已逾期 2 个工作日" in read(CLERK, f"/cases/{case.pk}/")


@pytest.mark.usefixtures("late")
def test_the_time_for_a_review_is_provisional_and_nobody_is_late_by_it(
    record: Record, subject: Subject, client: Client, late: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = objection_ready(record, at=LATE)
    reject_objection(by=CLERK, case_id=case.pk, reasons=REASONS, at=LATE)
    close_case(by=CLERK, case_id=case.pk, delivered="窗口当面送达", at=LATE)
    case.refresh_from_db()
    assert review_until(case=case) == date(2027, 1, 20)
    at_the_desk(subject, client)
    page = client.get(f"/mine/cases/{case.pk}/").content.decode()
    assert "最迟 2027-01-20（暂定，以放假安排公布后核定的为准）" in page
    asked = {"by": OWNER, "case_id": case.pk, "applicant": APPLICANT, "request": "不服"}
    past = datetime(2027, 1, 25, 2, tzinfo=UTC)  # the decree gives two days more: until the 22nd
    review = request_review(**asked, at=past)
    assert review.reviews_id == case.pk
    other = objection_ready(record, at=LATE)
    reject_objection(by=CLERK, case_id=other.pk, reasons=REASONS, at=LATE)
    close_case(by=CLERK, case_id=other.pk, delivered="窗口当面送达", at=LATE)
    _decree(tmp_path / "packs", monkeypatch)
    with pytest.raises(UnableToOpenCase, match="2027-01-22 届满"):
        request_review(**(asked | {"case_id": other.pk}), at=past)


@pytest.mark.usefixtures("late")
def test_what_waits_is_listed_with_its_provisional_day(record: Record) -> None:
    case = objection_ready(record, at=LATE)
    repair = opened(ProcedureName.CREDIT_REPAIR, record, ground="duties_performed", at=LATE)
    said = f"最迟 <time>{repair.due_on}</time>（暂定）"
    assert said in read(HEAD, "/oversight/start/") and said in read(LIAISON, "/intake/")
    assert f"最迟 <time>{case.due_on}</time>（暂定）" in read(CLERK, "/start/")
