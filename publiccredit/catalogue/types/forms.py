"""The wire forms of record types: ``packs/exchanges/<form>.yml``."""

import unicodedata
from typing import Literal

from pydantic import Field

from publiccredit.catalogue.types.base import CodeName, Confidence, Dated, Pack
from publiccredit.catalogue.types.records import RecordType


class Column(Pack):
    """One column of a form: its header, and the field it fills or the reason it is set aside."""

    header: str
    aliases: tuple[str, ...] = ()
    field: CodeName | None = None
    set_aside: str | None = None  # why the column is read and not used
    lookup: dict[str, str] = Field(default_factory=dict)  # known other words for a code: old word → word of today
    unit: Literal["万元", "元"] | None = None  # amounts only; 万元 where silent

    @property
    def header_keys(self) -> frozenset[str]:
        return frozenset(header_key(h) for h in (self.header, *self.aliases))


class Form(Dated):
    """
    A header layout that senders use for one record type.

    ``fingerprint`` lists headers that, found together in one row, make it this form; no other form may hold them all.
    ``constants`` fills fields the form does not carry; ``waived`` names those it leaves empty though the record type
    requires them, because the form is older than the rule. Several columns of one field that takes several codes are
    joined with its separator.
    """

    name: CodeName
    title: str
    record_type: CodeName
    source: str
    confidence: Confidence
    fingerprint: tuple[str, ...]
    columns: tuple[Column, ...]
    constants: dict[str, str] = Field(default_factory=dict)
    waived: tuple[CodeName, ...] = ()

    def column_of(self, header: str) -> Column | None:
        """This will give the column a header names, whatever its width, brackets and blanks."""
        wanted = header_key(header)
        return next((c for c in self.columns if wanted in c.header_keys), None)

    @property
    def fingerprint_keys(self) -> frozenset[str]:
        return frozenset(header_key(h) for h in self.fingerprint)

    @property
    def header_keys(self) -> frozenset[str]:
        return frozenset(k for c in self.columns for k in c.header_keys)


def header_key(header: str) -> str:
    """This will give what two spellings of one header have in common: letters and digits, in half width."""
    folded = unicodedata.normalize("NFKC", header).casefold()
    key = "".join(filter(str.isalnum, folded))
    # Departments mark required columns in the header itself: 处罚类别(必填).
    return key.removesuffix("必填").removesuffix("选填")


def own_form(record_type: RecordType) -> Form:
    """This will give the national form of a record type: its own titles in its own order, extra columns last."""
    titles = {f.name: f.title for f in record_type.fields}
    return Form.model_validate(
        {
            "name": record_type.name,
            "title": record_type.standard,
            "record_type": record_type.name,
            "source": record_type.source,
            "confidence": record_type.confidence,
            "from": record_type.in_force_from,
            "to": record_type.in_force_to,
            "fingerprint": tuple(titles[name] for name in record_type.fingerprint),
            "columns": tuple(
                {"header": f.title, "aliases": f.aliases, "field": f.name} for f in record_type.fields if not f.legacy
            ),
        }
    )
