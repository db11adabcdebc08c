"""What became of a record's publication, in sentences: for whoever may see the record as it stands now."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from publiccredit.catalogue.types import SEVERITY_TITLES, Severity
from publiccredit.catalogue.types.identity_numbers import without
from publiccredit.disclosure.corrections import told_apart
from publiccredit.disclosure.stages import Row, Stage, stages_of
from publiccredit.disclosure.types import Course, Happened, VisibleRecord
from publiccredit.disclosure.words import decider_name, withdrawal_reason
from publiccredit.subjects.queries import Dispute, RecordState, last_day

OF_DISPUTES = {  # what a mark became, from any other
    Dispute.OPEN.value: "收到异议，标注“异议处理中”。",
    Dispute.UNDETERMINED.value: "异议无法核实，保留异议说明。",
    "": "异议处理结束，取消异议标注。",
}


def courses(*, records: Sequence[VisibleRecord], on: date) -> dict[int, Course]:
    """Give some visible records, by their numbers, with what corrected their fields and became of their publication."""
    stages = stages_of(records=records)
    return {
        record.id: Course(
            record=told_apart(record=record, stages=stages.get(record.id, ())),
            happened=tuple(_history(stages.get(record.id, ()), on)),
        )
        for record in records
    }


def _history(told: Sequence[Stage], on: date) -> Iterator[Happened]:
    if not told:
        return
    first = max(told[0].since, told[0].row.disclosed_from or told[0].since)
    if first > on:
        return
    found = [Happened(first, "首次公示。")]
    for before, after in pairwise(told):
        found += [Happened(after.since, sentence) for sentence in _changes(before, after)]
    found += _ended_by_themselves(told, on)
    yield from sorted(found, key=lambda happened: happened.on)


def _changes(before: Stage, after: Stage) -> Iterator[str]:
    was, row = before.row, after.row
    if row.state == RecordState.WITHDRAWN:
        if was.state != RecordState.WITHDRAWN:
            why = withdrawal_reason(withdrawn_as=row.withdrawn_as, notice=row.withdrawal_notice)
            yield f"撤回，不再公示、共享和使用：{why}。"
        return
    if was.display_ended_at is None and row.display_ended_at is not None:
        restored = was.repair_undone_notice and not row.repair_undone_notice
        yield "经复核恢复信用修复，停止公示。" if restored else "准予信用修复，停止公示。"
    if was.display_ended_at is not None and row.display_ended_at is None:
        why = without(row.repair_undone_notice).rstrip("。")
        back = "，恢复公示至原定期满" if after.shown(after.since) else ""
        yield f"信用修复被撤销{back}{f'：{why}' if why else ''}。"
    yield from _rewritten(before, after)
    if was.dispute != row.dispute:
        yield OF_DISPUTES[row.dispute]
    yield from _set_aside(before, after)


def _rewritten(before: Stage, after: Stage) -> Iterator[str]:
    was, row = before.row, after.row
    if was.case_corrections != row.case_corrections:
        # Where its department corrects a severity, the decision corrects nothing else.
        if row.severity_corrected_at in (None, was.severity_corrected_at):
            yield "经案件决定，更正内容。"
    elif was.content != row.content:
        yield "报送部门更正内容。"
    yield from _severity_given(was, row)
    if before.public != after.public:
        yield "恢复公示。" if after.public else "依法不再公示。"


def _severity_given(was: Row, row: Row) -> Iterator[str]:
    by_department = row.severity_corrected_at not in (None, was.severity_corrected_at)
    if not row.severity or (was.severity == row.severity and not by_department):
        return
    former = f"由“{SEVERITY_TITLES[Severity(was.severity)]}”" if was.severity else ""
    changed = f"失信严重程度{former}改为“{SEVERITY_TITLES[Severity(row.severity)]}”"
    if not by_department:
        yield f"{changed}。"
        return
    decider = decider_name(authority_uscc=row.authority_uscc, department_code=row.department_code)
    why = without(row.severity_correction_reason).rstrip("。")
    yield f"{decider}更正：{changed}，理由：{why}。"


def _set_aside(before: Stage, after: Stage) -> Iterator[str]:
    was, row = before.row, after.row
    back = _back(after, after.since)
    if was.suspended_at is None and row.suspended_at is not None:
        yield "案件逾期未作出决定，暂停公示。"
    if was.suspended_at is not None and row.suspended_at is None:
        yield f"案件办理完毕{back}。"
    if (was.stayed_from, was.stayed_until) != (row.stayed_from, row.stayed_until):
        days = _days(row.stayed_from, row.stayed_until)
        yield f"决定停止执行，{days}，暂停公示。" if days else f"停止执行解除{back}。"
    if (was.shielded_from, was.shielded_until) != (row.shielded_from, row.shielded_until):
        days = _days(row.shielded_from, row.shielded_until)
        yield f"依据法院裁定暂时屏蔽，{days}，不公示。" if days else f"暂时屏蔽解除{back}。"


def _ended_by_themselves(told: Sequence[Stage], on: date) -> Iterator[Happened]:
    """Tell what a day has ended by itself: a stay, a shield, and at last the term."""
    last = told[-1]
    if last.row.state == RecordState.WITHDRAWN:
        return
    for until, words in ((last.row.stayed_until, "停止执行期满"), (last.row.shielded_until, "暂时屏蔽期满")):
        if until is not None and until <= on:
            then = next((stage for stage in reversed(told) if stage.since <= until), told[0])
            yield Happened(until, f"{words}{_back(then, until)}。")
    until = last.row.disclosed_until
    if last.public and last.row.display_ended_at is None and until is not None and until <= on:
        said = next(stage.since for stage in told if stage.row.disclosed_until == until)
        yield Happened(max(until, said), "公示期满，停止公示。")


def _back(stage: Stage, on: date) -> str:
    """Say that a record is shown again, unless something else keeps it away."""
    return "，恢复公示" if stage.shown(on) else ""


def _days(begins: date | None, until: date | None) -> str:
    """Say on which days, the last included."""
    last = last_day(until=until)
    return "" if begins is None else f"自 {begins} 起至 {last or '解除之日'}"
