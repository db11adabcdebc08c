"""
A change writes one signed notice for each holder of the record, in the transaction of the change itself.

Nothing here sends: what is committed is sent by the worker (delivering), what is rolled back was never told.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import connection
from django.db.models import Min

from publiccredit.ledger.types import china_day
from publiccredit.recipients import signing
from publiccredit.recipients.models import Handover, Notice, Recipient
from publiccredit.recipients.operations.disclosing import end_of_disclosing
from publiccredit.recipients.operations.waiting import ACKNOWLEDGE_WITHIN
from publiccredit.recipients.types import Cause, NoticeKind, NoticeState
from publiccredit.subjects.queries import Record, contested_of, has_no_day, records

WHAT_TO_DO = {
    NoticeKind.WITHDRAWN: "请立即停止使用并删除所存的该记录；已据此作出决定的，请依法重新审查。",
    NoticeKind.REPAIRED: "请立即停止公示、共享和使用该记录，解除据此采取的措施。",
    NoticeKind.ENDED: (
        "该记录经更正不再公示，以接口查询不到。请立即停止公示、共享和使用，删除所存的该记录；已据此作出决定的，请依法重新审查。"
    ),
    NoticeKind.REPAIR_UNDONE: "原修复已撤销，该记录恢复公示。请以接口重新查询后更新。",
    NoticeKind.SHIELDED: "该记录暂时屏蔽。屏蔽期间请停止使用。",
    NoticeKind.STAYED: "该决定已停止执行。停止执行期间请停止使用该记录。",
    NoticeKind.STAY_LIFTED: "停止执行已经解除。请以接口重新查询后更新。",
    NoticeKind.SUBJECT_OPEN: "该记录属于哪个主体正在重新判定。判定之前请停止对原主体使用，并撤除据此采取的措施。",
    NoticeKind.SUBJECT_DETERMINED: (
        "该记录属于哪个主体已重新判定。请以接口重新查询；不再属于原主体的，请从其名下删去，并纠正据此作出的决定。"
    ),
    NoticeKind.CORRECTED: "该记录的内容已经更正。请以接口重新查询，并更正或者删除所存的旧内容。",
    NoticeKind.DISPUTED: "该记录正在异议处理中。继续使用的，请一并标注异议。",
    NoticeKind.DISPUTE_NOTED: "该记录的异议无法核实。继续使用的，请一并标注。",
    NoticeKind.DISPUTE_ENDED: "该记录的异议已经处理完毕，异议标注取消。",
    NoticeKind.SUIT_FLAGGED: "该决定正在行政复议或者诉讼中。继续使用的，请一并标注。",
    NoticeKind.SUIT_ENDED: "行政复议或者诉讼已经结束，标注取消。",
}
# One record changed by the department itself reaches its holders like a correction of a case.
_CHANGED_BY_FILING = """
SELECT r.id FROM subjects_record r WHERE r.entry_id = %s
AND EXISTS (SELECT 1 FROM recipients_handover d
            WHERE d.record_id = r.id AND d.recipient_id IS NOT NULL AND d.known_from < r.known_from)
