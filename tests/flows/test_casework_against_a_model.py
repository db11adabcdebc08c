"""
The whole of casework against a plain model of it: file, object, take back, decide, repair, revoke, correct, stay, shield,
review, tick the clock, sweep, resend, restore. After every step the platform shows exactly what the model says.

A run of 50 steps costs one to two seconds: 40 of them by default; CASEWORK_RUNS and CASEWORK_STEPS ask for more, before
a release 10,000 of 100 steps.
"""

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    precondition,
    rule,
    run_state_machine_as_test,
)

from publiccredit.accounts.operations import NotAllowed
from publiccredit.accounts.types import PROGRAM, Actor
from publiccredit.casework.models import Case
from publiccredit.casework.operations import (
    CaseRefused,
    ConditionsNotMet,
    UnableToOpenCase,
    approve,
    decide,
    refuse_repair,
    request_review,
    take_back_request,
    take_case,
)
from publiccredit.casework.types import Channel, Order, Verdict
from publiccredit.catalogue.types import ConditionName, Party, ProcedureName
from publiccredit.ledger.models import Entry
from publiccredit.subjects.models import Record, RecordVersion
from tests.flows.cases import (
    APPLICANT,
    CLERK,
    HEAD,
    LIAISON,
    OTHER,
    OWNER,
    REASONS,
    REPAIR_PAPERS,
    SECOND_CLERK,
    hand_in,
    opened,
)
from tests.flows.casework_model import (
    SOURCE_APPLICANT,
    FiledRecords,
    ModelCase,
    ModelRecord,
)

RUNS = int(os.environ.get("CASEWORK_RUNS", "40"))
STEPS = int(os.environ.get("CASEWORK_STEPS", "50"))


class Casework(FiledRecords):
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
