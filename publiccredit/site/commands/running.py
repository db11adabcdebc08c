"""Commands that bring the platform up and down: prepare, serve, worker, demo, stop."""

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publiccredit.ledger.types import china_day
from publiccredit.site.commands.speaking import Command, NumberBetween, Refused, answer, say

if TYPE_CHECKING:
    from publiccredit.site.demo.enterprise import DemoEnterprise


def now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


def today() -> date:
    """Give the calendar day in China."""
    return china_day(at=now())


def settings_named() -> None:
    """Say where the settings are, for what needs no more of Django yet."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "publiccredit.site.settings")


def django_ready() -> None:
    """Make Django and its tables usable in this process."""
    settings_named()
    import django

    django.setup()


def database_ready() -> None:
    """Have the database up and its tables current, and act in it as the program for the rest of this process."""
    django_ready()
    from publiccredit.accounts.operations import act_as
    from publiccredit.accounts.types import PROGRAM
    from publiccredit.site import database

    database.ensure_prepared()
    act_as(actor=PROGRAM)


@click.command("prepare", cls=Command)
def prepare() -> None:
    """准备数据库：核对规则包，启动、建表或升级、授权并核验。可重复执行。"""
    django_ready()
    from publiccredit.catalogue import queries as catalogue
    from publiccredit.site import database

    catalogue.packs()  # what does not hold together is said before anything is changed
    database.prepare()
    say("数据库已就绪。")
    answer({"ready": True})


_port = click.option("--port", type=NumberBetween(1, 65535), default=8000, help="端口，默认 8000。")
_host = click.option("--host", metavar="地址", default="127.0.0.1", help="监听地址，默认 127.0.0.1，只供本机访问。")
_workers = click.option("--workers", type=NumberBetween(1, 64), default=2, help="网站进程数，默认 2。")


@click.command("serve", cls=Command)
@_port
@_host
@_workers
def serve(port: int, host: str, workers: int) -> None:
    """运行网站和后台任务，直到按下 Ctrl-C 或执行 publiccredit stop。"""
    settings_named()
    from publiccredit.site import serving

    address = serving.Address(host=host, port=port)

    def announce() -> None:
        say(f"网站：{address.url}（Ctrl-C 停止）")
        answer({"url": address.url})

    serving.serve(address=address, workers=workers, announce=announce)


@click.command("web", cls=Command, hidden=True)
@_port
@_host
@_workers
@click.option("--parent", type=int, required=True, help="随该进程结束。")
@click.option("--gate", type=int, help="该管道关闭后才应答。")
def web(*, port: int, host: str, workers: int, parent: int, gate: int | None) -> None:
    """只运行网站进程（由 serve 启动）。"""
    from publiccredit.site import processes

    processes.end_with_parent(parent=parent)
    processes.run_web(host=host, port=port, workers=workers, gate=gate)


@click.command("worker", cls=Command)
@click.option("--only", metavar="队列", multiple=True, help="只办理该队列，可重复；默认办理全部。")
@click.option("--parent", type=int, help="随该进程结束。", hidden=True)
def worker(only: tuple[str, ...], parent: int | None) -> None:
    """只运行后台任务进程。网站另行运行时使用。"""
    from publiccredit.site import processes

    if parent is not None:
        processes.end_with_parent(parent=parent)
    _refuse_unknown_queues(only)
    database_ready()
    from publiccredit.catalogue import queries as catalogue

    catalogue.packs()
    processes.catch_up(queues=only)
    processes.run_worker(queues=only)


@click.command("demo", cls=Command)
@_port
def demo(port: int) -> None:
    """运行演示：一个虚构的县，经真实报送流程入库。数据保留在 .data，再次运行即刻启动。"""
    os.environ["PUBLICCREDIT_DEMO"] = "1"
    settings_named()
    from django.conf import settings

    from publiccredit.site import serving

    address = serving.Address(host="127.0.0.1", port=port)
    passwords: dict[str, str] = {}

    def before() -> None:
        from publiccredit.site.demo import accounts

        passwords.update(accounts.open_accounts(folder=settings.DATA_FOLDER, at=now()))

    def announce() -> None:
        from publiccredit.site.demo import accounts

        say(f"演示网站：{address.url}（Ctrl-C 停止；数据保留，make clean 清除）")
        say(f"登录：{address.url}log-in")
        width = max(len(account.username) for account in accounts.ACCOUNTS)
        for account in accounts.ACCOUNTS:
            say(f"  {account.username:<{width}}  {passwords[account.username]}  {account.title}")
        say(f"账号和密码保存在 {settings.DATA_FOLDER / accounts.FILE}（仅本人可读）。")
        say(f"报送用的练习文件：{settings.PACKS_FOLDER / accounts.PRACTICE}（用 liaison_market 登录）")
        say(f"两位管理员：administrator 有一件权限拟办等着审核，见 {address.url}accounts/proposals/")
        say(f"企业：{address.url}mine/（核验函的代码在演示数据报送完后显示在下面）")
        answer({"url": address.url, "accounts": passwords})

    serving.serve(address=address, workers=2, announce=announce, before=before, beside=["fill"])


def _refuse_unknown_queues(only: tuple[str, ...]) -> None:
    """A worker of a queue that does not exist would wait for ever and do nothing."""
    django_ready()
    from procrastinate.contrib.django import app

    known = sorted({task.queue for task in app.tasks.values() if task.queue != "builtin"})
    if unknown := [name for name in only if name not in known]:
        message = f"没有队列“{unknown[0]}”。现有：{'、'.join(known)}。"
        raise Refused(code="unknown_queue", message=message, where="--only")


@click.command("fill", cls=Command, hidden=True)
@click.option("--parent", type=int, required=True, help="随该进程结束。")
def fill(parent: int) -> None:
    """报送虚构县的数据（由 demo 启动）。"""
    from publiccredit.site import processes

    processes.end_with_parent(parent=parent)
    django_ready()
    from django.conf import settings

    from publiccredit.site.demo import cases, enterprise, filing
    from publiccredit.site.demo.progress import Progress

    until = filing.last_day(folder=settings.DATA_FOLDER, today=today())
    begun = now()

    def report(state: Progress) -> None:
        if state.complete:
            say(f"演示数据已全部报送（{state.of} 项，用时 {(now() - begun).seconds} 秒）。")
        elif state.filed % 50 == 1:
            say(f"演示数据正在报送：第 {state.filed} 项，共 {state.of} 项……")

    filing.fill(until=until, folder=settings.DATA_FOLDER, report=report)
    opened = cases.open_cases(until=until, now=now())
    if opened:
        say(f"演示案件已办理到各个步骤（{opened} 件）。")
    _announce(enterprise.open_enterprise(folder=settings.DATA_FOLDER, until=until, at=now()))


def _announce(entering: "DemoEnterprise | None") -> None:
    if entering is None:
        return
    say(f"以企业身份进入“我的信用”（/mine/）：{entering.name}")
    say(f"  统一社会信用代码  {entering.identifier}")
    say(f"  核验函上的验证码  {entering.code}（进入一次即失效，再次 make demo 换新）")
    say(f"  登记联系方式      {entering.contact}（验证码不发出，用 office_clerk 在 /proofs/ 查看）")


@click.command("stop", cls=Command)
@click.option("--remove-databases", is_flag=True, help="并删除内置数据库（make clean 使用）。")
def stop(*, remove_databases: bool) -> None:
    """停止本目录的网站、后台任务和内置数据库。数据保留。"""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "publiccredit.site.settings")
    from publiccredit.site import serving

    stopped = serving.stop()
    if remove_databases:
        serving.remove_databases()
    if stopped:
        say(f"已停止：{'、'.join(stopped)}。")
    else:
        say("没有正在运行的网站或内置数据库。")
    say(_what_remains(removed=remove_databases))
    answer({"stopped": stopped})


def _what_remains(*, removed: bool) -> str:
    from django.conf import settings

    if removed:
        return f"内置数据库已删除：{settings.DATA_FOLDER}。"
    if not settings.DATABASE_IS_EMBEDDED:
        return f"DATABASE_URL 所指的数据库照常运行；原始文件保留在 {settings.DATA_FOLDER}。"
    return f"数据保留在 {settings.DATA_FOLDER}，再次启动时沿用；make clean 清除。"


@click.command("backup", cls=Command)
@click.argument("folder", metavar="文件夹", type=click.Path(path_type=Path))
def backup(folder: Path) -> None:
    """备份数据库和原始文件到一个新文件夹。平台运行时也可备份。"""
    django_ready()
    from publiccredit.site import backup as keeping
    from publiccredit.site import database

    try:
        with database.running_meanwhile():
            manifest = keeping.back_up(folder=folder.resolve(), at=now())
    except keeping.UnableToBackUp as error:
        raise Refused(code="unable_to_back_up", message=str(error), where=str(folder)) from error
    say(f"已备份到 {folder}：原始文件 {manifest['originals']} 份。请复制到另一台机器保存。")
    answer(manifest)


@click.command("restore", cls=Command)
@click.argument("folder", metavar="文件夹", type=click.Path(path_type=Path))
def restore(folder: Path) -> None:
    """从备份恢复到空的数据库和空的数据目录，并核验留痕。"""
    django_ready()
    from publiccredit.site import backup as keeping
    from publiccredit.site import database

    try:
        with database.running_meanwhile():
            done = keeping.restore(folder=folder.resolve())
    except keeping.UnableToRestore as error:
        raise Refused(code="unable_to_restore", message=str(error), where=str(folder)) from error
    say(f"已恢复：留痕 {done['ledger_entries']} 条完整，原始文件 {done['originals']} 份。")
    answer(done)
