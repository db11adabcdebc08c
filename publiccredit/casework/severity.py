"""How severe a record is held to be, why, and until when it is shown under each severity the packs know. Reads only."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from publiccredit.casework.letters import department_name
from publiccredit.casework.models import Case
from publiccredit.casework.rules import procedure_of
from publiccredit.casework.types import UNDECIDED
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import CONFIDENCE_TITLES, SEVERITY_TITLES, FieldRole, ProcedureName, Severity
from publiccredit.ledger.types import china_day
from publiccredit.subjects import queries as subjects
from publiccredit.subjects.queries import Record, RecordState, day_of, last_day, marks_of, record_type_of
from publiccredit.subjects.types import CORRECTED, DECIDED_BY_CASE, SENDER, SEVERITY_OF_WORD

LONGEST_SEARCH = 200


@dataclass(frozen=True)
class SeverityTerm:
    """One severity with the days a record is, or would be, shown under it: ``[disclosed_from, disclosed_until)``."""

    severity: Severity
    title: str
    disclosed_from: date | None  # empty: waits for its service
    repairable_from: date | None
    disclosed_until: date | None  # empty: the packs hold no term
    instruments: tuple[str, ...]  # titles of the terms that gave the end

    @property
    def last_day(self) -> date | None:
        return last_day(until=self.disclosed_until)

    @property
    def published(self) -> bool:
        begins = self.disclosed_from
        return self.disclosed_until is None or begins is None or begins < self.disclosed_until

    @property
    def shown_words(self) -> str:
        """Say until when a record is shown under it."""
        if not self.published:
            return "不公示"
        return "规则没有规定期限" if self.disclosed_until is None else f"公示至 {self.last_day}"


@dataclass(frozen=True)
class SeverityStanding:
    """The severity of one record: who gave it by which rule, how sure that is, and what else it could be."""

    record_id: int
    subject_id: int | None
    subject_name: str
    document_number: str
    authority_name: str
    department_code: str
    determined_by: str  # the code of the body that made the decision: it prints the notice of repair
    decided_on: date | None
    marks: tuple[str, ...]  # what is in dispute about it
    now: SeverityTerm
    rule: str  # as kept: sender, corrected, case, or classification/rule
    given_by: str
    basis: str
    confidence: str
    others: tuple[SeverityTerm, ...]
    obstacle: str  # why it cannot be corrected; empty: it can


def severities_by_rule(*, department_code: str, since: datetime) -> QuerySet[Record]:
    """Give the records in use that arrived since a time and whose severity a rule gave, the newest first."""
    found = severity_records(department_code=department_code, text="", before_id=None, by_rule=True)
    return found.filter(received_at__gte=since, display_ended_at__isnull=True).exclude(state=RecordState.WITHDRAWN)


def severity_records(
    *, department_code: str, text: str, before_id: int | None, by_rule: bool = False
) -> QuerySet[Record]:
    """
    Give a department's records that have a severity, the newest first: all, or by document number or subject.

    ``by_rule`` leaves those whose severity a rule of the packs gave, since the sender had given none.
    """
    found = subjects.records().filter(department_code=department_code).exclude(severity="")
    if by_rule:
        found = found.filter(severity_rule__contains="/")  # <classification>/<rule>
    if words := text.strip()[:LONGEST_SEARCH]:
        found = found.filter(
            Q(document_number__contains=words) | Q(subject__name__contains=words) | Q(subject__uscc=words.upper())
        )
    if before_id is not None:
        found = found.filter(pk__lt=before_id)
    return found.select_related("subject").order_by("-pk")


def severity_standing(*, record_id: int, department_code: str, on: date) -> SeverityStanding | None:
    """Give what a department needs to know to correct a severity; nothing where the record is not one of its own."""
    found = subjects.records().filter(pk=record_id, department_code=department_code).exclude(severity="")
    record = found.select_related("subject").first()
    return None if record is None else standing_of(record=record, on=on)


def severity_case_under_way(*, record_id: int) -> Case | None:
    """Give the undecided case in which the severity of a record is to be corrected."""
    cases = Case.objects.filter(
        procedure=ProcedureName.CORRECTION.value, records__record_id=record_id, state__in=UNDECIDED
    )
    of_severity = (c for c in cases if any(o.of_severity for o in procedure_of(case=c).outcomes_for(c.ground)))
    return next(of_severity, None)


def standing_of(*, record: Record, on: date) -> SeverityStanding:
    """Give how severe a record is held to be, and what else it could be."""
    given_by, basis, confidence = _given(record)
    known = offered(record=record)
    return SeverityStanding(
        record_id=record.pk,
        subject_id=record.subject_id,
        subject_name=record.subject.name if record.subject else "待判定主体",
        document_number=record.document_number,
        authority_name=record.authority_name,
        department_code=record.department_code,
        determined_by=catalogue.determined_by(
            authority_uscc=record.authority_uscc, department_code=record.department_code
        ),
        decided_on=record.decided_on,
        marks=marks_of(record),
        now=SeverityTerm(
            severity=Severity(record.severity),
            title=SEVERITY_TITLES[Severity(record.severity)],
            disclosed_from=record.disclosed_from,
            repairable_from=record.repairable_from,
            disclosed_until=record.disclosed_until,
            instruments=term_under(record=record, severity=Severity(record.severity)).instruments,
        ),
        rule=record.severity_rule,
        given_by=given_by,
        basis=basis,
        confidence=confidence,
        others=tuple(term_under(record=record, severity=s) for s in known if s != record.severity),
        obstacle=obstacle(record=record, on=on),
    )


def offered(*, record: Record) -> tuple[Severity, ...]:
    """
    Give the severities the packs list for a kind of record; none where it has no severity.

    As of its arrival: by that list its row was read, and a decision may be older than any list.
    """
    field = record_type_of(record).field_in_role(FieldRole.SEVERITY)
    if field is None or field.codes is None:
        return ()
    listed = catalogue.code_table(name=field.codes, on=china_day(at=record.received_at)).codes
    return tuple(SEVERITY_OF_WORD[code.word] for code in listed)


def severity_field(*, record: Record) -> str:
    """Give the name of the field in which a kind of record says how severe it is; nothing where it has none."""
    field = record_type_of(record).field_in_role(FieldRole.SEVERITY)
    return "" if field is None else field.name


def period_under(*, record: Record, severity: Severity) -> catalogue.DisclosurePeriod:
    """Give the days the packs set for a record under a severity, whenever it was released."""
    decided_on = day_of(record)
    return catalogue.disclosure_period(
        record_type=record.record_type,
        severity=severity,
        field=catalogue.field_of_law(record_type=record.record_type, content=record.content, decided_on=decided_on),
        decided_on=decided_on,
        served_on=record.served_on,
    )


def term_under(*, record: Record, severity: Severity) -> SeverityTerm:
    """Give the days a record would be shown under a severity. It never begins earlier than it did."""
    period = period_under(record=record, severity=severity)
    begins = record.disclosed_from
    until = period.disclosed_until
    titles = {t.name: t.title for t in catalogue.packs().disclosure_terms}
    return SeverityTerm(
        severity=severity,
        title=SEVERITY_TITLES[severity],
        disclosed_from=begins,
        repairable_from=period.repairable_from,
        disclosed_until=max(until, begins) if until and begins else until,
        instruments=tuple(titles[name] for name in period.instruments),
    )


def obstacle(*, record: Record, on: date) -> str:
    """Say why a record's severity can no longer be corrected; nothing where it can (DP-10)."""
    begins, until = record.disclosed_from, record.disclosed_until
    if record.state == RecordState.WITHDRAWN:
        return "这条记录已撤回，不再使用，不能更正严重程度。"
    if record.display_ended_at is not None:
        return "这条记录已修复，不再公示，不能更正严重程度。"
    if begins and until and begins < until <= on:
        return f"这条记录的公示期已于 {until} 届满，不能因更正再次公示。"
    return ""


def _given(record: Record) -> tuple[str, str, str]:
    """Who or what gave the severity, on which basis, and how well that is known."""
    if record.severity_corrected_at is not None:
        day = china_day(at=record.severity_corrected_at)
        decider = catalogue.determined_by(authority_uscc=record.authority_uscc, department_code=record.department_code)
        return f"由{department_name(code=decider)}于 {day} 更正", record.severity_correction_reason, ""
    rule = catalogue.severity_rule(name=record.severity_rule)
    if rule is not None:
        return rule.title, rule.basis, CONFIDENCE_TITLES[rule.confidence]
    return (
        {SENDER: "报送时由部门填写", DECIDED_BY_CASE: "经案件决定更正", CORRECTED: "部门更正"}.get(
            record.severity_rule, "由作出决定的部门认定"
        ),
        "",
        "",
    )
