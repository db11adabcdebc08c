"""A complaint names whom it is about; one about the office itself is decided there by who handled nothing of it."""

import pytest
from django.db import DatabaseError, transaction

from publiccredit.accounts.models import Officer
from publiccredit.accounts.operations import NotAllowed, acting
from publiccredit.accounts.types import Actor
from publiccredit.casework.desk import steps_open
from publiccredit.casework.models import Case, CaseStep, Letter
from publiccredit.casework.operations import (
    CaseRefused,
    approve,
    decide,
    extend_deadline,
    forward_to_source,
    open_case,
    take_case,
)
from publiccredit.casework.types import Applicant, Asked, Channel, Verdict
from publiccredit.catalogue.types import Party, ProcedureName, StepName
from publiccredit.subjects.models import Record
from tests.flows.cases import (
    AT,
    CLERK,
    OFFICE_HEAD,
    OWNER,
    REASONS,
    SECOND_CLERK,
    SECOND_OFFICE_HEAD,
    objection_ready,
    opened,
    settled,
)
from tests.flows.officers import browser, read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers", "an_hour_later")]


def complaint(*, of: str, name: str, request: str = "异议拖延。", party: Party = Party.SUBJECT) -> Case:
    return open_case(
        by=SECOND_CLERK,
        procedure=ProcedureName.COMPLAINT,
        applicant=Applicant(party=party, name=name),
        asked=Asked(ground="service", request=request, department_code=of),
        channel=Channel.COUNTER,
        at=AT,
    )


def complained(record: Record) -> tuple[Case, Case]:
    """Let two people of the office decide an objection, and its subject complain of the office."""
    first = objection_ready(record)
    settled(first, "corrected", first=CLERK, second=OFFICE_HEAD, corrections={"violation_facts": "标签不符合规定"})
    return first, complaint(of="credit_office", name=first.applicant_name)


def test_who_handled_the_earlier_case_decides_no_complaint_about_it(record: Record) -> None:
    _, case = complained(record)
    steps = CaseStep.objects.count()
    with pytest.raises(NotAllowed, match=f"投诉的是本机构.*可以办理的有：.*{SECOND_CLERK.name}"):
        take_case(by=CLERK, case_id=case.pk, at=AT)
    with pytest.raises(NotAllowed, match="投诉的是本机构"):
        extend_deadline(by=OFFICE_HEAD, case_id=case.pk, days=1, reason="须向经办人了解", at=AT)
    assert CaseStep.objects.count() == steps
    assert StepName.TAKE not in steps_open(case=case, actor=CLERK, on=case.opened_on)
    assert "投诉的是本机构" in read(CLERK, f"/cases/{case.pk}/")
    take_case(by=SECOND_CLERK, case_id=case.pk, at=AT)
    decide(by=SECOND_CLERK, case_id=case.pk, verdict=Verdict("unfounded", REASONS), at=AT)
    with pytest.raises(NotAllowed, match="投诉的是本机构"):
        approve(by=OFFICE_HEAD, case_id=case.pk, at=AT)
    approve(by=SECOND_OFFICE_HEAD, case_id=case.pk, at=AT)
    assert Case.objects.get(pk=case.pk).state == "decided"


def _handled_for_a_reader(record: Record) -> None:
    """Let the clerk handle what a reader contested of a record: its case bears the subject, and not its name."""
    reader = Applicant(party=Party.READER, name="读者")
    case = opened(ProcedureName.OBJECTION, record, ground="other", by=CLERK, applicant=reader, channel=Channel.COUNTER)
    take_case(by=CLERK, case_id=case.pk, at=AT)


def _is_for_others(case: Case) -> None:
    with pytest.raises(NotAllowed, match="投诉的是本机构"):
        take_case(by=CLERK, case_id=case.pk, at=AT)
    taken = {"step": "take", "by": CLERK.name, "party": "office", "at": AT, "text": "", "entry_id": 1}
    with acting(actor=CLERK), pytest.raises(DatabaseError, match="others take this step"), transaction.atomic():
        CaseStep.objects.create(case=case, **taken)


def test_a_subject_is_known_by_its_name_where_it_complains_at_the_counter(record: Record) -> None:
    _handled_for_a_reader(record)
    assert record.subject is not None
    _is_for_others(complaint(of="credit_office", name=record.subject.name))


def test_a_subject_is_known_by_its_file_where_it_complains_under_another_name(record: Record) -> None:
    _handled_for_a_reader(record)
    case = open_case(
        by=Actor(name=OWNER.name, role=None, subject_id=record.subject_id),
        procedure=ProcedureName.COMPLAINT,
        applicant=Applicant(party=Party.SUBJECT, name="濉溪县示例建材（旧名）"),
        asked=Asked(ground="service", request="异议拖延。", department_code="credit_office"),
        channel=Channel.ONLINE,
        at=AT,
    )
    assert case.subject_id == record.subject_id
    _is_for_others(case)


