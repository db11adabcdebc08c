"""
Of which field of law a decision is, by the laws its basis cites: ``packs/disclosure/fields.yml``.

A decision that cites laws of several fields is of the first of them in the pack. One that cites none, or none in force
on its day, is of no field: an empty name.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import polars as pl

from publiccredit.catalogue.types import FieldOfLaw, LawOfField, Packs

# “安全生产法规” and “消防法律” name no law, but laws in general.
_NOT_IN_GENERAL = "(?:[^规律]|$)"


def field_of_law(*, record_type: str, content: Mapping[str, object], decided_on: date, within: Packs) -> str:
    """Give the name of the field of law a record's content speaks of; empty where it speaks of none."""
    for field in _of_type(record_type, within):
        text = "\n".join(str(content.get(name) or "") for name in field.read_in)
        if any(law.in_force_on(decided_on) and re.search(_pattern(law.title), text) for law in field.laws):
            return field.name
    return ""


def fields_of_rows(*, record_type: str, rows: pl.DataFrame, within: Packs) -> pl.Series:
    """
    Give the same name for a table of records with ``decided_on`` and the columns of their type.

    Where no instrument that asks for the field can govern a row any more, its name stays empty, and nothing is read:
    of a file of new decisions the question costs nothing. Only the rows that name some law are looked at closely.
    """
    names = pl.Series("field", [""], dtype=pl.String).new_from_index(0, rows.height)
    fields, governed = _of_type(record_type, within), _governed(record_type, within)
    if not fields or governed is None:
        return names
    read_in = sorted({name for field in fields for name in field.read_in})
    some_law = "|".join(sorted({re.escape(law.title) for field in fields for law in field.laws}))
    asked = rows.select("decided_on", *read_in).with_row_index("_place").filter(governed)
    cited = asked.filter(pl.any_horizontal(pl.col(n).str.contains(some_law).fill_null(value=False) for n in read_in))
    name = pl.lit("")
    for field in reversed(fields):
        text = pl.concat_str([pl.col(n).fill_null("") for n in field.read_in], separator="\n")
        of_field = pl.any_horizontal(_cites(text, law) for law in field.laws)
        name = pl.when(of_field).then(pl.lit(field.name)).otherwise(name)
    found = cited.select("_place", field=name)
    return names.scatter(found["_place"], found["field"])


def _governed(record_type: str, packs: Packs) -> pl.Expr | None:
    """On which days of decision an instrument that asks for the field can govern; nothing where none asks."""
    asking = [t for t in packs.disclosure_terms if t.record_type == record_type and any(r.fields for r in t.terms)]
    ends = [t.in_force_to for t in asking if t.in_force_to is not None]
    if len(ends) < len(asking):
        return pl.lit(value=True)
    return pl.col("decided_on") < max(ends) if ends else None


def _cites(text: pl.Expr, law: LawOfField) -> pl.Expr:
    in_force = pl.col("decided_on") >= law.in_force_from
    if law.in_force_to is not None:
        in_force &= pl.col("decided_on") < law.in_force_to
    return text.str.contains(_pattern(law.title)) & in_force


@lru_cache(maxsize=256)
def _pattern(title: str) -> str:
    return re.escape(title) + _NOT_IN_GENERAL


def _of_type(record_type: str, packs: Packs) -> list[FieldOfLaw]:
    return [f for f in packs.fields_of_law if f.record_type == record_type]
