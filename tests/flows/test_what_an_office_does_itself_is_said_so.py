"""What a body found itself, took in for somebody, or declared of itself is said as it was."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from publiccredit.accounts.operations import acting
from publiccredit.casework.models import Case
from publiccredit.casework.operations import UnableToOpenCase, declare_relation
from publiccredit.casework.queries import timeline
from publiccredit.casework.types import Applicant, Channel
from publiccredit.catalogue.types import Party, ProcedureName
from publiccredit.ledger.models import Entry
from publiccredit.subjects.models import Record
from tests.flows.cases import APPLICANT, AT, CLERK, LIAISON, hand_in, opened
from tests.flows.officers import browser, read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers", "an_hour_later")]
OURS = Applicant(party=Party.SOURCE, name="濉溪县市场监督管理局")


def test_a_department_corrects_what_it_found_itself(record: Record) -> None:
    client = browser(LIAISON)
    address = f"/cases/new/?procedure=correction&record={record.pk}"
    page = client.get(address).content.decode()
    assert client.get(address).context["form"]["channel"].value() == "own_finding"
    assert "本单位发现的，写明发现了什么" in page
    fields = {
        "key": "k1", "ground": "differs_from_document", "request": "决定书第二页与录入不符。", "party": "source",
        "name": "", "channel": "own_finding", "received_on": "2026-09-01",
    }  # fmt: skip
    client.post(address, fields)
    case = Case.objects.get()
    assert (case.channel, case.applicant, case.applicant_name) == ("own_finding", "source", OURS.name)
    assert "本单位发现" in read(LIAISON, f"/cases/{case.pk}/")


def test_nobody_who_asks_is_a_finding_of_the_office(record: Record) -> None:
    for by, procedure, ground, applicant in (
        (CLERK, ProcedureName.OBJECTION, "other", Applicant(party=Party.OFFICE, name="县信用办")),
        (CLERK, ProcedureName.REVOCATION_OR_CHANGE, "revoked", APPLICANT),
    ):
        with pytest.raises(UnableToOpenCase, match="只用于认定单位或者信用办主动提出的"):
            opened(procedure, record, ground=ground, by=by, applicant=applicant, channel=Channel.OWN_FINDING)
    assert not Case.objects.exists()
    assert "本单位发现" not in read(CLERK, f"/cases/new/?procedure=objection&record={record.pk}")


def test_the_database_knows_no_finding_of_an_applicant(record: Record) -> None:
    case = opened(ProcedureName.OBJECTION, record, ground="other", by=CLERK, channel=Channel.COUNTER)
    case.pk, case.number, case.channel = None, f"{case.number[:-2]}2号", Channel.OWN_FINDING
    with acting(actor=CLERK), transaction.atomic(), pytest.raises(DatabaseError, match="case_found_by_a_body_itself"):
        case.save(force_insert=True)


def test_a_paper_taken_in_is_the_applicants(record: Record) -> None:
    case = opened(ProcedureName.OBJECTION, record, ground="other", by=CLERK, channel=Channel.COUNTER)
    hand_in(case, "evidence", by=CLERK)
    said = timeline(case=case, among_officers=False)[-1].sentence
    assert said == "申请人提交材料“证明材料”，由clerk（信用办经办人）收取。"
    ours = opened(
        ProcedureName.CORRECTION, record, ground="differs_from_document", by=LIAISON, applicant=OURS,
        channel=Channel.OWN_FINDING,
    )  # fmt: skip
    hand_in(ours, "document", by=LIAISON)
    assert timeline(case=ours, among_officers=True)[-1].sentence == "认定单位提交材料“决定文书或者审批表”。"


def test_who_stays_away_is_offered_nothing_and_the_ledger_names_the_subject(record: Record) -> None:
    address = f"/records/{record.pk}/"
    assert "登记异议、修复等请求" in read(CLERK, address)
    declare_relation(by=CLERK, subject_id=record.subject_id or 0, relation="配偶任该单位监事", at=AT)
    page = read(CLERK, address)
    assert "登记异议、修复等请求" not in page
    assert "打印信用修复告知书" not in page
    entry = Entry.objects.get(operation="declare_relation")
    assert (entry.object_kind, entry.object_id) == ("subject", str(record.subject_id))


def test_what_came_in_late_is_said_to_be_overdue(record: Record) -> None:
    fields = {
        "key": "k1", "ground": "other", "request": "请说明。", "party": "subject", "name": "濉溪县示例建材有限公司",
        "channel": "post", "received_on": (AT - timedelta(days=20)).date().isoformat(),
    }  # fmt: skip
    response = browser(CLERK).post(f"/cases/new/?procedure=objection&record={record.pk}", fields, follow=True)
    case = Case.objects.get()
    assert f"最迟 {case.due_on} 作出处理，已逾期" in response.content.decode()
