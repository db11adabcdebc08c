"""Every write of matching: parties linked by rule, questions asked, and what a person judges."""

from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from publiccredit.accounts.operations import acting
from publiccredit.accounts.types import Actor
from publiccredit.catalogue import queries as catalogue
from publiccredit.ledger.operations import next_entry_id, record_entry
from publiccredit.matching.cascade import match_by_identifier, match_the_rest
from publiccredit.matching.comparing import UNIFIED, subjects_concerned
from publiccredit.matching.models import Judgement, Question, QuestionedRecord
from publiccredit.matching.normalising import kind_of, normalise_name, region_of
from publiccredit.matching.queries import candidates_of, may_be_new, spellings_of_regions
from publiccredit.matching.types import Basis, Verdict
from publiccredit.recipients import operations as recipients
from publiccredit.recipients.types import Cause, NoticeKind
from publiccredit.subjects.operations import (
    assign_subject,
    make_staged_subjects,
    make_subject,
    release_subject,
    update_registered_subjects,
)
from publiccredit.subjects.queries import records, verify_open
from publiccredit.subjects.types import Filing, NewSubject


class NotAllowedToJudge(Exception):
    """Only the credit office judges whose record it is."""


class AlreadyAnswered(Exception):
    """The question has its answer; it must be reopened first."""


class NotAnswered(Exception):
    """The question waits for its answer: there is nothing to take back."""


class JudgementIncomplete(Exception):
    """A judgement lacks its reason or the subject it means."""


_ASK = """
INSERT INTO matching_question (department_code, written_name, written_identifier, written_address, reason,
    asked_at, entry_id)
SELECT DISTINCT ON (written_name, identifier) %(department_code)s, written_name, identifier, coalesce(address, ''),
    doubt, %(at)s, %(entry_id)s
FROM (SELECT *, coalesce(uscc, registration_number, organisation_code, tax_number, '') AS identifier
      FROM staged_party WHERE subject_id IS NULL) AS unmatched
ORDER BY written_name, identifier, party
ON CONFLICT (department_code, written_name, written_identifier) DO NOTHING
"""

# What was sent back and comes again, still in question, waits for the office again: only new and changed rows are here.
_ASK_AGAIN = """
UPDATE matching_question q SET answered_at = NULL
FROM staged_party p
WHERE p.subject_id IS NULL AND q.department_code = %(department_code)s AND q.written_name = p.written_name
    AND q.written_identifier = coalesce(p.uscc, p.registration_number, p.organisation_code, p.tax_number, '')
    AND q.answered_at IS NOT NULL
    AND 'sent_back' = (SELECT j.verdict FROM matching_judgement j WHERE j.question_id = q.id ORDER BY j.id DESC LIMIT 1)
"""

_CONNECT = """
INSERT INTO matching_questionedrecord (question_id, record_id)
SELECT q.id, r.id
FROM subjects_record r JOIN staged_row s USING (natural_key) JOIN staged_party p USING (party)
JOIN matching_question q ON q.department_code = r.department_code AND q.written_name = p.written_name
    AND q.written_identifier = coalesce(p.uscc, p.registration_number, p.organisation_code, p.tax_number, '')
WHERE (p.subject_id IS NULL OR p.matched_by = 'judgement') AND r.submission_id = %(submission_id)s
ON CONFLICT (record_id) DO UPDATE SET question_id = EXCLUDED.question_id
"""


def match_staged(*, filing: Filing) -> None:
    """Give each staged party its subject where that is certain, making the subjects that a new identifier names."""
    match_by_identifier(authoritative=filing.authoritative, adverse=filing.adverse)
    make_staged_subjects(filing=filing)
    # A second party of one new identifier, or one that another submission made meanwhile, meets its file now.
    match_by_identifier(authoritative=filing.authoritative, adverse=filing.adverse)
    match_the_rest(adverse=filing.adverse)
    if filing.authoritative:
        update_registered_subjects(filing=filing)


def ask_questions(*, filing: Filing) -> int:
    """Ask about the parties without subject, once for each name and identifier; give the number of new questions."""
    values: dict[str, Any] = {"department_code": filing.department_code, "at": filing.at, "entry_id": filing.entry_id,
              "submission_id": filing.submission_id}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM staged_party WHERE subject_id IS NULL OR matched_by = 'judgement')"
        )
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_ASK, values)
        asked = int(cursor.rowcount)
        cursor.execute(_ASK_AGAIN, values)
        cursor.execute(_CONNECT, values)
    return asked


