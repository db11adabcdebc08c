"""The applicant takes back what it asked, before it is decided: nothing is decided, and it may ask again."""

from datetime import datetime

from publiccredit.accounts.operations import Act, one_act
from publiccredit.accounts.types import Actor
from publiccredit.casework import letters
from publiccredit.casework.clocks import passed_percents, percents_in_words
from publiccredit.casework.effects import end_without_decision
from publiccredit.casework.models import Case
from publiccredit.casework.operations.handling import go_on
from publiccredit.casework.reviewers import verify_reviewer
from publiccredit.casework.rules import CaseRefused, case_for_step, party_of, write_step
from publiccredit.casework.types import CaseState
from publiccredit.catalogue.types import Party, StepName

BY_APPLICANTS = (Party.SUBJECT.value, Party.READER.value)  # what a body reported ex officio it must see through
LEAST_STATED = 4


def take_back_request(*, by: Actor, case_id: int, stated: str, at: datetime) -> Case:
    """
    End an undecided case because its applicant wants it so: its mark goes, its display comes back, nothing is decided.

    The subject says so itself; for anybody else the office takes it down, with how it was told, and the applicant gets
    a letter that says what to do if that was not its will.

    :raises AlreadyDecided: it is decided; there is nothing left to take back.
    :raises AlreadyTakenBack: it was taken back before.
    :raises CaseRefused: nobody applied for it, or the office does not say how it was told.
    :raises NotAllowed: the rules give the step to others, or it is the review of a decision the actor had a hand in.
    """
    with one_act(by=by, at=at, operation="take_back_request", object_kind="case") as act:
        case, rules = case_for_step(act=act, case_id=case_id, step=StepName.TAKE_BACK)
        verify_reviewer(case=case, by=by)
        _verify(act, case, stated)
        if case.state == CaseState.WAITING_FOR_PAPERS:
            go_on(
                act=act, case=case, rules=rules
            )  # the days it waited were none of its desk's: it was not late with them
        if passed := passed_percents(case=case, rules=rules, on=act.on):  # while no worker ran
            act.payload["passed_percents"] = percents_in_words(passed)
        case.state, case.taken_back_at = CaseState.TAKEN_BACK, at
        # The step comes first: it is what the database asks for before a case ends without a decision.
        write_step(act=act, case=case, step=StepName.TAKE_BACK.value, text=stated.strip())
        case.save(update_fields=["state", "taken_back_at"])
        done = end_without_decision(act=act, case=case, rules=rules)
        letters.taken_back(act=act, case=case, ends_dispute=bool(done.get("dispute_lifted")))
        act.payload |= dict(done)
    return case


def _verify(act: Act, case: Case, stated: str) -> None:
    if case.applicant not in BY_APPLICANTS:
        raise CaseRefused("本案由单位依职权提出，须作出处理决定，不能撤回。")
    if party_of(actor=act.by) is Party.SUBJECT and case.applicant != Party.SUBJECT.value:
        raise CaseRefused("本案由他人提出，只有提出的人可以撤回。")
    if party_of(actor=act.by) is not Party.SUBJECT and len(stated.strip()) < LEAST_STATED:
        raise CaseRefused("代申请人登记撤回的，须写明申请人如何表示，例如“11 月 3 日来函，存卷”。")
