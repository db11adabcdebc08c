"""What an applicant reads of its request and what the counter reads of it are true, and the same."""

import json
from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM
from publiccredit.casework.models import Case
from publiccredit.casework.operations import close_case, decide, return_proposal
from publiccredit.casework.types import Verdict
from publiccredit.catalogue.types import Audience, ConditionName, ProcedureName
from publiccredit.disclosure.queries import versions
from publiccredit.site.demo.accounts import ACCOUNTS
from publiccredit.subjectdesk.models import Message
from publiccredit.subjects.models import Record, RecordVersion, Subject
from tests.factories import stored_record
from tests.flows.cases import (
    AT,
    CLERK,
    HEAD,
    LIAISON,
    OFFICE_HEAD,
    REASONS,
    hand_in,
    objection_ready,
    opened,
    settled,
    take_case,
)
from tests.flows.desks import at_the_desk, with_contact
from tests.flows.officers import TODAY, Browser, browser
from tests.papers import a_pdf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers", "an_hour_later")]

MAIL = "li@example.com"
REMARK = "金额单位写错，请对照文书第二页"


@pytest.fixture
def desk(subject: Subject, client: Client) -> Client:
    return at_the_desk(subject, client)


# --- a code that comes later, and one that no call can bring --------------------------------------------------------


def test_a_code_one_already_has_is_entered_from_the_page_of_log_in(client: Client) -> None:
    page = client.get("/mine/log-in/?next=/mine/copy/").content.decode()
    assert '已经有验证码的，<a href="/mine/log-in/code/?next=/mine/copy/">' in page
    later = client.get("/mine/log-in/code/?next=/mine/copy/").content.decode()
    assert "验证码已经" not in later and 'name="next" value="/mine/copy/"' in later


@pytest.mark.parametrize("kept", [True, False])
def test_nobody_is_promised_a_call_to_an_address_of_mail(subject: Subject, client: Client, kept: bool) -> None:
    if kept:
        with_contact(subject, at=AT, contact=MAIL)
    asked = client.post("/mine/log-in/send-code/", {"identifier": subject.uscc, "contact": MAIL}).content.decode()
    assert "登记的是邮箱，信用办没有号码可以拨打" in asked and "拨打登记的号码读给您" not in asked
    assert Message.objects.count() == int(kept)


def test_the_clerk_prints_what_no_call_can_bring(subject: Subject, client: Client) -> None:
    with_contact(subject, at=AT, contact=MAIL)
    client.post("/mine/log-in/send-code/", {"identifier": subject.uscc, "contact": MAIL})
    office, message = browser(CLERK), Message.objects.get()
    assert "人不在窗口的，请对方改用核验函" in office.get("/proofs/outbox/").content.decode()
    shown = office.post(f"/proofs/outbox/{message.pk}/").content.decode()
    assert "<h1>打印，当面交付</h1>" in shown and "读给" not in shown


# --- a repair asked for at the counter ------------------------------------------------------------------------------


def test_nobody_applies_on_the_ground_that_law_excludes_it_but_who_decides_may_say_so(record: Record) -> None:
    address = f"/cases/new/?procedure=credit_repair&record={record.pk}"
    page = browser(CLERK).get(address).content.decode()
    assert 'value="duties_performed"' in page and 'value="excluded"' not in page
    case = opened(ProcedureName.CREDIT_REPAIR, record, ground="duties_performed")
    hand_in(case, "proof_of_performance", "commitment")
    take_case(by=LIAISON, case_id=case.pk, at=AT)
    settled(case, "refused", first=LIAISON, failing=(ConditionName.REPAIRABLE,))
    assert Case.objects.get().state == "decided"


def test_the_papers_of_one_envelope_are_taken_down_with_the_request(record: Record) -> None:
    clerk = browser(CLERK)
    address = f"/cases/new/?procedure=credit_repair&record={record.pk}"
    page = clerk.get(address).content.decode()
    assert 'name="paper_commitment"' in page and 'name="paper_authorisation"' not in page
    sent = {
        "key": "envelope", "ground": "duties_performed", "request": "罚款已缴清，请予修复。", "party": "subject",
        "name": "濉溪县示例建材有限公司", "channel": "post", "received_on": TODAY.isoformat(),
    }  # fmt: skip
    for _ in range(2):
        papers = {
            f"paper_{kind}": SimpleUploadedFile(f"{kind}.pdf", a_pdf(kind), content_type="application/pdf")
            for kind in ("proof_of_performance", "commitment")
        }
        assert clerk.post(address, sent | papers).status_code == 302
    case = Case.objects.get()
    assert sorted(case.papers.values_list("kind", flat=True)) == ["commitment", "proof_of_performance"]


