"""Commands that work on cases: case list, show, open, decide, guide, navigate, sweep; the steps are in case_steps."""

import json
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from publiccredit.ledger.types import CHINA
from publiccredit.site.commands import running
from publiccredit.site.commands.acting import (
    acting_account,
    known_case,
    note_look_at_record,
    reader_of_cases,
    ready,
    refusals,
    seen_case,
    word_of,
)
from publiccredit.site.commands.case_steps import GroupWithSteps
from publiccredit.site.commands.case_words import (
    in_full,
    line_of,
    report,
    rows_in_short,
    tell,
    tell_that_it_is_there,
    that_it_is_there,
)
from publiccredit.site.commands.filling import filled
from publiccredit.site.commands.speaking import (
    DONE,
    FOUND,
    Command,
    Day,
    ExistingFile,
    NewFile,
    NumberBetween,
    Refused,
    answer,
    say,
    writing_new,
)

if TYPE_CHECKING:
    from publiccredit.accounts.types import Actor
    from publiccredit.casework.types import Order, PaperIn, Verdict
    from publiccredit.casework.working import OpeningForm
    from publiccredit.catalogue.types import Procedure

_by = click.option("--by", "account", metavar="账号", required=True, help="办理人的账号。")
_reader = click.option("--by", "account", metavar="账号", required=True, help="查看人的账号。")
_case = click.argument("number", metavar="案件编号")


@click.group("case", cls=GroupWithSteps)
def case() -> None:
    """办理案件：异议、信用修复、撤销变更、更正、投诉、复查。"""


@case.command("list", cls=Command)
@click.option("--queue", "name", metavar="队列", help="ours、mine、new、overdue、delivery 等，默认 open（全部在办）。")
@click.option("--procedure", metavar="事项", help="只列该事项的，如 objection。")
@click.option("--department", metavar="部门代码", help="只列该部门的。")
@click.option("--overdue", is_flag=True, help="只列逾期的，与 --queue overdue 相同。")
@click.option("--limit", type=NumberBetween(1, 1000), default=100, help="最多列几件，默认 100。")
@_reader
def list_cases(name: str | None, overdue: bool, account: str, limit: int, **only: str | None) -> None:
    """列出该账号看得到的案件，期限最近的在前，并写明该账号现在可以办哪几步。"""
    with ready():
        from publiccredit.accounts.operations import acting
        from publiccredit.casework import working

        queue = name or ("overdue" if overdue else "open")
        if queue not in working.QUEUE_TITLES:
            known = "、".join(f"{word}（{title}）" for word, title in working.QUEUE_TITLES.items())
            message = f"没有队列“{queue}”。请改为下列之一：{known}。"
            raise Refused(code="unknown_word", message=message, where="--queue")
        by = reader_of_cases(account)
        with acting(actor=by):
            chosen = working.queue(name=queue, actor=by, on=running.today())
            if only["department"]:
                chosen = chosen.filter(department_code=only["department"])
            if only["procedure"]:
                chosen = chosen.filter(procedure=only["procedure"])
            number = chosen.count()
            found = list(chosen.prefetch_related("records__record")[:limit])
            rows = rows_in_short(found, by=by, on=running.today())
    answer(rows)
    for row in rows:
        say(line_of(row))
    say(f"共 {number} 件。" if number == len(rows) else f"共 {number} 件，列出前 {len(rows)} 件。")


@case.command("show", cls=Command)
@_case
@_reader
def show(number: str, account: str) -> None:
    """显示一个案件：期限、请求、记录、材料、决定、经过，和该账号现在可以办的步骤。查看记入主体的查阅记录。"""
    with ready():
        from publiccredit.accounts.operations import acting
        from publiccredit.casework import working

        by = reader_of_cases(account)
        found, today = known_case(number, by), running.today()
        closed = working.related(case=found, actor=by)
        if not closed:
            found = seen_case(number, by, running.now())
        with acting(actor=by):
            data = (that_it_is_there if closed else in_full)(found, by=by, on=today)
    answer(data)
    (tell_that_it_is_there if closed else tell)(data)


