"""Commands that prove what was done and what stands: ledger verify, ledger export, violations."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publiccredit.site.commands.running import database_ready
from publiccredit.site.commands.speaking import (
    DONE,
    FOUND,
    Command,
    ExistingFile,
    Group,
    NewFile,
    Refused,
    answer,
    say,
    writing,
)

if TYPE_CHECKING:
    from publiccredit.ledger.types import Head


@click.group("ledger", cls=Group)
def ledger() -> None:
    """核验和导出留痕。"""


@ledger.command("verify", cls=Command)
@click.option(
    "--head",
    "kept_in",
    metavar="文件",
    type=ExistingFile(),
    help="另处留存的链首（由 ledger export 导出），用来发现整段改写或截断。",
)
def verify(kept_in: Path | None) -> int:
    """重新计算整条哈希链；不符时退出码为 1，并指出位置。"""
    kept = _read_head(kept_in) if kept_in else None
    database_ready()
    from publiccredit.ledger import queries

    verdict = queries.verify(kept=kept)
    answer(
        {
            "holds": verdict.holds,
            "entries": verdict.entries,
            "head": vars(verdict.head) if verdict.head else None,
            "faults": [vars(fault) for fault in verdict.faults],
        }
    )
    if verdict.holds:
        compared = f"与所存链首（位置 {kept.position}）相符，" if kept else ""
        say(f"留痕完整：{compared}{verdict.entries} 条，链首 {verdict.head.hash if verdict.head else '（空）'}。")
        return DONE
    say(f"留痕不符，共 {verdict.entries} 条：")
    for fault in verdict.faults:
        say(f"  位置 {fault.position}：现为 {fault.found}，与{fault.expected} 不符。")
    return FOUND


@ledger.command("export", cls=Command)
@click.argument("out", metavar="文件.json", type=NewFile(".json"))
def export(out: Path) -> None:
    """导出链首（位置和哈希）。请存到平台之外；以后用 ledger verify --head 核对。"""
    database_ready()
    from publiccredit.ledger import queries

    head = queries.head()
    if head is None:
        raise Refused(code="ledger_empty", message="留痕还是空的，没有链首可导出。请在平台使用后再导出。")
    with writing(out) as written:
        written.write_text(json.dumps(vars(head)) + "\n")
    say(f"已导出链首（位置 {head.position}）到 {out}。请存到平台之外。")
    answer({"file": str(out), **vars(head)})


@click.command("violations", cls=Command)
def violations() -> int:
    """逐条核查正当程序规则：列出库中与规则不符的内容，应当一条也没有；有则退出码为 1。"""
    database_ready()
    from publiccredit.oversight import queries

    checked = queries.check_rules()
    answer({"total": checked.total, "rules": [asdict(rule) for rule in checked.rules]})
    for rule in checked.rules:
        say(f"DP-{rule.number} {rule.rule}：{f'不符 {rule.count} 处' if rule.count else '无不符'}")
        for found in rule.found:
            say(f"  {found.object_kind} {found.object_id}：{found.words}")
    say(f"共 {len(checked.rules)} 条规则，不符 {checked.total} 处。")
    return FOUND if checked.total else DONE


def _read_head(file: Path) -> "Head":
    from publiccredit.ledger.types import Head

    try:
        kept = json.loads(file.read_text())
        head = kept.get("head") or kept  # the page hands it out with the hour beside it
        return Head(position=int(head["position"]), hash=str(head["hash"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused(
            code="not_a_head",
            message=f"{file} 不是链首文件，应为 ledger export 导出的 JSON(position、hash)。",
            where=str(file),
        ) from error
