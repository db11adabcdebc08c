"""A record goes to the one subject it is certain of; else a person of the office decides, and may take it back."""

import json
from datetime import date, timedelta

import pytest

from publiccredit.accounts.types import Actor, Role
from publiccredit.intake.models import RowIssue
from publiccredit.ledger.models import Entry
from publiccredit.matching import queries
from publiccredit.matching.models import Judgement, Question
from publiccredit.matching.operations import (
    AlreadyAnswered,
    JudgementIncomplete,
    NotAllowedToJudge,
    NotAnswered,
    answer_question,
    reopen_question,
)
from publiccredit.matching.types import Verdict
from publiccredit.recipients.models import Notice
from publiccredit.subjects.models import Identifier, Record, RecordVersion, Subject, SubjectName
from tests.factories import organisation_code, penalty_row, stored_subject, synthetic_uscc
from tests.flows.filing import AT, CLERK, LIAISON, outcome, send
from tests.flows.recipients import given, registered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program")]

LATER = AT + timedelta(hours=1)
NAME = "濉溪县宏达建材有限公司"
STALL = {"subject_category": "个体工商户", "subject_uscc": "00000000000000000X"}


def _subject(number: int = 1, name: str = NAME, **columns: object) -> Subject:
    usual = {"normalised_name": "宏达建材公司", "core_name": "宏达建材", "region": "340621"}
    return stored_subject(number=number, name=name, **usual | columns)


def _record(**fields: str) -> Record:
    submission = send([penalty_row(1, **fields)])
    assert outcome(submission) == ("filed", 1, 1, 0, 0)
    return Record.objects.get()


def test_a_known_identifier_with_its_name_links() -> None:
    subject = _subject()
    record = _record(subject_name="安徽省濉溪县宏达建材有限责任公司")
    assert (record.subject, record.matched_by) == (subject, "uscc")


def test_a_known_identifier_with_a_near_name_links_and_says_so() -> None:
    subject = _subject()
    record = _record(subject_name="濉溪县宏达建材商贸有限公司")
    assert (record.subject, record.matched_by) == (subject, "uscc_other_spelling")
    told = RowIssue.objects.get()
    assert (told.code, told.severity, told.expected) == ("M-102", "warn", f"“{NAME}”")


def test_a_known_identifier_with_another_name_is_a_question_and_the_sender_hears_the_registered_name() -> None:
    _subject()
    record = _record(subject_name="淮北市相山区蓝天餐饮管理店")
    assert (record.subject, record.state) == (None, "held_unmatched")
    assert Question.objects.get().reason == "name_differs"
    told = RowIssue.objects.get()
    assert (told.code, told.severity, told.column, told.found) == (
        "M-101", "warn", "行政相对人名称", "淮北市相山区蓝天餐饮管理店",
    )  # fmt: skip
    assert told.expected == f"“{NAME}”（{synthetic_uscc(1)}）"


def test_a_penalty_is_not_filed_on_the_sister_of_the_one_that_was_fined() -> None:
    _subject()
    record = _record(subject_name="濉溪县宏达建筑有限公司")
    assert (record.subject, record.state) == (None, "held_unmatched")
    assert [issue.code for issue in RowIssue.objects.all()] == ["M-101"]


def test_a_row_that_is_on_file_already_is_not_doubted_again() -> None:
    _subject()
    other = penalty_row(1, subject_name="淮北市相山区蓝天餐饮管理店")
    first, again = send([other]), send([other], later=60)
    assert outcome(again) == ("filed", 1, 0, 0, 1)
    assert list(RowIssue.objects.values_list("submission_id", "code")) == [(first.pk, "M-101")]


def test_a_row_in_question_that_is_filed_again_with_its_service_keeps_its_question() -> None:
    _subject()
    other = {"subject_name": "淮北市相山区蓝天餐饮管理店"}
    record = _record(**other, served_on="")
    submission = send([penalty_row(1, **other)], later=60)
    assert outcome(submission) == ("filed", 1, 1, 0, 0)
    assert Question.objects.get().records.get().record_id == record.pk


def test_an_organisation_code_names_the_subject_whose_identifier_holds_it() -> None:
    subject = _subject(number=7)
    record = _record(**STALL, subject_name=NAME, subject_organisation_code=organisation_code(7))
    assert (record.subject, record.matched_by) == (subject, "other_identifier")


