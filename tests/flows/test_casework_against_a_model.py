"""
The whole of casework against a plain model of it: file, object, decide, repair, revoke, correct, stay, shield, review,
take back,
tick the clock, sweep, resend, restore. After every step the platform shows exactly what the model says.

A run of 50 steps costs one to two seconds: 40 of them by default; CASEWORK_RUNS and
CASEWORK_STEPS ask for more, before a release 10,000 of 100 steps.
"""

import os
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from publiccredit.accounts.operations import NotAllowed, act_as
from publiccredit.accounts.types import PROGRAM, Actor
from publiccredit.casework.models import Case
from publiccredit.casework.operations import (
    CaseRefused,
    ConditionsNotMet,
    UnableToOpenCase,
    approve,
    decide,
    escalate,
    refuse_repair,
    request_review,
    take_back_request,
    take_case,
)
from publiccredit.casework.types import Applicant, Channel, Order, Verdict
from publiccredit.catalogue.types import Audience, ConditionName, Party, ProcedureName
from publiccredit.disclosure.queries import visible_records
from publiccredit.ledger.models import Entry
from publiccredit.ledger.queries import verify
from publiccredit.subjects.models import Record, RecordVersion, Subject
from tests.factories import stored_record, stored_subject
from tests.flows.cases import (
    APPLICANT,
    CLERK,
    FOURTH,
    HEAD,
    LIAISON,
    OFFICE_HEAD,
    OTHER,
    OWNER,
    REASONS,
    REPAIR_PAPERS,
    SECOND_CLERK,
    THIRD,
    hand_in,
    opened,
    people,
    resend,
)

RUNS = int(os.environ.get("CASEWORK_RUNS", "40"))
STEPS = int(os.environ.get("CASEWORK_STEPS", "50"))
START = datetime(2026, 6, 1, 2, tzinfo=UTC)
MONTHS = {"general": (3, 12), "serious": (12, 36)}
SOURCE_APPLICANT = Applicant(party=Party.SOURCE, name="濉溪县市场监督管理局")
SUSPENDS = {ProcedureName.OBJECTION, ProcedureName.CREDIT_REPAIR, ProcedureName.REVOCATION_OR_CHANGE}
FIRST_PAIR = {Party.OFFICE: (CLERK, OFFICE_HEAD), Party.SOURCE: (LIAISON, HEAD)}
SECOND_PAIR = {Party.OFFICE: (SECOND_CLERK, OFFICE_HEAD), Party.SOURCE: (THIRD, FOURTH)}


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


