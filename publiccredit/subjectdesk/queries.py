"""Every read of the subject's desk. Records come through disclosure, cases through casework, all of one subject."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from publiccredit.accounts.operations import acting
from publiccredit.accounts.types import PROGRAM
from publiccredit.casework import queries as casework
from publiccredit.casework.queries import Case, CaseRecord, Letter, Paper
from publiccredit.casework.types import UNDECIDED, Navigator
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Audience, ConditionName, Party, Procedure, ProcedureName, StepName
from publiccredit.disclosure import queries as disclosure
from publiccredit.disclosure.types import Course, VisibleRecord
from publiccredit.intake import queries as intake
from publiccredit.intake.queries import DecisionDocument
from publiccredit.ledger.types import china_day
from publiccredit.recipients import queries as ledger_of_recipients
from publiccredit.recipients.queries import AdverseUse
from publiccredit.recipients.types import Told
from publiccredit.subjectdesk import codes
from publiccredit.subjectdesk.keeping import contact_is_over, contact_until
from publiccredit.subjectdesk.models import (
    Handler,
    Message,
    ProofCode,
    ReaderChallenge,
    RegisteredContact,
    SubjectSession,
)
from publiccredit.subjectdesk.outbox import LocalOutbox
from publiccredit.subjectdesk.types import EVERY_RIGHT, MessageKind, Method, Visitor, rights_of
from publiccredit.subjects import queries as subjects
from publiccredit.subjects.queries import Look, Subject

EVERYTHING = 100_000  # records of one subject: its copy leaves nothing out
LOOKS_ON_A_PAGE = 200


@dataclass(frozen=True)
class OwnRecord:
    """One record with what its subject can do about it."""

    record: VisibleRecord
    navigator: Navigator | None  # nothing for a record that burdens nobody


@dataclass(frozen=True)
class ModelText:
    """A paper as it may be written, ready to be printed and signed."""

    title: str
    lines: tuple[str, ...]
    basis: str


@dataclass(frozen=True)
class UsedAgainst:
    """A notice that a record was used against the subject, and what became of the record since."""

    use: AdverseUse
    change: str
    had_ended: bool  # before the recipient decided


@dataclass(frozen=True)
class ToldRecord:
    """One record that was given to somebody, with who was told of its changes."""

    record_id: int
    heading: str
    marks: tuple[str, ...]  # what is in dispute about it
    told: tuple[Told, ...]


def visitor_of(*, secret: str, at: datetime) -> Visitor | None:
    """
    Give who a session's secret stands for, with the rights held at this moment; nothing once any of it has ended.

    A handler's rights are read here each time: revoked or expired, they are gone with the next page.
    """
    with acting(actor=PROGRAM):
        session = (
            SubjectSession.objects.select_related("subject", "handler")
            .filter(secret_sha256=codes.secret_hash(secret), ended_at__isnull=True, expires_at__gt=at)
            .first()
        )
        if session is None:
            return None
        own = RegisteredContact.objects.filter(subject=session.subject, ended_at__isnull=True).first()
    handler = session.handler
    if handler is not None and not handler_acts(handler=handler, on=china_day(at=at)):
        return None
    return Visitor(
        session_id=session.pk,
        subject_id=session.subject_id,
        identifier=session.subject.uscc or "",
        subject_name=session.subject.name,
        method=Method(session.method),
        expires_at=session.expires_at,
        rights=rights_of(handler.rights) if handler else EVERY_RIGHT,
        handler_id=handler.pk if handler else None,
        handler_name=handler.name if handler else "",
        contact=handler.contact if handler else own.contact if own else "",
    )


def handler_acts(*, handler: Handler, on: date) -> bool:
    """Tell whether a handler acts on a day: rights end when they are read, nothing has to run for it."""
    return handler.revoked_at is None and handler.begins <= on < handler.until


def own_records(*, visitor: Visitor, on: date) -> tuple[OwnRecord, ...]:
    """Give everything held about the subject, whatever its standing, the newest decision first (DP-13)."""
    found = disclosure.visible_records(
        audience=Audience.SUBJECT, on=on, subject_id=visitor.subject_id, limit=EVERYTHING
    )  # fmt: skip
    ordered = sorted(found, key=lambda r: (r.decided_on or date.min, r.id), reverse=True)
    return tuple(_with_navigator(record, on) for record in ordered)


def own_record(*, visitor: Visitor, record_id: int, on: date) -> OwnRecord | None:
    """Give one record of the subject, or nothing: whether it is another's or absent nobody can tell."""
    found = disclosure.visible_record(record_id=record_id, audience=Audience.SUBJECT, on=on)
    return None if found is None or found.subject_id != visitor.subject_id else _with_navigator(found, on)


