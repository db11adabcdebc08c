"""The form of a decision through HTTP: templates, proposals, approval, reviews, orders and delivery."""

from datetime import date, datetime, time, timedelta
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils.html import escape

from publiccredit.accounts.operations import NotAllowed
from publiccredit.casework import desk
from publiccredit.casework.models import Case, Decision
from publiccredit.casework.operations import (
    PapersAwaited,
    UnableToOpenCase,
    answer_as_source,
    close_case,
    decide,
    extend_deadline,
    forward_to_source,
    open_case,
    request_papers,
    take_case,
)
from publiccredit.casework.rules import grounds_for, outcomes_of
from publiccredit.casework.types import Asked, Channel, Verdict
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import ProcedureName, StepName
from publiccredit.ledger.types import CHINA
from publiccredit.subjects.models import Record
from publiccredit.subjects.queries import field_in_words, record_type_of
from tests.factories import stored_record
from tests.flows.cases import (
    APPLICANT,
    AT,
    CLERK,
    HEAD,
    LIAISON,
    OFFICE_HEAD,
    OWNER,
    PUBLIC_WORDS,
    REASONS,
    SECOND_CLERK,
    hand_in,
    objection_ready,
    opened,
    repair_ready,
    report_ready,
    settled,
)
from tests.flows.officers import NOW, TODAY, read, send, state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers", "an_hour_later")]


def test_a_decision_begins_with_its_template_and_the_template_alone_is_refused(record: Record) -> None:
    case = objection_ready(record)
    page = read(CLERK, f"/cases/{case.pk}/?outcome=rejected")
    template = "经核实，该信息与决定文书一致，理由是____，异议不予支持。"
    assert template in page
    response = send(CLERK, case, "decide", outcome="rejected", reasons=template)
    assert response.status_code == 422
    said = response.content.decode()
    assert "理由仍是模板原文，还有未填的空白：“理由是____”。请在这里写出本案的事实和依据；" in said
    assert template in said
    for filled, fault in (("XXXX", "理由中还有未填的空白：“理由是XXXX”。"), ("不对", "自己写的只有 2 字。")):
        response = send(CLERK, case, "decide", outcome="rejected", reasons=template.replace("____", filled))
        assert (response.status_code, fault in response.content.decode()) == (422, True)
    assert state(case) == "in_hand"
    assert send(CLERK, case, "decide", outcome="rejected", reasons="").status_code == 422
    assert send(CLERK, case, "decide", outcome="rejected", reasons=REASONS).status_code == 302
    assert state(case) == "decided"


def test_an_outcome_of_another_procedure_is_no_form(record: Record) -> None:
    case = objection_ready(record)
    assert send(CLERK, case, "decide", outcome="granted", reasons=REASONS).status_code == 302
    assert state(case) == "in_hand"


def test_a_disputed_field_is_called_as_the_standard_calls_it(record: Record) -> None:
    asked = Asked(ground="wrong_or_missing", request="金额有误。", record_ids=(record.pk,), field="fine_fen")
    case = open_case(
        by=OWNER, procedure=ProcedureName.OBJECTION, applicant=APPLICANT, asked=asked, channel=Channel.ONLINE, at=AT
    )
    page = read(CLERK, f"/cases/{case.pk}/")
    assert "争议字段：罚款金额（万元）" in page
    assert "fine_fen" not in page


def test_a_correction_names_the_field_and_is_approved_by_another_person(record: Record) -> None:
    case = objection_ready(record)
    page = read(CLERK, f"/cases/{case.pk}/?outcome=corrected")
    assert 'name="field_1"' in page
    wrong = send(CLERK, case, "decide", outcome="corrected", reasons=REASONS, field_1="fine_fen", value_1="许多")
    assert wrong.status_code == 422
    assert "实为“许多”" in wrong.content.decode()
    sent = send(CLERK, case, "decide", outcome="corrected", reasons=REASONS, field_1="violation_facts", value_1="更正")
    assert sent.status_code == 302
    assert state(case) == "proposed"
    page = read(CLERK, f"/cases/{case.pk}/")
    assert 'value="approve"' not in page
    assert "<span>应为：<strong>更正</strong></span>" in page and "violation_facts" not in page
    assert f"<span>原为：{record.content['violation_facts']}</span>" in page
    assert send(CLERK, case, "approve").status_code == 302
    assert state(case) == "proposed"
    assert send(OFFICE_HEAD, case, "approve").status_code == 302
    assert state(case) == "decided"
    assert Record.objects.get(pk=record.pk).content["violation_facts"] == "更正"