class Casework(RuleBasedStateMachine):
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

    # --- objection ------------------------------------------------------------------------------------------------

    @rule(n=st.integers(0, 9), ground=st.sampled_from(["wrong_or_missing", "beyond_period", "other"]))
    @precondition(lambda self: self.records and len(self.undecided(ProcedureName.OBJECTION)) < 3)
    def object(self, n: int, ground: str) -> None:
        model = self.record(n)
        if model.withdrawn:
            with pytest.raises(UnableToOpenCase):
                opened(ProcedureName.OBJECTION, self.stored(model), ground=ground, at=self.now)
            return
        case = opened(ProcedureName.OBJECTION, self.stored(model), ground=ground, at=self.now)
        take_case(by=CLERK, case_id=case.pk, at=self.now)
        self.add(case, model, Party.OFFICE)
        model.open_objections.add(case.pk)

    @rule(
        n=st.integers(0, 9), outcome=st.sampled_from(["rejected", "undetermined", "publication_stopped", "corrected"])
    )
    @precondition(lambda self: self.undecided(ProcedureName.OBJECTION))
    def decide_objection(self, n: int, outcome: str) -> None:
        case = self.a_case(n, ProcedureName.OBJECTION)
        assert case is not None
        self._objection_decided(case, outcome)

    def _objection_decided(self, case: ModelCase, outcome: str) -> None:
        severe = {"corrections": {"severity": "严重"}} if outcome == "corrected" else {}
        decide(by=case.pair[0], case_id=case.id, verdict=Verdict(outcome, REASONS, **severe), at=self.now)
        case.deciders.add(case.pair[0].name)

        def effect() -> None:
            case.record.open_objections.discard(case.id)
            if outcome == "publication_stopped":
                case.record.withdrawn = True
            if outcome == "corrected":
                case.record.severity = "serious"
            case.record.noted = outcome == "undetermined"  # under an open objection it waits for that one's end
            self.end(case)

        if outcome in ("rejected", "undetermined"):
            effect()
        else:
            case.proposed, case.proposer = (outcome, effect), case.pair[0].name

    @rule(n=st.integers(0, 9), by_the_subject=st.booleans())
    @precondition(lambda self: any(self.can_be_taken_back(c) for c in self.cases))
    def take_back(self, n: int, by_the_subject: bool) -> None:
        open_ones = [c for c in self.cases if self.can_be_taken_back(c)]
        case = open_ones[n % len(open_ones)]
        with pytest.raises(NotAllowed):
            take_back_request(by=LIAISON, case_id=case.id, stated="没有人来过", at=self.now)
        own = Actor(name=OWNER.name, role=None, subject_id=self.subject.pk)
        by = own if by_the_subject else CLERK
        take_back_request(by=by, case_id=case.id, stated="来函存卷", at=self.now)
        case.record.open_objections.discard(case.id)
        self.end(case)
        case.taken_back = True

    def can_be_taken_back(self, case: ModelCase) -> bool:
        return not case.decided and case.procedure in (ProcedureName.OBJECTION, ProcedureName.CREDIT_REPAIR)

    # --- repair ---------------------------------------------------------------------------------------------------

    @rule(n=st.integers(0, 9))
    @precondition(lambda self: self.records)
    def apply_for_repair(self, n: int) -> None:
        model = self.record(n)
        under_way = any(c.procedure is ProcedureName.CREDIT_REPAIR and c.record is model and not c.decided
                        and c.ground == "duties_performed" for c in self.cases)  # fmt: skip
        if model.withdrawn or model.repaired or under_way:
            with pytest.raises(UnableToOpenCase):
                opened(ProcedureName.CREDIT_REPAIR, self.stored(model), ground="duties_performed", at=self.now)
            return
        case = opened(ProcedureName.CREDIT_REPAIR, self.stored(model), ground="duties_performed", at=self.now)
        hand_in(case, *REPAIR_PAPERS, at=self.now)
        take_case(by=LIAISON, case_id=case.pk, at=self.now)
        self.add(case, model, Party.SOURCE)

    @rule(n=st.integers(0, 9))
    @precondition(lambda self: self.undecided(ProcedureName.CREDIT_REPAIR))
    def propose_repair(self, n: int) -> None:
        case = self.a_case(n, ProcedureName.CREDIT_REPAIR)
        assert case is not None
        verdict = Verdict("granted", REASONS)
        if self.today < case.record.opens_on:
            with pytest.raises(ConditionsNotMet, match=str(case.record.opens_on)):
                decide(by=case.pair[0], case_id=case.id, verdict=verdict, at=self.now)
            return
        decide(by=case.pair[0], case_id=case.id, verdict=verdict, at=self.now)

        def effect() -> None:
            case.record.repaired = True
            self.end(case)

        case.deciders.add(case.pair[0].name)
        case.proposed, case.proposer = ("granted", effect), case.pair[0].name

    @rule(n=st.integers(0, 9))
    @precondition(lambda self: self.undecided(ProcedureName.CREDIT_REPAIR))
    def refuse_repair(self, n: int) -> None:
        case = self.a_case(n, ProcedureName.CREDIT_REPAIR)
        assert case is not None
        early = self.today < case.record.opens_on
        doubt = () if early else (ConditionName.DUTIES_PERFORMED,)
        made = refuse_repair(by=case.pair[0], case_id=case.id, reasons=REASONS, at=self.now, failing=doubt)
        assert made.holds_from == (case.record.opens_on if early else None)
        case.deciders.add(case.pair[0].name)
        self.end(case)

    @rule(n=st.integers(0, 9), by_the_same=st.booleans())
    @precondition(lambda self: any(c.proposed for c in self.cases))
    def approve(self, n: int, by_the_same: bool) -> None:
        proposed = [c for c in self.cases if c.proposed]
        case = proposed[n % len(proposed)]
        assert case.proposed is not None
        second = case.pair[0] if by_the_same else case.pair[1]
        refused = by_the_same or second.name in case.first_deciders
        if refused:
            with pytest.raises(NotAllowed):
                approve(by=second, case_id=case.id, at=self.now)
            return
        approve(by=second, case_id=case.id, at=self.now)
        case.deciders.add(second.name)
        case.proposed[1]()

    @rule(n=st.integers(0, 9))
    @precondition(lambda self: any(r.repaired and not r.withdrawn for r in self.records))
    def undo_repair(self, n: int) -> None:
        repaired = [r for r in self.records if r.repaired and not r.withdrawn]
        model = repaired[n % len(repaired)]
        case = opened(ProcedureName.RE_VERIFICATION, self.stored(model), ground="false_papers", by=LIAISON,
                      applicant=SOURCE_APPLICANT, channel=Channel.COUNTER, at=self.now)  # fmt: skip
        hand_in(case, "finding", by=LIAISON, at=self.now)
        take_case(by=LIAISON, case_id=case.pk, at=self.now)
        decide(by=LIAISON, case_id=case.pk, verdict=Verdict("repair_undone", REASONS), at=self.now)
        approve(by=HEAD, case_id=case.pk, at=self.now)
        model.repaired = False
        self.end(self.add(case, model, Party.SOURCE))

    # --- revocation, stay, shield ---------------------------------------------------------------------------------

    def _reported(self, model: ModelRecord, ground: str, paper: str) -> ModelCase | None:
        arguments: dict[str, Any] = {"ground": ground, "by": LIAISON, "applicant": SOURCE_APPLICANT,
                                     "channel": Channel.COUNTER, "at": self.now}  # fmt: skip
        if model.withdrawn:
            with pytest.raises(UnableToOpenCase):
                opened(ProcedureName.REVOCATION_OR_CHANGE, self.stored(model), **arguments)
            return None
        case = opened(ProcedureName.REVOCATION_OR_CHANGE, self.stored(model), **arguments)
        hand_in(case, paper, by=LIAISON, at=self.now)
        take_case(by=LIAISON, case_id=case.pk, at=self.now)
        return self.add(case, model, Party.SOURCE)

    @rule(n=st.integers(0, 9), ground=st.sampled_from(["revoked", "changed", "unlawful", "void"]))
    @precondition(lambda self: len(self.records) > 2)
    def withdraw(self, n: int, ground: str) -> None:
        case = self._reported(self.record(n), ground, "new_decision")
        if case is not None:
            decide(by=LIAISON, case_id=case.id, verdict=Verdict(f"withdrawn_{ground}", REASONS), at=self.now)
            case.record.withdrawn = True
            self.end(case)

    @rule(n=st.integers(0, 9), days=st.sampled_from([None, 1, 30]))
    @precondition(lambda self: self.records)
    def stay(self, n: int, days: int | None) -> None:
        case = self._reported(self.record(n), "stayed", "stay_order")
        if case is not None:
            until = None if days is None else self.today + timedelta(days=days)
            order = Order(number="濉政复〔2026〕3号", begins=self.today, until=until)
            decide(by=LIAISON, case_id=case.id, verdict=Verdict("stayed", REASONS, order=order), at=self.now)
            case.record.stay = (self.today, until)
            self.end(case)

    @rule(n=st.integers(0, 9))
    @precondition(lambda self: any(r.stay for r in self.records))
    def lift_stay(self, n: int) -> None:
        stayed = [r for r in self.records if r.stay]
        case = self._reported(stayed[n % len(stayed)], "stayed", "stay_order")
        if case is not None:
            decide(by=LIAISON, case_id=case.id, verdict=Verdict("stay_lifted", REASONS), at=self.now)
            approve(by=HEAD, case_id=case.id, at=self.now)
            case.record.stay = None
            self.end(case)

    @rule(n=st.integers(0, 9), days=st.integers(1, 90))
    @precondition(lambda self: self.records)
    def shield(self, n: int, days: int) -> None:
        model = self.record(n)
        if model.withdrawn or model.repaired:
            return
        case = opened(ProcedureName.CREDIT_REPAIR, self.stored(model), ground="reorganisation", at=self.now)
        hand_in(case, "court_order", at=self.now)
        take_case(by=LIAISON, case_id=case.pk, at=self.now)
        order = Order(number="(2026)皖0621破1号", begins=self.today, until=self.today + timedelta(days=days))
        decide(by=LIAISON, case_id=case.pk, verdict=Verdict("shielded", REASONS, order=order), at=self.now)
        approve(by=HEAD, case_id=case.pk, at=self.now)
        model.shield = (order.begins, order.begins + timedelta(days=days))
        self.end(self.add(case, model, Party.SOURCE))

    # --- review, shortcuts, restore -------------------------------------------------------------------------------

    @rule(n=st.integers(0, 9))
    @precondition(lambda self: any(self.decided_objections()))
    def review_objection(self, n: int) -> None:
        decided = self.decided_objections()
        first = decided[n % len(decided)]
        decided_at = Case.objects.values_list("decided_at", flat=True).get(pk=first.id)
        assert decided_at is not None
        try:
            case = request_review(by=OWNER, case_id=first.id, applicant=APPLICANT, request="不服", at=self.now)
        except UnableToOpenCase:
            assert first.is_review or first.reviewed or self.now - decided_at > timedelta(days=14)
            return
        assert not (first.is_review or first.reviewed)
        first.reviewed = True
        take_case(by=SECOND_CLERK, case_id=case.pk, at=self.now)
        made = self.add(case, first.record, Party.OFFICE)
        made.is_review, made.first_deciders = True, frozenset(first.deciders)
        first.record.open_objections.add(case.pk)

    def decided_objections(self) -> list[ModelCase]:
        return [c for c in self.cases if c.decided and not c.taken_back and c.procedure is ProcedureName.OBJECTION]

    @rule(n=st.integers(0, 9), by=st.sampled_from([OTHER, OWNER, PROGRAM]))
    @precondition(lambda self: any(not c.decided for c in self.cases))
    def somebody_else_tries(self, n: int, by: Actor) -> None:
        undecided = [c for c in self.cases if not c.decided]
        case = undecided[n % len(undecided)]
        before = Entry.objects.count()
        with pytest.raises((NotAllowed, CaseRefused)):
            decide(by=by, case_id=case.id, verdict=Verdict("rejected", REASONS), at=self.now)
        assert Entry.objects.count() == before

    @rule(n=st.integers(0, 9))
    @precondition(lambda self: self.records)
    def restore(self, n: int) -> None:
        """Write an old version back over its record, as a backup would: what was ended since does not come back."""
        model = self.record(n)
        first = RecordVersion.objects.filter(record_id=model.id).order_by("known_from").first()
        if first is None:
            return
        widens = (
            model.repaired or model.withdrawn or bool(model.suspended_by) or model.stay or model.shield or model.dispute
        )
        columns = [f.attname for f in Record._meta.local_fields if f.attname not in ("id", "known_from", "entry_id")]
        values = {c: getattr(first, c) for c in columns}
        if not widens:
            return
        with pytest.raises(DatabaseError, match=r"never comes back|only by a decision"), transaction.atomic():
            Record.objects.filter(pk=model.id).update(**values, known_from=self.now + timedelta(days=9000))

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
        AND (d.approved_by_id IS NULL OR d.approved_by_id = d.proposed_by_id)),
    (SELECT count(*) FROM casework_case c WHERE c.state IN ('decided', 'closed') AND NOT EXISTS (
        SELECT 1 FROM casework_decision d JOIN casework_letter l ON l.case_id = d.case_id AND l.kind = 'decision'
        WHERE d.case_id = c.id AND d.state = 'effective')),
    (SELECT count(*) FROM casework_case c JOIN casework_decision d ON d.case_id = c.id
        JOIN casework_decision f ON f.case_id = c.reviews_id
        WHERE d.proposed_by_id IN (f.proposed_by_id, f.approved_by_id)),
    (SELECT count(*) FROM subjects_record r WHERE r.withdrawn_at IS NOT NULL AND r.withdrawal_notice = '')
"""


@pytest.fixture
def database(fresh_database: str, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


@pytest.mark.timeout(3600)
def test_casework_does_what_the_model_says(database: None) -> None:
    run_state_machine_as_test(
        Casework,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
            phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
        ),
    )
