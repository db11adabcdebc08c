"""A letter says to whom it is addressed, on which record, who signs, what fails and from when, and what can be done."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone

from publiccredit.accounts.types import Actor
from publiccredit.casework.letters import in_chinese
from publiccredit.casework.models import Case, Letter
from publiccredit.casework.operations import (
    extend_deadline,
    guide_applicant,
    refuse_repair,
    reject_objection,
    request_papers,
    request_review,
    take_case,
)
from publiccredit.casework.queries import letters_to_tell, printed_letter
from publiccredit.casework.types import Applicant, Channel
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Party, ProcedureName
from publiccredit.subjects.models import Record, Subject
from tests.flows.cases import (
    APPLICANT,
    AT,
    CLERK,
    HEAD,
    LIAISON,
    OFFICE_HEAD,
    OWNER,
    REASONS,
    SECOND_CLERK,
    hand_in,
    objection_ready,
    opened,
    repaired,
    report_ready,
    settled,
)
from tests.flows.desks import at_the_desk
from tests.flows.officers import TODAY, browser, read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]


def test_an_extension_is_signed_by_the_officer_who_gives_its_reason(record: Record) -> None:
    case = objection_ready(record)
    extend_deadline(by=CLERK, case_id=case.pk, days=2, reason="等待鉴定结论", at=AT)
    text = Letter.objects.get(kind="extension").text
    assert "理由：等待鉴定结论。\n承办人：clerk\n" in text


def test_a_refusal_names_each_condition_that_fails_and_when_it_will_hold(record: Record) -> None:
    early = datetime(2026, 7, 1, 2, tzinfo=UTC)
    case = opened(ProcedureName.CREDIT_REPAIR, record, ground="duties_performed", at=early)
    take_case(by=LIAISON, case_id=case.pk, at=early)
    hand_in(case, "proof_of_performance", at=early)
    refuse_repair(by=LIAISON, case_id=case.pk, reasons=REASONS, at=early)
    text = Letter.objects.get(kind="decision").text
    assert "尚未满足的条件：最短公示期已满。" in text
    assert "自2026年8月20日起可以再次申请。" in text
    assert "尚未满足的条件：公开作出信用承诺。提交“信用承诺书”后，经核实即为满足。" in text
    assert "违法行为已改正" not in text


def test_the_decision_of_a_repair_says_what_stops_and_from_when(record: Record, subject: Subject) -> None:
    repaired(record)
    text = Letter.objects.get(kind="decision").text
    ended = timezone.localtime(Record.objects.get(pk=record.pk).display_ended_at)
    since = f"自{ended.year}年{ended.month}月{ended.day}日{ended:%H时%M分}起。"
    for title in ("停止公示", "停止共享和使用", "解除惩戒措施", "更新评价结果"):
        assert text.count(f"\n{title}：{since}\n") == 1
    assert "已决定：准予修复" in at_the_desk(subject, Client()).get("/mine/").content.decode()


def test_a_refused_request_names_nothing_that_stops(record: Record) -> None:
    reject_objection(by=CLERK, case_id=objection_ready(record).pk, reasons=REASONS, at=AT)
    assert "停止公示：" not in Letter.objects.get(kind="decision").text


def test_the_form_of_a_decision_says_first_which_paper_lacks(record: Record) -> None:
    case = opened(
        ProcedureName.CORRECTION, record, ground="differs_from_document", by=LIAISON,
        applicant=Applicant(Party.SOURCE, "濉溪县市场监督管理局"), channel=Channel.COUNTER,
    )  # fmt: skip
    assert "作出准许请求的决定前须有" in read(LIAISON, f"/cases/new/?procedure=correction&record={record.pk}")
    take_case(by=LIAISON, case_id=case.pk, at=AT)
    page = f"/cases/{case.pk}/?outcome=corrected"
    assert "还缺少材料：决定文书或者审批表。没有材料不能作出这项决定，请在本表末尾选择文件存入。" in read(LIAISON, page)
    hand_in(case, "document", by=LIAISON)
    assert "还缺少材料" not in read(LIAISON, page)


def test_what_a_department_reports_of_its_own_accord_is_its_own_request(record: Record) -> None:
    address, subject = f"/cases/new/?procedure=correction&record={record.pk}", record.subject
    assert subject is not None
    assert subject.name not in browser(LIAISON).get(address).context["form"].initial["name"]
    sent = {
        "key": "1", "ground": "differs_from_document", "request": "金额抄错，请更正。", "party": "source",
        "name": subject.name, "channel": "counter", "received_on": timezone.localdate().isoformat(),
    }  # fmt: skip
    answer = browser(LIAISON).post(address, sent)
    assert answer.status_code == 302, answer.context["form"].errors
    case = Case.objects.get(procedure="correction")
    assert case.applicant_name == "濉溪县市场监督管理局"
    receipt = case.letters.get(kind="receipt")
    assert (receipt.addressed_to, subject.name in receipt.text) == ("濉溪县市场监督管理局", False)


def test_a_late_case_says_how_late_it_is_and_no_hundred_per_cent(record: Record) -> None:
    case = objection_ready(record)
    with patch("django.utils.timezone.now", return_value=AT):
        assert "，已用 0%" in read(CLERK, f"/cases/{case.pk}/")
    with patch("django.utils.timezone.now", return_value=AT + timedelta(days=30)):
        for page in (read(CLERK, f"/cases/{case.pk}/"), read(CLERK, "/cases/?queue=overdue")):
            assert ("逾期" in page, "已用" in page) == (True, False)


def test_a_decision_names_its_record_and_the_remedies(record: Record) -> None:
    case = objection_ready(record)
    reject_objection(by=CLERK, case_id=case.pk, reasons=REASONS, at=AT)
    first = Letter.objects.get(case=case, kind="decision").text
    assert f"所涉记录：濉溪县市场监督管理局 {record.document_number}。" in first
    office = catalogue.credit_office()
    assert f"可以自收到之日起 15 个工作日内向{office.name}申请复核一次，由另一人办理，不收费。" in first
    assert f"复核申请可以在网上提交，也可以交到或者寄到：{office.name}，{office.address}" in first
    law = [f"自收到之日起{r.within}内向{r.authority}{r.title}（{r.basis}）" for r in catalogue.remedies(on=TODAY)]
    assert len(law) == 2 and f"也可以依法{'，或者'.join(law)}。" in first
    review = request_review(by=OWNER, case_id=case.pk, applicant=APPLICANT, request="不服", at=AT)
    take_case(by=SECOND_CLERK, case_id=review.pk, at=AT)
    reject_objection(by=SECOND_CLERK, case_id=review.pk, reasons=REASONS, at=AT)
    second = Letter.objects.get(case=review, kind="decision").text
    assert f"复核只有一次。\n仍不服的，可以依法{'，或者'.join(law)}。" in second


@pytest.mark.parametrize("given", ["repaired", "withdrawn"])
def test_no_review_is_offered_of_what_was_all_given_and_the_law_says_what_remains(record: Record, given: str) -> None:
    if given == "repaired":
        repaired(record)
    else:
        settled(report_ready(record, ground="revoked", paper="new_decision"), "withdrawn_revoked", first=LIAISON)
    text = Letter.objects.get(kind="decision").text
    assert ("申请复核" in text, "对结果不服的，可以依法自收到之日起" in text) == (False, True)


def test_a_letter_says_nothing_of_a_remedy_the_packs_do_not_give(record: Record) -> None:
    case = objection_ready(record)
    with patch("publiccredit.casework.letters.catalogue.remedies", return_value=()):
        reject_objection(by=CLERK, case_id=case.pk, reasons=REASONS, at=AT)
    text = Letter.objects.get(case=case, kind="decision").text
    assert ("申请复核一次" in text, "复议" in text, "诉讼" in text) == (True, False, False)


def test_the_file_of_a_letter_is_named_by_its_kind_and_number(record: Record) -> None:
    case = objection_ready(record)
    letter = case.letters.get()
    named = browser(CLERK).get(f"/cases/{case.pk}/letters/{letter.pk}/letter.pdf")["Content-Disposition"]
    assert named == f"inline; filename*=utf-8''{quote(f'收件回执-{letter.number}.pdf')}"
    named = browser(CLERK).get(f"/cases/notices/{record.pk}/notice.pdf")["Content-Disposition"]
    assert quote(record.document_number) in named and "%2F" not in named


def test_a_decision_says_what_each_corrected_field_reads_from_now_on(record: Record) -> None:
    case = objection_ready(record)
    settled(case, "corrected", first=CLERK, second=OFFICE_HEAD, corrections={"violation_facts": "销售过期的建材"})
    text = Letter.objects.get(case=case, kind="decision").text
    former = record.content["violation_facts"]
    assert f"更正内容：“违法事实”由“{former}”更正为“销售过期的建材”。" in text


@pytest.mark.parametrize(("channel", "online"), [(Channel.POST, False), (Channel.ONLINE, True)])
def test_only_who_can_hand_something_in_online_is_told_so(record: Record, channel: Channel, online: bool) -> None:
    by = CLERK if channel is Channel.POST else Actor(name="reader", role=None)
    case = opened(
        ProcedureName.OBJECTION, record, ground="wrong_or_missing", by=by, channel=channel,
        applicant=Applicant(Party.READER, "读者"),
    )  # fmt: skip
    take_case(by=CLERK, case_id=case.pk, at=AT)
    request_papers(by=CLERK, case_id=case.pk, asked="决定书照片", at=AT)
    text = Letter.objects.get(case=case, kind="request_for_papers").text
    assert ("材料可以在网上提交" in text, "材料请交到或者寄到" in text) == (online, not online)


def test_a_receipt_and_a_request_for_papers_name_the_record_and_where_papers_are_brought(record: Record) -> None:
    case = objection_ready(record)
    request_papers(by=CLERK, case_id=case.pk, asked="营业执照", at=AT)
    repair = opened(ProcedureName.CREDIT_REPAIR, record, ground="duties_performed")
    office, source = (catalogue.department(code=code) for code in ("credit_office", "market_regulation"))
    for of, body in ((case, office), (repair, source)):
        assert body.telephone == "0000-0000000"
        for letter in of.letters.all():
            assert f"所涉记录：濉溪县市场监督管理局 {record.document_number}" in letter.text
            assert f"{body.name}，{body.address}，电话 0000-0000000。" in letter.text
            assert in_chinese(AT.date()) in letter.text
    assert case.letters.count() == 2


def test_a_decision_names_who_worked_it_out_and_who_approved_it(record: Record) -> None:
    one = objection_ready(record)
    settled(one, "rejected", first=CLERK)
    two = objection_ready(record)
    settled(two, "corrected", first=CLERK, second=OFFICE_HEAD, corrections={"violation_facts": "销售过期的建材"})
    text = {case.pk: Letter.objects.get(case=case, kind="decision").text for case in (one, two)}
    assert "承办人：clerk\n" in text[one.pk] and "批准人" not in text[one.pk]
    assert "承办人：clerk\n批准人：office-head\n" in text[two.pk]
    assert "依据：政府信息公开条例第四十一条；深圳经济特区社会信用条例第四十八条（比照）" in text[two.pk]


def test_a_reader_at_the_counter_is_named_to_the_office_alone(record: Record) -> None:
    reader = Applicant(Party.READER, "钱七", contact="13900000007")
    case = opened(ProcedureName.OBJECTION, record, ground="other", by=CLERK, applicant=reader, channel=Channel.COUNTER)
    assert not any("钱七" in letter.text for letter in Letter.objects.filter(case=case))
    assert "读者：" in Letter.objects.get(case=case, kind="receipt").text
    seen = {actor.name: read(actor, f"/cases/{case.pk}/") for actor in (CLERK, LIAISON)}
    assert "钱七" in seen[CLERK.name]
    assert "13900000007" in seen[CLERK.name]
    assert "钱七" not in seen[LIAISON.name]
    assert "13900000007" not in seen[LIAISON.name]


def test_an_enterprise_whose_repair_is_undone_is_itself_written_to(record: Record) -> None:
    repaired(record)
    case = opened(
        ProcedureName.RE_VERIFICATION,
        record,
        ground="false_papers",
        by=CLERK,
        applicant=Applicant(Party.OFFICE, "县信用办"),
        channel=Channel.COUNTER,
    )
    take_case(by=LIAISON, case_id=case.pk, at=AT)
    request_papers(by=LIAISON, case_id=case.pk, asked="请就材料的真实性作出说明", at=AT)
    guide_applicant(by=CLERK, case_id=case.pk, text="请先核对信用承诺书的原件。", at=AT)
    hand_in(case, "finding", by=LIAISON)
    settled(case, "repair_undone", first=LIAISON, second=HEAD)
    to = dict(Letter.objects.filter(case=case).values_list("kind", "addressed_to"))
    name = "濉溪县示例建材有限公司"
    guidance = printed_letter(letter=Letter.objects.get(case=case, kind="guidance"))
    office = catalogue.credit_office().name  # who advises is not who decides
    assert (guidance.heading, guidance.signature[0]) == (office, office)
    assert to == {"receipt": "县信用办", "guidance": "县信用办", "request_for_papers": name, "decision": name}
    told = letters_to_tell(since=AT - timedelta(days=1))
    assert sorted(letter.kind for letter in told if letter.case_id == case.pk) == ["decision", "request_for_papers"]