def test_a_proposal_is_returned_with_a_reason_and_made_anew(record: Record) -> None:
    case = objection_ready(record)
    decide(by=CLERK, case_id=case.pk, verdict=Verdict("publication_stopped", REASONS, PUBLIC_WORDS), at=AT)
    assert send(OFFICE_HEAD, case, "return", because="").status_code == 422
    assert send(OFFICE_HEAD, case, "return", because="未附送达回证。").status_code == 302
    assert state(case) == "in_hand"
    page = read(CLERK, f"/cases/{case.pk}/")
    assert "<p>office-head（信用办负责人）退回：未附送达回证。</p>" in page
    assert 'name="outcome" value="publication_stopped"' in page
    assert REASONS in page.split('name="reasons"')[1].split("</textarea>")[0]
    assert PUBLIC_WORDS in page.split('name="public_notice"')[1].split("</textarea>")[0]
    listed = read(CLERK, "/cases/?queue=mine")
    assert "退回重办" in listed and "office-head（信用办负责人）退回：未附送达回证。" in listed
    other = read(CLERK, f"/cases/{case.pk}/?outcome=rejected")
    assert "异议不予支持" in other and PUBLIC_WORDS not in other.split('id="form-decide"')[1].split("</form>")[0]
    assert send(CLERK, case, "decide", outcome="rejected", reasons=REASONS).status_code == 302
    assert "退回重办" not in read(CLERK, "/cases/?queue=closed") + read(CLERK, "/cases/?queue=delivery")


def test_a_returned_proposal_has_its_fields_and_values_and_lies_with_whoever_made_it(record: Record) -> None:
    case = objection_ready(record)
    corrections = {
        "fine_fen": "6.37",
        "penalty_content": "罚款六万元",
        "violation_kind": "虚假宣传",
        "violation_facts": "乙",
    }
    verdict = Verdict("corrected", REASONS, corrections=corrections)
    decide(by=SECOND_CLERK, case_id=case.pk, verdict=verdict, at=AT)
    assert {q.name: q.number for q in desk.queues(actor=SECOND_CLERK, on=TODAY)}["mine"] == 0
    assert send(OFFICE_HEAD, case, "return", because="处罚内容也应写 63,700 元").status_code == 302
    assert {q.name: q.number for q in desk.queues(actor=SECOND_CLERK, on=TODAY)}["mine"] == 1
    kept = Decision.objects.get(case=case).corrections
    assert kept == corrections
    form = read(SECOND_CLERK, f"/cases/{case.pk}/").split('id="form-decide"')[1].split("</form>")[0]
    for number, (name, value) in enumerate(kept.items(), start=1):
        chosen = form.split(f'name="field_{number}"')[1].split("</select>")[0]
        assert f'<option value="{name}" selected>' in chosen
        typed = form.split(f'name="value_{number}"')[1].split("</textarea>")[0]
        assert typed.endswith(f">\n{value}")
    better = kept | {"penalty_content": "罚款 63,700 元"}
    put_right = {f"field_{n}": name for n, name in enumerate(better, start=1)}
    put_right |= {f"value_{n}": value for n, value in enumerate(better.values(), start=1)}
    sent = send(SECOND_CLERK, case, "decide", outcome="corrected", reasons=REASONS, **put_right)
    assert sent.status_code == 302
    standing = Decision.objects.get(case=case, state="proposed")
    assert standing.corrections == better
    assert {q.name: q.number for q in desk.queues(actor=SECOND_CLERK, on=TODAY)}["mine"] == 0


