"""
The plain model that casework is held against, and what the machine of its test stands on: filing, the clock, sweeping.

Here is what the law says about a record and a case, without a database; the steps of cases stand in the test itself.
"""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM, Actor
from publiccredit.casework.models import Case
from publiccredit.casework.operations import escalate
from publiccredit.casework.types import Applicant
from publiccredit.catalogue.types import Audience, Party, ProcedureName
from publiccredit.disclosure.queries import visible_records
from publiccredit.ledger.queries import verify
from publiccredit.subjects.models import Record, RecordVersion, Subject
from tests.factories import stored_record, stored_subject
from tests.flows.cases import (
    CLERK,
    FOURTH,
    HEAD,
    LIAISON,
    OFFICE_HEAD,
    SECOND_CLERK,
    SECOND_OFFICE_HEAD,
    THIRD,
    people,
    resend,
)

START = datetime(2026, 6, 1, 2, tzinfo=UTC)
MONTHS = {"general": (3, 12), "serious": (12, 36)}
SOURCE_APPLICANT = Applicant(party=Party.SOURCE, name="濉溪县市场监督管理局")
SUSPENDS = {ProcedureName.OBJECTION, ProcedureName.CREDIT_REPAIR, ProcedureName.REVOCATION_OR_CHANGE}
FIRST_PAIR = {Party.OFFICE: (CLERK, OFFICE_HEAD), Party.SOURCE: (LIAISON, HEAD)}
SECOND_PAIR = {Party.OFFICE: (SECOND_CLERK, SECOND_OFFICE_HEAD), Party.SOURCE: (THIRD, FOURTH)}


def months_after(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, min(day.day, monthrange(day.year + years, month + 1)[1]))


@dataclass
class ModelRecord:
    """What the law says about one record, without a database."""

    id: int
    decided_on: date
    served_on: date
    severity: str
    last_sent: int | None = None
    repaired: bool = False
    withdrawn: bool = False
    stay: tuple[date, date | None] | None = None
    shield: tuple[date, date] | None = None
    noted: bool = False
    open_objections: set[int] = field(default_factory=set)
    suspended_by: set[int] = field(default_factory=set)

    @property
    def opens_on(self) -> date:
        return months_after(self.decided_on, MONTHS[self.severity][0])

    @property
    def ends_on(self) -> date:
        return months_after(self.decided_on, MONTHS[self.severity][1])

    def shown(self, on: date) -> bool:
        held = self.repaired or self.withdrawn or bool(self.suspended_by)
        stayed = self.stay is not None and self.stay[0] <= on and (self.stay[1] is None or on < self.stay[1])
        shielded = self.shield is not None and self.shield[0] <= on < self.shield[1]
        return self.served_on <= on < self.ends_on and not (held or stayed or shielded)

    @property
    def dispute(self) -> str:
        return "open" if self.open_objections else "undetermined" if self.noted else ""


@dataclass
class ModelCase:
    id: int
    procedure: ProcedureName
    record: ModelRecord
    ground: str
    decided_by: Party
    deciders: set[str] = field(default_factory=set)
    first_deciders: frozenset[str] = frozenset()
    proposed: tuple[str, Callable[[], None]] | None = None
    proposer: str = ""
    decided: bool = False
    is_review: bool = False
    reviewed: bool = False
    lapsed: bool = False
    taken_back: bool = False

    @property
    def pair(self) -> tuple[Actor, Actor]:
        return (SECOND_PAIR if self.is_review else FIRST_PAIR)[self.decided_by]


