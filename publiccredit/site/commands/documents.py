"""Commands on the decision document of a record: document show, document take-off."""

from typing import TYPE_CHECKING, Any

import click

from publiccredit.site.commands.acting import acting_account, note_look_at_record, ready, refusals
from publiccredit.site.commands.running import now
from publiccredit.site.commands.speaking import Command, Group, Refused, answer, say

if TYPE_CHECKING:
    from publiccredit.accounts.types import Actor
    from publiccredit.subjects.queries import Record

_by = click.option("--by", "account", metavar="账号", required=True, help="报送这条记录的部门的账号。")
_record = click.argument("record", metavar="记录编号", type=int)


@click.group("document", cls=Group)
def document() -> None:
    """决定书：查看一条记录上的决定书，取下放错的。"""


@document.command("show", cls=Command)
@_record
@_by
def show(record: int, account: str) -> None:
    """显示一条记录上的决定书，以及取下过的。"""
    with ready(), refusals():
        told = _told(_own_record(record, acting_account(account)))
    answer(told)
    say(f"{told['document_number']}  {told['sha256'] or '没有决定书'}")
    for one in told["taken_off"]:
        say(f"  {one['at']:%Y-%m-%d %H:%M} 取下 {one['sha256'][:16]}…：{one['reason']}")


@document.command("take-off", cls=Command)
@_record
@click.option("--reason", metavar="文字", required=True, help="理由，至少 10 个字；留痕，不告知该主体。")
@_by
def take_off(record: int, reason: str, account: str) -> None:
    """从一条记录上取下放错的决定书：该主体立即打不开，以前的版本仍载明当时的摘要。"""
    with ready(), refusals():
        from publiccredit.intake import operations

        actor = acting_account(account)
        found = _own_record(record, actor)
        try:
            done = operations.take_off_document(by=actor, record_id=found.pk, reason=reason, at=now())
        except operations.UnableToTakeOff as refusal:
            raise Refused(code="unable_to_take_off", message=str(refusal), where="--reason") from refusal
    answer({"record": record, "sha256": done.sha256, "entry": done.entry_id, "at": done.taken_off_at})
    say(f"已从第 {record} 号记录取下决定书（摘要 {done.sha256[:16]}…），该主体从现在起打不开。")


def _own_record(record: int, actor: "Actor") -> "Record":
    from publiccredit.subjects import queries

    found = queries.records().filter(pk=record, department_code=actor.department_code).first()
    if found is None:
        raise Refused(
            code="record_not_found",
            message=f"没有编号为 {record} 的记录，或者不是该账号所属部门报送的。请核对编号和账号。",
            where="记录编号",
        )
    note_look_at_record(found, actor, "的决定书", now())
    return found


def _told(record: "Record") -> dict[str, Any]:
    from django.utils import timezone

    from publiccredit.intake import queries

    taken_off = queries.taken_off_documents(record_id=record.pk)
    return {
        "record": record.pk,
        "document_number": record.document_number,
        "sha256": record.document_sha256,
        "taken_off": [
            {"at": timezone.localtime(one.taken_off_at), "sha256": one.sha256, "reason": one.reason}
            for one in taken_off
        ],
    }