@case.command("open", cls=Command)
@click.argument("procedure", metavar="事项")
@click.option("--record", "records", metavar="编号", type=int, multiple=True, help="所涉记录的编号，可重复。")
@click.option("--field", metavar="字段", help="针对哪个字段；不写即针对整条记录。")
@click.option("--ground", metavar="理由", help="理由类别；不写时列出可以选的。")
@click.option("--request", metavar="文字", help="请求和理由，照申请人的原话。")
@click.option("--party", metavar="申请方", default="subject", help="subject、reader、source 或 office，默认 subject。")
@click.option("--name", metavar="申请人", help="申请人名称，默认为记录的主体。")
@click.option("--contact", metavar="文字", help="联系方式，用于送达，不公开。")
@click.option("--channel", metavar="渠道", help="counter、phone、post、proxy 或 own_finding，默认 counter。")
@click.option("--received-on", "received_on", metavar="日期", help="收到的日期，期限从次日起算，默认今天。")
@click.option("--handler-name", "handler_name", metavar="姓名", help="受委托的经办人，委托他人办理的必填。")
@click.option("--authorisation", type=ExistingFile(), help="授权委托书，委托他人办理的必交。")
@click.option("--paper", "papers", metavar="材料=文件", multiple=True, help="一并收取的材料，可重复。")
@click.option("--department", metavar="部门代码", help="投诉哪个部门；针对记录的不写。")
@click.option("--subject-uscc", "subject_uscc", metavar="代码", help="投诉的企业的统一社会信用代码；针对记录的不写。")
@click.option("--key", metavar="幂等键", help="同一键只开一个案件；不写的，同一天写得完全一样的只开一个。")
@_by
def open_(procedure: str, records: tuple[int, ...], papers: tuple[str, ...], account: str, **given: Any) -> None:
    """收件并开立案件。事项如 objection、credit_repair、complaint。"""
    handed = [_pair(pair, "--paper", "材料=文件") for pair in papers]
    with ready(), refusals():
        from django.db import transaction

        from publiccredit.casework import operations, working

        by = acting_account(account)
        rules = _rules_to_open(procedure, by)
        form = _opening(rules, records, by, given)
        with transaction.atomic():
            at = running.now()
            opened = working.open_as_written(
                given=form.cleaned_data, by=by, rules=rules, record_ids=tuple(dict.fromkeys(records)), at=at
            )
            for kind, path in handed:
                operations.hand_in_paper(by=by, case_id=opened.pk, paper=_paper(kind, path), at=at)
        report(opened.number, f"已收件，{working.deadline_in_words(case=opened, on=running.today())}。", by=by)


@case.command("decide", cls=Command)
@_case
@click.argument("outcome", metavar="结果")
@click.option("--reasons", metavar="文字", required=True, help="本案的事实和理由，不能是模板原文。")
@click.option("--notice", metavar="文字", default="", help="公开说明，人人可见，不写自然人姓名和号码；撤回记录的必填。")
@click.option("--correct", "corrections", metavar="字段=内容", multiple=True, help="更正的字段，可重复。")
@click.option("--confirmed", metavar="文字", default="", help="更正的数值看似有误而确实如此的，写明文书的哪一处。")
@click.option("--failing", metavar="条件", multiple=True, help="未满足的修复条件，可重复。")
@click.option("--holds-from", "holds_from", type=Day(), help="条件预计何时满足。")
@click.option("--order", "order_number", metavar="文书号", help="所依的法院或者复议机关文书。")
@click.option("--from", "begins", type=Day(), help="文书所定起日，写了 --order 的必填。")
@click.option("--until", type=Day(), help="文书所定止日，该日不再停止公示。")
@_by
def decide(number: str, outcome: str, account: str, **given: Any) -> None:
    """作出决定；须两人办理的，等待负责人用 case approve 审核。可以作出的结果见 case show。"""
    with ready(), refusals():
        from publiccredit.casework import operations

        by = acting_account(account)
        found = seen_case(number, by, running.now())
        operations.decide(by=by, case_id=found.pk, verdict=_verdict(outcome, given), at=running.now())
        report(number, "已提交决定。", by=by)