def test_nobody_is_refused_before_the_day_they_were_given_for_papers(record: Record) -> None:
    case = objection_ready(record)
    request_papers(by=CLERK, case_id=case.pk, asked="处罚决定书复印件", at=AT)
    until = Case.objects.values_list("papers_due_on", flat=True).get(pk=case.pk)
    assert until is not None
    refused = send(CLERK, case, "decide", outcome="rejected", reasons=REASONS)
    said = refused.content.decode()
    assert (refused.status_code, f"已通知申请人在 {until} 以前补充材料" in said, REASONS in said) == (422, True, True)
    with pytest.raises(PapersAwaited):
        settled(case, "undetermined", first=CLERK, at=datetime.combine(until, time(23, 59), CHINA))
    # What is asked for may be granted at once, and refused once the paper is there.
    other = objection_ready(stored_record(subject=record.subject, number=2))
    request_papers(by=CLERK, case_id=other.pk, asked="处罚决定书复印件", at=AT)
    settled(other, "publication_stopped", first=CLERK, second=OFFICE_HEAD)
    hand_in(case, "evidence")
    settled(case, "rejected", first=CLERK)
    late = objection_ready(stored_record(subject=record.subject, number=3))
    request_papers(by=CLERK, case_id=late.pk, asked="处罚决定书复印件", at=AT)
    settled(late, "rejected", first=CLERK, at=datetime.combine(until + timedelta(days=1), time(0), CHINA))


def test_a_repair_is_granted_by_two_people_of_the_deciding_department(record: Record) -> None:
    case = repair_ready(record)
    page = read(LIAISON, f"/cases/{case.pk}/")
    assert "停止公示、停止共享和使用、解除惩戒措施、更新评价结果" in page
    assert "最短公示期已满" in page
    assert send(CLERK, case, "decide", outcome="granted", reasons=REASONS).status_code == 302
    assert state(case) == "in_hand"
    assert send(LIAISON, case, "decide", outcome="granted", reasons=REASONS).status_code == 302
    link = f'href="/records/{record.pk}/"'
    assert link in read(HEAD, f"/cases/{case.pk}/")
    assert send(HEAD, case, "approve").status_code == 302
    assert Record.objects.get(pk=record.pk).display_ended_at == NOW
    decided = read(HEAD, f"/cases/{case.pk}/")
    assert (link in decided, "现在不公示" in decided) == (False, True)  # a link would lead to nothing found


def test_a_repair_that_meets_its_conditions_is_not_refused_without_one(record: Record) -> None:
    case = repair_ready(record)
    response = send(LIAISON, case, "decide", outcome="refused", reasons=REASONS)
    assert response.status_code == 422
    assert "各项条件均已满足，应当准予修复" in response.content.decode()
    page = read(LIAISON, f"/cases/{case.pk}/?outcome=refused")
    assert 'value="duties_performed"' in page and 'value="minimum_term"' not in page
    assert "平台核对已经满足的：不属于" in page and "最短公示期已满" in page
    fields = {"outcome": "refused", "reasons": REASONS, "failing": "duties_performed", "holds_from": "2020-01-01"}
    refused = send(LIAISON, case, "decide", **fields)
    assert refused.status_code == 422 and "以后的日期，实为 2020-01-01" in refused.content.decode()
    assert state(case) == "in_hand"
    fields["holds_from"] = (TODAY + timedelta(days=1)).isoformat()
    assert send(LIAISON, case, "decide", **fields).status_code == 302
    text = case.letters.get(kind="decision").text
    assert "已交的“履行义务的证明”不能证明，重新提交后，经核实即为满足。" in text
    assert state(case) == "decided"


def test_a_court_order_shields_for_the_time_it_says(record: Record) -> None:
    case = opened(ProcedureName.CREDIT_REPAIR, record, ground="reorganisation")
    hand_in(case, "court_order")
    take_case(by=LIAISON, case_id=case.pk, at=AT)
    fields = {"outcome": "shielded", "reasons": REASONS, "order_from": "2026-09-01"}
    assert send(LIAISON, case, "decide", **fields).status_code == 422
    fields |= {"order_number": "（2026）皖06破1号", "order_until": "2026-08-01"}
    response = send(LIAISON, case, "decide", **fields)
    assert "止日 2026-08-01 应晚于起日 2026-09-01。" in response.content.decode()
    assert send(LIAISON, case, "decide", **fields | {"order_until": "2028-09-01"}).status_code == 302
    assert send(HEAD, case, "approve").status_code == 302
    found = Record.objects.get(pk=record.pk)
    assert (found.shielded_from, found.shielded_until) == (date(2026, 9, 1), date(2028, 9, 1))


