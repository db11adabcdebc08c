"""How the command line speaks: Chinese help, answers as text or JSON, refusals that say how to go on."""

import json
import os
import re
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from publiccredit.ledger.types import CHINA

DONE = 0
FOUND = 1  # done, and there is something to look at: issues, nothing found, a chain that does not hold
REFUSED = 2  # not done: what was asked for cannot be done as asked
UNAVAILABLE = 3  # not done: the platform itself is not ready (database, port)
INTERRUPTED = 130  # told to end, as shells count it (128 + SIGINT)
UNREAD = 141  # done, but its answer was not read or could not be written, as shells count it (128 + SIGPIPE)

_SECTIONS = {"Options": "选项", "Commands": "命令"}


class Refused(Exception):
    """What was asked for was not done. The message says what was found, what would be right, how to fix it."""

    def __init__(self, *, code: str, message: str, where: str | None = None, exit_code: int = REFUSED) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.where = where
        self.exit_code = exit_code


class Unread(Exception):
    """Whoever read the answer has closed its end: ``| head -1``, ``| less`` left early."""


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _wrapped(text: str, width: int) -> list[str]:
    """Break a text between characters, as Chinese is broken; a mark hangs over the edge, no word is torn."""
    lines = [""]
    for piece in re.findall(r"[!-~]+|.", text):
        if lines[-1] and _columns(lines[-1] + piece) > width - 2 and piece not in "，。；：、）”":
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line.rstrip() for line in lines]


class _Formatter(click.HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or "用法：")

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':>{self.current_indent}}{heading}：\n")

    def write_text(self, text: str) -> None:
        margin = " " * self.current_indent
        for line in text.replace("\b\n", "").splitlines():
            parts = _wrapped(line, self.width - len(margin))
            self.write("".join(f"{margin}{part}".rstrip() + "\n" for part in parts))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        # click counts characters; a Chinese one is two columns wide.
        listed = list(rows)
        first = min(max(_columns(term) for term, _ in listed), col_max) + col_spacing
        for term, text in listed:
            margin = " " * (self.current_indent + first)
            lines = _wrapped(text.replace("  [required]", "必填。"), self.width - len(margin))
            gap = " " * max(first - _columns(term), col_spacing)
            self.write(f"{'':>{self.current_indent}}{term}{gap}{f'{chr(10)}{margin}'.join(lines)}\n")

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        with super().section(_SECTIONS.get(name, name)):
            yield


click.Context.formatter_class = _Formatter


class NumberBetween(click.ParamType[int]):
    """A whole number within bounds, refused in Chinese."""

    name = "数字"

    def __init__(self, least: int, most: int) -> None:
        self.least, self.most = least, most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read the number, or say which numbers would be right."""
        if not str(value).isdecimal() or not self.least <= int(value) <= self.most:
            self.fail(f"“{value}”应为 {self.least} 至 {self.most} 的整数", param, ctx)
        return int(value)


class Day(click.ParamType[date]):
    """A day as ``YYYY-MM-DD``, refused in Chinese."""

    name = "日期"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read the day, or say how to write one."""
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}”不是日期，请写成 2026-11-03 的形式", param, ctx)


class ExistingFile(click.ParamType[Path]):
    """A file that is there, or a sentence that it is not."""

    name = "文件"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Give the path of the file, or say what stands there instead."""
        path = Path(value)
        if path.is_dir():
            self.fail(f"“{value}”是文件夹，请写其中一个文件", param, ctx)
        if not path.is_file():
            self.fail(f"没有文件“{value}”，请核对路径", param, ctx)
        return path


class NewFile(click.ParamType[Path]):
    """Where a file is to be written; what would stop the writing is said before the work is done, not after it."""

    name = "文件"

    def __init__(self, suffix: str) -> None:
        self.suffix = suffix

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Give the path, or say why nothing can be written there."""
        path = Path(value)
        if path.is_dir():
            self.fail(f"“{value}”是文件夹，请写其中的一个文件名", param, ctx)
        if path.suffix.lower() != self.suffix:
            self.fail(f"“{value}”的扩展名应为 {self.suffix}，否则打不开", param, ctx)
        if not path.resolve().parent.is_dir():
            self.fail(f"没有文件夹“{path.resolve().parent}”，请先建立，或换一个位置", param, ctx)
        # It is written beside and renamed, so the folder must let it in as well.
        if not all(os.access(there, os.W_OK) for there in (path.resolve().parent, path) if there.exists()):
            self.fail(f"“{value}”写不进去，请换一个可写的位置", param, ctx)
        return path


@contextmanager
def writing(path: Path) -> Iterator[Path]:
    """
    Give where to write a file of the caller's: it bears its name once it is whole, and nothing is left of half a one.

    :raises Refused: the system does not let it be written.
    """
    with _said_if_not(path), _beside(path.resolve()) as written:
        yield written
        if path.exists():
            shutil.copymode(path, written)
        written.replace(path.resolve())


