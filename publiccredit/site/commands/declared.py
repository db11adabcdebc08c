"""Commands that read only what the packs declare: catalogue show, template. No database is needed."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from publiccredit.site.commands.running import today
from publiccredit.site.commands.speaking import Command, Day, Group, NewFile, Refused, answer, say, writing_new

if TYPE_CHECKING:
    from pydantic import BaseModel

    from publiccredit.catalogue.types import CodeTable, Department, Form, Item, RecordField, RecordType, Source

OPENNESS = {"public": "公开公示", "authorised": "授权查询", "government": "政务共享", "subject": "仅主体本人"}


@click.group("catalogue", cls=Group)
def catalogue() -> None:
    """查看目录：记录类型、数据来源、目录条目、格式、代码表、部门。"""


@catalogue.command("show", cls=Command)
@click.argument("name", metavar="名称")
@click.option("--on", type=Day(), help="按该日施行的版本，默认今天。")
def show(name: str, on: date | None) -> None:
    """显示一个条目：记录类型如 administrative_penalty，数据来源如“行业/来源”，目录条目如 national_2024/3.2。"""
    kind, value = _declared(name, on or today())
    answer({"kind": kind, "name": name, **value.model_dump(mode="json", by_alias=True)})
    written: dict[str, Callable[[Any], Iterator[str]]] = {
        "record_type": _record_type, "source": _source, "item": _item, "form": _form, "code_table": _code_table,
        "department": _department,
    }  # fmt: skip
    for line in written[kind](value):
        say(line)


@click.command("template", cls=Command)
@click.argument("source", metavar="来源")
@click.argument("out", metavar="模板.xlsx", type=NewFile(".xlsx"))
@click.option("--on", type=Day(), help="按该日施行的标准，默认今天。")
def template(source: str, out: Path, on: date | None) -> None:
    """生成一个数据来源的填报模板（Excel），如 publiccredit template 行业/来源 模板.xlsx。"""
    from publiccredit.catalogue import queries

    try:
        declared = queries.source(name=source)
        content = queries.template(source=declared, on=on or today())
    except queries.NotInPacks as error:
        raise Refused(code="not_in_packs", message=f"{error}。", where="来源") from error
    try:
        if out.exists():
            raise FileExistsError(out)
        with writing_new(out) as written:  # a template that somebody has filled in must not be lost
            written.write_bytes(content)
    except FileExistsError as error:
        raise Refused(
            code="exists", message=f"{out} 已存在，没有改动。请换一个文件名，或先移走原文件。", where=str(out)
        ) from error
    say(f"已生成 {out}（{declared.title}）。")
    answer({"source": declared.name, "title": declared.title, "file": str(out), "bytes": len(content)})


def _declared(name: str, on: date) -> tuple[str, "BaseModel"]:
    """
    Give what bears a name, and its kind.

    :raises Refused: nothing bears it; the message names what does.
    """
    from publiccredit.catalogue import queries

    tries: tuple[tuple[str, Callable[[], BaseModel]], ...] = (
        ("record_type", lambda: queries.record_type(name=name, on=on)),
        ("source", lambda: queries.source(name=name)),
        ("item", lambda: queries.item(name=name)[1]),
        ("form", lambda: queries.form(name=name)),
        ("code_table", lambda: queries.code_table(name=name, on=on)),
        ("department", lambda: queries.department(code=name)),
    )
    for kind, find in tries:
        try:
            return kind, find()
        except queries.NotInPacks:
            continue
    packs = queries.packs()
    types = "、".join(dict.fromkeys(t.name for t in packs.record_types))
    sources = "、".join(s.name for s in packs.sources)
    raise Refused(
        code="not_in_packs",
        message=f"目录中没有“{name}”。记录类型：{types}。数据来源：{sources}。"
        "也可写目录条目（如 national_2024/3.2）、格式、代码表或部门的代码。",
        where="名称",
    )


def _record_type(record_type: "RecordType") -> Iterator[str]:
    yield f"{record_type.title}（{record_type.name}），自 {record_type.in_force_from} 起"
    yield f"标准：{record_type.standard}（可信度 {record_type.confidence.value}）"
    titles = {field.name: field.title for field in record_type.fields}
    yield f"自然键：{'、'.join(titles[name] for name in record_type.natural_key)}"
    if record_type.due_working_days is not None:
        yield f"报送期限：{record_type.due_working_days} 个工作日。{record_type.due_basis}"
    for number, field in enumerate(record_type.fields, start=1):
        yield ""
        yield from _field(number, field)


def _field(number: int, field: "RecordField") -> Iterator[str]:
    needed = "必填" if field.required else "按条件必填" if field.required_when else "选填"
    kind = f"代码表 {field.codes}" if field.codes else field.type.value
    length = f"，最长 {field.max_length}" if field.max_length else ""
    openness = OPENNESS[field.disclosed.value] if field.disclosed else "不外传"
    yield f"{number:>3}. {field.title}  {field.name}  {field.standard or '（本平台所加）'}"
    yield f"     {needed}；{kind}{length}；{openness}；可信度 {field.confidence.value}"
    if field.note:
        yield f"     {field.note}" + (f" 例：{field.example}" if field.example else "")


def _source(source: "Source") -> Iterator[str]:
    from publiccredit.catalogue import queries

    yield f"{source.title}（{source.name}），自 {source.in_force_from} 起"
    yield f"记录类型：{source.record_type}；目录条目：{source.item}"
    yield "报送部门：" + "、".join(queries.department(code=code).name for code in source.providers)
    yield "接受的格式：" + "、".join(queries.form(name=name).title for name in (source.record_type, *source.forms))
    if source.note:
        yield source.note
    yield f"模板：publiccredit template {source.name} 模板.xlsx"


def _item(item: "Item") -> Iterator[str]:
    from publiccredit.catalogue import queries

    yield f"{item.code} {item.title}（可信度 {item.confidence.value}）"
    on = today()
    types = [queries.record_type(name=name, on=on) for name in item.record_types]
    yield "记录类型：" + "、".join(f"{record_type.title}（{record_type.name}）" for record_type in types)
    yield f"{OPENNESS[item.openness.value]}；提供单位：{item.providers}；更新：{item.update}"
    yield f"保留：{item.retention}"
    yield f"依据：{item.basis}"


def _form(form: "Form") -> Iterator[str]:
    yield f"{form.title}（{form.name}），自 {form.in_force_from} 起"
    yield f"记录类型：{form.record_type}；来源：{form.source}（可信度 {form.confidence.value}）"
    yield "凭这些列名识别：" + "、".join(form.fingerprint)
    for number, column in enumerate(form.columns, start=1):
        also = f"，也可写作 {'、'.join(f'“{a}”' for a in column.aliases)}" if column.aliases else ""
        yield f"{number:>3}. {column.header}{also}"
        words = "；".join(f"“{old}”读作“{new}”" for old, new in column.lookup.items())
        yield f"     {column.field or f'不使用：{column.set_aside}'}" + (f"；{words}" if words else "")


def _code_table(table: "CodeTable") -> Iterator[str]:
    yield f"{table.title}（{table.name}），自 {table.in_force_from} 起"
    yield f"来源：{table.source}（可信度 {table.confidence.value}）"
    for code in table.codes:
        also = f"，也可写作 {'、'.join(f'“{a}”' for a in code.aliases)}" if code.aliases else ""
        yield f"  {code.word}{also}" + (f"。{code.note}" if code.note else "")


def _department(department: "Department") -> Iterator[str]:
    also = f"，也可写作 {'、'.join(f'“{a}”' for a in department.aliases)}" if department.aliases else ""
    yield f"{department.name}（{department.code}），简称 {department.short_name}{also}"
    yield f"统一社会信用代码：{department.uscc}；行政区划：{department.region}"
    yield f"地址：{department.address or '未填写'}"
    yield f"电话：{department.telephone or '未填写'}"
