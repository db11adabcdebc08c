"""Decisions of a department as rows of its form: field → what stands in the cell."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Department
from publiccredit.site.demo.enterprises import Enterprise
from publiccredit.site.demo.streams import Kind, Stream
from publiccredit.site.demo.words import LICENCES, MARK, VIOLATIONS, Violation

Row = dict[str, str]
LONG_TERM = "2099-12-31"


@dataclass(frozen=True)
class Decision:
    """One row and the day it was decided."""

    decided_on: date
    row: Row


@dataclass
class Register:
    """A department's register: numbers its documents year by year and writes its rows."""

    stream: Stream
    enterprises: Sequence[Enterprise]
    luck: random.Random
    _numbers: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._authority = catalogue.department(code=self.stream.department)
        wanted = set(self.stream.licences)
        self._parties = [e for e in self.enterprises if not wanted or wanted & set(e.sector.licences)]

    def decide(self, *, days: Sequence[date], number: int, sent_on: date) -> list[Decision]:
        """Give so many decisions of these days, in their order, served by the day they are sent at the latest."""
        return [self._decision(day, sent_on) for day in sorted(self.luck.choices(days, k=number))]

    def _decision(self, day: date, sent_on: date) -> Decision:
        self._numbers[day.year] += 1
        known = [e for e in self.luck.choices(self._parties, k=6) if e.registered_on < day - timedelta(days=30)]
        party = known[0] if known else self._parties[0]
        number = self.stream.number_words.format(year=day.year, number=self._numbers[day.year])
        if self.stream.kind is Kind.LICENCE:
            return Decision(day, self._licence(party, day, number))
        return Decision(day, self._penalty(party, day, number, sent_on))

    def _written(self, day: date) -> str:
        return day.strftime(self.stream.date_words)

    def _licence(self, party: Enterprise, day: date, number: str) -> Row:
        fitting = [n for n in self.stream.licences if n in party.sector.licences]
        licence = LICENCES[self.luck.choice(fitting)]
        until = date(day.year + licence.years, day.month, min(day.day, 28))
        serial = f"{licence.prefix}000000{self._numbers.total():07d}"
        return {
            **_party(party),
            "document_title": licence.document,
            "document_number": number,
            "licence_kind": licence.kind,
            "certificate_title": licence.certificate,
            "certificate_number": serial,
            "licence_content": licence.content,
            "decided_on": self._written(day),
            "effective_from": self._written(day),
            "effective_until": self._written(until),
            **_authority(self._authority),
            "licence_state": "有效",
            "remarks": MARK,
        }

    def _penalty(self, party: Enterprise, day: date, number: str, sent_on: date) -> Row:
        # The last violation of a department is its gravest and its rarest.
        violations = VIOLATIONS[self.stream.department]
        violation = self.luck.choices(violations, weights=[6] * (len(violations) - 1) + [1])[0]
        fine, confiscated = self._amount(violation.fine), self._amount(violation.confiscated)
        served = min(day + timedelta(days=self.luck.randint(0, 3)), sent_on)
        return {
            **_party(party),
            "document_number": number,
            "violation_kind": violation.kind,
            "violation_facts": violation.facts,
            "penalty_basis": violation.basis,
            "penalty_kind": ";".join(violation.penalties),
            "penalty_content": _content(violation, fine, confiscated),
            "fine_fen": _in_10000(fine),
            "confiscated_fen": _in_10000(confiscated),
            "suspended_licence": "食品经营许可证" if "吊销许可证件" in violation.penalties else "",
            "decided_on": self._written(day),
            "effective_until": LONG_TERM,
            "served_on": self._written(served),
            **_authority(self._authority),
            "remarks": MARK,
        }

    def _amount(self, bounds: tuple[int, int]) -> int:
        return self.luck.randint(bounds[0] // 50, bounds[1] // 50) * 50 if bounds[1] else 0


def _party(party: Enterprise) -> Row:
    return {
        "subject_name": party.name,
        "subject_category": party.category,
        "subject_uscc": party.uscc,
        "legal_representative": party.representative,
    }


def _authority(department: Department) -> Row:
    return {
        "authority_name": department.name,
        "authority_uscc": department.uscc,
        "provider_name": department.name,
        "provider_uscc": department.uscc,
    }


def _content(violation: Violation, fine: int, confiscated: int) -> str:
    parts = []
    for penalty in violation.penalties:
        amount = {"罚款": fine, "没收违法所得": confiscated}.get(penalty)
        parts.append(f"{penalty} {amount:,} 元" if amount else penalty)
    return "；".join(parts)


def _in_10000(yuan: int) -> str:
    return f"{yuan / 10_000:.6f}".rstrip("0").rstrip(".") if yuan else ""
