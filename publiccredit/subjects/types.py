"""The values other packages hand to, and get from, the file of subjects."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

import polars as pl

from publiccredit.catalogue.types import SEVERITY_TITLES

# What a row says about its subject, one row per distinct party of a submission. The order is that of the COPY.
PARTY_SCHEMA: MappingProxyType[str, type[pl.DataType]] = MappingProxyType(
    {
        "party": pl.Int32,
        "written_name": pl.String,
        "normalised_name": pl.String,
        "core_name": pl.String,
        "pinyin_initials": pl.String,
        "uscc": pl.String,
        "registration_number": pl.String,
        "organisation_code": pl.String,
        "tax_number": pl.String,
        "address": pl.String,
        "region": pl.String,
        "kind": pl.String,
        "registered_on": pl.Date,
        "registration_status": pl.String,
    }
)

# An accepted row with its party. ``line`` counts the rows of the submission. Both hashes are 32 hexadecimal digits.
ROW_SCHEMA: MappingProxyType[str, type[pl.DataType]] = MappingProxyType(
    {
        "line": pl.Int32,
        "sheet": pl.String,
        "row_number": pl.Int32,
        "party": pl.Int32,
        "natural_key": pl.String,
        "content_hash": pl.String,
        "authority_name": pl.String,
        "authority_uscc": pl.String,
        "document_number": pl.String,
        "decided_on": pl.Date,
        "served_on": pl.Date,
        "effective_from": pl.Date,
        "effective_until": pl.Date,
        "severity": pl.String,
        "severity_rule": pl.String,
        "fine_fen": pl.Int64,
        "confiscated_fen": pl.Int64,
        "repairable_from": pl.Date,
        "ends_on": pl.Date,
        "field": pl.String,  # the field of law, where a term asks for it
        "working_days_taken": pl.Int32,
        "content": pl.String,
        "original": pl.String,
    }
)


class Fate(StrEnum):
    """Why a staged row is not simply a new record."""

    REPEATS = "repeats"  # the same row stands earlier in the same file
    CLASHES = "clashes"  # the same natural key with other content stands earlier in the same file
    ON_FILE = "on_file"  # the same content is on file
    CHANGES = "changes"  # the department corrects its record: a new version
    HELD_ELSEWHERE = "held_elsewhere"  # another department holds a record of this natural key
    REPAIRED = "repaired"  # DP-10: nor does what was repaired, under another natural key
    WITHDRAWN = "withdrawn"  # DP-10: what was withdrawn does not come back under the same document
    DECIDED_OTHERWISE = "decided_otherwise"  # a field says neither what it said before a case corrected it, nor that
    SEVERITY_ON_FILE = "severity_on_file"  # states another severity than the record's: two people correct that


@dataclass(frozen=True)
class Filing:
    """What every record of one submission has in common."""

    entry_id: int
    submission_id: int
    department_code: str
    record_type: str
    adverse: bool
    authoritative: bool  # a registration says who a subject is; anything else only names one
    source: str
    item: str
    pack_version: str
    declared_on: date | None  # service declared for the whole submission, at the latest on this day
    served_field: str  # the field of the record type that carries the day of service, or nothing
    received_at: datetime
    received_on: date
    at: datetime
    severity_field: str = ""  # the field in which a sender may state the severity, where the record type has one


@dataclass(frozen=True)
class FiledCounts:
    new: int
    changed: int
    held_unserved: int
    held_unmatched: int


@dataclass(frozen=True)
class NumberBearer:
    """A subject on whose record a document number stands; its name is empty while it is not determined whose it is."""

    record_id: int
    name: str
    uscc: str
    sheet: str
    row_number: int | None  # where the record came by the submission that is being filed


@dataclass(frozen=True)
class SharedNumber:
    """A filed row whose document number stands on records of others: how many these are, and the first of them."""

    sheet: str
    row_number: int
    document_number: str
    number_of_others: int
    others: tuple[NumberBearer, ...]


@dataclass(frozen=True)
class NewSubject:
    """A subject that a person makes from what a department wrote."""

    name: str
    kind: str
    uscc: str | None
    region: str
    address: str


# The words of the severity table in packs/codes, 《信用修复管理办法》.
SEVERITY_OF_WORD = MappingProxyType({title: severity for severity, title in SEVERITY_TITLES.items()})
# severity_rule where no rule of the packs gave the severity:
SENDER = "sender"  # the sender stated it
CORRECTED = "corrected"  # the deciding department corrected it
DECIDED_BY_CASE = "case"  # a decided case corrected it


@dataclass(frozen=True)
class DecidedCorrection:
    """What a decided case says the fields of a record should read, and the case and decision that say so."""

    content: Mapping[str, str | int | date | None]
    case_number: str
    decision_id: int
    procedure: str
    ground: str  # of the procedure: what kind of mistake was asked to be put right


@dataclass(frozen=True)
class DisputeStanding:
    """What stands of the disputes about a record: its mark, and the fields that carry it; ``""`` is all of it."""

    dispute: str  # of ``models.Dispute``; empty: none
    fields: tuple[str, ...]