class FiledRecords(RuleBasedStateMachine):
    """Records that are filed and filed again while the clock goes on; after every step the platform is compared."""

    @initialize()
    def begin(self) -> None:
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        act_as(actor=PROGRAM)
        people()
        self.subject: Subject = stored_subject()
        self.now = START
        self.records: list[ModelRecord] = []
        self.cases: list[ModelCase] = []
        self.file("general", 20)

    def teardown(self) -> None:
        if hasattr(self, "transaction"):
            try:
                if getattr(self, "records", None):  # whoever else is shown records is shown the same
                    for audience in (Audience.AUTHORISED, Audience.GOVERNMENT):
                        assert self.seen_by(audience) == self.seen_by(Audience.PUBLIC)
                    assert self.seen_by(Audience.SUBJECT) == {r.id for r in self.records}  # DP-13
                connection.check_constraints()
                assert verify().holds
            finally:
                transaction.set_rollback(True)
                self.transaction.__exit__(None, None, None)

    # --- small helpers --------------------------------------------------------------------------------------------

    @property
    def today(self) -> date:
        return (self.now + timedelta(hours=8)).date()

    def seen_by(self, audience: Audience) -> set[int]:
        return {r.id for r in visible_records(audience=audience, on=self.today, subject_id=self.subject.pk)}

    def record(self, n: int) -> ModelRecord:
        return self.records[n % len(self.records)]

    def undecided(self, procedure: ProcedureName) -> list[ModelCase]:
        return [c for c in self.cases if c.procedure is procedure and not c.decided and c.proposed is None]

    def a_case(self, n: int, procedure: ProcedureName) -> ModelCase | None:
        open_ones = self.undecided(procedure)
        return open_ones[n % len(open_ones)] if open_ones else None

    def stored(self, model: ModelRecord) -> Record:
        return Record.objects.get(pk=model.id)

    def end(self, case: ModelCase) -> None:
        """A decided case no longer suspends anything."""
        case.decided, case.proposed = True, None
        case.record.suspended_by.discard(case.id)

    def add(self, case: Case, model: ModelRecord, decided_by: Party) -> ModelCase:
        made = ModelCase(case.pk, ProcedureName(case.procedure), model, case.ground, decided_by)
        self.cases.append(made)
        return made

    # --- filing and the clock -------------------------------------------------------------------------------------

    @rule(severity=st.sampled_from(["general", "serious"]), days_ago=st.integers(3, 50))
    @precondition(lambda self: len(self.records) < 5)
    def file(self, severity: str, days_ago: int) -> None:
        decided_on = max(self.today - timedelta(days=days_ago), date(2026, 4, 2))
        served_on = decided_on + timedelta(days=1)
        least, most = MONTHS[severity]
        number = len(self.records) + 1
        row = stored_record(
            subject=self.subject,
            number=number,
            decided_on=decided_on,
            served_on=served_on,
            severity=severity,
            disclosed_from=served_on,
            repairable_from=months_after(decided_on, least),
            disclosed_until=months_after(decided_on, most),
            known_from=self.now,
        )
        self.records.append(ModelRecord(row.pk, decided_on, served_on, severity))

    @rule(days=st.integers(0, 60), hours=st.integers(0, 23))
    def tick(self, days: int, hours: int) -> None:
        self.now += timedelta(days=days, hours=hours)

    @rule()
    @precondition(lambda self: any(not c.decided for c in self.cases))
    def sweep(self) -> None:
        escalate(at=self.now)
        lapsed = set(Case.objects.filter(reached_percent=100).values_list("pk", flat=True))
        for case in self.cases:
            if case.lapsed or (case.decided and case.id not in lapsed):
                continue
            due_on = Case.objects.values_list("due_on", flat=True).get(pk=case.id)
            assert (case.id in lapsed) == (self.today > due_on), f"{case} {due_on} {self.today}"
            if case.id in lapsed:
                case.lapsed = True
                if case.procedure in SUSPENDS:
                    case.record.suspended_by.add(case.id)

    @rule(n=st.integers(0, 9), fine=st.sampled_from([None, 777]))
    @precondition(lambda self: self.records)
    def resend(self, n: int, fine: int | None) -> None:
        model = self.record(n)
        before = RecordVersion.objects.filter(record_id=model.id).count()
        resend(self.stored(model), fine_fen=fine, at=self.now)
        changed = RecordVersion.objects.filter(record_id=model.id).count() > before
        assert changed == (fine != model.last_sent and not model.withdrawn)
        if changed:
            model.last_sent = fine  # a severity that a case decided stays: the row states no other than before

    # --- what always holds ----------------------------------------------------------------------------------------

    @invariant()
    def everybody_sees_what_the_model_says(self) -> None:
        if not getattr(self, "records", None):
            return
        assert self.seen_by(Audience.PUBLIC) == {r.id for r in self.records if r.shown(self.today)}
        rows = Record.objects.in_bulk([r.id for r in self.records])
        for model in self.records:  # DP-13, DP-14, DP-19, DP-36
            row = rows[model.id]
            assert row.dispute == model.dispute
            assert (row.display_ended_at is not None) == model.repaired
            assert (row.state == "withdrawn") == model.withdrawn
            assert (row.suspended_at is not None) == bool(model.suspended_by)
            assert row.disclosed_until == model.ends_on

    @invariant()
    def no_case_breaks_due_process(self) -> None:
        if not hasattr(self, "subject"):
            return
        with connection.cursor() as cursor:
            cursor.execute(VIOLATIONS)
            assert cursor.fetchone() == (0, 0, 0, 0, 0)


VIOLATIONS = """
SELECT
    (SELECT count(*) FROM casework_case c WHERE c.due_on IS NULL OR (c.state <> 'opened' AND c.owner = '')),
    (SELECT count(*) FROM casework_decision d WHERE d.state = 'effective' AND d.four_eyes
        AND (d.approved_by_id IS NULL OR d.approved_by_id = d.proposed_by_id OR NOT EXISTS (
            SELECT 1 FROM accounts_officer o WHERE o.username = d.approved_by_id AND o.role IN ('department_head', 'office_head')))),
    (SELECT count(*) FROM casework_case c WHERE c.state IN ('decided', 'closed') AND NOT EXISTS (
        SELECT 1 FROM casework_decision d JOIN casework_letter l ON l.case_id = d.case_id AND l.kind = 'decision'
        WHERE d.case_id = c.id AND d.state = 'effective')),
    (SELECT count(*) FROM casework_case c JOIN casework_decision d ON d.case_id = c.id
        JOIN casework_decision f ON f.case_id = c.reviews_id
        WHERE d.proposed_by_id IN (f.proposed_by_id, f.approved_by_id)),
    (SELECT count(*) FROM subjects_record r WHERE r.withdrawn_at IS NOT NULL AND r.withdrawal_notice = '')
"""