def own_cases(*, visitor: Visitor) -> QuerySet[Case]:
    """Give the cases about the subject, the newest first."""
    return casework.cases_of_subject(subject_id=visitor.subject_id)


def own_case(*, visitor: Visitor, case_id: int) -> Case | None:
    """Give one case of the subject, or nothing: whether it is another's or absent nobody can tell."""
    return own_cases(visitor=visitor).filter(pk=case_id).first()


def document_of(*, own: OwnRecord) -> DecisionDocument | None:
    """Give the decision document its department deposited for a record of the subject; nothing where it keeps it."""
    with acting(actor=PROGRAM):  # to everybody else but its department a document is closed
        return intake.document_with(
            department_code=own.record.department_code, sha256=own.record.document_sha256,
            subject_id=own.record.subject_id,
        )  # fmt: skip


def taken_off_on(*, own: OwnRecord) -> tuple[date, ...]:
    """Give the days on which a decision document was taken off a record of the subject, the latest first."""
    with acting(actor=PROGRAM):  # why, and whose it was, is not this subject's to read
        found = intake.taken_off_documents(record_id=own.record.id).filter(subject_id=own.record.subject_id)
        return tuple(china_day(at=at) for at in found.values_list("taken_off_at", flat=True))


def courses(*, records: Sequence[OwnRecord], on: date) -> dict[int, Course]:
    """Give what corrected each of the subject's records and became of its publication, to its end and beyond."""
    return disclosure.courses(records=[own.record for own in records], on=on)


def told_of_each(*, records: Sequence[OwnRecord]) -> dict[int, tuple[Told, ...]]:
    """Give for each of the subject's records to whom it was given beyond the public page, and who was told."""
    return ledger_of_recipients.told_of_each(record_ids=[own.record.id for own in records])


def is_own_paper(*, paper: Paper, case: Case, rules: Procedure) -> bool:
    """Tell whether the subject handed a paper in, at its desk or at a counter that took it down for it (DP-22)."""
    if paper.party == Party.SUBJECT.value:
        return True
    kind = rules.paper(paper.kind)
    return case.applicant == Party.SUBJECT.value and kind is not None and kind.obtained_by is Party.SUBJECT


def requests_under_way(*, visitor: Visitor, procedure: ProcedureName, record_id: int) -> QuerySet[CaseRecord]:
    """Give what the subject itself has asked of a record and nobody has decided yet, each with its contested field."""
    return casework.case_records().filter(
        record_id=record_id,
        case__subject_id=visitor.subject_id,
        case__applicant=Party.SUBJECT.value,
        case__procedure=procedure.value,
        case__state__in=UNDECIDED,
    )


def repair_opens_later(*, rules: Procedure, ground: str, navigator: Navigator | None, on: date) -> date | None:
    """Give the first day on which a repair can be asked for, where it is still to come and the ground waits for it."""
    waits = any(c.name is ConditionName.MINIMUM_TERM for c in rules.conditions_for(ground))
    if not waits or navigator is None or navigator.earliest_on is None or navigator.earliest_on <= on:
        return None
    return navigator.earliest_on


def model_text(*, visitor: Visitor, own: OwnRecord, on: date) -> ModelText | None:
    """Give the model of a paper a repair asks for, filled with what is known; nothing where the packs have none."""
    if own.navigator is None:
        return None
    rules = catalogue.procedure(name=ProcedureName.CREDIT_REPAIR, on=on)
    kind = next((paper for paper in rules.papers if paper.model), None)
    if kind is None:
        return None
    filled = kind.model.format(
        subject=visitor.subject_name,
        identifier=visitor.identifier,
        authority=own.record.authority_name,
        document=own.record.document_number or "无文书号",
    )
    return ModelText(kind.title, tuple(line for line in filled.splitlines() if line.strip()), rules.source)


