"""Commands on how severe a record is held to be: severity show, severity set."""

from typing import TYPE_CHECKING, Any

import click

from publiccredit.site.commands.acting import acting_account, note_look_at_record, ready, refusals, word_of
from publiccredit.site.commands.running import now, today
from publiccredit.site.commands.speaking import Command, Group, Refused, answer, say

if TYPE_CHECKING:
    from publiccredit.accounts.types import Actor
    from publiccredit.casework.queries import SeverityStanding, SeverityTerm

_by = click.option("--by", "account", metavar="账号", required=True, help="作出决定的部门的账号。")
_record = click.argument("record", metavar="记录编号", type=int)


@click.group("severity", cls=Group)
def severity() -> None:
    """失信严重程度：查看一条记录的程度、规则和公示期，由作出决定的部门更正。"""


@severity.command("show", cls=Command)
@_record
@_by
def show(record: int, account: str) -> None:
    """显示一条记录的失信严重程度、所依规则，以及各档的公示期。"""
    with ready(), refusals():
        standing = _standing(record, acting_account(account))
    answer(_in_full(standing))
    _tell(standing)


@severity.command("set", cls=Command)
@_record
@click.argument("wanted", metavar="程度")
@click.option("--reason", metavar="文字", required=True, help="理由，至少 10 个字，与记录一同公开。")
@click.option("--preview", is_flag=True, help="只显示更正后的公示期，不更正。")
@_by
def set_(record: int, wanted: str, reason: str, preview: bool, account: str) -> None:
    """更正一条记录的失信严重程度：slight（轻微）、general（一般）或 serious（严重）。"""
    with ready(), refusals():
        from publiccredit.casework import operations
        from publiccredit.catalogue.types import Severity

        actor = acting_account(account)
        chosen = word_of(Severity, wanted, "程度")
        before = _standing(record, actor)
        if not preview:
            operations.correct_severity(by=actor, record_id=record, severity=chosen, reason=reason, at=now())
        after = _standing(record, actor)
    if preview:
        term = next((t for t in (after.now, *after.others) if t.severity == chosen), None)
        answer({"record": record, "corrected": False, "from": _term(before.now), "to": _term(term) if term else None})
        say(f"{before.now.title} → {term.title}，{_until(term)}。没有更正。" if term else "这类记录没有这一档。")
        return
    answer({"corrected": True, "from": _term(before.now), **_in_full(after)})
    say(f"已更正：{before.now.title} → {after.now.title}，{_until(after.now)}。")


def _standing(record: int, actor: "Actor") -> "SeverityStanding":
    from publiccredit.casework import queries
    from publiccredit.subjects import queries as subjects

    found = queries.severity_standing(record_id=record, department_code=actor.department_code, on=today())
    if found is None:
        raise Refused(
            code="record_not_found",
            message=f"没有编号为 {record} 的记录，或者不是该账号所属部门报送的。请核对编号和账号。",
            where="记录编号",
        )
    note_look_at_record(subjects.records().get(pk=record), actor, "的失信严重程度", now())
    return found


def _in_full(standing: "SeverityStanding") -> dict[str, Any]:
    return {
        "record": standing.record_id,
        "document_number": standing.document_number,
        "subject": standing.subject_name,
        "marks": standing.marks,
        "now": _term(standing.now),
        "rule": standing.rule,
        "given_by": standing.given_by,
        "basis": standing.basis,
        "confidence": standing.confidence,
        "others": [_term(t) for t in standing.others],
        "obstacle": standing.obstacle,
    }


def _term(term: "SeverityTerm") -> dict[str, Any]:
    return {
        "severity": term.severity.value,
        "title": term.title,
        "published": term.published,
        "disclosed_from": term.disclosed_from,
        "repairable_from": term.repairable_from,
        "disclosed_until": term.disclosed_until,
    }


def _tell(standing: "SeverityStanding") -> None:
    say("  ".join((standing.document_number, standing.subject_name, *standing.marks)))
    say(f"现在：{standing.now.title}，{_until(standing.now)}。{standing.given_by}。{standing.basis}")
    for term in standing.others:
        say(f"  若为{term.title}：{_until(term)}")
    if standing.obstacle:
        say(standing.obstacle)


def _until(term: "SeverityTerm") -> str:
    if not term.published:
        return "不公示"
    return f"公示至 {term.last_day}" if term.disclosed_until else "没有期限"