def answer_question(
    *, by: Actor, question_id: int, verdict: Verdict, subject_id: int | None, reason: str, at: datetime
) -> None:
    """
    Answer whose the records of a question are, and file them; ``unsure`` keeps them waiting, with its reason.

    ``sent_back`` leaves them unfiled and hands the question to the department: it is to correct what it wrote.

    :raises NotAllowedToJudge: only the credit office judges.
    :raises FileClosed: the actor has declared a relation to a subject the question concerns, or to the one chosen.
    :raises AlreadyAnswered: the question has its answer.
    :raises JudgementIncomplete: the reason is missing, or ``same`` comes without its subject.
    """
    _office_only(by)
    if not reason.strip():
        raise JudgementIncomplete("请写明判定理由，例如核对了哪些登记信息。")
    if verdict is Verdict.REOPENED:
        raise JudgementIncomplete("撤回原判定不是一项判定，请用“撤回原判定”办理。")
    if (verdict is Verdict.SAME) != (subject_id is not None):
        raise JudgementIncomplete("判定为“是同一主体”时须选定一个主体；其他结论不选。")
    with acting(actor=by), transaction.atomic():
        question = Question.objects.select_for_update().get(pk=question_id)
        if question.answered_at is not None:
            raise AlreadyAnswered("此项已有判定。如判定有误，请先撤回原判定。")
        verify_open(actor=by, subject_ids=[*subjects_concerned(question=question), subject_id])
        entry_id = next_entry_id()
        chosen = _new_subject(question, at, entry_id) if verdict is Verdict.NEW else subject_id
        moved = told = 0
        if chosen is not None:
            waiting = _records(question, subject__isnull=True)
            moved = assign_subject(
                record_ids=waiting, subject_id=chosen, matched_by=Basis.JUDGEMENT.value, at=at, entry_id=entry_id
            )
            told = _tell_holders(waiting, NoticeKind.SUBJECT_DETERMINED, at, entry_id)
        if chosen is not None or verdict is Verdict.SENT_BACK:
            Question.objects.filter(pk=question_id).update(answered_at=at)
        _judge(by, question, verdict, subject_id=chosen, reason=reason, at=at, entry_id=entry_id)
        _enter(by, "answer_question", question, at, entry_id, verdict=verdict.value, records=moved, notices=told)


def reopen_question(*, by: Actor, question_id: int, reason: str, at: datetime) -> None:
    """
    Take an answer back with all its effects: the records leave the subject's file and wait again.

    :raises NotAllowedToJudge: only the credit office judges.
    :raises FileClosed: the actor has declared a relation to a subject the question concerns.
    :raises NotAnswered: there is no answer to take back.
    :raises JudgementIncomplete: the reason is missing.
    """
    _office_only(by)
    if not reason.strip():
        raise JudgementIncomplete("请写明撤回原判定的理由。")
    with acting(actor=by), transaction.atomic():
        question = Question.objects.select_for_update().get(pk=question_id)
        if question.answered_at is None:
            raise NotAnswered("此项尚无判定，无需撤回。")
        verify_open(actor=by, subject_ids=subjects_concerned(question=question))
        entry_id = next_entry_id()
        judged = _records(question, matched_by=Basis.JUDGEMENT)
        # The judgement comes first: it is what the database asks for before a record leaves its subject's file.
        _judge(by, question, Verdict.REOPENED, subject_id=None, reason=reason, at=at, entry_id=entry_id)
        moved = release_subject(record_ids=judged, at=at, entry_id=entry_id)
        told = _tell_holders(judged, NoticeKind.SUBJECT_OPEN, at, entry_id)
        Question.objects.filter(pk=question_id).update(answered_at=None)
        _enter(by, "reopen_question", question, at, entry_id, records=moved, notices=told)


def _tell_holders(record_ids: list[int], kind: NoticeKind, at: datetime, entry_id: int) -> int:
    """Whoever was given a record under one subject hears that it is another's (DP-20)."""
    cause = Cause(entry_id=entry_id, at=at, authority=catalogue.credit_office().name)
    return recipients.tell(kinds=dict.fromkeys(record_ids, kind), cause=cause)


def _office_only(by: Actor) -> None:
    if not by.of_office and by.role is not None:
        raise NotAllowedToJudge("只有信用办可以判定记录属于哪个主体。请联系信用办办理。")


def _records(question: Question, **standing: object) -> list[int]:
    """The records of a question that stand so: what the department has corrected itself meanwhile is not touched."""
    linked = QuestionedRecord.objects.filter(question=question).values("record_id")
    return list(records().filter(pk__in=linked, **standing).values_list("pk", flat=True))


def _new_subject(question: Question, at: datetime, entry_id: int) -> int:
    regions = spellings_of_regions(on=date(at.year, at.month, at.day))
    normal = normalise_name(name=question.written_name, regions=regions)
    uscc = question.written_identifier if len(question.written_identifier) == UNIFIED else None
    if not may_be_new(question=question):
        raise JudgementIncomplete(
            f"代码 {uscc} 已有档案，不能另建新主体。"
            "请选定该主体；如所报代码有误，请选定正确的主体，或请部门更正后重报。"
        )
    new = NewSubject(
        name=question.written_name,
        kind=kind_of(uscc=uscc, category=None),
        uscc=uscc,
        region=region_of(named=normal.region, uscc=uscc),
        address=question.written_address,
    )
    return make_subject(new=new, normalised_name=normal.name, core_name=normal.core, at=at, entry_id=entry_id)


def _judge(
    by: Actor, question: Question, verdict: Verdict, *, subject_id: int | None, reason: str, at: datetime, entry_id: int
) -> None:
    Judgement.objects.create(
        question=question, verdict=verdict.value, subject_id=subject_id, reason=reason.strip(), judged_by=by.name,
        judged_at=at, entry_id=entry_id, candidates=[c.subject_id for c in candidates_of(question=question)],
    )  # fmt: skip


def _enter(by: Actor, operation: str, question: Question, at: datetime, entry_id: int, **payload: str | int) -> None:
    record_entry(
        actor=by.name, operation=operation, object_kind="question", object_id=question.pk, at=at, entry_id=entry_id,
        department_code=question.department_code, payload=payload,
    )  # fmt: skip