@case.command("guide", cls=Command)
@click.argument("numbers", metavar="案件编号…", nargs=-1, required=True)
@click.option("--text", metavar="文字", required=True, help="下一步做什么、去哪里、找谁；每位申请人各得一份。")
@_by
def guide(numbers: tuple[str, ...], text: str, account: str) -> int:
    """信用办向一件或者几件案件的申请人发出同样的指引，逐件写入各自案件。有没有发出的，退出码为 1。"""
    with ready():
        from publiccredit.casework import working

        by = acting_account(account)
        if len(set(numbers)) > working.MOST:
            message = f"一次最多 {working.MOST} 件，实为 {len(set(numbers))} 件。请分几次发出。"
            raise Refused(code="too_many", message=message, where="案件编号")
        words = filled(working.GuidanceForm, {"text": text}).cleaned_data["text"]
        done = [_guided(number, by, words) for number in dict.fromkeys(numbers)]
    answer(done)
    for one in done:
        say(f"{one['number']} {'已发出指引，文书 ' + one['letter'] if one['letter'] else one['refused']}")
    return DONE if all(one["letter"] for one in done) else FOUND


@case.command("declare-relation", cls=Command)
@_case
@click.option("--relation", metavar="文字", required=True, help="是什么关系，如“配偶任该单位监事”。")
@_by
def declare_relation(number: str, relation: str, account: str) -> None:
    """申报与案件主体的利害关系：该主体的案件从此由其他人员办理，不能撤回。"""
    with ready(), refusals():
        from publiccredit.casework import operations, working

        by = acting_account(account)
        found = seen_case(number, by, running.now())
        words = filled(working.RelationForm, {"relation": relation}).cleaned_data["relation"]
        if found.subject_id is None:
            raise Refused(code="no_subject", message=f"案件 {number} 不涉及具体主体，无须申报。", where="案件编号")
        operations.declare_relation(by=by, subject_id=found.subject_id, relation=words, at=running.now())
        report(number, "已申报利害关系，该主体的案件由其他人员办理。", by=by)


@case.command("navigate", cls=Command)
@click.argument("record", metavar="记录编号", type=int)
@click.option("--on", type=Day(), help="按该日计算，默认今天。")
@_reader
def navigate(record: int, on: date | None, account: str) -> None:
    """显示一条失信记录怎样修复：最早哪一天、哪些材料、由谁决定、之后如何。"""
    with ready():
        from publiccredit.casework import queries, working

        row = working.record_at_desk(number=record, actor=(by := reader_of_cases(account)))
        found = queries.navigator(record_id=record, on=on or running.today()) if row else None
        if row is None or found is None:
            raise _not_adverse(record)
        note_look_at_record(row, by, "怎样修复", running.now())
    answer({**vars(found), "papers": [vars(p) for p in found.papers]})
    for mark in found.marks:
        say(f"{mark}。")
    if found.over:
        say(found.over)
        for effect in found.effects:
            say(f"{effect.title}：{effect.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}")
        return
    opened = "（最短公示期已满，现在即可申请）" if found.eligible_today and found.earliest_on else ""
    last, first = found.last_day or "无", f"{found.earliest_on or '现在'}{opened}"
    say(f"最早可修复：{first}；最后公示日：{last}；由{found.decided_by}决定。")
    say(f"材料：{'、'.join(f'{p.title}（{p.name}）' for p in found.papers)}。修复后：{'、'.join(found.what_happens)}。")


@case.command("notice", cls=Command)
@click.argument("record", metavar="记录编号", type=int)
@click.option("--pdf", "file", metavar="告知书.pdf", type=NewFile(".pdf"), help="另存为 PDF 文件。")
@click.option("--on", type=Day(), help="按该日填写，默认今天。")
@_reader
def notice(record: int, file: Path | None, on: date | None, account: str) -> None:
    """写出随处罚决定送达的信用修复告知书（两书同达）；不需要修复的，写明原因。"""
    with ready():
        from publiccredit.casework import queries, working

        row = working.record_at_desk(number=record, actor=(by := reader_of_cases(account)))
        written = queries.repair_notice(record_id=record, on=on or running.today()) if row else None
        if row is None or written is None:
            raise _not_adverse(record)
        note_look_at_record(row, by, "的修复告知书", running.now())
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

        done = operations.escalate(at=running.now())
    answer(vars(done))
    say(f"核对 {done.looked_at} 件，提醒 {done.escalated} 件，暂停公示 {done.suspended} 条。")


