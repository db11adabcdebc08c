"""What a reader is told about putting something right: where to begin, who decides, in how many working days."""

from dataclasses import dataclass
from datetime import date

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import CONFIDENCE_TITLES, ClockName, Party, Procedure, ProcedureName, StepName


@dataclass(frozen=True)
class Remedy:
    """One procedure in the reader's words, from the rules in force on the day they read it."""

    title: str
    decided_by: str
    working_days: int
    days_with_source: int | None  # where the body that reported the record has to be asked
    basis: str
    known: str


def remedy(*, name: ProcedureName, on: date, determined_by: str = "作出决定的部门") -> Remedy:
    """Give what a procedure promises on a day; ``determined_by`` is who decides where the office does not."""
    rules = catalogue.procedure(name=name, on=on)
    clock = next(c for c in rules.clocks if c.name is ClockName.DECIDE)
    return Remedy(
        title=rules.title,
        decided_by=catalogue.credit_office().short_name if rules.decided_by is Party.OFFICE else determined_by,
        working_days=clock.working_days,
        days_with_source=rules.days(ClockName.DECIDE_WITH_SOURCE),
        basis=clock.basis,
        known=CONFIDENCE_TITLES[clock.confidence],
    )


def remedies(*, on: date) -> tuple[Remedy, ...]:
    """Give the procedures a subject may begin itself, as they stand on a day."""
    begun = (rules for rules in catalogue.procedures(on=on) if _is_begun_by_subjects(rules))
    return tuple(remedy(name=rules.name, on=on) for rules in begun)


def _is_begun_by_subjects(rules: Procedure) -> bool:
    return any(step.name is StepName.OPEN and Party.SUBJECT in step.who for step in rules.steps)
