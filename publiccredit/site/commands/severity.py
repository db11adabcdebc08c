"""Commands on how severe a record is held to be: severity show, severity propose."""

from pathlib import Path
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
    """失信严重程度：查看一条记录的程度、规则和公示期，由作出决定的部门提出更正。"""


@severity.command("show", cls=Command)
@_record
@_by
def show(record: int, account: str) -> None:
    """显示一条记录的失信严重程度、所依规则，以及各档的公示期。"""
    with ready(), refusals():
        standing = _standing(record, acting_account(account))
    answer(_in_full(standing))
    _tell(standing)


@severity.command("propose", cls=Command)
@_record
@click.argument("wanted", metavar="程度")
@click.option("--reason", metavar="文字", required=True, help="理由，至少 10 个字，审核同意后与记录一同公开。")
@click.option(
    "--paper",
    metavar="文件",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="载明更正的决定文书或者审批表。只看公示期（--preview）时不需要。",
)
@click.option("--preview", is_flag=True, help="只显示更正后的公示期，不提出。")
@_by
def propose(record: int, wanted: str, reason: str, paper: Path | None, preview: bool, account: str) -> None:
    """
    提出更正一条记录的失信严重程度：slight（轻微）、general（一般）或 serious（严重）。

    提出以后由本单位另一位负责人审核：publiccredit case approve。审核同意以前记录不变。
    """
    with ready(), refusals():
        from publiccredit.casework import operations
        from publiccredit.casework.types import PaperIn
        from publiccredit.catalogue.types import Severity

        actor = acting_account(account)
        chosen = word_of(Severity, wanted, "程度")
        now_ = _standing(record, actor)
        term = next((t for t in (now_.now, *now_.others) if t.severity == chosen), None)
        told = {"record": record, "from": _term(now_.now), "to": _term(term) if term else None}
        if preview:
            answer({**told, "proposed": False})
            say(f"{now_.now.title} → {term.title}，{_until(term)}。没有提出。" if term else "这类记录没有这一档。")
            return
        handed = PaperIn(kind="", file_name=paper.name if paper else "", content=paper.read_bytes() if paper else b"")
        case = operations.propose_severity(
            by=actor, record_id=record, severity=chosen, reason=reason, paper=handed, at=now()
        )
    answer({**told, "proposed": True, "case": {"id": case.pk, "number": case.number, "state": case.state}})
    say(f"已提出更正为{term.title if term else wanted}，编号 {case.number}，由本单位另一位负责人审核：")
    say(f"  publiccredit case approve {case.pk} --by 负责人账号")


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