@pytest.mark.parametrize("brackets", ["〔〕", "[]", "（）"])
def test_a_case_named_in_the_words_counts_as_what_is_complained_of(record: Record, brackets: str) -> None:
    first = objection_ready(record)
    written = first.number.replace("〔", f" {brackets[0]}").replace("〕", f"{brackets[1]} ")
    case = complaint(of="credit_office", name="读者", party=Party.READER, request=f"对{written}的办理不服。")
    _is_for_others(case)
    unnamed = complaint(of="credit_office", name="读者", party=Party.READER)
    assert take_case(by=CLERK, case_id=unnamed.pk, at=AT).owner == CLERK.name


def test_a_complaint_about_a_department_is_the_offices_to_decide(record: Record) -> None:
    first, _ = complained(record)
    case = complaint(of="taxation", name=first.applicant_name)
    case = take_case(by=CLERK, case_id=case.pk, at=AT)
    assert case.owner == CLERK.name
    assert StepName.FORWARD in steps_open(case=case, actor=CLERK, on=case.opened_on)
    page = read(CLERK, f"/cases/{case.pk}/")
    assert "被投诉单位" in page
    assert "转被投诉单位核实" in page
    assert "认定单位" not in page.split("<main")[1]


def test_the_office_forwards_no_complaint_to_itself(record: Record) -> None:
    _, case = complained(record)
    case = take_case(by=SECOND_CLERK, case_id=case.pk, at=AT)
    assert StepName.FORWARD not in steps_open(case=case, actor=SECOND_CLERK, on=case.opened_on)
    with pytest.raises(CaseRefused, match="不能转给自己核实"):
        forward_to_source(by=SECOND_CLERK, case_id=case.pk, question="请说明经过", at=AT)
    assert Case.objects.get(pk=case.pk).state == "in_hand"


@pytest.mark.parametrize("step", ["take", "request_papers", "extend", "propose", "approve", "returned", "take_back"])
def test_the_database_holds_the_same(record: Record, step: str) -> None:
    _, case = complained(record)
    written = {"step": step, "party": "office", "at": AT, "text": "来函", "entry_id": 1}
    for by in (CLERK, OFFICE_HEAD):
        with acting(actor=by), pytest.raises(DatabaseError, match="others take this step"), transaction.atomic():
            CaseStep.objects.create(case=case, by=by.name, **written)
    with acting(actor=SECOND_CLERK):
        CaseStep.objects.create(case=case, by=SECOND_CLERK.name, **written)
        with pytest.raises(DatabaseError, match="nobody else can be asked"), transaction.atomic():
            CaseStep.objects.create(case=case, by=SECOND_CLERK.name, **(written | {"step": "forward"}))
        with pytest.raises(DatabaseError, match="never edited"), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(against_decider=False)


def test_an_office_where_all_took_part_says_how_others_come_in(record: Record) -> None:
    Officer.objects.filter(username=SECOND_OFFICE_HEAD.name).update(is_active=False)
    _, case = complained(record)
    Officer.objects.filter(username=SECOND_CLERK.name).update(is_active=False)
    page = read(CLERK, f"/cases/{case.pk}/")
    assert "没有可以办理投诉的人员：办理过有关案件的人员和应当回避的除外" in page


def test_the_receipt_names_whom_it_is_about_and_to_whom_else_one_may_turn(record: Record) -> None:
    _, case = complained(record)
    text = Letter.objects.get(case=case).text
    assert "被投诉单位：濉溪县社会信用体系建设联席会议办公室。" in text
    assert "由没有办理过有关案件的人员办理；也可以向濉溪县发展和改革委员会提出" in text
    of_another = Letter.objects.get(case=complaint(of="taxation", name="濉溪县示例建材有限公司")).text
    assert "被投诉单位：国家税务总局濉溪县税务局。" in of_another
    assert "也可以向" not in of_another


def test_nobody_has_to_say_who_complains() -> None:
    fields = {
        "key": "k1", "ground": "service", "request": "窗口拒收材料。", "party": "reader", "name": "",
        "channel": "counter", "received_on": "2026-09-01", "department": "taxation",
    }  # fmt: skip
    address = "/cases/new/?procedure=complaint"
    browser(CLERK).post(address, fields)
    case = Case.objects.get()
    assert (case.applicant, case.applicant_name) == ("reader", "读者")
    text = Letter.objects.get(case=case).text
    assert "投诉人：" in text
    assert "被投诉单位：" in text
    refused = browser(CLERK).post(address, fields | {"key": "k2", "party": "subject"})
    assert refused.status_code == 422
    assert "请填写申请人名称。" in refused.content.decode()


def test_a_subject_bears_the_name_on_file(record: Record) -> None:
    assert record.subject is not None
    fields = {
        "key": "k1", "ground": "wrong_or_missing", "request": "罚款金额有误。", "party": "subject",
        "name": f" {record.subject.name[:3]} {record.subject.name[3:]} ", "channel": "post",
        "received_on": "2026-09-01",
    }  # fmt: skip
    browser(CLERK).post(f"/cases/new/?procedure=objection&record={record.pk}", fields)
    case = Case.objects.get()
    assert case.applicant_name == record.subject.name
    assert Letter.objects.get(case=case).addressed_to == record.subject.name
