"""What may happen in cases: objections, repairs, revocations, stays, suits, corrections, reviews, and who tries too much."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from publiccredit.accounts.operations import NotAllowed
from publiccredit.accounts.types import PROGRAM, Actor
from publiccredit.casework.models import Case
from publiccredit.casework.operations import (
    CaseRefused,
    ConditionsNotMet,
    PapersAwaited,
    UnableToOpenCase,
    answer_as_source,
    approve,
    close_case,
    decide,
    extend_deadline,
    forward_to_source,
    refuse_repair,
    request_papers,
    request_review,
    return_proposal,
    take_back_proposal,
    take_back_request,
    take_case,
)
from publiccredit.casework.types import Applicant, Channel, Verdict
from publiccredit.catalogue.queries import deadline
from publiccredit.catalogue.types import ConditionName, Party, ProcedureName
from publiccredit.ledger.models import Entry
from tests.flows.cases import (
    APPLICANT,
    CLERK,
    LIAISON,
    OTHER,
    OWNER,
    PEOPLE,
    PUBLIC_WORDS,
    REASONS,
    REPAIR_PAPERS,
    SECOND_CLERK,
    hand_in,
    opened,
)
from tests.flows.casework_model import ModelCase
from tests.flows.casework_reports import ReportedCases
from tests.flows.casework_rules import CHANNELS

BY_PROXY = Applicant(Party.SUBJECT, APPLICANT.name, handler_name="王五", handler_authorisation_sha256="a" * 64)
OBJECTION, REPAIR = ProcedureName.OBJECTION, ProcedureName.CREDIT_REPAIR
PAPER_DAYS = {OBJECTION: 5, REPAIR: 10}  # working days to hand in what was asked for
CONTESTED = ("", "violation_facts", "penalty_content")
NO_REASONS = (
    "",
    "不成立",
    "经核实，该信息与决定文书一致，理由是____, 异议不予支持。",
    "经核实，该信息与决定文书一致，理由是XXXX，异议不予支持。",
    "经核实，理由是____，事实是____，依据是____。",
)


class Casework(ReportedCases):
    # --- objection ------------------------------------------------------------------------------------------------

    @rule(
        n=st.integers(0, 9),
        ground=st.sampled_from(["wrong_or_missing", "beyond_period", "other"]),
        channel=CHANNELS,
        contested=st.sampled_from(CONTESTED),
    )
    @precondition(lambda self: len(self.of(OBJECTION)) < 3)
    def object(self, n: int, ground: str, channel: Channel, contested: str) -> None:
        model = self.record(n)
        how = {} if channel is Channel.ONLINE else {"by": CLERK, "channel": channel}
        if channel is Channel.PROXY:
            how["applicant"] = BY_PROXY
        arguments: dict[str, Any] = {"ground": ground, "at": self.now, "field": contested, **how}
        if model.withdrawn:
            with pytest.raises(UnableToOpenCase):
                opened(OBJECTION, self.stored(model), **arguments)
            self.note("object:withdrawn")
            return
        case = opened(OBJECTION, self.stored(model), **arguments)
        take_case(by=CLERK, case_id=case.pk, at=self.now)
        self.add(case, model, Party.OFFICE).contested = contested
        model.open_objections[case.pk] = contested
        self.note(f"object:{channel.value}")

    @rule(
        n=st.integers(0, 9), outcome=st.sampled_from(["rejected", "undetermined", "publication_stopped", "corrected"])
    )
    @precondition(lambda self: self.of(OBJECTION))
    def decide_objection(self, n: int, outcome: str) -> None:
        open_ones = self.of(OBJECTION)
        case = open_ones[n % len(open_ones)]
        other, word = ("general", "一般") if case.record.severity == "serious" else ("serious", "严重")
        more: dict[str, Any] = {"corrections": {"severity": word}} if outcome == "corrected" else {}
        if outcome == "publication_stopped":
            more["public_notice"] = PUBLIC_WORDS
        if outcome in ("rejected", "undetermined") and self._awaits_papers(case):
            with pytest.raises(PapersAwaited, match=str(case.papers_until)):
                decide(by=case.pair[0], case_id=case.id, verdict=Verdict(outcome, REASONS), at=self.now)
            self.note("papers:awaited")
            return
        decide(by=case.pair[0], case_id=case.id, verdict=Verdict(outcome, REASONS, **more), at=self.now)
        case.deciders.add(case.pair[0].name)

        def effect() -> None:
            case.record.objection_decided(case.id, outcome == "undetermined")
            if outcome == "publication_stopped":
                case.record.withdrawn = True
            if outcome == "corrected":
                case.record.corrected(other, self.today)
                case.record.corrected_by_case = True
            self._decided(case, outcome)

        if outcome in ("rejected", "undetermined"):
            effect()
        else:
            case.proposed, case.state = (outcome, effect), "in_hand"
            self.note(f"propose:{outcome}")

    @rule(n=st.integers(0, 9), by_the_subject=st.booleans())
    @precondition(lambda self: any(self.can_be_taken_back(c) for c in self.cases))
    def take_back(self, n: int, by_the_subject: bool) -> None:
        open_ones = [c for c in self.cases if self.can_be_taken_back(c)]
        case = open_ones[n % len(open_ones)]
        with pytest.raises(NotAllowed):
            take_back_request(by=LIAISON, case_id=case.id, stated="没有人来过", at=self.now)
        own = Actor(name=OWNER.name, role=None, subject_id=self.subject.pk)
        for first in (officer for officer in PEOPLE if officer.name in case.first_deciders):
            with pytest.raises(NotAllowed):
                take_back_request(by=first, case_id=case.id, stated="来函存卷", at=self.now)
        by = own if by_the_subject else case.pair[0] if case.is_review else CLERK
        take_back_request(by=by, case_id=case.id, stated="来函存卷", at=self.now)
        case.record.open_objections.pop(case.id, None)
        self.end(case)
        case.taken_back = True
        self.note("take_back")

    def can_be_taken_back(self, case: ModelCase) -> bool:
        return not case.decided and case.procedure in (OBJECTION, REPAIR)

    # --- between opening and deciding -----------------------------------------------------------------------------

    @rule(n=st.integers(0, 9), step=st.sampled_from(["papers", "hand_in", "forward", "answer", "extend", "close"]))
    @precondition(lambda self: self.cases)
    def go_on(self, n: int, step: str) -> None:
        """Take one step of the desk in a case that is at it."""
        fitting = [c for c in self.cases if self._fits(c, step)]
        if fitting:
            case = fitting[n % len(fitting)]
            {
                "papers": self._ask_for_papers,
                "hand_in": self._hand_in,
                "forward": self._forward,
                "answer": self._answer,
                "extend": self._extend,
                "close": self._close,
            }[step](case)

    def _fits(self, case: ModelCase, step: str) -> bool:
        if step == "close":
            return case.decided and not case.closed and not case.taken_back
        wanted = {"hand_in": "waiting", "answer": "with_source"}.get(step, "in_hand")
        procedures = (OBJECTION,) if step in ("forward", "answer") else (OBJECTION, REPAIR)
        return (
            not case.decided and case.proposed is None and case.state == wanted and case.procedure in procedures
            and not (step == "extend" and case.extended)
        )  # fmt: skip

    def _ask_for_papers(self, case: ModelCase) -> None:
        due_on = Case.objects.values_list("due_on", flat=True).get(pk=case.id)
        request_papers(by=case.pair[0], case_id=case.id, asked="决定书复印件", at=self.now)
        rests = not case.asked_for_papers and self.today <= due_on
        case.state, case.asked_for_papers = ("waiting" if rests else "in_hand"), True
        if rests:
            case.papers_until = deadline(day=self.today, number=PAPER_DAYS[case.procedure]).on
        self.note("papers:asked" if rests else "papers:asked_again_or_late")

    def _awaits_papers(self, case: ModelCase) -> bool:
        return case.state == "waiting" and self.today <= case.papers_until

    def _hand_in(self, case: ModelCase) -> None:
        kind = "evidence" if case.procedure is OBJECTION else "authorisation"
        hand_in(Case.objects.get(pk=case.id), kind, at=self.now)
        case.state = "in_hand"
        self.note("papers:handed_in")

    def _forward(self, case: ModelCase) -> None:
        forward_to_source(by=case.pair[0], case_id=case.id, question="请核对", at=self.now)
        case.state = "with_source"
        self.note("forward")

    def _answer(self, case: ModelCase) -> None:
        answer_as_source(by=LIAISON, case_id=case.id, answer="与文书一致", at=self.now)
        case.state = "in_hand"
        self.note("answer")

    def _extend(self, case: ModelCase) -> None:
        due_on = Case.objects.values_list("due_on", flat=True).get(pk=case.id)
        if self.today > due_on:
            with pytest.raises(CaseRefused):
                extend_deadline(by=case.pair[0], case_id=case.id, days=1, reason="须向省平台核实", at=self.now)
            self.note("extend:too_late")
            return
        extend_deadline(by=case.pair[0], case_id=case.id, days=1, reason="须向省平台核实", at=self.now)
        case.extended = True
        self.note("extend")

    def _close(self, case: ModelCase) -> None:
        by = case.pair[0]
        close_case(by=by, case_id=case.id, delivered="邮寄，单号 1", at=self.now)
        case.closed = True
        self.note("close")

    # --- repair ---------------------------------------------------------------------------------------------------

    @rule(n=st.integers(0, 9))
    def apply_for_repair(self, n: int) -> None:
        model = self.record(n)
        under_way = any(c.procedure is REPAIR and c.record is model and not c.decided
                        and c.ground == "duties_performed" for c in self.cases)  # fmt: skip
        if model.withdrawn or model.repaired or under_way:
            with pytest.raises(UnableToOpenCase):
                opened(REPAIR, self.stored(model), ground="duties_performed", at=self.now)
            self.note("apply_for_repair:refused")
            return
        case = opened(REPAIR, self.stored(model), ground="duties_performed", at=self.now)
        hand_in(case, *REPAIR_PAPERS, at=self.now)
        take_case(by=LIAISON, case_id=case.pk, at=self.now)
        self.add(case, model, Party.SOURCE)
        self.note("apply_for_repair")

    @rule(n=st.integers(0, 9))
    @precondition(lambda self: self.of(REPAIR))
    def propose_repair(self, n: int) -> None:
        open_ones = self.of(REPAIR)
        case = open_ones[n % len(open_ones)]
        verdict = Verdict("granted", REASONS)
        if self.today < case.record.opens_on:
            with pytest.raises(ConditionsNotMet, match=str(case.record.opens_on)):
                decide(by=case.pair[0], case_id=case.id, verdict=verdict, at=self.now)
            self.note("propose_repair:too_early")
            return
        decide(by=case.pair[0], case_id=case.id, verdict=verdict, at=self.now)

        def effect() -> None:
            case.record.repaired = True
            self._decided(case, "granted")

        case.deciders.add(case.pair[0].name)
        case.proposed, case.state = ("granted", effect), "in_hand"
        self.note("propose:granted")

    @rule(n=st.integers(0, 9))
    @precondition(lambda self: self.of(REPAIR))
    def refuse_repair(self, n: int) -> None:
        open_ones = self.of(REPAIR)
        case = open_ones[n % len(open_ones)]
        early = self.today < case.record.opens_on
        doubt = () if early else (ConditionName.DUTIES_PERFORMED,)
        if self._awaits_papers(case):
            with pytest.raises(PapersAwaited, match=str(case.papers_until)):
                refuse_repair(by=case.pair[0], case_id=case.id, reasons=REASONS, at=self.now, failing=doubt)
            self.note("papers:awaited")
            return
        made = refuse_repair(by=case.pair[0], case_id=case.id, reasons=REASONS, at=self.now, failing=doubt)
        assert made.holds_from == (case.record.opens_on if early else None)
        case.deciders.add(case.pair[0].name)
        self._decided(case, "refused")

    @rule(n=st.integers(0, 9), how=st.sampled_from(["approve", "by_the_same", "return", "take_back"]))
    @precondition(lambda self: any(c.proposed for c in self.cases))
    def approve(self, n: int, how: str) -> None:
        proposed = [c for c in self.cases if c.proposed]
        case = proposed[n % len(proposed)]
        assert case.proposed is not None
        if how == "take_back":
            with pytest.raises(NotAllowed, match="拟办人本人"):
                take_back_proposal(by=case.pair[1], case_id=case.id, because="页码写错", at=self.now)
            take_back_proposal(by=case.pair[0], case_id=case.id, because="页码写错", at=self.now)
            case.proposed, case.state = None, "in_hand"
            self.note("approve:taken_back")
            return
        second = case.pair[0] if how == "by_the_same" else case.pair[1]
        if how == "by_the_same" or second.name in case.first_deciders:
            with pytest.raises(NotAllowed):
                approve(by=second, case_id=case.id, at=self.now)
            self.note("approve:refused")
            return
        if how == "return":
            return_proposal(by=second, case_id=case.id, because="理由不清", at=self.now)
            case.proposed, case.state = None, "in_hand"
            self.note("approve:returned")
            return
        if case.procedure is REPAIR and self.today < case.record.opens_on:  # its severity was put right meanwhile
            with pytest.raises(ConditionsNotMet, match=str(case.record.opens_on)):
                approve(by=second, case_id=case.id, at=self.now)
            self.note("approve:holds_no_longer")
            return
        approve(by=second, case_id=case.id, at=self.now)
        case.deciders.add(second.name)
        case.proposed[1]()

    @rule(n=st.integers(0, 9))
    @precondition(lambda self: any(r.repaired and not r.withdrawn for r in self.records))
    def undo_repair(self, n: int) -> None:
        repaired = [r for r in self.records if r.repaired and not r.withdrawn]
        model = repaired[n % len(repaired)]
        case = self._reported(model, ProcedureName.RE_VERIFICATION, "false_papers", "finding")

        def effect() -> None:
            model.repaired = False
            self.tell(model, "repair_undone")

        self._settled(case, Verdict("repair_undone", REASONS, public_notice=PUBLIC_WORDS), effect, two=True)

    # --- review, shortcuts ----------------------------------------------------------------------------------------

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
            self.note("review:refused")
            return
        assert not (first.is_review or first.reviewed)
        first.reviewed = True
        take_case(by=SECOND_CLERK, case_id=case.pk, at=self.now)
        made = self.add(case, first.record, Party.OFFICE)
        made.is_review, made.first_deciders = True, frozenset(first.deciders)
        first.record.open_objections[case.pk] = made.contested = first.contested  # of what was decided, and no more
        self.note("review")

    def decided_objections(self) -> list[ModelCase]:
        return [c for c in self.cases if c.decided and not c.taken_back and c.procedure is OBJECTION]

    @rule(n=st.integers(0, 9), by=st.sampled_from([OTHER, OWNER, PROGRAM, None]), reasons=st.sampled_from(NO_REASONS))
    @precondition(lambda self: any(not c.decided for c in self.cases))
    def somebody_tries_too_much(self, n: int, by: Actor | None, reasons: str) -> None:
        """Decide a case that is somebody else's, or one's own without reasons: refused, and nothing is left behind."""
        undecided = [c for c in self.cases if not c.decided]
        case = undecided[n % len(undecided)]
        outcome = {OBJECTION: "rejected", REPAIR: "refused"}.get(case.procedure, "unfounded")
        verdict = Verdict(outcome, REASONS if by else reasons)
        before = Entry.objects.count()
        with pytest.raises((NotAllowed, CaseRefused)):
            decide(by=by or case.pair[0], case_id=case.id, verdict=verdict, at=self.now)
        assert Entry.objects.count() == before
        self.note("too_much:refused")
