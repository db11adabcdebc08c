"""What a subject is shown before it asks and after: what would be refused, what it asked, its papers, a model text."""

from datetime import UTC, date, datetime
from typing import Any
from unittest.mock import patch

import pytest

from publiccredit.accounts.types import Actor
from publiccredit.casework.models import Case
from publiccredit.casework.operations import reject_objection, take_case
from publiccredit.casework.types import Applicant, Asked, PaperIn
from publiccredit.catalogue.types import Party, ProcedureName
from publiccredit.subjectdesk import operations
from publiccredit.subjectdesk.types import Visitor
from publiccredit.subjects.models import Record, Subject
from tests.factories import stored_record, stored_subject
from tests.flows.cases import AT, CLERK, REASONS, hand_in, opened
from tests.flows.desks import at_the_desk, opened_by_letter, visitor_of
from tests.flows.officers import PDF, Browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]

EARLY = datetime(2026, 7, 1, 2, tzinfo=UTC)  # the repair opens on 20 August
ASKED = {"ground": "duties_performed", "request": "罚款已缴清，申请修复。"}


@pytest.fixture
def own(subject: Subject) -> Visitor:
    return visitor_of(opened_by_letter(subject, at=AT), at=AT)


def _asks(own: Visitor, record: Record, key: str, *, field: str = "", ground: str = "other") -> Case:
    asked = Asked(ground, "请依法处理。", (record.pk,), field=field)
    return operations.open_case(visitor=own, procedure=ProcedureName.OBJECTION, asked=asked, papers=(), key=key, at=AT)


def test_a_repair_before_its_day_has_no_form_and_sent_anyway_is_refused_with_the_day(
    subject: Subject, record: Record
) -> None:
    with patch("django.utils.timezone.now", return_value=EARLY):
        client = at_the_desk(subject, Browser())
        page = client.get(f"/mine/records/{record.pk}/repair/").content.decode()
        assert "还不能申请" in page and "<time>2026-08-20</time>" in page
        assert 'name="request"' not in page
        sent = client.post(f"/mine/records/{record.pk}/repair/", {"key": "k", **ASKED})
    assert sent.status_code == 422
    assert not Case.objects.exists()
    with patch("django.utils.timezone.now", return_value=EARLY):
        other = client.get(f"/mine/records/{record.pk}/repair/?ground=reorganisation").content.decode()
    assert 'name="request"' in other  # a court's plan waits for no term


def test_what_is_never_shown_has_no_form_of_repair_and_sent_anyway_is_refused(subject: Subject) -> None:
    days: dict[str, Any] = {
        "disclosed_from": date(2026, 5, 22),
        "disclosed_until": date(2026, 5, 22),
        "repairable_from": None,
    }
    slight = stored_record(subject=subject, severity="slight", **days)
    client = at_the_desk(subject, Browser())
    page = client.get(f"/mine/records/{slight.pk}/repair/").content.decode()
    assert "依法不公示，不需要修复。" in page
    assert 'name="request"' not in page and "?ground=" not in page
    sent = client.post(f"/mine/records/{slight.pk}/repair/", {"key": "k", **ASKED})
    assert (sent.status_code, Case.objects.exists()) == (422, False)


def test_the_operation_refuses_a_repair_before_its_day_with_its_condition(subject: Subject, record: Record) -> None:
    visitor = visitor_of(opened_by_letter(subject, at=EARLY), at=EARLY)
    asked = Asked(record_ids=(record.pk,), **ASKED)
    with pytest.raises(operations.NotOpenYet, match="最短公示期还没有满，自 2026-08-20 起可以申请修复"):
        operations.open_case(
            visitor=visitor, procedure=ProcedureName.CREDIT_REPAIR, asked=asked, papers=(), key="k", at=EARLY
        )
    assert not Case.objects.exists()


def test_the_same_objection_is_made_once_while_it_is_open(own: Visitor, record: Record) -> None:
    first = _asks(own, record, "1", field="fine_fen")
    assert _asks(own, record, "1", field="fine_fen") == first  # the same form, sent twice
    with pytest.raises(operations.AlreadyUnderWay, match=first.number):
        _asks(own, record, "2", field="fine_fen", ground="wrong_or_missing")
    assert _asks(own, record, "3", field="violation_kind").pk != first.pk
    take_case(by=CLERK, case_id=first.pk, at=AT)
    reject_objection(by=CLERK, case_id=first.pk, reasons=REASONS, at=AT)
    assert _asks(own, record, "4", field="fine_fen").pk != first.pk