def test_identifiers_of_two_subjects_are_a_question() -> None:
    _subject(number=7)
    other = _subject(number=8, name="濉溪县宏达建材经营部")
    Identifier.objects.create(subject=other, scheme="tax_number", value=synthetic_uscc(8), known_from=AT)
    _record(
        **STALL, subject_name=NAME, subject_organisation_code=organisation_code(7), subject_tax_number=synthetic_uscc(8)
    )
    assert Question.objects.get().reason == "identifiers_disagree"


def test_a_name_that_says_its_region_links_to_the_only_one_there() -> None:
    subject = _subject()
    _subject(number=2, name="淮北市宏达建材有限公司", region="340600")
    record = _record(**STALL, subject_name="濉溪宏达建材有限公司")
    assert (record.subject, record.matched_by) == (subject, "name_and_region")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("宏达建材有限公司", "name_only"),
        ("濉溪县宏达建筑有限公司", "not_found"),
        ("淮北市宏达建材有限公司", "name_only"),
    ],
)
def test_a_name_alone_is_a_question(name: str, reason: str) -> None:
    _subject()
    record = _record(**STALL, subject_name=name)
    assert (record.subject, record.state) == (None, "held_unmatched")
    assert Question.objects.get().reason == reason
    assert [issue.code for issue in RowIssue.objects.all()] == ["M-103"]


def test_two_of_one_name_and_region_are_a_question_with_both_as_candidates() -> None:
    first, second = _subject(), _subject(number=2)
    _record(**STALL, subject_name=NAME)
    question = Question.objects.get()
    assert question.reason == "several_of_name"
    candidates = queries.candidates_of(question=question)
    assert {c.subject_id for c in candidates} == {first.pk, second.pk}
    assert candidates[0].because == ("规范名称一致", "登记区域一致")
    region = next(fact for fact in candidates[0].facts if fact.title == "登记区域")
    assert (region.written, region.known) == ("濉溪县", "濉溪县")  # words, where the store has codes


def _answer(verdict: Verdict = Verdict.SAME, subject: Subject | None = None, **others: object) -> None:
    given = {"by": CLERK, "reason": "已与登记机关核对", "at": LATER, "question_id": Question.objects.get().pk}
    answer_question(verdict=verdict, subject_id=subject.pk if subject else None, **given | others)


def test_an_answer_files_the_record_and_taking_it_back_undoes_it() -> None:
    subject = _subject()
    _record(**STALL, subject_name="宏达建材有限公司")
    _answer(subject=subject)
    record = Record.objects.get()
    assert (record.state, record.subject, record.matched_by) == ("filed", subject, "judgement")
    reopen_question(by=CLERK, question_id=Question.objects.get().pk, reason="核对有误", at=LATER + timedelta(hours=1))
    record = Record.objects.get()
    assert (record.state, record.subject) == ("held_unmatched", None)
    assert list(Judgement.objects.values_list("verdict", flat=True)) == ["same", "reopened"]
    assert RecordVersion.objects.count() == 2
    assert list(Entry.objects.values_list("operation", flat=True))[-2:] == ["answer_question", "reopen_question"]


def test_whoever_was_given_a_record_hears_that_it_is_another_s() -> None:
    wrong, right = _subject(), _subject(number=2, name="宏达建筑材料有限公司")
    _record(**STALL, subject_name="宏达建材有限公司")
    _answer(subject=wrong)
    assert not Notice.objects.exists()  # nobody held it before its first answer
    given(registered(), Record.objects.get())
    question = Question.objects.get()
    for again in range(2):
        at = LATER + timedelta(hours=1 + 2 * again)
        reopen_question(by=CLERK, question_id=question.pk, reason="核对有误", at=at)
        _answer(subject=right, at=at + timedelta(hours=1))
    told = list(Notice.objects.order_by("created_at").values_list("kind", "record_id"))
    assert told == [(kind, Record.objects.get().pk) for kind in ("subject_open", "subject_determined")] * 2
    assert "请停止对原主体使用" in json.loads(Notice.objects.earliest("created_at").body)["what_to_do"]
    payloads = Entry.objects.filter(operation="reopen_question").values_list("payload", flat=True)
    assert [json.loads(payload)["notices"] for payload in payloads] == [1, 1]