def may_ask_for_review(*, case: Case, by: Party, on: date) -> bool:
    """Tell whether a party may still ask for the one review of a case: it is its own, and the time has not run out."""
    with acting(actor=PROGRAM):  # whether somebody has asked for it already stands in a case of its own
        return casework.reviewed_for(case=case) is by and casework.may_be_reviewed(case=case, on=on)


def may_take_back(*, case: Case) -> bool:
    """Tell whether the subject may take a case back: it asked it, the rules know the step, and nothing is decided."""
    rules = casework.procedure_of_case(case=case)
    ours = case.applicant == Party.SUBJECT.value and rules.allows(StepName.TAKE_BACK, Party.SUBJECT)
    return ours and case.state in UNDECIDED


def complains(*, case: Case) -> bool:
    """Tell whether a case is a complaint: it names whom it is about."""
    return case.procedure == ProcedureName.COMPLAINT.value


def review_of(*, case: Case) -> Case | None:
    """Give the review of a case, or nothing."""
    with acting(actor=PROGRAM):
        return casework.cases().filter(reviews_id=case.pk).first()


def letter_of_case(*, case: Case, letter_id: int) -> Letter | None:
    """Give one letter of a case, with the case, to one who has shown that they are addressed to it; or nothing."""
    with acting(actor=PROGRAM):
        return case.letters.select_related("case").filter(pk=letter_id).first()


def moved_deadlines(*, case: Case) -> tuple[str, ...]:
    """Say to one who has shown its code how the last day of its case has moved, and why."""
    with acting(actor=PROGRAM):
        return casework.moved_deadlines(case=case)


def letters_of_case(*, case: Case) -> tuple[Letter, ...]:
    """Give the letters of a case to one who has shown that they are addressed to it."""
    with acting(actor=PROGRAM):
        return tuple(case.letters.order_by("pk"))


def state_and_papers(*, case: Case) -> tuple[str, tuple[Paper, ...]]:
    """Give where a case stands, and the papers its reader handed in, to one who has shown its code."""
    with acting(actor=PROGRAM):
        return casework.state_in_words(case=case), tuple(case.papers.filter(party=Party.READER.value).order_by("pk"))


def public_records_of_case(*, case: Case, on: date) -> tuple[VisibleRecord, ...]:
    """Give the records of a case that everybody sees."""
    with acting(actor=PROGRAM):
        ids = list(case.records.values_list("record_id", flat=True))
    found = (disclosure.visible_record(record_id=i, audience=Audience.PUBLIC, on=on) for i in ids)
    return tuple(record for record in found if record is not None)


@dataclass(frozen=True)
class ReaderContact:
    """How the reader of a case is reached, as long as that is kept."""

    case: Case
    contact: str  # empty: none was left, or its term is over
    kept_until: date | None  # the last day; empty while the case is undecided
    over: bool


def contact_of_reader(*, case_id: int, on: date) -> ReaderContact | None:
    """
    Give how the reader of a case is reached, or nothing; the database gives it to the office alone.

    Once the term of keeping is over the contact is given to nobody, whether or not anything has run to erase it.
    """
    asked = casework.case(case_id=case_id)
    if asked is None:
        return None
    # A review the office took down has no challenge of its own: its reader is the one of the first case.
    own = ReaderChallenge.objects.select_related("case").filter(case_id__in=[asked.pk, asked.reviews_id or asked.pk])
    found = own.order_by("-case_id").first()
    if found is None:
        return None
    over = contact_is_over(challenge=found, on=on)
    return ReaderContact(asked, "" if over else found.contact, contact_until(case=found.case), over)


def handlers(*, visitor: Visitor) -> QuerySet[Handler]:
    """Give the handlers the subject has named, the newest first, those no longer acting included."""
    return Handler.objects.filter(subject_id=visitor.subject_id)


def looks(*, visitor: Visitor) -> QuerySet[Look]:
    """Give who looked at more of the subject than its public page shows, the latest first."""
    return subjects.looks(subject_id=visitor.subject_id)


