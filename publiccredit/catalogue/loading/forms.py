"""Forms: each column filled into a field that exists, each form told from every other by its header alone."""

from collections.abc import Sequence
from itertools import permutations

from publiccredit.catalogue.loading.files import PackFolder
from publiccredit.catalogue.loading.names import once, overlap
from publiccredit.catalogue.types import CodeTable, Column, FieldType, Form, Packs, RecordField, RecordType
from publiccredit.catalogue.types.base import Pack


def check_forms(at: PackFolder, packs: Packs, found: Sequence[tuple[str, Pack]]) -> None:
    """This will refuse a form that maps to nothing, loses a required field, or looks like another form."""
    types = {r.name: r for r in packs.record_types}
    tables = {t.name: t for t in packs.code_tables}
    for file, form in found:
        if not isinstance(form, Form):
            continue
        if form.record_type not in types:
            at.refuse(file, "record_type", f"没有记录类型“{form.record_type}”", f"请改为下列之一：{'、'.join(types)}")
            continue
        once(at, file, "columns[].header", [k for c in form.columns for k in c.header_keys])
        single = {f.name for f in types[form.record_type].fields if f.several is None}
        once(at, file, "columns[].field", [c.field for c in form.columns if c.field in single])
        for index, column in enumerate(form.columns):
            _check_column(at, file, f"columns[{index}]", column, types[form.record_type], tables)
        _check_constants(at, file, form, types[form.record_type], tables)
        _check_nothing_lost(at, file, form, types[form.record_type])
        for header in form.fingerprint:
            if form.column_of(header) is None:
                at.refuse(file, "fingerprint", f"“{header}”不是本格式的表头", "请从 columns 的 header 中选取")
    _check_fingerprints(at, packs)


def _check_column(
    at: PackFolder, file: str, key: str, column: Column, record_type: RecordType, tables: dict[str, CodeTable]
) -> None:
    if (column.field is None) == (column.set_aside is None):
        at.refuse(file, key, "须恰好写 field 与 set_aside 之一", "写明填入哪个字段，或写明为何不用")
        return
    if column.field is None:
        return
    if column.field not in record_type.field_names:
        known = "、".join(record_type.field_names)
        at.refuse(file, f"{key}.field", f"记录类型没有字段“{column.field}”", f"请改为下列之一：{known}")
        return
    field = record_type.field(column.field)
    check_lookup(at, file, f"{key}.lookup", column.lookup, field, tables)
    if column.unit is not None and field.type is not FieldType.AMOUNT:
        at.refuse(file, f"{key}.unit", f"字段“{field.name}”不是金额", "只有金额字段可写 unit")


def check_lookup(
    at: PackFolder,
    file: str,
    key: str,
    lookup: dict[str, str],
    field: RecordField,
    tables: dict[str, CodeTable],
) -> None:
    """This will refuse a lookup that ends in a word the field's code table does not have."""
    table = tables.get(field.codes or "")
    for old, new in lookup.items():
        if table is not None and new not in table.words:
            words = "、".join(table.words)
            at.refuse(file, f"{key}.{old}", f"代码表“{table.name}”没有“{new}”", f"请改为下列之一：{words}")


def _check_constants(
    at: PackFolder, file: str, form: Form, record_type: RecordType, tables: dict[str, CodeTable]
) -> None:
    for name, word in form.constants.items():
        if name not in record_type.field_names:
            at.refuse(file, f"constants.{name}", "记录类型没有该字段", "请改正字段名")
        else:
            check_lookup(at, file, f"constants.{name}", {name: word}, record_type.field(name), tables)


def _check_nothing_lost(at: PackFolder, file: str, form: Form, record_type: RecordType) -> None:
    filled = {c.field for c in form.columns} | set(form.constants)
    for name in form.waived:
        if name not in record_type.field_names:
            at.refuse(file, "waived", f"记录类型没有字段“{name}”", "请改正字段名")
        elif name in form.constants:
            at.refuse(file, "waived", f"“{name}”已由 constants 填写", "请删去其中之一")
    for field in record_type.fields:
        if (field.required or field.required_when) and field.name not in filled and field.name not in form.waived:
            at.refuse(
                file,
                "columns",
                f"没有一列填入必填字段“{field.name}”（{field.title}）",
                "请补上该列，或在 constants 中给出固定值；旧格式确无此项的，写入 waived",
            )


def _check_fingerprints(at: PackFolder, packs: Packs) -> None:
    for one, other in permutations(packs.forms, 2):
        if one.fingerprint and overlap(one, other) and one.fingerprint_keys <= other.header_keys:
            at.refuse(
                f"exchanges/{one.name}.yml",
                "fingerprint",
                f"“{'、'.join(one.fingerprint)}”在格式“{other.name}”中也全部出现，表头无法区分两者",
                "请加入只有本格式才有的表头",
            )
        if not one.fingerprint:
            at.refuse(f"exchanges/{one.name}.yml", "fingerprint", "为空", "请写出足以识别本格式的表头")
