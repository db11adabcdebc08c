"""The record type by which a record on file is read: what a field is called, and whether the record can burden."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Packs, RecordType
from publiccredit.ledger.types import china_day
from publiccredit.subjects.models import Dispute, RecordColumns

IN_SUIT = "复议或诉讼中"


def day_of(row: RecordColumns) -> date:
    """Give the day whose rules a record is read by: its decision's, else that of its arrival in China."""
    return row.decided_on or china_day(at=row.received_at)


def record_type_of(row: RecordColumns, *, within: Packs | None = None) -> RecordType:
    """
    Give the record type by which a row is read: in force on its day, else the one nearest to it.

    :raises NotInPacks: the packs hold no such record type; a row of it is never visible.
    """
    if within is not None:
        return _nearest(row.record_type, day_of(row), within)
    return _ours(row.record_type, day_of(row))


@lru_cache(maxsize=4096)
def _ours(name: str, on: date) -> RecordType:
    return _nearest(name, on, catalogue.packs())


def _nearest(name: str, on: date, within: Packs) -> RecordType:
    try:
        return catalogue.record_type(name=name, on=on, within=within)
    except catalogue.NotInPacks:
        known = [t for t in within.record_types if t.name == name]
        if not known:
            raise
        return min(known, key=lambda t: abs((t.in_force_from - on).days))


@dataclass(frozen=True)
class ContestedField:
    name: str
    title: str


@dataclass(frozen=True)
class ContestedParts:
    """What of a record is in dispute: all of it, fields by their names in the packs, or both; never who says so."""

    whole: bool
    fields: tuple[ContestedField, ...]

    @property
    def in_words(self) -> str:
        """Say which fields, empty where the record as a whole is all that is contested."""
        titles = "、".join(field.title for field in self.fields)
        return f"整条记录，其中写明{titles}" if titles and self.whole else titles

    def marked(self, label: str) -> str:
        """Give a mark with what it stands on: 异议处理中：处罚内容."""
        return f"{label}：{self.in_words}" if self.in_words else label


def marks_of(row: RecordColumns) -> tuple[str, ...]:
    """Say what is in dispute about a row, in words; whoever is told of it is told that too (DP-14, DP-16)."""
    marks = [contested_of(row).marked(str(Dispute(row.dispute).label))] if row.dispute else []
    return tuple([*marks, IN_SUIT] if row.suit_flagged_at is not None else marks)


def with_marks(words: str, *, marks: Sequence[str]) -> str:
    """Name a record with its marks, where no line of its own stands for them: 行政处罚 1号（异议处理中：处罚内容）."""
    return f"{words}（{'，'.join(marks)}）" if marks else words


def contested_of(row: RecordColumns) -> ContestedParts:
    """Tell what of a record is in dispute, in the order of its form."""
    record_type = record_type_of(row)
    named = {name for name in row.contested_fields if name}
    known = [ContestedField(f.name, f.title) for f in record_type.fields if f.name in named]
    unknown = sorted(named - {f.name for f in known})  # of a form that has been replaced
    return ContestedParts(
        whole="" in row.contested_fields, fields=(*known, *(ContestedField(name, name) for name in unknown))
    )