def test_an_answer_is_remembered_and_the_same_party_not_asked_about_again() -> None:
    subject = _subject()
    _record(**STALL, subject_name="宏达建材有限公司")
    _answer(subject=subject)
    second = penalty_row(2, **STALL, subject_name="宏达建材有限公司")
    send([second], later=7200)
    record = Record.objects.get(document_number=second["document_number"])
    assert (record.state, record.subject, record.matched_by) == ("filed", subject, "judgement")
    assert Question.objects.count() == 1
    reopen_question(by=CLERK, question_id=Question.objects.get().pk, reason="核对有误", at=LATER + timedelta(hours=9))
    assert list(Record.objects.values_list("state", flat=True)) == ["held_unmatched"] * 2


def test_a_new_subject_is_made_where_the_clerk_says_so() -> None:
    _record(**STALL, subject_name="濉溪县老王早餐店")
    _answer(Verdict.NEW)
    record = Record.objects.get()
    assert (record.state, record.subject.name, record.subject.uscc) == ("filed", "濉溪县老王早餐店", None)


def test_being_unsure_keeps_the_record_waiting() -> None:
    _record(**STALL, subject_name="濉溪县老王早餐店")
    _answer(Verdict.UNSURE)
    assert (Record.objects.get().state, Question.objects.get().answered_at) == ("held_unmatched", None)


@pytest.mark.parametrize(
    "by", [LIAISON, Actor(name="audit", role=Role.AUDITOR), Actor(name="admin", role=Role.ADMINISTRATOR)]
)
def test_only_the_office_judges(by: Actor) -> None:
    subject = _subject()
    _record(**STALL, subject_name="宏达建材有限公司")
    with pytest.raises(NotAllowedToJudge):
        _answer(subject=subject, by=by)
    assert (Judgement.objects.count(), Record.objects.get().subject) == (0, None)


def test_a_judgement_needs_its_reason_and_its_subject_and_is_given_once() -> None:
    subject = _subject()
    _record(**STALL, subject_name="宏达建材有限公司")
    with pytest.raises(JudgementIncomplete, match="理由"):
        _answer(subject=subject, reason=" ")
    with pytest.raises(JudgementIncomplete, match="选定一个主体"):
        _answer(Verdict.SAME)
    with pytest.raises(NotAnswered):
        reopen_question(by=CLERK, question_id=Question.objects.get().pk, reason="误", at=LATER)
    _answer(subject=subject)
    with pytest.raises(AlreadyAnswered):
        _answer(subject=subject)
    assert Judgement.objects.count() == 1


def test_a_known_identifier_cannot_be_a_new_subject() -> None:
    _subject()
    _record(subject_name="淮北市相山区蓝天餐饮管理店")
    with pytest.raises(JudgementIncomplete, match="已有档案"):
        _answer(Verdict.NEW)


def registration(number: int = 1, **fields: str) -> dict[str, str]:
    usual = {
        "subject_name": NAME, "subject_uscc": synthetic_uscc(number), "registered_on": "2015-06-18",
        "subject_address": "安徽省淮北市濉溪县濉溪镇示例路 1 号", "registration_status": "存续",
    }  # fmt: skip
    return usual | fields


def test_a_registration_says_who_a_subject_is_and_keeps_its_former_name() -> None:
    send([penalty_row(1, subject_name="濉溪县旧名建材有限公司")])
    assert Subject.objects.get().registration_status == "unknown"
    send([registration()], later=60, record_type="enterprise_registration")
    send([registration(registration_status="注销")], later=120, record_type="enterprise_registration")
    subject = Subject.objects.get()
    assert (subject.name, subject.region, subject.registered_on) == (NAME, "340621", date(2015, 6, 18))
    assert subject.registration_status == "deregistered"
    former = SubjectName.objects.get()
    assert (former.name, former.borne_until) == ("濉溪县旧名建材有限公司", date(2026, 11, 10))
    again = send([penalty_row(9, subject_uscc=synthetic_uscc(1), subject_name="濉溪县旧名建材有限公司")], later=180)
    assert again.accepted == 1
    assert Record.objects.get(submission_id=again.pk).matched_by == "uscc"
