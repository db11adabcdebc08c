"""
Every read of subjects and records from inside the house.

What leaves the house does so through ``disclosure.queries.visible_records`` alone.
"""

from django.db.models import QuerySet

from publiccredit.subjects.looking import RELATED, STAY_AWAY, closed_files, verify_open
from publiccredit.subjects.models import (
    Dispute,
    Identifier,
    Look,
    Record,
    RecordColumns,
    RecordState,
    RecordVersion,
    RegistrationStatus,
    Subject,
    SubjectName,
)
from publiccredit.subjects.months import of_months
from publiccredit.subjects.pinyin import pinyin_initials
from publiccredit.subjects.record_types import (
    IN_SUIT,
    ContestedField,
    ContestedParts,
    contested_of,
    day_of,
    marks_of,
    record_type_of,
    with_marks,
)
from publiccredit.subjects.rule_severity import judged_by, severity_by_rule
from publiccredit.subjects.standing import in_use, shown_to_everybody
from publiccredit.subjects.terms import has_no_day, last_day, never_shown, repair_opens_by, repair_opens_on
from publiccredit.subjects.wording import amount_of, field_in_words, value_in_words

__all__ = [
    "IN_SUIT",
    "RELATED",
    "STAY_AWAY",
    "ContestedField",
    "ContestedParts",
    "Dispute",
    "Identifier",
    "Look",
    "Record",
    "RecordColumns",
    "RecordState",
    "RecordVersion",
    "RegistrationStatus",
    "Subject",
    "SubjectName",
    "amount_of",
    "closed_files",
    "contested_of",
    "day_of",
    "field_in_words",
    "has_no_day",
    "identifiers",
    "in_use",
    "judged_by",
    "last_day",
    "looks",
    "marks_of",
    "names",
    "never_shown",
    "of_months",
    "pinyin_initials",
    "record_type_of",
    "record_versions",
    "records",
    "repair_opens_by",
    "repair_opens_on",
    "severity_by_rule",
    "shown_to_everybody",
    "subjects",
    "value_in_words",
    "verify_open",
    "with_marks",
]


def subjects() -> QuerySet[Subject]:
    """Give all subjects, in no order."""
    return Subject.objects.all()


def identifiers() -> QuerySet[Identifier]:
    """Give all identifiers other than the unified one, in no order."""
    return Identifier.objects.all()


def names() -> QuerySet[SubjectName]:
    """Give all names subjects bear or bore, in no order."""
    return SubjectName.objects.all()


def records() -> QuerySet[Record]:
    """Give all records as they stand, whatever their state, in no order."""
    return Record.objects.all()


def record_versions() -> QuerySet[RecordVersion]:
    """Give all former versions of records, in no order."""
    return RecordVersion.objects.all()


def looks(*, subject_id: int) -> QuerySet[Look]:
    """Give who looked at more of a subject than its public page shows, the latest first."""
    return Look.objects.filter(subject_id=subject_id).order_by("-at", "-pk")