def test_what_is_under_way_is_said_before_the_form(own: Visitor, subject: Subject, record: Record) -> None:
    case = _asks(own, record, "1", field="fine_fen")
    with patch("django.utils.timezone.now", return_value=AT):
        client = at_the_desk(subject, Browser())
        objection = client.get(f"/mine/records/{record.pk}/objection/").content.decode()
        assert f'<a href="/mine/cases/{case.pk}/">{case.number}</a>：罚款金额（万元）' in objection
        assert 'name="request"' in objection
        repair = f"/mine/records/{record.pk}/repair/"
        assert 'name="request"' in client.get(repair).content.decode()
        asked = Asked(record_ids=(record.pk,), **ASKED)
        made = operations.open_case(
            visitor=own, procedure=ProcedureName.CREDIT_REPAIR, asked=asked, papers=(), key="r", at=AT
        )
        again = client.get(repair).content.decode()
    assert f'<a href="/mine/cases/{made.pk}/">{made.number}</a>' in again
    assert 'name="request"' not in again


def test_a_subject_sees_what_it_asked_and_opens_the_papers_it_handed_in(
    own: Visitor, subject: Subject, record: Record
) -> None:
    asked = Asked("wrong_or_missing", "罚款应为四万元，见缴款凭证。", (record.pk,), field="fine_fen")
    paper = PaperIn(kind="evidence", file_name="凭证.pdf", content=PDF)
    case = operations.open_case(
        visitor=own, procedure=ProcedureName.OBJECTION, asked=asked, papers=(paper,), key="k", at=AT
    )
    hand_in(case, "source_opinion", by=CLERK)
    mine, theirs = case.papers.get(kind="evidence"), case.papers.get(kind="source_opinion")
    with patch("django.utils.timezone.now", return_value=AT):
        client = at_the_desk(subject, Browser())
        page = client.get(f"/mine/cases/{case.pk}/").content.decode()
        for said in ("信息错误、遗漏", "罚款应为四万元，见缴款凭证。", "争议字段：罚款金额（万元）"):
            assert said in page
        assert f'href="/mine/cases/{case.pk}/papers/{mine.pk}/"' in page
        shown = client.get(f"/mine/cases/{case.pk}/papers/{mine.pk}/")
        assert (b"".join(shown.streaming_content), shown["Content-Type"]) == (PDF, "application/pdf")
        assert "default-src 'none'" in shown["Content-Security-Policy"]
        for absent in (theirs.pk, 2**63):
            assert client.get(f"/mine/cases/{case.pk}/papers/{absent}/").status_code == 404
        stranger = at_the_desk(stored_subject(number=9, name="濉溪县另一家有限公司"), Browser())
        assert stranger.get(f"/mine/cases/{case.pk}/papers/{mine.pk}/").status_code == 404
        assert Browser().get(f"/mine/cases/{case.pk}/papers/{mine.pk}/").status_code == 302


def test_a_subject_reads_nothing_of_what_a_reader_asked(subject: Subject, record: Record) -> None:
    reader = Applicant(Party.READER, "读者")
    case = opened(ProcedureName.OBJECTION, record, ground="other", by=Actor(name="reader", role=None), applicant=reader)
    with patch("django.utils.timezone.now", return_value=AT):
        page = at_the_desk(subject, Browser()).get(f"/mine/cases/{case.pk}/").content.decode()
    assert "其他侵害合法权益的情形" in page
    assert "<dt>请求和理由</dt>" not in page


def test_a_model_of_the_commitment_is_filled_and_printed(subject: Subject, record: Record) -> None:
    with patch("django.utils.timezone.now", return_value=AT):
        client = at_the_desk(subject, Browser())
        form = client.get(f"/mine/records/{record.pk}/repair/").content.decode()
        assert f'<a href="/mine/records/{record.pk}/commitment/">示范文本</a>' in form
        page = client.get(f"/mine/records/{record.pk}/commitment/").content.decode()
        assert client.get("/mine/records/999999/commitment/").status_code == 404
    for said in (subject.name, subject.uscc or "", record.document_number, "承诺单位（盖章）", "data-print"):
        assert said in page
    assert "{" not in page.split('<article class="letter">')[1].split("</article>")[0]
