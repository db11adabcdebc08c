"""What became of a record's publication, in sentences: for whoever may see the record as it stands now."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from publiccredit.catalogue.types.identity_numbers import without
from publiccredit.disclosure.types import Happened, VisibleRecord
from publiccredit.ledger.types import china_day
from publiccredit.subjects import queries as subjects
from publiccredit.subjects.queries import Record, RecordState, RecordVersion, last_day

Row = Record | RecordVersion


def histories(*, records: Sequence[VisibleRecord], on: date) -> dict[int, tuple[Happened, ...]]:
    """
    Give for each of some visible records what became of its publication, the earliest first.

    What is hidden now has no history to its reader: the records come from where it is decided what is visible. Nor has
    it one from the time in which it was held, or was thought to be another subject's.
    """
    subject_of = {record.id: record.subject_id for record in records}
    rows: dict[int, list[Row]] = defaultdict(list)
    for former in subjects.record_versions().filter(record_id__in=subject_of).order_by("known_from", "pk"):
        rows[former.record_id].append(former)
    for current in subjects.records().filter(pk__in=subject_of):
        rows[current.pk].append(current)
    return {
        number: tuple(_history([row for row in found if _told(row, subject_of[number])], on))
        for number, found in rows.items()
    }


def _told(row: Row, subject_id: int | None) -> bool:
    return row.state == RecordState.FILED and row.subject_id == subject_id


def _history(rows: Sequence[Row], on: date) -> Iterator[Happened]:
    if not rows:
        return
    first = max(day for day in (china_day(at=rows[0].received_at), rows[0].disclosed_from) if day is not None)
    found = [Happened(first, "首次公示。")]
    for before, row in pairwise(rows):
        day = china_day(at=row.known_from)
        found += [Happened(day, sentence) for sentence in _changes(before, row)]
    for until, words in ((rows[-1].stayed_until, "停止执行期满"), (rows[-1].shielded_until, "暂时屏蔽期满")):
        if until is not None and until <= on:
            found.append(Happened(until, f"{words}，恢复公示。"))
    yield from sorted(found, key=lambda happened: happened.on)


def _changes(before: Row, row: Row) -> Iterator[str]:
    if before.display_ended_at is None and row.display_ended_at is not None:
        yield "准予信用修复，停止公示。"
    if before.display_ended_at is not None and row.display_ended_at is None:
        why = without(row.repair_undone_notice).rstrip("。")
        yield f"信用修复被撤销，恢复公示至原定期满{f'：{why}' if why else ''}。"
    if before.case_corrections != row.case_corrections:
        yield "经办结的案件更正内容。"
    elif before.content != row.content:
        yield "报送部门更正内容。"
    if before.severity_corrected_at != row.severity_corrected_at and row.severity_corrected_at is not None:
        yield "作出决定的部门更正失信严重程度。"
    yield from _set_aside(before, row)


def _set_aside(before: Row, row: Row) -> Iterator[str]:
    if before.suspended_at is None and row.suspended_at is not None:
        yield "异议逾期未作出决定，暂停公示。"
    if before.suspended_at is not None and row.suspended_at is None:
        yield "异议办理完毕，恢复公示。"
    if row.stayed_from != before.stayed_from or row.stayed_until != before.stayed_until:
        days = _days(row.stayed_from, row.stayed_until)
        yield f"决定停止执行，{days}，暂停公示。" if days else "停止执行解除，恢复公示。"
    if row.shielded_from != before.shielded_from or row.shielded_until != before.shielded_until:
        days = _days(row.shielded_from, row.shielded_until)
        yield f"依据法院裁定暂时屏蔽，{days}，不公示。" if days else "暂时屏蔽解除，恢复公示。"


def _days(begins: date | None, until: date | None) -> str:
    """Say on which days, the last included."""
    last = last_day(until=until)
    return "" if begins is None else f"自 {begins} 起至 {last or '解除之日'}"
