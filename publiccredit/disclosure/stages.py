"""What each act left of a record, from its first publication on: out of this its history is told."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import BooleanField, Case, Value, When

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Audience
from publiccredit.disclosure.types import VisibleRecord
from publiccredit.disclosure.visibility import once_visible
from publiccredit.ledger.types import china_day
from publiccredit.subjects import queries as subjects
from publiccredit.subjects.queries import Record, RecordState, RecordVersion, shown_to_everybody

Row = Record | RecordVersion
TOLD = (RecordState.FILED, RecordState.WITHDRAWN)


@dataclass(frozen=True)
class Stage:
    """A record as one act left it, and whether everybody was to see it on some day."""

    row: Row
    public: bool
    first: bool  # of all there ever were of the record: it reads as it arrived

    @property
    def since(self) -> date:
        return china_day(at=self.row.received_at if self.first else self.row.known_from)

    def shown(self, on: date) -> bool:
        return self.public and shown_to_everybody(self.row, on=on)


def stages_of(*, records: Sequence[VisibleRecord]) -> dict[int, tuple[Stage, ...]]:
    """
    Give the stages of each of some visible records, the earliest first; none before its first publication.

    What is hidden now has none to its reader: the records come from where it is decided what is visible. Its own
    subject sees it all the same, and so reads of its end too. Nor has a record any from the time in which it was held,
    was thought to be another subject's, or was not to be published: then nobody was shown anything.
    """
    subject_of = {record.id: record.subject_id for record in records}
    found: dict[int, list[tuple[Row, bool]]] = defaultdict(list)
    once = Case(
        When(once_visible(audience=Audience.PUBLIC, packs=catalogue.packs()), then=Value(value=True)),
        default=Value(value=False),
        output_field=BooleanField(),
    )
    versions = subjects.record_versions().filter(record_id__in=subject_of).annotate(public=once)
    for former in versions.order_by("known_from", "pk"):
        found[former.record_id].append((former, former.public))
    for current in subjects.records().filter(pk__in=subject_of).annotate(public=once):
        found[current.pk].append((current, current.public))
    return {number: _published(_left(rows, subject_of[number])) for number, rows in found.items()}


def _left(rows: Sequence[tuple[Row, bool]], subject_id: int | None) -> list[Stage]:
    """A decision changes a record in several steps of one act: only how the act left it was ever to be seen."""
    left = [list(of_one_act)[-1] for _, of_one_act in groupby(rows, key=lambda pair: pair[0].entry_id)]
    stages = [Stage(row, public, first=number == 0) for number, (row, public) in enumerate(left)]
    return [stage for stage in stages if stage.row.state in TOLD and stage.row.subject_id == subject_id]


def _published(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    first = next((number for number, stage in enumerate(stages) if stage.public), len(stages))
    return tuple(stages[first:])
