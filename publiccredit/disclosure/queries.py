"""
Every read of what may be shown. ``visible_records`` is the only way a record leaves the house.

Pages, the interface and files call it with today; no reader chooses the day on which terms are judged.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from itertools import chain, groupby

from django.db.models import Exists, OuterRef, Q

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Audience, Nature
from publiccredit.disclosure.corrections import with_own_corrections
from publiccredit.disclosure.feed import UnableToResume, changes
from publiccredit.disclosure.figures import figures, submission_figures, timely
from publiccredit.disclosure.history import courses
from publiccredit.disclosure.presenting import shown
from publiccredit.disclosure.remedies import remedies
from publiccredit.disclosure.search import search
from publiccredit.disclosure.search_total import total as search_total
from publiccredit.disclosure.search_words import UnableToSearch
from publiccredit.disclosure.types import (
    EVERY_RECORD,
    RecordPage,
    SubjectFile,
    SubjectPage,
    VisibleRecord,
    VisibleSubject,
    Wanted,
    Withdrawal,
)
from publiccredit.disclosure.visibility import once_visible, visible
from publiccredit.ledger.types import china_day
from publiccredit.subjects import queries as subjects
from publiccredit.subjects.queries import Record, RecordState, RecordVersion, Subject, record_type_of

__all__ = [
    "UnableToResume",
    "UnableToSearch",
    "adverse_records",
    "changes",
    "courses",
    "figures",
    "known_subjects",
    "record_count",
    "record_page",
    "remedies",
    "search",
    "search_total",
    "subject_file",
    "subject_identifier",
    "subject_page",
    "submission_figures",
    "versions",
    "visible_record",
    "visible_records",
    "with_own_corrections",
    "withdrawal",
]

PAGE = 20
FILE = 500  # records of one subject on one page; a bank's hundreds of licences included


def visible_records(
    *,
    audience: Audience,
    on: date,
    as_known_at: datetime | None = None,
    subject_id: int | None = None,
    record_id: int | None = None,
    department_code: str | None = None,
    record_type: str | None = None,
    matching: Q | None = None,
    before_id: int | None = None,
    limit: int = FILE,
) -> tuple[VisibleRecord, ...]:
    """
    Give the records an audience may see on a day, the newest first, each with no more than its disclosed fields.

    With ``as_known_at`` they read as the platform knew them at that time; but what has ended, been withdrawn or moved
    to another subject since stays away: looking back never publishes again (DP-10, DP-18). ``matching`` only narrows.
    """
    chosen = _chosen(
        subject_id=subject_id,
        department_code=department_code,
        record_type=record_type,
    )
    if as_known_at is not None:
        if record_id is not None:
            chosen &= Q(record_id=record_id)
        believed = _as_known(audience=audience, on=on, at=as_known_at, chosen=chosen, matching=matching)
        return tuple(record for record in believed if before_id is None or record.id < before_id)[:limit]
    if record_id is not None:
        chosen &= Q(pk=record_id)
    if before_id is not None:
        chosen &= Q(pk__lt=before_id)
    if matching is not None:
        chosen &= matching
    rows = subjects.records().filter(chosen, visible(audience=audience, on=on, packs=catalogue.packs()))
    return tuple(shown(row, audience=audience, on=on) for row in rows.order_by("-pk")[:limit])


def withdrawal(*, record_id: int) -> Withdrawal | None:
    """Give what stands in the place of a record that was once public and was withdrawn; nothing otherwise."""
    row = subjects.records().filter(pk=record_id, state=RecordState.WITHDRAWN, withdrawn_at__isnull=False).first()
    once = once_visible(audience=Audience.PUBLIC, packs=catalogue.packs())
    if row is None or not subjects.record_versions().filter(once, record_id=record_id).exists():
        return None
    return Withdrawal(
        subject_id=row.subject_id,
        record_type=record_type_of(row).title,
        document_number=row.document_number,
        authority_name=row.authority_name,
        department_code=row.department_code,
        withdrawn_on=china_day(at=row.withdrawn_at or row.known_from),
        reason=row.withdrawn_as,
        notice=row.withdrawal_notice,
    )


def _chosen(**conditions: int | str | None) -> Q:
    return Q(**{name: value for name, value in conditions.items() if value is not None})


def _as_known(
    *, audience: Audience, on: date, at: datetime, chosen: Q, matching: Q | None
) -> tuple[VisibleRecord, ...]:
    packs = catalogue.packs()
    then = visible(audience=audience, on=min(china_day(at=at), on), packs=packs) & (matching or Q())
    former = subjects.record_versions().filter(chosen, then, known_from__lte=at, known_until__gt=at)
    of_record = _of_current(chosen)
    current = subjects.records().filter(of_record, then, known_from__lte=at)
    believed: dict[int, Record | RecordVersion] = {row.pk: row for row in current}
    believed |= {row.record_id: row for row in former}
    still = dict(
        subjects.records()
        .filter(visible(audience=audience, on=on, packs=packs), pk__in=list(believed))
        .values_list("pk", "subject_id")
    )
    kept = [row for key, row in sorted(believed.items(), reverse=True) if still.get(key) == row.subject_id is not None]
    return tuple(shown(row, audience=audience, on=on) for row in kept)


def _of_current(chosen: Q) -> Q:
    """Give the condition on versions as a condition on records."""
    moved = Q()
    for condition in chosen.children:
        name, value = condition  # type: ignore[misc]  # _chosen makes no nested conditions
        moved &= Q(**{"pk" if name == "record_id" else name: value})
    return moved


def visible_record(*, record_id: int, audience: Audience, on: date) -> VisibleRecord | None:
    """Give one record, or nothing: whether it is hidden or absent nobody can tell."""
    return next(iter(visible_records(audience=audience, on=on, record_id=record_id, limit=1)), None)


def record_page(
    *, audience: Audience, on: date, wanted: Wanted = EVERY_RECORD, before_id: int | None = None, limit: int = PAGE
) -> RecordPage:
    """Give one page of the wanted records, the newest first."""
    records = visible_records(
        audience=audience, on=on, matching=_matching(wanted), before_id=before_id, limit=limit + 1
    )  # fmt: skip
    more = len(records) > limit
    return RecordPage(records=records[:limit], next_cursor=records[limit - 1].id if more else None)


def record_count(*, audience: Audience, on: date, wanted: Wanted, at_most: int) -> int:
    """Count the records all those pages have together; there are more where it is one above ``at_most``."""
    seen = visible(audience=audience, on=on, packs=catalogue.packs())
    return subjects.records().filter(_matching(wanted), seen).order_by()[: at_most + 1].count()


def _matching(wanted: Wanted) -> Q:
    matching = _chosen(department_code=wanted.department_code, record_type=wanted.record_type)
    matching &= subjects.of_months(arrived=wanted.arrived, decided=wanted.decided)
    if wanted.received_since is not None:
        matching &= Q(received_at__gte=wanted.received_since)
    return matching if wanted.late is None else matching & timely(late=wanted.late)


def versions(*, record_id: int, audience: Audience, on: date) -> tuple[VisibleRecord, ...]:
    """
    Give the versions of a record that is visible now, the newest first, without those it had while held.

    A decision changes a record in several steps of one act: only how the act left it was ever to be seen.
    """
    condition = visible(audience=audience, on=on, packs=catalogue.packs())
    current = subjects.records().filter(condition, pk=record_id).first()
    if current is None:
        return ()
    former = subjects.record_versions().filter(condition, record_id=record_id, subject_id=current.subject_id)
    rows: Iterable[Record | RecordVersion] = chain([current], former.order_by("-known_from"))
    left = (next(of_one_act) for _, of_one_act in groupby(rows, key=lambda row: row.entry_id))
    return tuple(shown(row, audience=audience, on=on) for row in left)


def subject_identifier(*, subject_id: int, uscc: str | None) -> str:
    """Give the identifier by which a subject's page is addressed."""
    return uscc or f"id-{subject_id}"


