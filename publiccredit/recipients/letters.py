"""The letter that goes by post where no program answers: plain Chinese text, ready to print."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from publiccredit.catalogue import queries as catalogue
from publiccredit.ledger.types import china_day
from publiccredit.recipients.models import Notice
from publiccredit.subjects.queries import ContestedField, ContestedParts, Dispute, record_type_of, records


def letter_of(*, notice: Notice, on: date) -> str:
    """Write the letter of a notice: what changed, what is to be done, how to confirm."""
    said = json.loads(notice.body)
    case = f"（案件编号 {said['case_number']}）" if said["case_number"] else ""
    reason = f"原因：{said['reason']}\n" if said["reason"] else ""
    disputed = f"{_disputed(said)}。\n" if said.get("dispute") else ""
    given, changed = (datetime.fromisoformat(said[name]) for name in ("first_given_at", "changed_at"))
    return (
        f"信用信息变更告知书\n\n送达编号：{notice.delivery_id}\n\n{notice.recipient.name}：\n\n"
        f"你单位于{_day(given)}起从本平台取得编号为 {said['record_id']} 的记录（{_document(notice.record_id)}）。"
        f"{_day(changed)}，{said['authority']}作出处理：{said['title']}{case}。\n{reason}{disputed}{said['what_to_do']}\n\n"
        "请在收到之后以信函或者电话确认，并注明上述送达编号。\n\n"
        f"邮寄地址：{notice.recipient.address}\n\n{catalogue.credit_office().name}\n{on.year}年{on.month}月{on.day}日"
    )


def _disputed(said: Mapping[str, Any]) -> str:
    fields = tuple(ContestedField(**field) for field in said["contested_fields"])
    return ContestedParts(said["contested_whole"], fields).marked(str(Dispute(said["dispute"]).label))


def _document(record_id: int) -> str:
    record = records().get(pk=record_id)
    title = record_type_of(record).title
    return f"{title}，{record.document_number}" if record.document_number else title


def _day(at: datetime) -> str:
    day = china_day(at=at)
    return f"{day.year}年{day.month}月{day.day}日"
