"""The deciding department's own word on how severe a penalised conduct is (谁认定、谁负责)."""

from datetime import datetime

from publiccredit.accounts.operations import NotAllowed, one_act
from publiccredit.accounts.types import Actor
from publiccredit.casework.letters import department_name
from publiccredit.casework.queries import determined_by
from publiccredit.casework.rules import CaseRefused
from publiccredit.casework.severity import obstacle, offered, term_under
from publiccredit.catalogue.types import SEVERITY_TITLES, Severity
from publiccredit.catalogue.types.personal_numbers import refusal_of
from publiccredit.recipients import operations as recipients
from publiccredit.recipients.types import Cause, NoticeKind
from publiccredit.subjects import operations as subjects
from publiccredit.subjects.queries import Record, verify_open
from publiccredit.subjects.types import SeverityCorrection

SHORTEST_REASON = 10  # as for decisions: words of the officer's own, not a tick
LONGEST_REASON = 500


class UnableToCorrectSeverity(CaseRefused):
    """The severity is not offered, is the same as before, lacks its reason, or the record has ended."""


class RecordNotFound(CaseRefused):
    """There is no such record, or it is another department's: nobody can tell which."""

    def __init__(self) -> None:
        super().__init__("没有这条记录，或者不是本单位报送的。请从本单位的记录中选择。")


def correct_severity(*, by: Actor, record_id: int, severity: Severity, reason: str, at: datetime) -> None:
    """
    Correct the severity of a department's own record; its term follows at once, the former one stays as a version.

    Whoever was given the record is written a notice in the same act (DP-20).

    :raises NotAllowed: the actor is no officer of a department, or has declared a relation to the subject.
    :raises RecordNotFound: it is not a record of the actor's department.
    :raises UnableToCorrectSeverity: another department decided it, the reason is missing or holds a number of a
        person, the severity is the one it has or none the packs list, or the record has ended, was repaired or was
        withdrawn.
    """
    with one_act(by=by, at=at, operation="correct_severity", object_kind="record") as act:
        if not by.of_department:
            raise NotAllowed("失信严重程度由作出决定的部门更正。请用该部门联络员或负责人的账号办理。")
        record = subjects.lock_records(record_ids=[record_id]).get(record_id)
        if record is None or record.department_code != by.department_code:
            raise RecordNotFound
        verify_open(actor=by, subject_ids=[record.subject_id])
        words = reason.strip()
        _refuse_other_decider(by, record)
        _refuse_reason(words)
        _refuse_severity(record, severity)
        if why := obstacle(record=record, on=act.on):
            raise UnableToCorrectSeverity(why)
        term = term_under(record=record, severity=severity)
        act.object_id = record_id
        act.payload |= {
            "from": record.severity,
            "to": severity.value,
            "former_rule": record.severity_rule,
            "disclosed_until": term.disclosed_until.isoformat() if term.disclosed_until else None,
        }
        subjects.correct_severity(
            record_id=record_id,
            correction=SeverityCorrection(severity=severity, by=by.name, reason=words),
            columns={"repairable_from": term.repairable_from, "disclosed_until": term.disclosed_until},
            at=at,
            entry_id=act.entry_id,
        )
        act.payload["notices"] = recipients.tell(
            kinds={record_id: NoticeKind.CORRECTED},
            cause=Cause(
                entry_id=act.entry_id,
                at=at,
                authority=department_name(code=record.department_code),
                reason="作出决定的部门更正了失信严重程度",
            ),
        )


def _refuse_other_decider(by: Actor, record: Record) -> None:
    decider = determined_by(record=record)
    if decider != by.department_code:
        raise UnableToCorrectSeverity(
            f"这条记录的决定由{department_name(code=decider)}作出，严重程度由该部门认定。请与该部门联系，或者提出更正案件。"
        )


def _refuse_reason(words: str) -> None:
    length = len("".join(words.split()))
    if length < SHORTEST_REASON:
        raise UnableToCorrectSeverity(
            f"理由至少 {SHORTEST_REASON} 个字，实为 {length} 个字。请写明依据的标准和本案的情节。"
        )
    if len(words) > LONGEST_REASON:
        raise UnableToCorrectSeverity(f"理由不超过 {LONGEST_REASON} 字，实为 {len(words)} 字。请删减。")
    if number := refusal_of(text=words, what="理由"):
        raise UnableToCorrectSeverity(number)


def _refuse_severity(record: Record, severity: Severity) -> None:
    known = offered(record=record)
    if severity not in known:
        raise UnableToCorrectSeverity(
            f"这类记录不能认定为“{SEVERITY_TITLES[severity]}”。"
            f"可以选择的有：{'、'.join(SEVERITY_TITLES[s] for s in known) or '无'}。"
        )
    if record.severity == severity:
        raise UnableToCorrectSeverity(f"现在就是“{SEVERITY_TITLES[severity]}”，没有变化。请选择另一档，或者不必更正。")