def subject_identifiers(*, subject_ids: Collection[int]) -> dict[int, str]:
    """Give the identifiers of some subjects of whom records were found visible."""
    if not subject_ids:
        return {}
    rows = subjects.subjects().filter(pk__in=subject_ids).values_list("pk", "uscc")
    return {pk: subject_identifier(subject_id=pk, uscc=uscc) for pk, uscc in rows}


def known_subjects(*, subject_ids: Iterable[int], audience: Audience, on: date) -> dict[int, VisibleSubject]:
    """Give those of some subjects of whom something is visible."""
    seen = subjects.records().filter(
        visible(audience=audience, on=on, packs=catalogue.packs()), subject_id=OuterRef("pk")
    )
    rows = subjects.subjects().filter(Exists(seen), pk__in=set(subject_ids))
    return {row.pk: _subject(row, ()) for row in rows}


def subject_file(
    *,
    identifier: str,
    audience: Audience,
    on: date,
    as_known_at: datetime | None = None,
    in_term_on: date | None = None,
) -> SubjectFile | None:
    """
    Give a subject with what is visible of it, or nothing where nothing is visible now.

    With ``as_known_at`` its records read as ``visible_records`` says; with ``in_term_on`` they are those of them whose
    term covers that other day, too. None may be left.

    A subject whose only records have ended or are held back looks like one the platform never heard of.
    """
    row = _subject_row(identifier)
    if row is None:
        return None
    records = visible_records(audience=audience, on=on, subject_id=row.pk, limit=FILE + 1)
    if not records:
        return None
    if as_known_at is not None or in_term_on is not None:
        records = visible_records(
            audience=audience,
            on=on,
            as_known_at=as_known_at,
            matching=visible(audience=audience, on=in_term_on, packs=catalogue.packs()) if in_term_on else None,
            subject_id=row.pk,
            limit=FILE + 1,
        )
    former = subjects.names().filter(subject_id=row.pk, borne_until__isnull=False).order_by("-borne_until")
    return SubjectFile(
        subject=_subject(row, tuple(former.values_list("name", flat=True))),
        records=tuple(sorted(records[:FILE], key=lambda r: (r.decided_on or date.min, r.id), reverse=True)),
        complete=len(records) <= FILE,
        as_known_at=as_known_at,
    )


