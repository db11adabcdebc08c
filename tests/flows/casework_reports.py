"""What departments report: that a decision was revoked, stayed, sued over, shielded or is to be corrected."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from publiccredit.accounts.operations import NotAllowed
from publiccredit.casework.operations import (
    UnableToCorrectSeverity,
    UnableToOpenCase,
    approve,
    decide,
    propose_severity,
    take_case,
)
from publiccredit.casework.types import Channel, Order, PaperIn, Verdict
from publiccredit.catalogue.types import Party, ProcedureName, Severity
from tests.flows.cases import HEAD, LIAISON, OWNER, PUBLIC_WORDS, REASONS, hand_in, opened
from tests.flows.casework_model import FACTS, KINDS, SOURCE_APPLICANT, ModelCase, ModelRecord
from tests.flows.casework_rules import FiledRecords
from tests.papers import a_pdf

REPAIR = ProcedureName.CREDIT_REPAIR
REVOCATION, CORRECTION = ProcedureName.REVOCATION_OR_CHANGE, ProcedureName.CORRECTION
TOLD_OF = {"granted": "repaired", "publication_stopped": "withdrawn", "corrected": "corrected"}


class ReportedCases(FiledRecords):
    """Cases a department or a court begins, decided in one go."""

    def _decided(self, case: ModelCase, outcome: str) -> None:
        if outcome in TOLD_OF:
            self.tell(case.record, TOLD_OF[outcome])
        self.end(case)
        self.note(f"decided:{outcome}")

    def _reported(self, model: ModelRecord, procedure: ProcedureName, ground: str, *papers: str) -> ModelCase | None:
        by_subject = ground == "reorganisation"
        how: dict[str, Any] = {} if by_subject else {"by": LIAISON, "applicant": SOURCE_APPLICANT,
                                                     "channel": Channel.COUNTER}  # fmt: skip
        under_way = procedure is CORRECTION and any(
            c.procedure is CORRECTION and c.record is model and not c.decided for c in self.cases
        )
        if model.withdrawn or under_way:
            with pytest.raises(UnableToOpenCase):
                opened(procedure, self.stored(model), ground=ground, at=self.now, **how)
            self.note("report:refused")
            return None
        case = opened(procedure, self.stored(model), ground=ground, at=self.now, **how)
        hand_in(case, *papers, by=OWNER if by_subject else LIAISON, at=self.now)
        take_case(by=LIAISON, case_id=case.pk, at=self.now)
        return self.add(case, model, Party.SOURCE)

    def _settled(self, case: ModelCase | None, verdict: Verdict, effect: Callable[[], None], *, two: bool) -> None:
        if case is None:
            return
        decide(by=case.pair[0], case_id=case.id, verdict=verdict, at=self.now)
        if two:
            approve(by=case.pair[1], case_id=case.id, at=self.now)
        effect()
        self._decided(case, verdict.outcome if verdict.outcome not in TOLD_OF else f"{verdict.outcome}_by_source")

    @rule(n=st.integers(0, 9), ground=st.sampled_from(["revoked", "changed", "unlawful", "void"]))
    @precondition(lambda self: len(self.records) > 2)
    def withdraw(self, n: int, ground: str) -> None:
        model = self.record(n)

        def effect() -> None:
            model.withdrawn = True
            self.tell(model, "withdrawn")

        case = self._reported(model, REVOCATION, ground, "new_decision")
        self._settled(case, Verdict(f"withdrawn_{ground}", REASONS, PUBLIC_WORDS), effect, two=False)

    @rule(n=st.integers(0, 9), days=st.sampled_from([None, 1, 30]), delay=st.integers(0, 2))
    def stay(self, n: int, days: int | None, delay: int) -> None:
        model = self.record(n)
        begins = self.today + timedelta(days=delay)
        until = None if days is None else begins + timedelta(days=days)

        def effect() -> None:
            model.stay = (begins, until)
            self.tell(model, "stayed")

        order = Order(number="濉政复〔2026〕3号", begins=begins, until=until)
        case = self._reported(model, REVOCATION, "stayed", "stay_order")
        self._settled(case, Verdict("stayed", REASONS, order=order), effect, two=False)

    @rule(n=st.integers(0, 9))
    @precondition(lambda self: any(r.stay for r in self.records))
    def lift_stay(self, n: int) -> None:
        stayed = [r for r in self.records if r.stay]
        model = stayed[n % len(stayed)]

        def effect() -> None:
            model.stay = None
            self.tell(model, "stay_lifted")

        case = self._reported(model, REVOCATION, "stayed", "stay_order")
        self._settled(case, Verdict("stay_lifted", REASONS), effect, two=True)

    @rule(n=st.integers(0, 9), ends=st.booleans())
    def suit(self, n: int, ends: bool) -> None:
        model = self.record(n)

        def effect() -> None:
            model.suit = not ends
            self.tell(model, "suit_ended" if ends else "suit_flagged")

        case = self._reported(model, REVOCATION, "suit_pending", "acceptance_notice")
        self._settled(case, Verdict("suit_ended" if ends else "suit_flagged", REASONS), effect, two=False)

    @rule(n=st.integers(0, 9), days=st.integers(1, 90))
    def shield(self, n: int, days: int) -> None:
        model = self.record(n)
        if model.withdrawn or model.repaired:
            return
        order = Order("(2026)皖0621破1号", begins=self.today, until=self.today + timedelta(days=days))

        def effect() -> None:
            model.shield = (order.begins, order.begins + timedelta(days=days))
            self.tell(model, "shielded")

        case = self._reported(model, REPAIR, "reorganisation", "court_order")
        self._settled(case, Verdict("shielded", REASONS, order=order), effect, two=True)

    @rule(n=st.integers(0, 9), severity=st.sampled_from(["general", "serious"]))
    def correct(self, n: int, severity: str) -> None:
        model = self.record(n)
        if severity == model.severity:  # what it is already is no correction
            severity = "serious" if severity == "general" else "general"
        word = {"general": "一般", "serious": "严重"}[severity]

        def effect() -> None:
            model.corrected(severity, self.today)
            model.corrected_by_case = True
            self.tell(model, "corrected")

        case = self._reported(model, CORRECTION, "differs_from_document", "document")
        verdict = Verdict("corrected", REASONS, corrections={"severity": word})
        self._settled(case, verdict, effect, two=True)

    @rule(n=st.integers(0, 9), kind=st.sampled_from(sorted(KINDS)))
    def correct_kind(self, n: int, kind: str) -> None:
        """The kind of penalty is corrected: where the severity follows from it by the rules, so does the term."""
        model = self.record(n)
        if kind == self.stored(model).content.get("penalty_kind"):
            kind = next(other for other in KINDS if other != kind)

        def effect() -> None:
            model.kind_corrected(kind, self.today)
            model.corrected_by_case = True
            self.tell(model, "corrected")

        case = self._reported(model, CORRECTION, "differs_from_document", "document")
        # Which licence is revoked has to be said with it, as in a file.
        licence = {"suspended_licence": f"食品经营许可证 {case.id} 号"} if case and kind == "吊销许可证件" else {}
        verdict = Verdict("corrected", REASONS, corrections={"penalty_kind": kind, **licence})
        self._settled(case, verdict, effect, two=True)

    @rule(n=st.integers(0, 9), facts=st.sampled_from(FACTS))
    def correct_facts(self, n: int, facts: str) -> None:
        """What a record tells is corrected, and stays so whatever row of it is sent again."""
        model = self.record(n)
        if facts == self.stored(model).content.get("violation_facts"):
            facts = FACTS[(FACTS.index(facts) + 1) % len(FACTS)]

        def effect() -> None:
            model.facts_corrected(facts)
            model.corrected_by_case = True
            self.tell(model, "corrected")

        case = self._reported(model, CORRECTION, "differs_from_document", "document")
        verdict = Verdict("corrected", REASONS, corrections={"violation_facts": facts})
        self._settled(case, verdict, effect, two=True)

    @rule(n=st.integers(0, 9), severity=st.sampled_from(["general", "serious"]))
    def correct_severity(self, n: int, severity: str) -> None:
        """Let two of the department correct its own word: what has ended, was repaired or withdrawn stays as it is."""
        self.now += timedelta(seconds=1)  # a correction is known by its time: no two fall on one instant
        model = self.record(n)
        paper = PaperIn(kind="", file_name="审批表.pdf", content=a_pdf(f"{severity} of {n} at {self.now}"))
        asked: dict[str, Any] = {"severity": Severity(severity), "reason": REASONS, "paper": paper, "at": self.now}
        over = model.shown_from is not None and model.shown_from < model.ends_on <= self.today
        if model.withdrawn or model.repaired or over or severity == model.severity:
            with pytest.raises(UnableToCorrectSeverity):
                propose_severity(by=LIAISON, record_id=model.id, **asked)
            self.note("severity:refused")
            return
        case = self.add(propose_severity(by=LIAISON, record_id=model.id, **asked), model, Party.SOURCE)
        with pytest.raises(NotAllowed, match="拟办和审核须由两人"):
            approve(by=LIAISON, case_id=case.id, at=self.now)
        approve(by=HEAD, case_id=case.id, at=self.now)
        model.corrected(severity, self.today)
        model.corrected_by_case = True
        self.tell(model, "corrected")
        self.end(case)
        self.note("severity:corrected")
