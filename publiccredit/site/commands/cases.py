"""Commands that work on cases: case list, show, open, take, paper, decide, approve, navigate, sweep."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from publiccredit.ledger.types import CHINA
from publiccredit.site.commands.running import django_ready, now, today
from publiccredit.site.commands.speaking import (
    Command,
    Day,
    ExistingFile,
    Group,
    NewFile,
    Refused,
    answer,
    say,
    writing_new,
)

if TYPE_CHECKING:
    from publiccredit.accounts.types import Actor
    from publiccredit.casework.queries import Case

_by = click.option("--by", "account", metavar="账号", required=True, help="办理人的账号。")
_case = click.argument("number", metavar="案件编号")


@click.group("case", cls=Group)
def case() -> None:
    """办理案件：异议、信用修复、撤销变更、更正、投诉、复查。"""


@case.command("list", cls=Command)
@click.option("--department", metavar="部门代码", help="只列该部门的案件。")
@click.option("--overdue", is_flag=True, help="只列逾期的。")
def list_cases(department: str | None, overdue: bool) -> None:
    """列出未办结的案件，期限最近的在前。"""
    with ready():
        from publiccredit.casework import queries

        chosen = queries.overdue_cases(on=today()) if overdue else queries.open_cases()
        if department:
            chosen = chosen.filter(department_code=department)
        rows = [_in_short(found) for found in chosen]
    answer(rows)
    for row in rows:
        say(f"{row['number']}  {row['title']}  {row['state_title']}  {row['due']}  {row['subject']}")
    say(f"共 {len(rows)} 件。")


@case.command("show", cls=Command)
@_case
def show(number: str) -> None:
    """显示一个案件：期限、材料、决定和办理过程。"""
    with ready():
        found = _found(number)
        data = _in_full(found)
    answer(data)
    say(f"{data['number']}  {data['title']}  {data['state_title']}  {data['due']}".rstrip())
    for event in data["timeline"]:
        say(f"  {event['at'].astimezone(CHINA):%Y-%m-%d %H:%M}  {event['sentence']}")


@case.command("open", cls=Command)
@click.argument("procedure", metavar="事项")
@click.option("--record", "records", metavar="编号", type=int, multiple=True, help="所涉记录的编号，可重复。")
@click.option("--ground", metavar="理由", required=True, help="理由类别，见 packs/procedures。")
@click.option("--request", metavar="文字", required=True, help="请求和理由。")
@click.option("--name", metavar="申请人", required=True, help="申请人名称。")
@click.option("--party", metavar="申请方", default="subject", help="subject、reader、source 或 office，默认 subject。")
@click.option(
    "--channel", metavar="渠道", default="counter", help="online、counter、phone、post 或 proxy，默认 counter。"
)
@click.option("--key", metavar="幂等键", help="同一键只开一个案件。")
@_by
def open_(**given: Any) -> None:
    """收件并开立案件。事项如 objection、credit_repair。"""
    with ready(), refusals():
        from publiccredit.casework import operations
        from publiccredit.casework.types import Applicant, Asked, Channel
        from publiccredit.catalogue.types import Party, ProcedureName

        opened = operations.open_case(
            by=acting_account(given["account"]),
            procedure=word_of(ProcedureName, given["procedure"], "事项"),
            applicant=Applicant(party=word_of(Party, given["party"], "申请方"), name=given["name"]),
            asked=Asked(ground=given["ground"], request=given["request"], record_ids=tuple(given["records"])),
            channel=word_of(Channel, given["channel"], "渠道"),
            at=now(),
            idempotency_key=given["key"],
        )
        data = _in_short(opened)
    answer(data)
    say(f"已收件，编号 {data['number']}，{data['due']}。")


@case.command("take", cls=Command)
@_case
@_by
def take(number: str, account: str) -> None:
    """受理一个案件，由办理人承办。"""
    with ready(), refusals():
        from publiccredit.casework import operations

        operations.take_case(by=acting_account(account), case_id=_found(number).pk, at=now())
        _report(number, "已受理。")


@case.command("paper", cls=Command)
@_case
@click.argument("kind", metavar="材料")
@click.argument("file", metavar="文件", type=ExistingFile())
@_by
def paper(number: str, kind: str, file: Path, account: str) -> None:
    """提交一份材料。材料如 commitment、proof_of_performance。"""
    with ready(), refusals():
        from publiccredit.casework import operations
        from publiccredit.casework.types import PaperIn

        handed = PaperIn(kind=kind, file_name=file.name, content=file.read_bytes())
        operations.hand_in_paper(by=acting_account(account), case_id=_found(number).pk, paper=handed, at=now())
        _report(number, "已提交。")


@case.command("decide", cls=Command)
@_case
@click.argument("outcome", metavar="结果")
@click.option("--reasons", metavar="文字", required=True, help="本案的事实和理由，不能是模板原文。")
@click.option("--notice", metavar="文字", default="", help="公开说明，人人可见，不写自然人姓名和号码；撤回记录的必填。")
@click.option("--correct", "corrections", metavar="字段=内容", multiple=True, help="更正的字段，可重复。")
@click.option("--failing", metavar="条件", multiple=True, help="未满足的修复条件，可重复。")
@click.option("--order", "order_number", metavar="文书号", help="所依的法院或者复议机关文书。")
@click.option("--from", "begins", type=Day(), help="文书所定起日，默认今天。")
@click.option("--until", type=Day(), help="文书所定止日，该日不再停止公示。")
@_by
def decide(number: str, outcome: str, account: str, **given: Any) -> None:
    """作出决定；须两人办理的，等待负责人用 case approve 审核。"""
    with ready(), refusals():
        from publiccredit.casework import operations

        verdict = _verdict(outcome, given)
        operations.decide(by=acting_account(account), case_id=_found(number).pk, verdict=verdict, at=now())
        _report(number, "已提交决定。")


@case.command("approve", cls=Command)
@_case
@_by
@click.option("--code", metavar="口令", default="", help="审核人手机上现在显示的 6 位动态口令；绑定了的必填。")
def approve(number: str, account: str, code: str) -> None:
    """审核并使决定生效，由作出决定的单位的负责人办理，不能是拟办人。"""
    with ready(), refusals():
        from publiccredit.casework import operations

        by, at = acting_account(account), now()
        if code:
            by = proved(by, code, at)
        operations.approve(by=by, case_id=_found(number).pk, at=at)
        _report(number, "决定已生效。")


@case.command("take-back", cls=Command)
@_case
@click.option("--stated", metavar="文字", required=True, help="申请人如何表示撤回，例如来函的日期。")
@_by
def take_back(number: str, stated: str, account: str) -> None:
    """登记申请人在决定前撤回请求；案件终止，异议标注取消。"""
    with ready(), refusals():
        from publiccredit.casework import operations

        operations.take_back_request(by=acting_account(account), case_id=_found(number).pk, stated=stated, at=now())
        _report(number, "已撤回。")


@case.command("navigate", cls=Command)
@click.argument("record", metavar="记录编号", type=int)
@click.option("--on", type=Day(), help="按该日计算，默认今天。")
def navigate(record: int, on: date | None) -> None:
    """显示一条失信记录怎样修复：最早哪一天、哪些材料、由谁决定、之后如何。"""
    with ready():
        from publiccredit.casework import queries

        found = queries.navigator(record_id=record, on=on or today())
    if found is None:
        raise Refused(code="not_adverse", message=f"没有编号为 {record} 的失信记录。请核对编号。", where="记录编号")
    answer({**vars(found), "papers": [vars(p) for p in found.papers]})
    for mark in found.marks:
        say(f"{mark}。")
    if found.never_shown:
        say("依法不公示，不需要修复。")
        return
    opened = "（最短公示期已满，现在即可申请）" if found.eligible_today and found.earliest_on else ""
    last, first = found.last_day or "无", f"{found.earliest_on or '现在'}{opened}"
    say(f"最早可修复：{first}；最后公示日：{last}；由{found.decided_by}决定。")
    say(f"材料：{'、'.join(p.title for p in found.papers)}。修复后：{'、'.join(found.what_happens)}。")


@case.command("notice", cls=Command)
@click.argument("record", metavar="记录编号", type=int)
@click.option("--pdf", "file", metavar="告知书.pdf", type=NewFile(".pdf"), help="另存为 PDF 文件。")
@click.option("--on", type=Day(), help="按该日写，默认今天。")
def notice(record: int, file: Path | None, on: date | None) -> None:
    """写出随处罚决定送达的信用修复告知书（两书同达）；不需要修复的，写明原因。"""
    with ready():
        from publiccredit.casework import queries

        written = queries.repair_notice(record_id=record, on=on or today())
    if written is None:
        raise Refused(code="not_adverse", message=f"没有编号为 {record} 的失信记录。请核对编号。", where="记录编号")
    if file is not None:
        try:
            with writing_new(file) as opened:
                opened.write_bytes(queries.letters_as_pdf(letters=[written]))
        except FileExistsError as error:
            said = f"{file} 已存在，没有改动。请换一个文件名，或先移走原文件。"
            raise Refused(code="exists", message=said, where=str(file)) from error
    answer(vars(written) | {"file": str(file) if file else ""})
    for line in (written.heading, written.title, written.number, written.addressee):
        say(line)
    for line in (*written.paragraphs, *written.signature):
        say(f"  {line}")


@case.command("sweep", cls=Command)
def sweep() -> None:
    """核对所有案件的期限：到点提醒，逾期按规则暂停公示。可重复执行。"""
    with ready():
        from publiccredit.casework import operations

        done = operations.escalate(at=now())
    answer(vars(done))
    say(f"核对 {done.looked_at} 件，提醒 {done.escalated} 件，暂停公示 {done.suspended} 条。")


# --- what the commands share ----------------------------------------------------------------------------------------


@contextmanager
def ready() -> Iterator[None]:
    django_ready()
    from publiccredit.site import database

    database.start()
    with database.acting_as_program():
        yield


@contextmanager
def refusals() -> Iterator[None]:
    from publiccredit.accounts.operations import NotAllowed
    from publiccredit.casework.operations import CaseRefused

    try:
        yield
    except (CaseRefused, NotAllowed) as refusal:
        raise Refused(code=refusal_code(type(refusal)), message=str(refusal)) from refusal


def refusal_code(kind: type[Exception]) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in kind.__name__).lstrip("_")


def word_of(kind: Any, word: str, where: str) -> Any:
    try:
        return kind(word)
    except ValueError:
        known = "、".join(k.value for k in kind)
        raise Refused(code="unknown_word", message=f"没有“{word}”。请改为下列之一：{known}。", where=where) from None


def acting_account(account: str) -> "Actor":
    from publiccredit.accounts import queries

    officer = queries.officers().filter(username=account, is_active=True).first()
    if officer is None:
        raise Refused(code="no_account", message=f"没有账号“{account}”，或者已经停用。请核对。", where="--by")
    return officer.actor


def proved(by: "Actor", code: str, at: datetime) -> "Actor":
    from publiccredit.accounts import operations, queries

    try:
        operations.prove_second_factor(officer_id=queries.officers().get(username=by.name).pk, code=code, at=at)
    except operations.WrongCode as error:
        raise Refused(code="wrong_code", message=str(error), where="--code") from error
    return replace(by, proved_at=at)


def _found(number: str) -> "Case":
    from publiccredit.casework import queries

    found = queries.case_by_number(number=number)
    if found is None:
        raise Refused(code="case_not_found", message=f"没有案件“{number}”。用 case list 查看编号。", where="案件编号")
    return found


def _verdict(outcome: str, given: dict[str, Any]) -> Any:
    from publiccredit.casework.types import Order, Verdict
    from publiccredit.catalogue.types import ConditionName

    pairs = [pair.partition("=") for pair in given["corrections"]]
    order = None
    if given["order_number"]:
        order = Order(number=given["order_number"], begins=given["begins"] or today(), until=given["until"])
    return Verdict(
        outcome=outcome,
        reasons=given["reasons"],
        public_notice=given["notice"],
        corrections={name: value for name, _, value in pairs},
        failing=tuple(word_of(ConditionName, word, "--failing") for word in given["failing"]),
        order=order,
    )


def _report(number: str, done: str) -> None:
    data = _in_short(_found(number))
    answer(data)
    say(f"{number} {done}现为“{data['state_title']}”。")


def _in_short(found: "Case") -> dict[str, Any]:
    from publiccredit.casework import queries

    return {
        "number": found.number,
        "procedure": found.procedure,
        "title": queries.procedure_of_case(case=found).title,
        "state": str(found.state),
        "state_title": found.get_state_display(),
        "department": found.department_code,
        "subject": found.subject.name if found.subject else "",
        "owner": found.owner,
        "opened_on": found.opened_on,
        "due_on": found.due_on,
        "papers_due_on": found.papers_due_on,
        "provisional": found.provisional,
        "due": queries.due_in_words(case=found),
    }


def _in_full(found: "Case") -> dict[str, Any]:
    from publiccredit.casework import queries

    conditions = queries.eligibility_of(case=found, on=today())
    return _in_short(found) | {
        "ground": found.ground,
        "request": found.request,
        "records": list(found.records.values_list("record_id", flat=True)),
        "papers": list(found.papers.values("kind", "file_name", "sha256")),
        "decisions": list(
            found.decisions.values("outcome", "state", "reasons", "proposed_by", "approved_by", "effective_at")
        ),
        "letters": list(found.letters.values("number", "kind", "text")),
        "conditions": [vars(c) for c in conditions.conditions] if conditions else [],
        "timeline": [vars(e) for e in queries.timeline(case=found)],
    }
