"""Record types: every field name, code table and rule inside them resolved."""

from collections import Counter
from collections.abc import Sequence

from publiccredit.catalogue.loading.files import PackFolder
from publiccredit.catalogue.loading.names import once
from publiccredit.catalogue.types import (
    CheckUse,
    CodeTable,
    FieldType,
    Packs,
    RecordField,
    RecordType,
    RequiredWhen,
    header_key,
)
from publiccredit.catalogue.types.base import Pack


def check_record_types(at: PackFolder, packs: Packs, found: Sequence[tuple[str, Pack]]) -> None:
    """This will refuse a record type that names a field, code table, word or check that does not exist."""
    tables = {t.name: t for t in packs.code_tables}
    for file, record_type in found:
        if not isinstance(record_type, RecordType):
            continue
        once(at, file, "fields[].name", record_type.field_names)
        once(at, file, "fields[].title", [k for f in record_type.fields for k in _headers(f)])
        once(at, file, "fields[].role", [f.role.value for f in record_type.fields if f.role])
        _check_names_of_fields(at, file, record_type)
        for index, field in enumerate(record_type.fields):
            _check_field(at, file, f"fields[{index}]", field, record_type, tables)
        check_uses(at, packs, file, record_type.checks, record_type)


def _headers(field: RecordField) -> set[str]:
    return {header_key(h) for h in (field.title, *field.aliases)}


def _check_names_of_fields(at: PackFolder, file: str, record_type: RecordType) -> None:
    for key, names in (("natural_key", record_type.natural_key), ("fingerprint", record_type.fingerprint)):
        if not names:
            at.refuse(file, key, "为空", "请至少写一个字段名")
        for name in names:
            _require_field(at, file, key, name, record_type)


def _require_field(at: PackFolder, file: str, key: str, name: str, record_type: RecordType) -> bool:
    if name in record_type.field_names:
        return True
    known = "、".join(record_type.field_names)
    at.refuse(file, key, f"记录类型“{record_type.name}”没有字段“{name}”", f"请改为下列之一：{known}")
    return False


def _check_field(
    at: PackFolder, file: str, key: str, field: RecordField, record_type: RecordType, tables: dict[str, CodeTable]
) -> None:
    if (field.type is FieldType.CODE) != (field.codes is not None):
        at.refuse(file, f"{key}.codes", "代码字段与代码表不成对", "type: code 的字段须写 codes，其他字段不写")
    if field.codes is not None and field.codes not in tables:
        at.refuse(file, f"{key}.codes", f"没有代码表“{field.codes}”", f"请新建 codes/{field.codes}.yml 或改正名称")
    for name in (field.not_before, field.currency_field):
        if name is not None:
            _require_field(at, file, key, name, record_type)
    if field.required and (field.required_when or field.empty_when):
        at.refuse(file, f"{key}.required", "既必填又按条件填写", "请删去 required 或删去条件")
    for rule in (*field.required_when, *field.empty_when):
        _check_condition(at, file, key, rule, record_type, tables)


def _check_condition(
    at: PackFolder, file: str, key: str, rule: RequiredWhen, record_type: RecordType, tables: dict[str, CodeTable]
) -> None:
    if not _require_field(at, file, f"{key}.required_when", rule.field, record_type):
        return
    if Counter([bool(rule.among), bool(rule.contains), rule.filled])[True] != 1:
        at.refuse(file, f"{key}.required_when", "条件须恰好一种", "请在 among、contains、filled 中只写一个")
    table = tables.get(record_type.field(rule.field).codes or "")
    for word in (*rule.among, *rule.contains) if table else ():
        if table is not None and word not in table.words:
            at.refuse(
                file,
                f"{key}.required_when",
                f"代码表“{table.name}”没有“{word}”",
                f"请改为下列之一：{'、'.join(table.words)}",
            )


def check_uses(
    at: PackFolder, packs: Packs, file: str, uses: Sequence[CheckUse], record_type: RecordType | None
) -> None:
    """This will refuse a check that ``issues.yml`` does not know, and a field its record type does not have."""
    known = {i.check for i in packs.issues}
    for index, use in enumerate(uses):
        key = f"checks[{index}]"
        if known and use.name not in known:
            at.refuse(
                file,
                f"{key}.name",
                f"没有名为“{use.name}”的检查",
                f"请改为 issues.yml 中的：{'、'.join(sorted(known))}",
            )
        for name in use.fields if record_type else ():
            if record_type is not None:
                _require_field(at, file, f"{key}.fields", name, record_type)
        if use.named_in and record_type is not None:
            _require_field(at, file, f"{key}.named_in", use.named_in, record_type)
