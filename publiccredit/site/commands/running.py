"""Commands that bring the platform up and down: prepare, serve, worker, demo, stop."""

import os

import click

from publiccredit.site.commands.speaking import Command, NumberBetween, answer, say


def django_ready() -> None:
    """Make Django and its tables usable in this process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "publiccredit.site.settings")
    import django

    django.setup()


@click.command("prepare", cls=Command)
def prepare() -> None:
    """准备数据库:启动、建表或升级、授权并核验。可重复执行。"""
    django_ready()
    from publiccredit.site import database

    database.prepare()
    say("数据库已就绪。")
    answer({"ready": True})


_port = click.option("--port", type=NumberBetween(1, 65535), default=8000, help="端口,默认 8000。")
_host = click.option("--host", metavar="地址", default="127.0.0.1", help="监听地址,默认 127.0.0.1,只供本机访问。")
_workers = click.option("--workers", type=NumberBetween(1, 64), default=2, help="网站进程数,默认 2。")


@click.command("serve", cls=Command)
@_port
@_host
@_workers
def serve(port: int, host: str, workers: int) -> None:
    """运行网站和后台任务,直到按下 Ctrl-C 或执行 publiccredit stop。"""
    django_ready()
    from publiccredit.site import serving

    serving.serve(address=serving.Address(host=host, port=port), workers=workers, announce=say)


@click.command("web", cls=Command, hidden=True)
@_port
@_host
@_workers
@click.option("--parent", type=int, required=True, help="随该进程结束。")
def web(port: int, host: str, workers: int, parent: int) -> None:
    """只运行网站进程(由 serve 启动)。"""
    from publiccredit.site import processes

    processes.end_with_parent(parent=parent)
    processes.run_web(host=host, port=port, workers=workers)


@click.command("worker", cls=Command)
@click.option("--parent", type=int, help="随该进程结束。", hidden=True)
def worker(parent: int | None) -> None:
    """只运行后台任务进程。网站另行运行时使用。"""
    from publiccredit.site import processes

    if parent is not None:
        processes.end_with_parent(parent=parent)
    django_ready()
    processes.run_worker()


@click.command("demo", cls=Command)
@_port
def demo(port: int) -> None:
    """运行演示:一个虚构的县,经真实报送流程入库。数据保留在 .data,再次运行即刻启动。"""
    os.environ["PUBLICCREDIT_DEMO"] = "1"
    django_ready()
    from publiccredit.site import serving

    serving.serve(address=serving.Address(host="127.0.0.1", port=port), workers=2, announce=say)


@click.command("stop", cls=Command)
def stop() -> None:
    """停止本目录的网站、后台任务和内置数据库。数据保留。"""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "publiccredit.site.settings")
    from publiccredit.site import serving

    stopped = serving.stop()
    say("已停止:" + "、".join(stopped) + "。" if stopped else "没有正在运行的网站或内置数据库。")
    answer({"stopped": stopped})
