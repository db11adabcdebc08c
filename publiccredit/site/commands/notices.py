"""Commands on notices to recipients: notices list, deliver, escalated."""

from typing import Any

import click

from publiccredit.site.commands.running import django_ready
from publiccredit.site.commands.speaking import Command, Group, answer, say

AT_MOST = 500


@click.group("notices", cls=Group)
def notices() -> None:
    """变更通知：查看、送达、转人工办理。"""


@notices.command("list", cls=Command)
@click.option("--after", metavar="编号", type=int, default=0, help="上一页最后一条的编号，从其后续读。")
@click.option("--limit", metavar="条数", type=click.IntRange(1, AT_MOST), default=100, help="每页条数。")
def list_notices(after: int, limit: int) -> None:
    """按产生先后列出变更通知及其进展。"""
    _ready()
    from publiccredit.recipients import queries

    found = queries.notices().filter(pk__gt=after).order_by("pk")[:limit]
    rows = [_in_short(notice) for notice in found]
    answer(rows)
    _say_rows(rows)


@notices.command("escalated", cls=Command)
def escalated() -> None:
    """列出转人工办理的变更通知。"""
    _ready()
    from publiccredit.recipients import queries

    rows = [_in_short(notice) for notice in queries.escalated()[:AT_MOST]]
    answer(rows)
    _say_rows(rows)


@notices.command("deliver", cls=Command)
def deliver() -> None:
    """送达到期的变更通知，并把逾期未确认的转人工。可重复执行，不会重复告知。"""
    _ready()
    from django.utils import timezone

    from publiccredit.recipients import operations

    done = operations.deliver_due(now=timezone.now)
    answer(vars(done))
    say(f"送达 {done.sent} 条，确认 {done.confirmed} 条，失败 {done.failed} 条，转人工 {done.escalated} 条。")


def _ready() -> None:
    django_ready()
    from publiccredit.site import database

    database.start()


def _say_rows(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        say(f"{row['id']}  {row['kind_title']}  记录 {row['record_id']}  {row['recipient']}  {row['state_title']}")
    say(f"共 {len(rows)} 条。")


def _in_short(notice: Any) -> dict[str, Any]:
    return {
        "id": notice.pk,
        "delivery_id": str(notice.delivery_id),
        "recipient": notice.recipient.name,
        "record_id": notice.record_id,
        "case_number": notice.case_number,
        "kind": notice.kind,
        "kind_title": notice.get_kind_display(),
        "state": notice.state,
        "state_title": notice.get_state_display(),
        "attempts": notice.attempts,
        "created_at": notice.created_at,
        "due_at": notice.due_at,
        "confirmed_at": notice.confirmed_at,
        "escalated_because": notice.escalated_because,
    }