# --- what is typed, as the operations take it -----------------------------------------------------------------------


def _not_adverse(record: int) -> Refused:
    message = f"没有编号为 {record} 的失信记录，或者不是本单位认定的。请核对编号。"
    return Refused(code="not_adverse", message=message, where="记录编号")


def _rules_to_open(procedure: str, by: "Actor") -> "Procedure":
    from publiccredit.casework import working
    from publiccredit.catalogue.types import ProcedureName

    name = word_of(ProcedureName, procedure, "事项")
    rules = working.rules_to_open(name=name.value, actor=by, on=running.today())
    if rules is None:
        message = f"账号“{by.name}”的岗位不能开立“{procedure}”。请用信用办或者认定单位的账号。"
        raise Refused(code="not_allowed", message=message, where="--by")
    return rules


def _opening(rules: "Procedure", records: tuple[int, ...], by: "Actor", given: dict[str, Any]) -> "OpeningForm":
    """Fill in the counter's form, for the first of the records; the operation verifies that the others go with it."""
    from publiccredit.casework import working

    found = [working.record_at_desk(number=number, actor=by) for number in records]
    if None in found:
        message = f"没有编号为 {records[found.index(None)]} 的记录，或者不是本单位认定的。请核对编号。"
        raise Refused(code="record_not_found", message=message, where="--record")
    first = found[0] if found else None

    def make(*sent: Any) -> "OpeningForm":
        return working.OpeningForm(*sent, rules=rules, actor=by, record=first)

    today = running.today().isoformat()
    # Typed twice on one day in the same words it is one request, as a form that is pressed twice.
    written = json.dumps([rules.name, records, given, today], ensure_ascii=False, sort_keys=True, default=str)
    key = f"shell:{sha256(written.encode()).hexdigest()}"
    usual = working.usually_written(record=first, rules=rules) | {"received_on": today, "key": key}
    return filled(make, given, usual=usual)


def _pair(text: str, option: str, form: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise Refused(code="unreadable_pair", message=f"“{text}”应写作 {form}。", where=option)
    return name, value


def _paper(kind: str, path: str) -> "PaperIn":
    from publiccredit.casework.types import PaperIn

    file = ExistingFile().convert(path, None, None)
    assert isinstance(file, Path)
    return PaperIn(kind=kind, file_name=file.name, content=file.read_bytes())


def _verdict(outcome: str, given: dict[str, Any]) -> "Verdict":
    from publiccredit.casework.types import Verdict
    from publiccredit.catalogue.types import ConditionName

    return Verdict(
        outcome=outcome,
        reasons=given["reasons"],
        public_notice=given["notice"],
        corrections=dict(_pair(pair, "--correct", "字段=内容") for pair in given["corrections"]),
        confirmed=given["confirmed"],
        failing=tuple(word_of(ConditionName, word, "--failing") for word in given["failing"]),
        holds_from=given["holds_from"],
        order=_order(given["order_number"], given["begins"], given["until"]),
    )


def _order(number: str | None, begins: date | None, until: date | None) -> "Order | None":
    from publiccredit.casework.types import Order

    if number and begins:
        return Order(number=number, begins=begins, until=until)
    if number or begins or until:
        missing = "--from" if number else "--order"
        raise Refused(code="missing", message="所依文书须同时写明 --order 文书号和 --from 起日。", where=missing)
    return None


def _guided(number: str, by: "Actor", words: str) -> dict[str, str]:
    from publiccredit.casework import operations

    try:
        with refusals():
            found = seen_case(number, by, running.now())
            letter = operations.guide_applicant(by=by, case_id=found.pk, text=words, at=running.now())
    except Refused as refusal:
        return {"number": number, "letter": "", "refused": refusal.message}
    return {"number": number, "letter": letter.number, "refused": ""}
