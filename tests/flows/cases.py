"""What the tests of casework share: people, papers, reasons, and a case brought to where a test begins."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import polars as pl
from django.db import connection

from publiccredit.accounts.types import Actor, Role
from publiccredit.casework.models import Case, Decision
from publiccredit.casework.operations import (
    SUBJECT_ACCOUNT,
    approve,
    decide,
    hand_in_paper,
    open_case,
    request_papers,
    take_case,
)
from publiccredit.casework.types import Applicant, Asked, Channel, PaperIn, Verdict
from publiccredit.catalogue.types import Audience, Party, ProcedureName
from publiccredit.disclosure.queries import visible_records
from publiccredit.ledger.operations import next_entry_id
from publiccredit.subjects import operations
from publiccredit.subjects.models import Record, RecordVersion, Subject
from publiccredit.subjects.types import ROW_SCHEMA, Filing
from tests.accounts import Post, opened_accounts
from tests.papers import a_pdf

AT = datetime(2026, 9, 1, 2, tzinfo=UTC)  # ten in the morning of a Tuesday in China
LIAISON = Actor(name="shi-liaison", role=Role.LIAISON, department_code="market_regulation")
HEAD = Actor(name="shi-head", role=Role.DEPARTMENT_HEAD, department_code="market_regulation")
THIRD = Actor(name="shi-third", role=Role.LIAISON, department_code="market_regulation")
FOURTH = Actor(name="shi-fourth", role=Role.DEPARTMENT_HEAD, department_code="market_regulation")
OTHER = Actor(name="an-liaison", role=Role.LIAISON, department_code="emergency_management")
CLERK = Actor(name="clerk", role=Role.OFFICE_CLERK)
OFFICE_HEAD = Actor(name="office-head", role=Role.OFFICE_HEAD)
SECOND_CLERK = Actor(name="second-clerk", role=Role.OFFICE_CLERK)
SECOND_OFFICE_HEAD = Actor(name="second-office-head", role=Role.OFFICE_HEAD)
PEOPLE = (LIAISON, HEAD, THIRD, FOURTH, OTHER, CLERK, OFFICE_HEAD, SECOND_CLERK, SECOND_OFFICE_HEAD)
OWNER = Actor(name=f"{SUBJECT_ACCOUNT}910000000000000000", role=None)
REASONS = "经核对决定文书第二页和送达回证，事实清楚。"
PUBLIC_WORDS = "复议机关以决定书撤销了原处罚决定。"
APPLICANT = Applicant(party=Party.SUBJECT, name="濉溪县示例建材有限公司", handler_name="李四")
REPAIR_PAPERS = ("proof_of_performance", "commitment")


def people() -> None:
    """Open the accounts; nobody logs in with them here, so none needs a password."""
    opened_accounts([Post(actor.name, actor.role, actor.department_code) for actor in PEOPLE if actor.role], at=AT)


def opened(
    procedure: ProcedureName,
    *records: Record,
    ground: str,
    by: Actor = OWNER,
    applicant: Applicant = APPLICANT,
    at: datetime = AT,
    channel: Channel = Channel.ONLINE,
    field: str = "",
    **others: Any,
) -> Case:
    asked = Asked(ground=ground, request="请依法处理。", record_ids=tuple(r.pk for r in records), field=field)
    return open_case(by=by, procedure=procedure, applicant=applicant, asked=asked, channel=channel, at=at, **others)


def hand_in(case: Case, *kinds: str, by: Actor = OWNER, at: datetime = AT) -> None:
    for kind in kinds:
        paper = PaperIn(kind=kind, file_name=f"{kind}.pdf", content=a_pdf(f"{kind} of {case.number}"))
        hand_in_paper(by=by, case_id=case.pk, paper=paper, at=at)


def asked_in_vain(case: Case, *, by: Actor, at: datetime = AT) -> None:
    """Ask an applicant for the papers of a repair, of which none comes."""
    request_papers(by=by, case_id=case.pk, asked="履行义务的证明和信用承诺书", at=at)
    hand_in(case, "authorisation", at=at)  # another paper ends the wait


def repair_ready(record: Record, *, at: datetime = AT) -> Case:
    """Bring a repair to its desk: applied for, papers in, taken."""
    case = opened(ProcedureName.CREDIT_REPAIR, record, ground="duties_performed", at=at)
    hand_in(case, *REPAIR_PAPERS, at=at)
    take_case(by=LIAISON, case_id=case.pk, at=at)
    return case


def objection_ready(record: Record, *, at: datetime = AT, ground: str = "wrong_or_missing") -> Case:
    case = opened(ProcedureName.OBJECTION, record, ground=ground, at=at)
    take_case(by=CLERK, case_id=case.pk, at=at)
    return case


def report_ready(record: Record, *, ground: str, paper: str, at: datetime = AT) -> Case:
    """Bring a report of revocation, change or stay to the department's desk."""
    applicant = Applicant(party=Party.SOURCE, name="濉溪县市场监督管理局")
    case = opened(
        ProcedureName.REVOCATION_OR_CHANGE,
        record,
        ground=ground,
        by=LIAISON,
        applicant=applicant,
        at=at,
        channel=Channel.COUNTER,
    )
    hand_in(case, paper, by=LIAISON, at=at)
    take_case(by=LIAISON, case_id=case.pk, at=at)
    return case


