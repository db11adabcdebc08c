"""JSON Schema of the record types and of the pack files, for other programs and for editors."""

import json
from typing import Any

from publiccredit.catalogue.loading import SHAPES
from publiccredit.catalogue.types import CodeTable, FieldType, Packs, RecordField, RecordType, RequiredWhen

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def record_type_schema(record_type: RecordType, *, tables: dict[str, CodeTable]) -> dict[str, Any]:
    """This will give the schema of one record's cleaned content: dates as ISO 8601, amounts as whole fen."""
    return {
        "$schema": DRAFT,
        "$id": f"urn:publiccredit:record-type:{record_type.name}:{record_type.in_force_from}",
        "title": record_type.title,
        "description": f"{record_type.standard}；{record_type.source}（可信度 {record_type.confidence.value}）",
        "type": "object",
        "additionalProperties": False,
        "properties": {f.name: _property(f, tables) for f in record_type.fields},
        "required": [f.name for f in record_type.fields if f.required],
        "allOf": [rule for f in record_type.fields for rule in _conditions(f)],
    }


def _property(field: RecordField, tables: dict[str, CodeTable]) -> dict[str, Any]:
    schema: dict[str, Any] = {"title": field.title, "description": field.note}
    if field.standard:
        schema["x-standard-code"] = field.standard
    schema["x-disclosed"] = field.disclosed.value if field.disclosed else None
    return schema | _shape(field, tables)


def _shape(field: RecordField, tables: dict[str, CodeTable]) -> dict[str, Any]:
    if field.type is FieldType.AMOUNT:
        return {"type": "integer", "minimum": 0, "x-unit": "fen"}
    if field.type is FieldType.DATE:
        return {"type": "string", "format": "date"}
    shape: dict[str, Any] = {"type": "string"}
    if field.max_length is not None:
        shape["maxLength"] = field.max_length
    if field.type is FieldType.USCC:
        shape["pattern"] = "^[0-9A-HJ-NPQRTUWXY]{18}$"
    table = tables.get(field.codes or "")
    if table is not None and field.several is None and table.detail_prefix is None:
        shape["enum"] = list(table.words)
    elif table is not None:
        shape["examples"] = list(table.words)
    return shape


def _conditions(field: RecordField) -> list[dict[str, Any]]:
    required = [{"if": _holds(rule), "then": {"required": [field.name]}} for rule in field.required_when]
    empty = [{"if": _holds(rule), "then": {"not": {"required": [field.name]}}} for rule in field.empty_when]
    return required + empty


def _holds(rule: RequiredWhen) -> dict[str, Any]:
    condition: dict[str, Any] = {"required": [rule.field]}
    if rule.among:
        condition["properties"] = {rule.field: {"enum": list(rule.among)}}
    if rule.contains:
        condition["properties"] = {rule.field: {"pattern": "|".join(rule.contains)}}
    return condition


def schema_files(packs: Packs) -> dict[str, str]:
    """This will give every schema by its path below the repository."""
    files: dict[str, str] = {}
    for record_type in packs.record_types:
        tables = {t.name: t for t in packs.code_tables}
        files[f"docs/catalogue/schemas/records/{record_type.name}.json"] = _text(
            record_type_schema(record_type, tables=tables)
        )
    for pattern, model in SHAPES.items():
        schema = {"$schema": DRAFT, "x-files": f"packs/{pattern}"} | model.model_json_schema()
        files[f"docs/catalogue/schemas/packs/{model.__name__}.json"] = _text(schema)
    return files


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
