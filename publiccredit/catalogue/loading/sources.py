"""Sources: an industry may narrow what the catalogue allows, never widen it."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from publiccredit.catalogue.loading.files import PackFolder
from publiccredit.catalogue.loading.forms import check_lookup
from publiccredit.catalogue.loading.names import once
from publiccredit.catalogue.loading.records import check_uses
from publiccredit.catalogue.types import Audience, Industry, Item, Packs, RecordType, Source
from publiccredit.catalogue.types.base import Dated, Pack

WIDTH = (Audience.SUBJECT, Audience.GOVERNMENT, Audience.AUTHORISED, Audience.PUBLIC)
"""The audiences from the narrowest to the widest."""


def check_sources(
    at: PackFolder, packs: Packs, found: Sequence[tuple[str, Pack]], industries: Sequence[tuple[str, Pack]]
) -> None:
    """This will refuse a source that names what does not exist, or opens more than its catalogue item does."""
    departments = {d.code for d in packs.departments}
    for file, industry in industries:
        if isinstance(industry, Industry):
            _check_industry(at, file, industry, departments)
    names = {i.name for i in packs.industries}
    for file, source in found:
        if isinstance(source, Source):
            _check_name(at, file, source, names)
            record_type = _check_references(at, file, source, packs, departments)
            _check_item(at, file, source, packs)
            if record_type is not None:
                _check_contents(at, file, source, packs, record_type)


def _check_industry(at: PackFolder, file: str, industry: Industry, departments: set[str]) -> None:
    folder = PurePosixPath(file).parent.name
    if industry.name != folder:
        at.refuse(file, "name", f"“{industry.name}”与文件夹名“{folder}”不一致", f"请改为“{folder}”")
    if industry.lead not in departments:
        at.refuse(file, "lead", f"没有部门“{industry.lead}”", "请改为 departments/ 中的部门代码")


def _check_name(at: PackFolder, file: str, source: Source, industries: set[str]) -> None:
    path = PurePosixPath(file)
    expected = f"{path.parent.parent.name}/{path.stem}"
    if source.name != expected:
        at.refuse(file, "name", f"“{source.name}”与文件位置不一致", f"请改为“{expected}”")
    if expected.split("/", maxsplit=1)[0] not in industries:
        at.refuse(file, "name", "所在行业没有 industry.yml", "请在行业文件夹中写 industry.yml")


def _check_references(
    at: PackFolder, file: str, source: Source, packs: Packs, departments: set[str]
) -> RecordType | None:
    once(at, file, "providers", source.providers)
    if not source.providers:
        at.refuse(file, "providers", "为空", "请至少写一个报送部门的代码")
    for provider in source.providers:
        if provider not in departments:
            at.refuse(file, "providers", f"没有部门“{provider}”", "请改为 departments/ 中的部门代码")
    forms = {f.name: f for f in packs.forms}
    for name in source.forms:
        if name not in forms or forms[name].record_type != source.record_type:
            right = "、".join(f.name for f in packs.forms if f.record_type == source.record_type)
            at.refuse(file, "forms", f"没有这一记录类型的格式“{name}”", f"请改为下列之一：{right}")
    types = [r for r in packs.record_types if r.name == source.record_type]
    if not types:
        known = "、".join(sorted({r.name for r in packs.record_types}))
        at.refuse(file, "record_type", f"没有记录类型“{source.record_type}”", f"请改为下列之一：{known}")
        return None
    return types[-1]


def _check_item(at: PackFolder, file: str, source: Source, packs: Packs) -> None:
    edition_name, _, code = source.item.partition("/")
    edition = next((e for e in packs.editions if e.name == edition_name), None)
    item = next((i for i in edition.items if i.code == code), None) if edition else None
    if edition is None or item is None:
        known = "、".join(f"{e.name}/{i.code}" for e in packs.editions for i in e.items)
        at.refuse(file, "item", f"目录中没有条目“{source.item}”", f"县级不得自设条目，请改为下列之一：{known}")
        return
    if not _within(source, edition):
        at.refuse(
            file,
            "item",
            f"目录“{edition.name}”的施行期间未覆盖本来源（{source.in_force_from} 起）",
            "请改用在施行期间内的目录版本，或缩短本来源的 from、to",
        )
    if source.record_type not in item.record_types:
        at.refuse(
            file,
            "record_type",
            f"条目“{source.item}”不含“{source.record_type}”",
            f"该条目只含：{'、'.join(item.record_types)}",
        )
    _check_not_wider(at, file, source, item)


def _within(inner: Dated, outer: Dated) -> bool:
    begins = outer.in_force_from <= inner.in_force_from
    ends = outer.in_force_to is None or (inner.in_force_to is not None and inner.in_force_to <= outer.in_force_to)
    return begins and ends


def _check_not_wider(at: PackFolder, file: str, source: Source, item: Item) -> None:
    if source.openness is not None and WIDTH.index(source.openness) > WIDTH.index(item.openness):
        at.refuse(
            file,
            "openness",
            f"“{source.openness.value}”比条目的“{item.openness.value}”更公开",
            f"行业只能收窄、不得放宽：请改为“{item.openness.value}”或更窄，或删去该键",
        )
    longest = item.retention_months
    if longest is not None and source.retention_months is not None and source.retention_months > longest:
        at.refuse(
            file,
            "retention_months",
            f"{source.retention_months} 个月长于条目的 {longest} 个月",
            f"行业只能收窄、不得放宽：请改为不超过 {longest}",
        )
    for kind in source.subject_kinds:
        if kind not in item.subject_kinds:
            allowed = "、".join(k.value for k in item.subject_kinds)
            at.refuse(
                file, "subject_kinds", f"条目不含主体类别“{kind.value}”", f"行业只能收窄、不得放宽，可用：{allowed}"
            )


def _check_contents(at: PackFolder, file: str, source: Source, packs: Packs, record_type: RecordType) -> None:
    tables = {t.name: t for t in packs.code_tables}
    for name, lookup in source.lookups.items():
        if name not in record_type.field_names:
            at.refuse(file, f"lookups.{name}", f"记录类型“{record_type.name}”没有该字段", "请改正字段名")
        else:
            check_lookup(at, file, f"lookups.{name}", lookup, record_type.field(name), tables)
    check_uses(at, packs, file, source.checks, record_type)
