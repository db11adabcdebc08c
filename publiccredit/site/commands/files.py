"""Commands for files: check without a database, submit, and take up what was interrupted."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from publiccredit.site.commands.running import database_ready, now, today
from publiccredit.site.commands.speaking import (
    DONE,
    FOUND,
    Command,
    Day,
    ExistingFile,
    NewFile,
    Refused,
    answer,
    say,
    writing,
)

if TYPE_CHECKING:
    from publiccredit.accounts.types import Actor
    from publiccredit.intake.offline import OfflineCheck
    from publiccredit.intake.queries import Submission

SHOWN = 50  # issues on the screen; all of them are in the JSON and in the annotated workbook

_file = click.argument("file", metavar="文件", type=ExistingFile())
_source = click.option("--source", metavar="来源", help="数据来源（行业/名称，见 packs/industries）；默认自动识别。")
_served_on = click.option("--served-on", type=Day(), help="声明整批决定不晚于该日送达。")
_overrides = click.option(
    "--override",
    "overrides",
    metavar="代码",
    multiple=True,
    help="确认放行的疑问代码，可重复；单行写作“代码:行号”。",
)


# --- check ----------------------------------------------------------------------------------------------------------


@click.command("check", cls=Command)
@_file
@click.option("--department", metavar="代码", help="报送部门的代码（见 packs/departments）；默认按文件内容判断。")
@_source
@_served_on
@_overrides
@click.option(
    "--annotate",
    "target",
    metavar="文件.xlsx",
    type=NewFile(".xlsx"),
    help="写出标注后的表格。",
)
def check(
    *,
    file: Path,
    department: str | None,
    source: str | None,
    served_on: date | None,
    overrides: tuple[str, ...],
    target: Path | None,
) -> int:
    """核验一个文件，不需要数据库，不留下任何内容。有疑问时退出码为 1，整体不能接收时为 2。"""
    from publiccredit.intake.offline import child_ahead

    _refuse_target(file, target)
    with child_ahead() as child:
        done = _checked(
            file,
            child=child,
            department=department,
            source=source,
            on=today(),
            served_on=served_on,
            overrides=overrides,
        )
    report = {**done.report, "department": done.department}
    if target is not None:
        with writing(target) as written:
            done.annotate(target=written)
        report["annotated"] = str(target)
    answer(report)
    _tell(report)
    if target is not None:
        say(f"标注后的表格：{target}")
    return FOUND if done.report["issues"] else DONE


def _checked(file: Path, **asked: Any) -> "OfflineCheck":
    """
    Check the file.

    :raises Refused: it cannot be taken as a whole, or what was asked is not there to be asked.
    """
    from publiccredit.catalogue.queries import NotInPacks
    from publiccredit.intake.offline import check_offline
    from publiccredit.intake.types import UnableToRead, UnableToSubmit

    try:
        return check_offline(file=file, **asked)
    except UnableToRead as refusal:
        raise Refused(code=refusal.code, message=refusal.message, where=str(file)) from refusal
    except NotInPacks as error:
        raise Refused(code="not_in_packs", message=f"{error}。请用其中一个。", where="选项") from error
    except UnableToSubmit as error:
        raise Refused(code="not_confirmable", message=str(error), where="--override") from error


def _refuse_target(file: Path, target: Path | None) -> None:
    if target is not None and target.resolve() == file.resolve():
        raise Refused(code="same_file", message="标注后的表格不能写回原文件。请换一个文件名。", where=str(target))


# --- submit, resume -------------------------------------------------------------------------------------------------


@click.command("submit", cls=Command)
@_file
@click.option("--department", metavar="代码", required=True, help="报送部门的代码（见 packs/departments）。")
@_source
@_served_on
@_overrides
@click.option("--reason", metavar="理由", default="", help="确认放行的理由，有 --override 时必填。")
@click.option("--as", "account", metavar="账号", help="以该账号报送；默认以平台自身报送。")
@click.option("--key", metavar="幂等键", default="", help="同一幂等键的文件只报送一次。")
def submit(
    *,
    file: Path,
    department: str,
    source: str | None,
    served_on: date | None,
    overrides: tuple[str, ...],
    reason: str,
    account: str | None,
    key: str,
) -> int:
    """报送一个文件：核验、匹配、入库；报送即声明本部门持有所报决定的文书。有行被退回时退出码为 1，整体退回时为 2。"""
    _known_department(department)
    database_ready()
    from publiccredit.intake import operations, queries

    by = _actor(account)
    declared = {"source": source, "served_on": served_on, "overrides": overrides, "override_reason": reason}
    from publiccredit.accounts.operations import acting
    from publiccredit.ledger.types import typed_at_shell

    with typed_at_shell(), acting(actor=by):
        received = _received(by, file, department, idempotency_key=key, **declared)
        submission = operations.file_submission(submission_id=received.pk, at=now())
        report = queries.result(submission=submission)
    if submission.state == queries.SubmissionState.REFUSED:
        raise Refused(code="refused", message=f"{submission.refusal}（第 {submission.pk} 号报送）", where=str(file))
    answer(report)
    _tell(report)
    return FOUND if submission.returned else DONE


def _received(by: "Actor", file: Path, department: str, **declared: Any) -> "Submission":
    """
    Take the file in.

    :raises Refused: it is not taken as it was sent.
    """
    from publiccredit.intake import operations

    try:
        return operations.receive_submission(
            by=by,
            department_code=department,
            file=file,
            file_name=file.name,
            channel="command",
            at=now(),
            **declared,
        )
    except operations.UnableToSubmit as error:
        raise Refused(code=_code(error), message=str(error), where=str(file)) from error


@click.command("resume", cls=Command)
def resume() -> None:
    """继续办理被中断的报送。平常由后台任务自动进行。"""
    database_ready()
    from publiccredit.intake import operations

    finished = operations.resume_submissions(now=now)
    say(f"已办结 {len(finished)} 份被中断的报送。" if finished else "没有被中断的报送。")
    answer({"finished": finished})


def _known_department(code: str) -> str:
    """
    Give the code back, if a department bears it.

    :raises Refused: none does.
    """
    from publiccredit.catalogue import queries as catalogue

    try:
        return catalogue.department(code=code).code
    except catalogue.NotInPacks as error:
        message = f"{error}。请用其中一个代码。"
        raise Refused(code="unknown_department", message=message, where="--department") from error


def _actor(account: str | None) -> "Actor":
    """
    Give the actor of an account, or the program itself.

    :raises Refused: there is no such account, or it is closed.
    """
    from publiccredit.accounts import queries
    from publiccredit.accounts.types import PROGRAM

    if account is None:
        return PROGRAM
    officer = next((o for o in queries.officers() if o.username == account and o.is_active), None)
    if officer is None:
        raise Refused(
            code="unknown_account", message=f"没有启用的账号“{account}”。请核对账号名，或请管理员开户。", where="--as"
        )
    return officer.actor


def _code(error: Exception) -> str:
    """Give the name of a refusal as a code: ``NotYourDepartment`` → ``not_your_department``."""
    name = type(error).__name__
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


# --- what is said ---------------------------------------------------------------------------------------------------


def _tell(report: Mapping[str, Any]) -> None:
    recognised = report.get("recognised") or {}
    if recognised:
        sheets = "、".join(f"“{s['sheet']}”第 {s['header_row']} 行为表头" for s in recognised["sheets"] if s["sheet"])
        say(f"识别为：{recognised['record_type_title']}（{recognised['form_title']}）{'；' if sheets else ''}{sheets}")
        if recognised["has_unread_cells"]:
            say("有的列没有表头，或者表头上方另有内容，都没有读入；其中有要报送的，请补上表头。")
        for skipped in recognised["skipped"]:
            if skipped.get("rows"):  # what was received before rows were counted has none
                say(f"没有读入：工作表“{skipped['sheet']}”（{skipped['reason']}），有内容的 {skipped['rows']} 行。")
    say(
        f"共 {report['rows']} 行：接受 {report['accepted']}，退回 {report['returned']}，"
        f"已在库或重复 {report['duplicates']}。"
    )
    issues = report["issues"]
    for issue in issues[:SHOWN]:
        say(f"  {issue['message']}")
    if len(issues) > SHOWN:
        say(f"  ……其余 {len(issues) - SHOWN} 处见 --json 或标注后的表格。")