@contextmanager
def writing_new(path: Path) -> Iterator[Path]:
    """
    Do the same for a file that must not be there yet.

    :raises FileExistsError: one of this name is there, and stays as it is.
    :raises Refused: the system does not let it be written.
    """
    with _said_if_not(path), _beside(path.resolve()) as written:
        yield written
        path.open("xb").close()  # not even one that appeared meanwhile is replaced
        written.replace(path.resolve())


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    written = path.with_name(f".publiccredit-{os.getpid()}{path.suffix}")
    try:
        yield written
    finally:
        written.unlink(missing_ok=True)


@contextmanager
def _said_if_not(path: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise
    except OSError as error:
        raise Refused(
            code="not_writable",
            message=f"写不进 {path}：{os.strerror(error.errno) if error.errno else error}。请换到可写、有空间的位置。",
            where=str(path),
        ) from error


class Command(click.Command):
    """A command with ``--json`` and Chinese help."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.options_metavar = "[选项]"
        self.params.append(
            click.Option(["--json", "as_json"], is_flag=True, expose_value=False, help="以 JSON 输出结果和错误。")
        )

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _in_chinese(super().get_help_option(ctx))

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002 - a Chinese line is short as it is
        return (self.help or "").strip().split("\n", 1)[0]


class Group(click.Group):
    """Commands in the order in which they are needed."""

    command_class = Command

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.options_metavar = "[选项]"
        self.subcommand_metavar = "命令 [参数]…"

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.commands)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _in_chinese(super().get_help_option(ctx))


def _in_chinese(option: click.Option | None) -> click.Option | None:
    if option is not None:
        option.help = "显示本说明。"
    return option


def json_wanted() -> bool:
    """Tell whether ``--json`` was given, wherever it stands: a refusal may come before options are read."""
    return "--json" in sys.argv[1:]


def say(line: str = "") -> None:
    """Write one line for a person; with ``--json`` nothing but the answer goes out."""
    if not json_wanted():
        _write(line)


def answer(data: Mapping[str, Any] | Sequence[Any]) -> None:
    """Write the answer for a program, where one asked."""
    if json_wanted():
        _write(json.dumps(data, ensure_ascii=False, indent=2, default=_written))


def _write(text: str) -> None:
    """
    Write to whoever reads.

    :raises Unread: nobody does any more.
    :raises Refused: what they read from takes nothing more; what was asked for is done all the same.
    """
    try:
        click.echo(text)
    except BrokenPipeError as error:
        raise Unread from error
    except OSError as error:
        _forget_output()
        raise Refused(
            code="not_written",
            message=f"已办完，但结果写不出去：{os.strerror(error.errno or 0)}。请腾出空间或换一个位置，再查询结果。",
            exit_code=UNREAD,
        ) from error


def _forget_output() -> None:
    """Let the interpreter find nothing to flush at its end: it would fail a second time, and say so in English."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def unread() -> int:
    """End quietly, as ``head`` and ``less`` expect, and give the exit code."""
    _forget_output()
    return UNREAD


def _written(value: object) -> str:
    """Give an instant as ISO 8601 with the offset of China's clocks, a day as ISO 8601, anything else in its words."""
    if isinstance(value, datetime):
        return value.astimezone(CHINA).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else str(value)


def refuse(refusal: Refused) -> int:
    """Write a refusal where the caller looks for it, and give the exit code."""
    if json_wanted():
        click.echo(
            json.dumps(
                {"code": refusal.code, "message": refusal.message, "where": [refusal.where] if refusal.where else []},
                ensure_ascii=False,
                indent=2,
                default=str,
            )
        )
    else:
        click.echo(refusal.message, err=True)
    return refusal.exit_code


def of_click(error: click.ClickException) -> Refused:
    """Say in Chinese what click found wrong with the command line."""
    context = getattr(error, "ctx", None)
    parameter = getattr(error, "param", None)
    remedy = (
        f"用“{context.command_path} --help”查看用法。" if context is not None else "用“publiccredit --help”查看用法。"
    )
    where = _where(parameter) if parameter is not None else getattr(error, "option_name", None)
    return Refused(code="usage", message=f"{_usage_problem(error)}{remedy}", where=where, exit_code=REFUSED)


def _where(parameter: click.Parameter) -> str:
    return parameter.opts[-1] if isinstance(parameter, click.Option) else _metavar(parameter)


def _usage_problem(error: click.ClickException) -> str:
    match error:
        case click.exceptions.NoArgsIsHelpError(ctx=context) if context is not None:
            return f"缺少命令。\n{context.get_help()}\n"
        case click.exceptions.NoSuchCommand(command_name=name):
            return f"没有命令 {name}。"
        case click.MissingParameter(param=parameter) if parameter is not None:
            return f"缺少{_name(parameter).rstrip()}。"
        case click.NoSuchOption(option_name=name):
            return f"没有选项 {name}。"
        case click.BadParameter(param=parameter) if parameter is not None:
            return f"{_name(parameter)}不对：{error.message.rstrip('。')}。"
    return f"命令写法不对：{error.format_message()}。"


def _name(parameter: click.Parameter) -> str:
    if isinstance(parameter, click.Argument):
        return f"参数 {_metavar(parameter)} "
    return f"选项 {parameter.opts[-1]} "


def _metavar(parameter: click.Parameter) -> str:
    return parameter.make_metavar(click.get_current_context(silent=True) or click.Context(click.Command("")))
