"""What became of a record's publication, in sentences: for whoever may see the record as it stands now."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise

from django.db.models import BooleanField, Case, Value, When

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import SEVERITY_TITLES, Audience, Severity
from publiccredit.catalogue.types.identity_numbers import without
from publiccredit.disclosure.types import Happened, VisibleRecord
from publiccredit.disclosure.visibility import once_visible
from publiccredit.disclosure.words import decider_name, withdrawal_reason
from publiccredit.ledger.types import china_day
from publiccredit.subjects import queries as subjects
from publiccredit.subjects.queries import Dispute, Record, RecordState, RecordVersion, last_day, shown_to_everybody

Row = Record | RecordVersion
TOLD = (RecordState.FILED, RecordState.WITHDRAWN)
OF_DISPUTES = {  # what a mark became, from any other
    Dispute.OPEN.value: "收到异议，标注“异议处理中”。",
    Dispute.UNDETERMINED.value: "异议无法核实，保留异议说明。",
    "": "异议处理结束，取消异议标注。",
}


@dataclass(frozen=True)
class _Stage:
    """A record as one act left it, and whether everybody was to see it on some day."""

    row: Row
    public: bool
    first: bool  # of all there ever were of the record: it reads as it arrived

    @property
    def since(self) -> date:
        return china_day(at=self.row.received_at if self.first else self.row.known_from)

    def shown(self, on: date) -> bool:
        return self.public and shown_to_everybody(self.row, on=on)


def histories(*, records: Sequence[VisibleRecord], on: date) -> dict[int, tuple[Happened, ...]]:
    """
    Give for each of some visible records what became of its publication, the earliest first.

    What is hidden now has no history to its reader: the records come from where it is decided what is visible. Its own
    subject sees it all the same, and so reads of its end too. Nor has a record a history from the time in which it was
    held, was thought to be another subject's, or was not to be published: then nobody was shown anything.
    """
    subject_of = {record.id: record.subject_id for record in records}
    found: dict[int, list[tuple[Row, bool]]] = defaultdict(list)
    once = Case(
        When(once_visible(audience=Audience.PUBLIC, packs=catalogue.packs()), then=Value(value=True)),
        default=Value(value=False),
        output_field=BooleanField(),
    )
    versions = subjects.record_versions().filter(record_id__in=subject_of).annotate(public=once)
    for former in versions.order_by("known_from", "pk"):
        found[former.record_id].append((former, former.public))
    for current in subjects.records().filter(pk__in=subject_of).annotate(public=once):
        found[current.pk].append((current, current.public))
    return {number: tuple(_history(_stages(rows, subject_of[number]), on)) for number, rows in found.items()}


def _stages(rows: Sequence[tuple[Row, bool]], subject_id: int | None) -> list[_Stage]:
    """A decision changes a record in several steps of one act: only how the act left it was ever to be seen."""
    left = [list(of_one_act)[-1] for _, of_one_act in groupby(rows, key=lambda pair: pair[0].entry_id)]
    stages = [_Stage(row, public, first=number == 0) for number, (row, public) in enumerate(left)]
    return [stage for stage in stages if stage.row.state in TOLD and stage.row.subject_id == subject_id]


def _history(stages: Sequence[_Stage], on: date) -> Iterator[Happened]:
    published = next((number for number, stage in enumerate(stages) if stage.public), None)
    if published is None:
        return
    told = stages[published:]
    first = max(told[0].since, told[0].row.disclosed_from or told[0].since)
    if first > on:
        return
    found = [Happened(first, "首次公示。")]
    for before, after in pairwise(told):
        found += [Happened(after.since, sentence) for sentence in _changes(before, after)]
    found += _ended_by_themselves(told, on)
    yield from sorted(found, key=lambda happened: happened.on)


def _changes(before: _Stage, after: _Stage) -> Iterator[str]:
    was, row = before.row, after.row
    if row.state == RecordState.WITHDRAWN:
        if was.state != RecordState.WITHDRAWN:
            why = withdrawal_reason(withdrawn_as=row.withdrawn_as, notice=row.withdrawal_notice)
            yield f"撤回，不再公示、共享和使用：{why}。"
        return
    if was.display_ended_at is None and row.display_ended_at is not None:
        yield "准予信用修复，停止公示。"
    if was.display_ended_at is not None and row.display_ended_at is None:
        why = without(row.repair_undone_notice).rstrip("。")
        back = "，恢复公示至原定期满" if after.shown(after.since) else ""
        yield f"信用修复被撤销{back}{f'：{why}' if why else ''}。"
    yield from _rewritten(before, after)
    if was.dispute != row.dispute:
        yield OF_DISPUTES[row.dispute]
    yield from _set_aside(before, after)


def _rewritten(before: _Stage, after: _Stage) -> Iterator[str]:
    was, row = before.row, after.row
    if was.case_corrections != row.case_corrections:
        # Where its department corrects a severity, the decision corrects nothing else.
        if row.severity_corrected_at in (None, was.severity_corrected_at):
            yield "经办结的案件更正内容。"
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


def _set_aside(before: _Stage, after: _Stage) -> Iterator[str]:
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


def _ended_by_themselves(told: Sequence[_Stage], on: date) -> Iterator[Happened]:
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


def _back(stage: _Stage, on: date) -> str:
    """Say that a record is shown again, unless something else keeps it away."""
    return "，恢复公示" if stage.shown(on) else ""


def _days(begins: date | None, until: date | None) -> str:
    """Say on which days, the last included."""
    last = last_day(until=until)
    return "" if begins is None else f"自 {begins} 起至 {last or '解除之日'}"
