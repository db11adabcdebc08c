"""Every read of matching: how parties are described, which questions wait, and who may be meant."""

from datetime import date

import polars as pl
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery

from publiccredit.catalogue import queries as catalogue
from publiccredit.matching.comparing import REGIONS, UNIFIED, candidates_of, searched, subjects_concerned
from publiccredit.matching.models import Judgement, Question, QuestionedRecord
from publiccredit.matching.normalising import kind_of, normalise_name, region_in_address, region_of
from publiccredit.matching.staged import heard_doubts
from publiccredit.matching.types import Candidate, HeldRow, SentBack, Verdict
from publiccredit.subjects.queries import Record, RecordState, Subject, pinyin_initials, records, subjects

__all__ = [
    "Candidate",
    "Judgement",
    "Question",
    "candidates_of",
    "describe_parties",
    "heard_doubts",
    "held_rows",
    "judged",
    "judgements",
    "may_be_new",
    "neighbours",
    "open_questions",
    "question",
    "questions",
    "records_of",
    "searched",
    "sent_back",
    "spellings_of_regions",
    "subject_of_uscc",
    "subjects_concerned",
    "superseded",
]

# The words of registration in packs/codes/registration_status.yml.
STATUS_OF_WORD = {"存续": "active", "吊销": "revoked", "注销": "deregistered"}


def spellings_of_regions(*, on: date) -> dict[str, str]:
    """Give the code of every spelling of a region."""
    return catalogue.code_table(name=REGIONS, on=on).word_of


def describe_parties(*, parties: pl.DataFrame, on: date) -> pl.DataFrame:
    """Add to parties as written what matching compares: normal name, core, region, kind, and the letters to search."""
    regions = spellings_of_regions(on=on)
    described = []
    for name, uscc, category, address in parties.select("written_name", "uscc", "category", "address").iter_rows():
        normal = normalise_name(name=name or "", regions=regions)
        region = region_of(named=normal.region, uscc=uscc)
        if not region and address:
            region = region_in_address(address=address, regions=regions)
        kind = kind_of(uscc=uscc, category=category)
        described.append((normal.name, normal.core, region, kind, pinyin_initials(name=name or "")))
    schema = {n: pl.String for n in ("normalised_name", "core_name", "region", "kind", "pinyin_initials")}
    status = pl.col("registration_status").cast(pl.String).replace_strict(STATUS_OF_WORD, default=None)
    return parties.hstack(pl.DataFrame(described, schema=schema, orient="row")).with_columns(registration_status=status)


def subject_of_uscc(*, uscc: str) -> Subject | None:
    """Give the subject that bears a unified identifier, or nothing."""
    return subjects().filter(uscc=uscc).first()


def may_be_new(*, question: Question) -> bool:
    """Tell whether a new file may be opened for a question: not where its unified identifier has one."""
    uscc = question.written_identifier
    return len(uscc) != UNIFIED or subject_of_uscc(uscc=uscc) is None


def questions() -> QuerySet[Question]:
    """Give the questions the acting officer may see, those without answer first, the oldest first."""
    return Question.objects.annotate(number=Count("records")).order_by(
        F("answered_at").asc(nulls_first=True), "asked_at", "pk"
    )


def open_questions() -> QuerySet[Question]:
    """
    Give the questions that wait for an answer, the oldest first.

    Where the department has corrected every row itself meanwhile, nothing is left to ask.
    """
    return questions().filter(Exists(_waiting()), answered_at__isnull=True).order_by("pk")


def _waiting() -> QuerySet[QuestionedRecord]:
    """The records of a question that have no subject yet."""
    return QuestionedRecord.objects.filter(question=OuterRef("pk"), record_id__in=_without_subject().values("pk"))


def neighbours(*, question_id: int) -> tuple[int | None, int | None]:
    """Give the open question before one and the one behind it, in the order of the list."""
    waiting = open_questions().order_by()
    before = waiting.filter(pk__lt=question_id).order_by("-pk").values_list("pk", flat=True).first()
    behind = waiting.filter(pk__gt=question_id).order_by("pk").values_list("pk", flat=True).first()
    return before, behind


def judged(*, verdict: Verdict | None = None) -> QuerySet[Judgement]:
    """Give every judgement with its question, the latest first: who judged what, when and why."""
    found = Judgement.objects.select_related("question").order_by("-pk")
    return found if verdict is None else found.filter(verdict=verdict)


