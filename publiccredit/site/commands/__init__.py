"""
The command line ``publiccredit``: a door beside the pages and the API, for scripts and for people at a terminal.

Exit codes: 0 done; 1 done, and there is something to look at (issues, nothing found, a ledger that does not hold);
2 refused, with what was found, what would be right and how to fix it; 3 the platform itself is not ready (database,
port); as shells count them, 130 interrupted and 141 done, but the answer was not read or written. Every command takes
``--json``; a refusal is then ``{code, message, where}``.

Modules are imported inside the commands that need them, so that checking a file does not wait for the web framework.
"""

import sys

import click

from publiccredit.site.commands import (
    accounts,
    asking,
    cases,
    declared,
    documents,
    files,
    grants,
    history,
    notices,
    running,
    severity,
)
from publiccredit.site.commands.speaking import (
    DONE,
    INTERRUPTED,
    UNAVAILABLE,
    Group,
    Refused,
    Unread,
    of_click,
    refuse,
    unread,
)


@click.group(cls=Group, invoke_without_command=True, context_settings={"help_option_names": ["--help", "-h"]})
@click.pass_context
def program(context: click.Context) -> None:
    """公共信用信息平台命令行。

    \b
    退出码：0 完成；1 完成但有须查看的结果（有疑问、未找到、留痕不符）；
    2 未办理，说明原因和办法；3 平台未就绪（数据库、端口）；
    130 被中断；141 已办完，但结果没有人读（如 | head）或者写不出去。
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


COMMANDS = (
    files.submit,
    files.check,
    declared.template,
    asking.search,
    asking.show,
    declared.catalogue,
    history.ledger,
    history.violations,
    cases.case,
    severity.severity,
    documents.document,
    notices.notices,
    accounts.account,
    grants.grant,
    running.prepare,
    running.serve,
    running.worker,
    running.demo,
    running.stop,
    running.backup,
    running.restore,
    files.resume,
)
for command in COMMANDS:
    program.add_command(command)
for hidden in (running.web, running.fill):
    program.add_command(hidden)


def main() -> None:
    """Run the command line and end the process with its exit code."""
    sys.exit(_run())


def _run() -> int:
    try:
        code = program.main(prog_name="publiccredit", standalone_mode=False)
    except Unread:
        return unread()
    except Refused as refusal:
        return refuse(refusal)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.Abort:
        return refuse(Refused(code="interrupted", message="已中断。", exit_code=INTERRUPTED))
    except click.ClickException as error:
        return refuse(of_click(error))
    except _not_ready() as error:
        return refuse(Refused(code="not_ready", message=_why(error), exit_code=UNAVAILABLE))
    return code if isinstance(code, int) else DONE


def _not_ready() -> tuple[type[Exception], ...]:
    """Give the errors of an installation that is not ready, as far as their modules are in use at all."""
    named = (
        ("publiccredit.site.database", "UnsafeDatabase"),
        ("publiccredit.site.embedded_postgres", "UnableToStartDatabase"),
        ("publiccredit.site.serving", "UnableToServe"),
        ("publiccredit.catalogue.queries", "UnableToLoadPack"),
        ("django.db.utils", "OperationalError"),
        ("django.core.exceptions", "ImproperlyConfigured"),
    )
    return tuple(getattr(sys.modules[module], name) for module, name in named if module in sys.modules)


def _why(error: Exception) -> str:
    """Give what the error says; the database's own words get a sentence on what to do."""
    if type(error).__name__ == "UnableToLoadPack":
        return f"规则包读不进来，平台不启动。请按下面逐处改正（文件在 PUBLICCREDIT_PACKS 所指的文件夹中）：\n{error}"
    if type(error).__name__ != "OperationalError":
        return str(error)
    remedy = "请核对 DATABASE_URL 中的主机、端口、角色、密码和库名，并确认数据库服务器已启动。"
    return f"数据库不可用。{remedy}\n{error}"