def subject_page(
    *,
    identifier: str,
    audience: Audience,
    on: date,
    as_known_at: datetime | None = None,
    before_id: int | None = None,
    limit: int = PAGE,
) -> SubjectPage | None:
    """Give a subject with one page of its records, the newest first, or nothing where nothing is visible now."""
    row = _subject_row(identifier)
    if row is None:
        return None
    records = visible_records(
        audience=audience, on=on, as_known_at=as_known_at, subject_id=row.pk, before_id=before_id, limit=limit + 1
    )
    if not records and not known_subjects(subject_ids=[row.pk], audience=audience, on=on):
        return None
    former = subjects.names().filter(subject_id=row.pk, borne_until__isnull=False).order_by("-borne_until")
    return SubjectPage(
        subject=_subject(row, tuple(former.values_list("name", flat=True))),
        records=records[:limit],
        next_cursor=records[limit - 1].id if len(records) > limit else None,
    )


def adverse_records(
    *, page: SubjectPage, audience: Audience, on: date, whole: bool, as_known_at: datetime | None = None
) -> tuple[VisibleRecord, ...]:
    """Give all that is adverse to a subject, on whichever page it stands; ``whole``: on this one."""
    if whole:
        return tuple(record for record in page.records if record.adverse)
    types = [held.name for held in catalogue.packs().record_types if held.nature is Nature.ADVERSE]
    found = (
        visible_records(audience=audience, on=on, as_known_at=as_known_at, subject_id=page.subject.id, record_type=name)
        for name in sorted(set(types))
    )
    return tuple(chain.from_iterable(found))


def _subject_row(identifier: str) -> Subject | None:
    if identifier.startswith("id-"):
        number = identifier.removeprefix("id-")
        usable = number.isascii() and number.isdigit() and len(number) < 19
        return subjects.subjects().filter(pk=int(number), uscc__isnull=True).first() if usable else None
    return subjects.subjects().filter(uscc=identifier).first()


def _subject(row: Subject, former_names: tuple[str, ...]) -> VisibleSubject:
    return VisibleSubject(
        id=row.pk,
        name=row.name,
        kind=row.kind,
        identifier=subject_identifier(subject_id=row.pk, uscc=row.uscc),
        uscc=row.uscc or "",
        address=row.address,
        region=row.region,
        registration_status=row.registration_status,
        registered_on=row.registered_on,
        former_names=former_names,
    )
