"""
From a checked chunk to the rows that are staged: common columns by role, content, hashes, severity, terms.

Everything is columnar but the two hashes and the names of parties that were not met before in the same file.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import FieldRole, RecordType
from publiccredit.intake.types import NATURAL_KEY, ORIGINAL, ROW, SHEET
from publiccredit.matching.queries import describe_parties
from publiccredit.subjects.types import PARTY_SCHEMA, ROW_SCHEMA, SENDER, SEVERITY_OF_WORD

SEPARATOR = "\x1f"
PENALTY_KINDS = "penalty_kind"  # the code table by whose words severity is classified
_PARTY_ROLES = {
    "written_name": FieldRole.SUBJECT_NAME,
    "uscc": FieldRole.SUBJECT_USCC,
    "registration_number": FieldRole.SUBJECT_REGISTRATION_NUMBER,
    "organisation_code": FieldRole.SUBJECT_ORGANISATION_CODE,
    "tax_number": FieldRole.SUBJECT_TAX_NUMBER,
    "address": FieldRole.SUBJECT_ADDRESS,
    "category": FieldRole.SUBJECT_CATEGORY,
}
# A registration says who a subject is; these fields of it become the subject's own.
_REGISTRATION_FIELDS = ("registered_on", "registration_status")
_COLUMN_ROLES = {
    "document_number": FieldRole.DOCUMENT_NUMBER,
    "authority_name": FieldRole.AUTHORITY_NAME,
    "authority_uscc": FieldRole.AUTHORITY_USCC,
    "decided_on": FieldRole.DECIDED_ON,
    "served_on": FieldRole.SERVED_ON,
    "effective_from": FieldRole.EFFECTIVE_FROM,
    "effective_until": FieldRole.EFFECTIVE_UNTIL,
    "fine_fen": FieldRole.FINE,
    "confiscated_fen": FieldRole.CONFISCATED,
}
_FILLED = ("document_number", "authority_name", "authority_uscc")  # empty text, where nothing is said
_ESCAPED = r'["\\\x00-\x1f]'  # what JSON writes with a backslash


@dataclass(frozen=True)
class Prepared:
    """What one chunk adds to the staging tables."""

    rows: pl.DataFrame
    parties: pl.DataFrame


@dataclass
class Preparation:
    """Turns the accepted rows of one submission into staged rows; knows the parties it has met."""

    record_type: RecordType
    received_on: date
    default_authority: Mapping[str, str]  # authority_name, authority_uscc, where the record type carries none
    _lines: int = 0
    _parties: dict[bytes, int] = field(default_factory=dict)

    def prepare(self, *, accepted: pl.DataFrame) -> Prepared:
        """Give the staged rows, and the parties not met before, of the accepted rows of a chunk."""
        with_columns = self._with_common_columns(accepted)
        numbered, parties = self._with_parties(with_columns)
        hashed = numbered.with_columns(
            natural_key=_hashed(self.record_type.name, numbered[NATURAL_KEY]),
            content_hash=_hashed(self.record_type.name, numbered["_said"]),
        )
        rows = hashed.select(pl.col(name).cast(kind) for name, kind in ROW_SCHEMA.items())
        self._lines += rows.height
        return Prepared(rows=rows, parties=parties)

    # --- common columns ---------------------------------------------------------------------------------------------

    def _with_common_columns(self, accepted: pl.DataFrame) -> pl.DataFrame:
        return (
            accepted.with_columns(*self._content(accepted))
            .with_columns(**{c: self._in_role(role).cast(ROW_SCHEMA[c]) for c, role in _COLUMN_ROLES.items()})
            .with_columns(
                pl.col(SHEET).alias("sheet"),
                pl.col(ROW).alias("row_number"),
                pl.col(ORIGINAL).alias("original"),
                pl.int_range(self._lines, self._lines + pl.len()).alias("line"),
                *(pl.col(n).fill_null(self.default_authority.get(n, "")) for n in _FILLED),
                *self._severity(),
                effective_until=self._effective_until(),
            )
            .pipe(self._with_term)
            .pipe(self._with_working_days)
        )

    def _content(self, rows: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
        """``content``, and ``_said``: what the decision says, whatever is known of its service."""
        served = self.record_type.field_in_role(FieldRole.SERVED_ON)
        said = _json(rows, sorted(n for n in self.record_type.field_names if served is None or n != served.name))
        if served is None:
            return (said + "}").alias("content"), said.alias("_said")
        member = rows.select(member=pl.concat_str(pl.lit(","), _member(rows, served.name)).fill_null(""))["member"]
        return (said + member + "}").alias("content"), said.alias("_said")

    def _in_role(self, role: FieldRole) -> pl.Expr:
        found = self.record_type.field_in_role(role)
        return pl.col(found.name) if found else pl.lit(None)

    def _effective_until(self) -> pl.Expr:
        until = self.record_type.field_in_role(FieldRole.EFFECTIVE_UNTIL)
        if until is None:
            return pl.lit(None)
        endless = until.long_term or date.max
        return pl.when(pl.col(until.name) < endless).then(pl.col(until.name))

    def _severity(self) -> tuple[pl.Expr, pl.Expr]:
        stated = self._in_role(FieldRole.SEVERITY).cast(pl.String)
        word = stated.replace_strict({w: s.value for w, s in SEVERITY_OF_WORD.items()}, default=None)
        by_rule, rule = catalogue.severity_columns(
            record_type=self.record_type.name,
            kinds=self._kinds(),
            fine_fen=self._in_role(FieldRole.FINE).cast(pl.Int64),
            decided_on=self._in_role(FieldRole.DECIDED_ON).cast(pl.Date),
        )
        return (
            pl.coalesce(word, by_rule).fill_null("").alias("severity"),
            pl.when(word.is_not_null()).then(pl.lit(SENDER)).otherwise(rule).fill_null("").alias("severity_rule"),
        )

    def _kinds(self) -> pl.Expr:
        found = next((f for f in self.record_type.fields if f.codes == PENALTY_KINDS), None)
        if found is None:
            return pl.lit([], dtype=pl.List(pl.String))
        separated = pl.col(found.name).fill_null("")
        return separated.str.split(found.several) if found.several else pl.concat_list(separated)

    def _with_term(self, rows: pl.DataFrame) -> pl.DataFrame:
        """``ends_on`` and ``repairable_from``, by the dated terms; empty where the record type has none."""
        months = catalogue.disclosure_months(record_type=self.record_type.name)
        if months.is_empty():
            nothing = pl.lit(None, dtype=pl.Date)
            return rows.with_columns(ends_on=nothing, repairable_from=nothing, field=pl.lit(""))
        field = catalogue.fields_of_rows(record_type=self.record_type.name, rows=rows)
        ordered = rows.with_columns(field).with_row_index("_place").sort("decided_on", nulls_last=True)
        joined = ordered.join_asof(
            months.sort("decided_from"), left_on="decided_on", right_on="decided_from", by=["severity", "field"],
            strategy="backward", check_sortedness=False,
        )  # fmt: skip
        governed = pl.col("decided_to").is_null() | (pl.col("decided_on") < pl.col("decided_to"))
        ends = pl.col("decided_on").dt.offset_by(pl.format("{}mo", "maximum_months"))
        repairable = pl.col("decided_on").dt.offset_by(pl.format("{}mo", "minimum_months"))
        return (
            joined.with_columns(ends_on=pl.when(governed).then(ends))
            .with_columns(repairable_from=pl.when(governed).then(pl.min_horizontal(repairable, "ends_on")))
            .sort("_place")
        )

    def _with_working_days(self, rows: pl.DataFrame) -> pl.DataFrame:
        index = catalogue.working_day_index()
        received = index.filter(pl.col("day") == self.received_on)["working_days"]
        until = received[0] if len(received) else None
        return rows.join(index, left_on="decided_on", right_on="day", how="left", maintain_order="left").with_columns(
            working_days_taken=pl.lit(until, dtype=pl.Int32) - pl.col("working_days")
        )

    # --- parties ----------------------------------------------------------------------------------------------------

    def _with_parties(self, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        written = rows.select(
            *(self._in_role(role).cast(pl.String).alias(name) for name, role in _PARTY_ROLES.items()),
            *(self._of_registration(name) for name in _REGISTRATION_FIELDS),
        )
        columns = list(written.columns)
        keyed = written.with_columns(
            pl.concat_str([pl.col(c).cast(pl.String).fill_null("") for c in columns], separator=SEPARATOR).alias("_key")
        )
        distinct = keyed.unique("_key", maintain_order=True)
        digests = [hashlib.blake2b(key.encode(), digest_size=16).digest() for key in distinct["_key"]]
        known = len(self._parties)
        numbers = [self._parties.setdefault(digest, len(self._parties)) for digest in digests]
        numbered = distinct.with_columns(party=pl.Series(numbers, dtype=pl.Int32))
        fresh = describe_parties(parties=numbered.filter(pl.col("party") >= known).drop("_key"), on=self.received_on)
        party = keyed.join(numbered.select("_key", "party"), on="_key", how="left", maintain_order="left")["party"]
        return rows.with_columns(party), fresh.select(pl.col(n).cast(k) for n, k in PARTY_SCHEMA.items())

    def _of_registration(self, name: str) -> pl.Expr:
        known = name in self.record_type.field_names
        return (pl.col(name) if known else pl.lit(None)).alias(name)


def _json(rows: pl.DataFrame, names: list[str]) -> pl.Series:
    """
    Give the fields that are filled as one JSON object without its last brace, in the order of their names.

    Piece by piece: encoding whole rows and taking the empty fields out again took four times as long.
    """
    pieces = [_member(rows, name) for name in names]
    return rows.select(said=pl.concat_str(pl.lit("{"), pl.concat_str(pieces, separator=",", ignore_nulls=True)))["said"]


def _member(rows: pl.DataFrame, name: str) -> pl.Expr:
    value, kind = pl.col(name), rows.schema[name]
    if kind.is_integer():
        text = value.cast(pl.String)
    elif kind == pl.String and rows[name].str.contains(_ESCAPED).any():
        text = pl.struct(value.alias("x")).struct.json_encode().str.slice(len('{"x":')).str.head(-1)
    else:
        text = pl.concat_str(pl.lit('"'), value.cast(pl.String), pl.lit('"'))
    return pl.when(value.is_not_null()).then(pl.concat_str(pl.lit(f'"{name}":'), text))


def _hashed(record_type: str, values: pl.Series) -> pl.Series:
    beginning = hashlib.sha256(record_type.encode() + SEPARATOR.encode())
    hashed = []
    for value in values:
        of_row = beginning.copy()
        of_row.update(value.encode())
        hashed.append(of_row.hexdigest()[:32])
    return pl.Series(hashed, dtype=pl.String)
