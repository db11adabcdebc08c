"""Every read of matching: how parties are described, which questions wait, and who may be meant."""

from datetime import date

import polars as pl
from django.db.models import Count, F, Q, QuerySet
from rapidfuzz import fuzz

from publiccredit.catalogue import queries as catalogue
from publiccredit.matching.models import Judgement, Question, QuestionedRecord
from publiccredit.matching.normalising import (
    NormalisedName,
    kind_of,
    normalise_name,
    plain_name,
    region_in_address,
    region_of,
)
from publiccredit.matching.staged import heard_doubts
from publiccredit.matching.types import Candidate
from publiccredit.subjects.queries import Record, Subject, pinyin_initials, records, subjects

__all__ = [
    "Candidate",
    "Judgement",
    "Question",
    "candidates_of",
    "describe_parties",
    "heard_doubts",
    "judgements",
    "open_questions",
    "question",
    "questions",
    "records_of",
    "spellings_of_regions",
    "subject_of_uscc",
]

REGIONS = "region"  # the code table of regions as names spell them
# The words of registration in packs/codes/registration_status.yml.
BLOCK = 200  # subjects compared at most for one question
BLOCK_LENGTH = 4  # characters of the heart of a name that a candidate must share
SHORTEST_BLOCK = 2
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


def questions() -> QuerySet[Question]:
    """Give the questions the acting officer may see, those without answer first, the oldest first."""
    return Question.objects.annotate(number=Count("records")).order_by(
        F("answered_at").asc(nulls_first=True), "asked_at", "pk"
    )


def open_questions() -> QuerySet[Question]:
    """Give the questions that wait for an answer, the oldest first."""
    return questions().filter(answered_at__isnull=True).order_by("asked_at", "pk")


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


def candidates_of(*, question: Question, at_most: int = 8) -> tuple[Candidate, ...]:
    """Give the subjects that may be meant, the likeliest first, each with what speaks for and against it."""
    regions = spellings_of_regions(on=question.asked_at.date())
    normal = normalise_name(name=question.written_name, regions=regions)
    found = subjects().filter(_block(question, normal)).distinct()[:BLOCK]
    compared = (_candidate(subject, question, normal) for subject in found)
    return tuple(sorted(compared, key=lambda c: (-c.likeness, c.subject_id))[:at_most])


def _block(question: Question, normal: NormalisedName) -> Q:
    """The few subjects worth comparing: by identifier, by name now or formerly, and by the heart of the name."""
    block = Q(normalised_name=normal.name) | Q(names__normalised_name=normal.name)
    if question.written_identifier:
        block |= Q(uscc=question.written_identifier) | Q(identifiers__value=question.written_identifier)
    if len(normal.core) >= SHORTEST_BLOCK:
        block |= Q(normalised_name__contains=normal.core[:BLOCK_LENGTH])
    return block


def _candidate(subject: Subject, question: Question, normal: NormalisedName) -> Candidate:
    because = []
    near_name = max(fuzz.ratio(subject.normalised_name, normal.name), fuzz.ratio(subject.core_name, normal.core))
    total = near_name * 0.6
    if subject.normalised_name == normal.name:
        because.append("规范名称一致")
    else:
        because.append(f"名称相似度 {near_name:.0f}%（档案名称：{subject.name}）")
    if question.written_identifier and question.written_identifier == subject.uscc:
        because.append("统一社会信用代码一致")
        total += 25
    elif question.written_identifier and subject.uscc:
        because.append(f"代码不同（档案代码：{subject.uscc}）")
    if normal.region and subject.region:
        same = normal.region == subject.region
        because.append("登记区域一致" if same else f"登记区域不同（{normal.region} 与 {subject.region}）")
        total += 10 if same else -10
    if question.written_address and subject.address:
        near = fuzz.partial_ratio(plain_name(name=question.written_address), plain_name(name=subject.address))
        because.append(f"住所相似度 {near:.0f}%")
        total += near * 0.05
    return Candidate(
        subject_id=subject.pk,
        name=subject.name,
        uscc=subject.uscc or "",
        address=subject.address,
        likeness=max(0, min(100, round(total))),
        because=tuple(because),
    )