def superseded(*, judgement_ids: list[int]) -> set[int]:
    """Give which of some judgements no longer hold, because a later one on their question took their place."""
    later = Judgement.objects.filter(question=OuterRef("question"), pk__gt=OuterRef("pk"))
    return set(Judgement.objects.filter(Exists(later), pk__in=judgement_ids).values_list("pk", flat=True))


def sent_back(*, department_code: str, at_most: int = 50) -> list[SentBack]:
    """
    Give what the office sent back to a department and it has not mended yet, the latest first.

    A row is mended where its record has its subject now, or where the same document was filed again under another.
    """
    latest = Judgement.objects.filter(question=OuterRef("pk")).order_by("-pk")
    found = (
        questions()
        .filter(department_code=department_code, answered_at__isnull=False)
        .annotate(verdict=Subquery(latest.values("verdict")[:1]), why=Subquery(latest.values("reason")[:1]))
        .filter(verdict=Verdict.SENT_BACK)
        .order_by("-answered_at", "-pk")
    )
    listed = [(q, _unmended(q)) for q in found[:at_most]]
    return [
        SentBack(
            question_id=q.pk,
            written_name=q.written_name,
            written_identifier=q.written_identifier,
            reason=getattr(q, "why", ""),
            sent_back_at=q.answered_at,
            places=tuple((r.submission_id, r.sheet, r.row_number, r.document_number) for r in rows),
        )
        for q, rows in listed
        if rows and q.answered_at
    ]


def held_rows(*, submission_id: int, at_most: int = 100) -> list[HeldRow]:
    """Give the rows of a submission that are on file under no subject, in its order. Three statements at most."""
    held = {r.pk: r for r in _without_subject().filter(submission_id=submission_id).order_by("row_number")[:at_most]}
    if not held:
        return []
    latest = Judgement.objects.filter(question=OuterRef("question")).order_by("-pk")
    links = (
        QuestionedRecord.objects.filter(record_id__in=list(held))
        .select_related("question")
        .annotate(verdict=Subquery(latest.values("verdict")[:1]), why=Subquery(latest.values("reason")[:1]))
    )
    by_record = {link.record_id: link for link in links}
    unmended = set(_without_newer(_without_subject().filter(pk__in=list(held))).values_list("pk", flat=True))
    return [
        _held_row(record, by_record[pk], mended=pk not in unmended) for pk, record in held.items() if pk in by_record
    ]


def _held_row(record: Record, link: QuestionedRecord, *, mended: bool) -> HeldRow:
    back = link.question.answered_at is not None and getattr(link, "verdict", None) == Verdict.SENT_BACK
    return HeldRow(
        sheet=record.sheet,
        row_number=record.row_number,
        document_number=record.document_number,
        written_name=link.question.written_name,
        question_id=link.question_id,
        sent_back=back,
        reason=getattr(link, "why", "") if back else "",
        mended=mended,
    )


def _without_subject() -> QuerySet[Record]:
    return records().filter(subject__isnull=True).exclude(state=RecordState.WITHDRAWN)


def _without_newer(waiting: QuerySet[Record]) -> QuerySet[Record]:
    """Leave out what the department filed again since."""
    again = records().filter(
        department_code=OuterRef("department_code"),
        record_type=OuterRef("record_type"),
        document_number=OuterRef("document_number"),
        pk__gt=OuterRef("pk"),
    )
    return waiting.exclude(Exists(again.exclude(document_number="")))


def _unmended(question: Question) -> list[Record]:
    waiting = records_of(question_id=question.pk).filter(subject__isnull=True).exclude(state=RecordState.WITHDRAWN)
    return list(_without_newer(waiting))


def question(*, question_id: int) -> Question:
    """
    Give one question.

    :raises Question.DoesNotExist: there is none of this number, or the acting officer may not see it.
    """
    return questions().get(pk=question_id)


def judgements(*, question_id: int) -> QuerySet[Judgement]:
    """Give the judgements on a question, the latest first."""
    return Judgement.objects.filter(question_id=question_id).order_by("-pk")


def records_of(*, question_id: int) -> QuerySet[Record]:
    """Give the records that wait for, or were filed by, the answer to a question."""
    linked = QuestionedRecord.objects.filter(question_id=question_id).values("record_id")
    return records().filter(pk__in=linked).order_by("pk")
