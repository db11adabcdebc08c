"""Code tables, departments and calendars."""

from datetime import date
from enum import StrEnum

from publiccredit.catalogue.types.base import CodeName, Confidence, Dated, Pack, Uscc


class Code(Pack):
    word: str
    aliases: tuple[str, ...] = ()
    note: str = ""


class CodeTable(Dated):
    name: CodeName
    title: str
    source: str
    confidence: Confidence
    codes: tuple[Code, ...]
    detail_prefix: str | None = None  # e.g. "其他-": the word may carry a concrete kind behind it

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(c.word for c in self.codes)

    @property
    def word_of(self) -> dict[str, str]:
        """Every spelling the table knows, its own words included, to the word of today."""
        return {spelling: c.word for c in self.codes for spelling in (c.word, *c.aliases)}


class DepartmentKind(StrEnum):
    DEPARTMENT = "department"
    TOWN = "town"
    OFFICE = "office"  # the credit office itself


class Department(Pack):
    code: CodeName
    name: str
    short_name: str
    uscc: Uscc
    kind: DepartmentKind
    region: str
    aliases: tuple[str, ...] = ()
    address: str = ""  # where papers are brought
    telephone: str = ""  # where somebody answers


class Calendar(Pack):
    """Decreed days of one year: working days are Mondays to Fridays, less ``holidays``, plus ``working_weekends``."""

    year: int
    notice: str
    source: str
    confidence: Confidence
    holidays: tuple[date, ...]
    working_weekends: tuple[date, ...]
