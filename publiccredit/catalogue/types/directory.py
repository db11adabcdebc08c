"""Code tables, departments, calendars and the holidays whose dates the law fixes."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

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
    superior: CodeName | None = None  # to whom one may turn against the body itself


class Calendar(Pack):
    """Decreed days of one year: working days are Mondays to Fridays, less ``holidays``, plus ``working_weekends``."""

    year: int
    notice: str
    source: str
    confidence: Confidence
    holidays: tuple[date, ...]
    working_weekends: tuple[date, ...]


def _day_of_every_year(text: str) -> str:
    date.fromisoformat(f"2001-{text}")  # not a leap year: 29 February is no day of every year
    return text


MonthDay = Annotated[str, StringConstraints(pattern=r"^\d{2}-\d{2}$"), AfterValidator(_day_of_every_year)]


class StatutoryHoliday(Dated):
    """Days off that the law fixes by date for every year: they hold before the year's own decree is known."""

    title: str
    days: tuple[MonthDay, ...]
    basis: str
    source: str
    confidence: Confidence