def test_an_early_repair_is_told_the_same_online_and_at_the_counter(subject: Subject, record: Record) -> None:
    early = datetime(2026, 8, 19, 2, tzinfo=UTC)
    with patch("django.utils.timezone.now", return_value=early):
        online = at_the_desk(subject, Browser()).get(f"/mine/records/{record.pk}/repair/").content.decode()
        counter = browser(CLERK).get(f"/cases/new/?procedure=credit_repair&record={record.pk}").content.decode()
    assert "可以到窗口或者写信提出，期限内答复" in online
    assert "书面提出的照收，在期限内书面答复" in counter
    assert all("到期以前只能答复暂不予修复" in page for page in (online, counter))


# --- a case as its applicant reads it -------------------------------------------------------------------------------


def test_what_is_proposed_and_remarked_among_officers_stays_between_them(desk: Client, record: Record) -> None:
    case = objection_ready(record)
    verdict = Verdict("corrected", REASONS, corrections={"fine_fen": "6.37"})
    decide(by=CLERK, case_id=case.pk, verdict=verdict, at=AT)
    return_proposal(by=OFFICE_HEAD, case_id=case.pk, because=REMARK, at=AT)
    for address in (f"/mine/cases/{case.pk}/", "/mine/copy/", "/mine/copy.json"):
        page = desk.get(address).content.decode()
        assert "作出处理意见。" in page and "作出处理意见“" not in page, address
        assert "退回重办。" in page and REMARK not in page, address
    among = browser(CLERK).get(f"/cases/{case.pk}/").content.decode()
    assert "作出处理意见“" in among and f"退回重办：{REMARK}" in among


def test_a_review_says_what_it_reviews_and_is_found_from_it(desk: Client, record: Record) -> None:
    case = objection_ready(record)
    settled(case, "rejected", first=CLERK)
    close_case(by=CLERK, case_id=case.pk, delivered="窗口当面送达", at=AT)
    answer = desk.post(f"/mine/cases/{case.pk}/review/", {"request": "金额与决定书不符。"})
    act_as(actor=PROGRAM)
    review = Case.objects.get(reviews=case)
    assert answer.headers["Location"] == f"/mine/cases/{review.pk}/"
    page = desk.get(f"/mine/cases/{review.pk}/").content.decode()
    assert "（复核）" in page and f'<a href="/mine/cases/{case.pk}/">{case.number}</a>' in page
    assert (
        f'<a href="/mine/cases/{review.pk}/">{review.number}</a>'
        in desk.get(f"/mine/cases/{case.pk}/").content.decode()
    )
    assert f"（复核） {review.number}" in desk.get("/mine/").content.decode()


def test_a_visitor_of_the_demonstration_can_finish_a_review() -> None:
    """Whoever proposed and whoever approved the first decision take no part in the second."""
    free = [a.role.value for a in ACCOUNTS if a.username not in {"office_clerk", "office_head"}]
    assert {"office_clerk", "office_head"} <= set(free)


# --- a record as its subject reads it -------------------------------------------------------------------------------


def test_one_correction_is_one_version(record: Record) -> None:
    before = versions(record_id=record.pk, audience=Audience.PUBLIC, on=TODAY)
    case = objection_ready(record)
    marked = versions(record_id=record.pk, audience=Audience.PUBLIC, on=TODAY)
    settled(case, "corrected", first=CLERK, second=OFFICE_HEAD, corrections={"fine_fen": "6.37"})
    after = versions(record_id=record.pk, audience=Audience.PUBLIC, on=TODAY)
    assert (len(before), len(marked), len(after)) == (1, 2, 3)
    assert after[0].dispute == before[0].dispute != after[1].dispute
    assert RecordVersion.objects.filter(record_id=record.pk).count() == 3  # all is kept, and this is how it reads


def test_the_reason_of_a_severity_is_told_on_the_page_and_in_the_copy(desk: Client, record: Record) -> None:
    public = browser(HEAD).get(f"/records/{record.pk}/").content.decode()
    own = desk.get(f"/mine/records/{record.pk}/").content.decode()
    copied = json.loads(desk.get("/mine/copy.json").content)["records"][0]["severity_words"]
    basis = copied.partition("。依据：")[2]
    assert basis.endswith("）")
    assert (
        f"依据：{basis}。" in public and f"依据：{basis}。" in own and basis in desk.get("/mine/copy/").content.decode()
    )


def test_a_document_is_spoken_of_where_there_was_a_decision(desk: Client, subject: Subject, record: Record) -> None:
    registered = stored_record(
        subject=subject, number=9, record_type="enterprise_registration", item="national_2024/1.1", document_number="",
        decided_on=None, served_on=None, severity="", severity_rule="", fine_fen=None, repairable_from=None,
        disclosed_until=None, content={"subject_name": subject.name},
    )  # fmt: skip
    assert "决定文书由" in desk.get(f"/mine/records/{record.pk}/").content.decode()
    assert "决定文书" not in desk.get(f"/mine/records/{registered.pk}/").content.decode()