def settled(
    case: Case, outcome: str, *, first: Actor, second: Actor | None = None, at: datetime = AT, **others: Any
) -> Decision:
    """Decide a case, by two people where a second is named; a withdrawal and an undone repair say why to the public."""
    if outcome.startswith("withdrawn_") or outcome in ("publication_stopped", "removed_from_list", "repair_undone"):
        others.setdefault("public_notice", PUBLIC_WORDS)
    decision = decide(by=first, case_id=case.pk, verdict=Verdict(outcome, REASONS, **others), at=at)
    return approve(by=second, case_id=case.pk, at=at) if second else decision


def repaired(record: Record, *, at: datetime = AT) -> Case:
    case = repair_ready(record, at=at)
    settled(case, "granted", first=LIAISON, second=HEAD, at=at)
    return case


def withdrawn(record: Record, *, at: datetime = AT) -> None:
    """Let the department that decided a record withdraw it: its decision was revoked. Opens the accounts for it."""
    people()
    settled(
        report_ready(record, ground="revoked", paper="new_decision", at=at), "withdrawn_revoked", first=LIAISON, at=at
    )


def shown(record: Record, *, on: date | datetime = AT, audience: Audience = Audience.PUBLIC) -> bool:
    """Tell whether a record leaves the house on a day, or at an instant."""
    day = (on + timedelta(hours=8)).date() if isinstance(on, datetime) else on
    return bool(visible_records(audience=audience, on=day, record_id=record.pk))


def columns(record: Record | Subject, *names: str) -> Mapping[str, Any]:
    return type(record).objects.values(*names).get(pk=record.pk)


def resend(record: Record, *, at: datetime, fine_fen: int | None = None, facts: str | None = None) -> str:
    """
    Send the row of a record again as its department filed it, changed where another fine or other facts are named.

    Gives the fate of the row.
    """
    first = RecordVersion.objects.filter(record_id=record.pk).order_by("known_from").first() or record
    said = {"fine_fen": fine_fen, "violation_facts": facts}
    changed = {name: value for name, value in said.items() if value is not None}
    row = {
        "line": 0,
        "row_number": first.row_number,
        "party": 0,
        "natural_key": str(first.natural_key),
        "content_hash": str(uuid5(NAMESPACE_OID, f"{first.content_hash}-{changed}") if changed else first.content_hash),
        "fine_fen": changed.get("fine_fen", first.fine_fen),
        "ends_on": first.disclosed_until,
        "content": json.dumps(first.content | changed),
        "sheet": "",
    } | {
        name: getattr(first, name)
        for name in (
            "authority_name",
            "authority_uscc",
            "document_number",
            "decided_on",
            "served_on",
            "severity",
            "severity_rule",
            "repairable_from",
            "working_days_taken",
        )
    }
    operations.open_staging()
    operations.copy_in(table="staged_party", frame=pl.DataFrame([{"party": 0}], schema={"party": pl.Int32}))
    schema = {name: kind for name, kind in ROW_SCHEMA.items() if name in row}
    operations.copy_in(table="staged_row", frame=pl.DataFrame([row], schema=schema))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE staged_party SET subject_id = %s, matched_by = 'uscc'", [record.subject_id])
    filing = Filing(
        entry_id=next_entry_id(),
        submission_id=2,
        department_code=first.department_code,
        record_type=first.record_type,
        adverse=True,
        authoritative=False,
        source=first.source,
        item=first.item,
        pack_version="test",
        declared_on=None,
        served_field="served_on",
        received_at=at,
        received_on=(at + timedelta(hours=8)).date(),
        at=at,
    )
    operations.set_apart_staged(filing=filing)
    with connection.cursor() as cursor:
        cursor.execute("SELECT fate FROM staged_exception")
        fate = str(cursor.fetchone()[0])
    operations.file_staged(filing=filing)
    operations.close_staging()
    return fate