def test_a_stay_and_a_revocation_are_carried_out_at_the_departments_desk(record: Record) -> None:
    stay = report_ready(record, ground="stayed", paper="stay_order")
    order = {"order_number": "濉政复〔2026〕3号", "order_from": "2026-09-01"}
    assert send(LIAISON, stay, "decide", outcome="stayed", reasons=REASONS, **order).status_code == 302
    assert Record.objects.get(pk=record.pk).stayed_from == date(2026, 9, 1)
    revoked = report_ready(record, ground="revoked", paper="new_decision")
    assert "撤回记录，原处显示理由" in read(LIAISON, f"/cases/{revoked.pk}/")
    fields = {"outcome": "withdrawn_revoked", "reasons": REASONS}
    refused = send(LIAISON, revoked, "decide", **fields)
    assert (refused.status_code, "撤回的记录由公开说明代替，必须填写" in refused.content.decode()) == (422, True)
    named = send(LIAISON, revoked, "decide", **fields, public_notice="复议机关撤销，电话 13812345678。")
    assert (named.status_code, "不能写手机号码：“电话”后面的 138…" in named.content.decode()) == (422, True)
    assert Record.objects.get(pk=record.pk).state == "filed"
    assert send(LIAISON, revoked, "decide", **fields, public_notice=PUBLIC_WORDS).status_code == 302
    assert Record.objects.get(pk=record.pk).withdrawn_as == "revoked"


def test_a_decided_case_is_delivered_and_closed(record: Record) -> None:
    case = objection_ready(record)
    settled(case, "rejected", first=CLERK)
    assert case.number in read(CLERK, "/cases/?queue=delivery")
    assert send(CLERK, case, "close", delivered="").status_code == 422
    assert send(CLERK, case, "close", delivered="窗口当面送达").status_code == 302
    assert state(case) == "closed"


def test_a_review_is_taken_down_and_decided_by_somebody_else(record: Record) -> None:
    case = objection_ready(record)
    settled(case, "rejected", first=CLERK)
    assert send(CLERK, case, "request_review", request="").status_code == 422
    came = {"channel": "counter", "received_on": TODAY}
    assert send(CLERK, case, "request_review", request="没有核对送达日期。", **came).status_code == 302
    review = Case.objects.get(reviews=case)
    page = read(CLERK, f"/cases/{review.pk}/")
    assert (
        "复核应当由原办理人以外的人员办理，您拟办或者审核过原决定。可以办理的有：office-head（信用办负责人）、" in page
    )
    assert "?outcome=" not in page
    assert 'value="take"' not in page
    assert send(CLERK, review, "take").status_code == 302
    assert state(review) == "opened"
    take_case(by=SECOND_CLERK, case_id=review.pk, at=NOW)
    assert send(SECOND_CLERK, review, "decide", outcome="rejected", reasons=REASONS).status_code == 302
    assert state(review) == "decided"


def test_what_is_offered_is_what_the_operations_allow(record: Record) -> None:
    case = Case.objects.get(pk=objection_ready(record).pk)
    names = {s.value for s in desk.steps_open(case=case, actor=CLERK, on=TODAY)}
    assert names == {"request_papers", "hand_in_paper", "forward", "extend", "propose", "take_back"}
    extend_deadline(by=CLERK, case_id=case.pk, days=1, reason="需要核查", at=AT)
    forward_to_source(by=CLERK, case_id=case.pk, question="请核实。", at=AT)
    case = Case.objects.get(pk=case.pk)
    assert {s.value for s in desk.steps_open(case=case, actor=LIAISON, on=TODAY)} == {"answer", "hand_in_paper"}
    answer_as_source(by=LIAISON, case_id=case.pk, answer="与文书一致。", at=AT)
    settled(Case.objects.get(pk=case.pk), "rejected", first=CLERK)
    case = Case.objects.get(pk=case.pk)
    assert {s.value for s in desk.steps_open(case=case, actor=CLERK, on=TODAY)} == {"close", "request_review"}
    close_case(by=CLERK, case_id=case.pk, delivered="邮寄", at=AT)
    case = Case.objects.get(pk=case.pk)
    assert {s.value for s in desk.steps_open(case=case, actor=CLERK, on=TODAY)} == {"request_review"}
    late = date(2026, 10, 30)
    assert desk.steps_open(case=case, actor=CLERK, on=late) == frozenset()


def test_a_contested_field_and_what_is_corrected_stand_there_by_their_titles(record: Record) -> None:
    asked = Asked("other", "请依法处理。", (record.pk,), field="violation_kind")
    case = open_case(
        by=CLERK, procedure=ProcedureName.OBJECTION, applicant=APPLICANT, asked=asked, channel=Channel.PHONE, at=AT
    )
    take_case(by=CLERK, case_id=case.pk, at=AT)
    settled(case, "corrected", first=CLERK, second=OFFICE_HEAD, corrections={"violation_kind": "虚假宣传"})
    page = read(CLERK, f"/cases/{case.pk}/")
    assert "争议字段：违法行为类型" in page
    assert "<li>违法行为类型<span" in page
    assert "<strong>虚假宣传</strong>" in page
    assert "violation_kind" not in page


