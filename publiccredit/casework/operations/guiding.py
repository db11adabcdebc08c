"""Guidance: the office tells an applicant how to go on. It decides nothing, and no clock waits for it."""

from datetime import datetime

from publiccredit.accounts.operations import NotAllowed, one_act
from publiccredit.accounts.types import Actor
from publiccredit.casework import letters
from publiccredit.casework.models import Letter
from publiccredit.casework.rules import (
    AlreadyDecided,
    CaseRefused,
    locked_case,
    party_of,
    write_step,
)
from publiccredit.casework.types import UNDECIDED, Happening
from publiccredit.catalogue.types import Party
from publiccredit.subjects.queries import verify_open

LEAST_WORDS = 10


def guide_applicant(*, by: Actor, case_id: int, text: str, at: datetime) -> Letter:
    """
    Write to the applicant of an open case how to go on.

    :raises NotAllowed: only the office guides; who decides a repair is not told by it what to decide. Nor does it guide
        through somebody who has declared a relation.
    :raises AlreadyDecided: there is nothing left to guide.
    """
    with one_act(by=by, at=at, operation="guide_applicant", object_kind="case") as act:
        if party_of(actor=act.by) is not Party.OFFICE:
            raise NotAllowed("办理指引由信用办发出。")
        case = locked_case(case_id=case_id)
        verify_open(actor=by, subject_ids=[case.subject_id])
        if case.state not in UNDECIDED:
            raise AlreadyDecided(f"案件 {case.number} 已作出决定，无需指引。")
        if len(text.strip()) < LEAST_WORDS:
            raise CaseRefused(f"请写明指引的内容，至少 {LEAST_WORDS} 字。")
        act.object_id = case.pk
        write_step(act=act, case=case, step=Happening.GUIDED.value, text=text.strip())
        return letters.guidance(act=act, case=case, text=text.strip())