def looks_page(*, visitor: Visitor, before: int | None) -> tuple[tuple[Look, ...], int | None]:
    """Give one page of the log, after the look ``before``, and the look after which it goes on; nothing on the last."""
    found = looks(visitor=visitor)
    last = found.filter(pk=before).first() if before is not None else None
    if last is not None:
        found = found.filter(Q(at__lt=last.at) | Q(at=last.at, pk__lt=last.pk))
    rows = tuple(found[: LOOKS_ON_A_PAGE + 1])
    more = len(rows) > LOOKS_ON_A_PAGE
    return rows[:LOOKS_ON_A_PAGE], rows[LOOKS_ON_A_PAGE - 1].pk if more else None


def visits(*, visitor: Visitor, limit: int) -> tuple[SubjectSession, ...]:
    """Give when the subject or a handler was at this desk, and by which proof."""
    rows = SubjectSession.objects.select_related("handler").filter(subject_id=visitor.subject_id)
    return tuple(rows.order_by("-began_at", "-pk")[:limit])


def messages(*, visitor: Visitor) -> QuerySet[Message]:
    """Give what was written to the subject, codes apart, the newest first."""
    return Message.objects.filter(subject_id=visitor.subject_id).exclude(kind=MessageKind.CODE)


def recipients(*, visitor: Visitor, on: date) -> tuple[ToldRecord, ...]:
    """Give to whom each record of the subject was given beyond the public page, and who has confirmed its changes."""
    found = disclosure.visible_records(
        audience=Audience.SUBJECT, on=on, subject_id=visitor.subject_id, limit=EVERYTHING
    )  # fmt: skip
    told = ledger_of_recipients.told_of_each(record_ids=[record.id for record in found])
    return tuple(ToldRecord(r.id, r.heading, r.marks, told[r.id]) for r in found if r.id in told)


def adverse_uses(*, visitor: Visitor) -> tuple[UsedAgainst, ...]:
    """Give who used which record against the subject, with the notice it owes, the newest first (DP-21)."""
    found = ledger_of_recipients.adverse_uses_of_subject(subject_id=visitor.subject_id)
    of = ledger_of_recipients
    return tuple(UsedAgainst(use, of.change_since(use=use), bool(of.warning_of(use=use))) for use in found)


def subject(*, visitor: Visitor) -> Subject:
    """Give the subject itself."""
    return subjects.subjects().get(pk=visitor.subject_id)


# --- the counter ----------------------------------------------------------------------------------------------------


def subject_by_identifier(*, identifier: str) -> Subject | None:
    """Give the subject a counter asks for."""
    return subjects.subjects().filter(uscc=identifier.strip().upper()).first()


def contacts(*, subject_id: int) -> QuerySet[RegisteredContact]:
    """Give the contacts kept for a subject, the one in use first."""
    return RegisteredContact.objects.filter(subject_id=subject_id).order_by("-entered_at", "-pk")


@dataclass(frozen=True)
class Lying:
    """A message in the office's outbox, without its text."""

    message: Message
    can_be_read: bool  # a code is none any more once its minutes are over


def outbox(*, at: datetime) -> tuple[Lying, ...]:
    """Give what lies in the office's outbox, the newest first; its texts are read out one by one."""
    numbers = [letter.number for letter in LocalOutbox().messages()]
    rows = Message.objects.select_related("subject").in_bulk(numbers)
    return tuple(Lying(rows[n], code_still_counts(message=rows[n], at=at)) for n in numbers if n in rows)


def code_still_counts(*, message: Message, at: datetime) -> bool:
    """Tell whether a message still says something true: a notice always, a code for its minutes."""
    return message.kind != MessageKind.CODE or message.written_at + codes.CODE_LIVES > at


def letters(*, subject_id: int) -> QuerySet[ProofCode]:
    """Give the letters made for a subject, without their codes, which nobody has."""
    return ProofCode.objects.filter(subject_id=subject_id, method=Method.LETTER).order_by("-made_at", "-pk")


def letter_opens(*, number: int, at: datetime) -> bool:
    """Tell whether the code of a letter would open the desk."""
    made = ProofCode.objects.filter(pk=number, method=Method.LETTER, expires_at__gt=at)
    return made.filter(used_at__isnull=True, cancelled_at__isnull=True).exists()


def _with_navigator(record: VisibleRecord, on: date) -> OwnRecord:
    navigator = casework.navigator(record_id=record.id, on=on) if record.adverse else None
    return OwnRecord(record=record, navigator=navigator)