def test_the_public_figures_say_how_many_lie_undecided_after_their_last_day(record: Record, client: Client) -> None:
    for _ in range(10):
        objection_ready(record, at=AT - timedelta(days=60))
    with patch("django.utils.timezone.localdate", return_value=date(2026, 10, 1)):
        page = client.get(f"/cases/statistics/?year={AT.year}").content.decode()
    assert '<td data-label="逾期" class="amount">10</td>' in page
    assert '<td data-label="按期率" class="amount">0.0%</td>' in page


def test_no_outcome_is_offered_that_cannot_apply_to_the_record(record: Record, client: Client) -> None:
    case = objection_ready(record, ground="other")
    page = read(CLERK, f"/cases/{case.pk}/")
    assert "?outcome=publication_stopped" in page
    assert "移出名单" not in page
    for form in (
        read(CLERK, f"/cases/new/?procedure=objection&record={record.pk}"),
        client.get(f"/records/{record.pk}/challenge/").content.decode(),
    ):
        assert "信息错误、遗漏" in form and "不应列入名单" not in form
    with pytest.raises(UnableToOpenCase, match="“行政处罚”不是名单，不能以此为理由"):
        objection_ready(record, ground="wrongly_listed")


def test_a_removal_is_offered_for_an_entry_in_a_list(record: Record) -> None:
    rules = catalogue.procedure(name=ProcedureName.OBJECTION, on=TODAY)
    kind = catalogue.record_type(name=record.record_type, on=TODAY).model_copy(update={"entry_in_list": True})
    assert "wrongly_listed" in {g.name for g in grounds_for(rules=rules, record_type=kind)}
    case = objection_ready(record, ground="other")
    with patch("publiccredit.casework.rules.record_type_of", return_value=kind):
        assert "removed_from_list" in {o.name for o in outcomes_of(case=case, rules=rules)}


def test_an_objection_that_the_decision_is_under_reconsideration_can_mark_that(record: Record) -> None:
    case = objection_ready(record, ground="suit_pending")
    assert "?outcome=suit_flagged" in read(CLERK, f"/cases/{case.pk}/")
    assert send(CLERK, case, "decide", outcome="suit_flagged", reasons=REASONS).status_code == 302
    found = Record.objects.get(pk=record.pk)
    assert (state(case), found.suit_flagged_at is not None, found.dispute) == ("decided", True, "")
    with_errors = objection_ready(record, ground="wrong_or_missing")
    assert "?outcome=suit_flagged" not in read(CLERK, f"/cases/{with_errors.pk}/")


def test_the_source_asks_the_applicant_for_no_papers_in_the_offices_case(record: Record) -> None:
    case = objection_ready(record)
    forward_to_source(by=CLERK, case_id=case.pk, question="请核实。", at=AT)
    answer_as_source(by=LIAISON, case_id=case.pk, answer="与文书一致。", at=AT)
    case = Case.objects.get(pk=case.pk)
    assert StepName.REQUEST_PAPERS not in desk.steps_open(case=case, actor=LIAISON, on=TODAY)
    assert StepName.REQUEST_PAPERS in desk.steps_open(case=case, actor=CLERK, on=TODAY)
    with pytest.raises(NotAllowed, match="这一步由信用办办理"):
        request_papers(by=LIAISON, case_id=case.pk, asked="缴款凭证", at=AT)


def test_whoever_handles_a_case_reads_the_record_also_when_nobody_is_shown_it(record: Record) -> None:
    """Who decides on a record must have it before them, suspended or ended; what never leaves the house stays away."""
    case = repair_ready(record)
    settled(case, "granted", first=LIAISON, second=HEAD)
    page = read(HEAD, f"/cases/{case.pk}/")
    record_type = record_type_of(record)
    never = {f.title for f in record_type.fields if f.disclosed is None}
    assert "现在不公示" in page
    for field in record_type.fields:
        said = field_in_words(row=record, field=field)
        assert field.disclosed is None or escape(said) in page
    assert never
    assert not [title for title in never if f"<dt>{title}" in page]