ORDER BY r.id
"""


def tell(*, kinds: Mapping[int, NoticeKind], cause: Cause) -> int:
    """
    Write a notice for every recipient that was given one of the records; give their number.

    To be called in the transaction of the change, after the records have been written. Called again for the same act
    it writes nothing more.
    """
    if not kinds:
        return 0
    end_of_disclosing()
    return _tell(kinds, cause)


def tell_of_filed(*, cause: Cause) -> int:
    """Write the notices for the records a submission has changed and somebody was given before; give their number."""
    end_of_disclosing()
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED_BY_FILING, [cause.entry_id])
        changed = [row[0] for row in cursor.fetchall()]
    return _tell(dict.fromkeys(changed, NoticeKind.CORRECTED), cause)


def _tell(kinds: Mapping[int, NoticeKind], cause: Cause) -> int:
    holders = (
        Handover.objects.filter(record_id__in=list(kinds), recipient__isnull=False)
        .values("record_id", "recipient_id")
        .annotate(first=Min("at"))
        .order_by("record_id", "recipient_id")
    )
    held = list(holders)
    known = Recipient.objects.in_bulk({row["recipient_id"] for row in held})
    standing = {record.pk: record for record in records().filter(pk__in={row["record_id"] for row in held})}
    disputes = _disputes(standing.values())
    notices = [
        _notice(
            row | disputes[row["record_id"]],
            known[row["recipient_id"]],
            _kind(kinds, standing[row["record_id"]], china_day(at=cause.at)),
            cause,
        )
        for row in held
    ]
    return _written_once(notices, cause.entry_id)


def _kind(kinds: Mapping[int, NoticeKind], record: Record, on: date) -> NoticeKind:
    """What a correction leaves no day of disclosure is not to be asked for again, but to be used no longer."""
    kind, until = kinds[record.pk], record.disclosed_until
    no_day_left = has_no_day(record=record) or (until is not None and until <= on)
    return NoticeKind.ENDED if kind is NoticeKind.CORRECTED and no_day_left else kind


def _disputes(rows: Iterable[Record]) -> dict[int, dict[str, Any]]:
    """Give what of the records is in dispute as they stand: whoever is told of one is told that too (DP-14)."""
    return {
        row.pk: {
            "dispute": row.dispute or None,
            "contested_whole": (contested := contested_of(row)).whole,
            "contested_fields": [{"name": f.name, "title": f.title} for f in contested.fields],
        }
        for row in rows
    }


def _written_once(notices: Collection[Notice], entry_id: int) -> int:
    before = set(Notice.objects.filter(entry_id=entry_id).values_list("record_id", "recipient_id"))
    new = [notice for notice in notices if (notice.record_id, notice.recipient_id) not in before]
    return len(Notice.objects.bulk_create(new, batch_size=500))


def _notice(row: Mapping[str, Any], recipient: Recipient, kind: NoticeKind, cause: Cause) -> Notice:
    delivery_id = _delivery_id(cause.entry_id, row["record_id"], recipient.pk)
    body = _body(delivery_id, row, kind, cause)
    key = signing.key_of(recipient_id=recipient.pk, key_number=recipient.key_number)
    signed = signing.signature(
        key=key, delivery_id=str(delivery_id), timestamp=int(cause.at.timestamp()), body=body.encode()
    )
    by_callback = bool(recipient.callback_url)
    return Notice(
        delivery_id=delivery_id,
        recipient=recipient,
        record_id=row["record_id"],
        kind=kind,
        case_number=cause.case_number,
        body=body,
        signature=signed,
        key_number=recipient.key_number,
        created_at=cause.at,
        entry_id=cause.entry_id,
        state=NoticeState.WAITING if by_callback else NoticeState.UNCONFIRMED,
        due_at=cause.at if by_callback else cause.at + ACKNOWLEDGE_WITHIN,
    )


def _delivery_id(entry_id: int, record_id: int, recipient_id: int) -> UUID:
    """Give the number of a delivery: the same for the same act, record and recipient, whoever computes it."""
    return uuid5(NAMESPACE_URL, f"notices/{entry_id}/{record_id}/{recipient_id}")


def _body(delivery_id: UUID, row: Mapping[str, Any], kind: NoticeKind, cause: Cause) -> str:
    """
    Write what is told: what happened to which record, which fields are contested, what to do.

    Never what stands in the record, and never who contests it.
    """
    body = {
        "delivery_id": str(delivery_id),
        "type": kind.value,
        "title": kind.label,
        "record_id": row["record_id"],
        "first_given_at": row["first"].isoformat(),
        "dispute": row["dispute"],
        "contested_whole": row["contested_whole"],
        "contested_fields": row["contested_fields"],
        "changed_at": cause.at.isoformat(),
        "authority": cause.authority,
        "case_number": cause.case_number,
        "reason": cause.reason,
        "what_to_do": WHAT_TO_DO[kind],
        "acknowledge": f"/api/v1/notices/{delivery_id}/acknowledge",
    }
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
