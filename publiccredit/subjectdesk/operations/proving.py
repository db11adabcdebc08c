"""
How a subject proves itself: a code to its registered contact, a letter from the counter, the province's sign-on.

Every attempt is kept and entered in the ledger, whether it succeeds or not; and no answer tells which part was wrong,
or whether a subject or a contact is known.
"""

from datetime import datetime, timedelta

from django.db.models import F

from publiccredit.accounts.operations import Act, one_act
from publiccredit.accounts.types import PROGRAM, Actor
from publiccredit.ledger.types import china_day
from publiccredit.subjectdesk import codes
from publiccredit.subjectdesk.models import (
    Handler,
    Message,
    ProofAttempt,
    ProofCode,
    RegisteredContact,
    SubjectSession,
)
from publiccredit.subjectdesk.operations.contacts import verify_evidence
from publiccredit.subjectdesk.outbox import Messenger, Outgoing
from publiccredit.subjectdesk.queries import handler_acts
from publiccredit.subjectdesk.rules import DeskRefused, office_only
from publiccredit.subjectdesk.types import MessageKind, Method, Opened, PrintedLetter, Visitor
from publiccredit.subjects import queries as subjects
from publiccredit.subjects.queries import Subject

FAILURES_OF_SOURCE = 10  # in WINDOW, by one address: then it waits
WINDOW = timedelta(minutes=15)
CODES_IN_WINDOW = 3  # to one contact
CODES_IN_A_DAY = 10
CHINA_DAY = timedelta(days=1)
LONGEST_ACCOUNT = 18
EVIDENCE_FOR_LETTER = "营业执照原件、加盖公章的授权委托书"


class NotProved(DeskRefused):
    """The code proves nothing: wrong, used, expired, or for another subject. Nobody is told which."""

    def __init__(self, method: Method = Method.CODE) -> None:
        again = "请到窗口领取新的核验函" if method is Method.LETTER else "验证码可以重新获取"
        super().__init__(f"代码和验证码不相符，或者验证码已经用过、已经失效。请核对后重新输入；仍然不符的，{again}。")


class TooManyAttempts(DeskRefused):
    """Too many attempts came from one address; it waits."""

    def __init__(self) -> None:
        super().__init__("错误次数过多，请 15 分钟后再试。也可以到信用办窗口当面办理，不收费。")


# --- what the counter does ------------------------------------------------------------------------------------------


def issue_letter(*, by: Actor, subject_id: int, evidence: str, at: datetime) -> PrintedLetter:
    """
    Make a letter with a code for the counter to hand over against evidence; one not used yet ends with it.

    Whoever holds the letter acts for the subject: what the clerk was shown for it stays in the ledger.

    :raises NotAllowed: the actor is not of the office.
    :raises UnableToKeep: the evidence is missing, or holds an identity number.
    """
    office_only(by)
    verify_evidence(evidence, such_as=EVIDENCE_FOR_LETTER)
    subject = subjects.subjects().get(pk=subject_id)
    code = codes.new_letter_code()
    with one_act(by=by, at=at, operation="issue_proof_letter", object_kind="proof_code") as act:
        unused = ProofCode.objects.filter(
            subject_id=subject_id, method=Method.LETTER, used_at__isnull=True, cancelled_at__isnull=True
        )
        unused.update(cancelled_at=at)
        letter = _keep_code(act, subject_id, None, Method.LETTER, code, at + codes.LETTER_LIVES)
        act.payload = {"evidence": evidence.strip()}
    return PrintedLetter(
        number=letter.pk,
        subject_name=subject.name,
        identifier=subject.uscc or "",
        code=code,
        valid_until=letter.expires_at,
    )


# --- what comes from outside ----------------------------------------------------------------------------------------


def request_code(*, identifier: str, contact: str, source: str, at: datetime, messenger: Messenger) -> None:
    """
    Send a code to a contact that is kept for a subject or one of its handlers; otherwise do nothing.

    Whoever asks is told the same in every case, so that nobody learns whose contact is kept.

    :raises TooManyAttempts: the address has failed too often.
    """
    with one_act(by=PROGRAM, at=at, operation="request_proof_code", object_kind="proof_code") as act:
        _source_waits(source, at)
        subject = _subject(identifier)
        act.payload = {"known": False}
        found = _holder(subject, contact, at) if subject else None
        if subject is None or found is None:
            # A request that names nobody counts as an attempt: it would otherwise try out contacts for nothing.
            _attempt(act, subject, Method.CODE, source, succeeded=False)
            return
        if _too_many_codes(subject, found[0], at):
            act.payload = {"known": True, "sent": False}
            return
        code = codes.new_code()
        kept = _keep_code(act, subject.pk, found[0], Method.CODE, code, at + codes.CODE_LIVES)
        row = Message.objects.create(
            subject=subject, kind=MessageKind.CODE, key=str(kept.pk), contact=found[1], written_at=at,
            sent_at=at, entry_id=act.entry_id,
        )  # fmt: skip
        act.payload = {"known": True, "sent": True}
    minutes = int(codes.CODE_LIVES.total_seconds() // 60)
    text = f"验证码 {code}，用于{subject.name}登录公共信用信息平台，{minutes} 分钟内有效。请勿告诉任何人。"
    messenger.send(message=Outgoing(row.pk, MessageKind.CODE.value, found[1], text, at))


def enter_code(*, identifier: str, code: str, source: str, at: datetime) -> Opened:
    """
    Open the desk with the code of a message.

    :raises NotProved: it proves nothing.
    :raises TooManyAttempts: the address has failed too often.
    """
    return _prove(identifier, Method.CODE, code, source, at, most=codes.CODE_ATTEMPTS)


def enter_letter(*, identifier: str, code: str, source: str, at: datetime) -> Opened:
    """
    Open the desk with the code of a letter, which is used up by it.

    :raises NotProved: it proves nothing.
    :raises TooManyAttempts: the address has failed too often.
    """
    return _prove(identifier, Method.LETTER, code, source, at, most=None)


def enter_by_sign_on(*, identifier: str, source: str, at: datetime) -> Opened:
    """
    Open the desk for the subject the province's sign-on has named.

    :raises NotProved: the platform knows no such subject.
    """
    session: Opened | None = None
    with one_act(by=PROGRAM, at=at, operation="prove_subject", object_kind="subject") as act:
        subject = _subject(identifier)
        _attempt(act, subject, Method.SIGN_ON, source, succeeded=subject is not None)
        if subject is not None:
            session = _begin(act, subject, None, Method.SIGN_ON)
    if session is None:
        raise NotProved
    return session


def refuse_sign_on(*, source: str, because: str, at: datetime) -> None:
    """Enter that an answer of the province's sign-on proved nothing, and why, in one word."""
    with one_act(by=PROGRAM, at=at, operation="prove_subject", object_kind="subject") as act:
        _attempt(act, None, Method.SIGN_ON, source, succeeded=False)
        act.payload["because"] = because


def leave(*, visitor: Visitor, at: datetime) -> None:
    """End a session at once."""
    with one_act(by=visitor.actor, at=at, operation="end_subject_session", object_kind="subject") as act:
        SubjectSession.objects.filter(pk=visitor.session_id, ended_at__isnull=True).update(ended_at=at)
        act.object_id = visitor.subject_id


# --- inside ---------------------------------------------------------------------------------------------------------


def _prove(identifier: str, method: Method, code: str, source: str, at: datetime, *, most: int | None) -> Opened:
    session: Opened | None = None
    with one_act(by=PROGRAM, at=at, operation="prove_subject", object_kind="subject") as act:
        _source_waits(source, at)
        subject = _subject(identifier)
        fitting = _fitting(subject, method, code, at, most) if subject else None
        _attempt(act, subject, method, source, succeeded=fitting is not None)
        if subject is not None and fitting is not None:
            fitting.used_at = at
            fitting.save(update_fields=["used_at"])
            session = _begin(act, subject, fitting.handler, method)
    if session is None:
        raise NotProved(method)
    return session


def _fitting(subject: Subject, method: Method, code: str, at: datetime, most: int | None) -> ProofCode | None:
    """Give the code that was typed, locked, and count the failure on every other one that was still open."""
    rows = ProofCode.objects.select_for_update(of=("self",)).filter(
        subject=subject, method=method, used_at__isnull=True, cancelled_at__isnull=True, expires_at__gt=at
    )
    open_codes = list((rows if most is None else rows.filter(failed_attempts__lt=most)).order_by("pk"))
    found = None
    for kept in open_codes:
        if codes.same(kept=kept.code_hash, code=code, salt=_salt(subject.pk, method)) and _still_acts(kept, at):
            found = kept
    if found is None:
        ProofCode.objects.filter(pk__in=[c.pk for c in open_codes]).update(failed_attempts=F("failed_attempts") + 1)
    return found


def _still_acts(kept: ProofCode, at: datetime) -> bool:
    return kept.handler is None or handler_acts(handler=kept.handler, on=china_day(at=at))


def _holder(subject: Subject, contact: str, at: datetime) -> tuple[Handler | None, str] | None:
    """Give whose contact it is, of the subject itself or a handler that acts now, and the contact as it is kept."""
    wanted = contact.strip().lower()
    own = RegisteredContact.objects.filter(subject=subject, ended_at__isnull=True).first()
    if own is not None and own.contact.lower() == wanted:
        return None, own.contact
    for handler in Handler.objects.filter(subject=subject, contact__iexact=wanted, revoked_at__isnull=True):
        if handler_acts(handler=handler, on=china_day(at=at)):
            return handler, handler.contact
    return None


def _too_many_codes(subject: Subject, handler: Handler | None, at: datetime) -> bool:
    made = ProofCode.objects.filter(subject=subject, handler=handler, method=Method.CODE)
    in_window = made.filter(made_at__gt=at - WINDOW).count()
    return in_window >= CODES_IN_WINDOW or made.filter(made_at__gt=at - CHINA_DAY).count() >= CODES_IN_A_DAY


def _source_waits(source: str, at: datetime) -> None:
    """:raises TooManyAttempts: the address has failed too often in the last minutes."""
    failed = ProofAttempt.objects.filter(source_hash=_source_hash(source), succeeded=False, at__gt=at - WINDOW)
    if failed.count() >= FAILURES_OF_SOURCE:
        raise TooManyAttempts


def _keep_code(
    act: Act, subject_id: int, handler: Handler | None, method: Method, code: str, until: datetime
) -> ProofCode:
    kept = ProofCode.objects.create(
        subject_id=subject_id,
        handler=handler,
        method=method,
        code_hash=codes.hash_of(code=code, salt=_salt(subject_id, method)),
        made_by=act.by.name,
        made_at=act.at,
        expires_at=until,
        entry_id=act.entry_id,
    )
    act.object_id = kept.pk
    return kept


def _attempt(act: Act, subject: Subject | None, method: Method, source: str, *, succeeded: bool) -> None:
    ProofAttempt.objects.create(
        subject=subject,
        method=method,
        source_hash=_source_hash(source),
        succeeded=succeeded,
        at=act.at,
        entry_id=act.entry_id,
    )
    act.object_id = subject.pk if subject else ""
    act.payload |= {"method": method.value, "succeeded": succeeded}


def _begin(act: Act, subject: Subject, handler: Handler | None, method: Method) -> Opened:
    secret = codes.new_secret()
    session = SubjectSession.objects.create(
        subject=subject,
        handler=handler,
        method=method,
        secret_sha256=codes.secret_hash(secret),
        began_at=act.at,
        expires_at=act.at + codes.SESSION_LIVES,
        entry_id=act.entry_id,
    )
    return Opened(secret=secret, expires_at=session.expires_at)


def _subject(identifier: str) -> Subject | None:
    known = identifier.strip().upper()
    return subjects.subjects().filter(uscc=known).first() if len(known) == LONGEST_ACCOUNT else None


def _salt(subject_id: int, method: Method) -> str:
    return f"{subject_id}:{method.value}"


def _source_hash(source: str) -> str:
    return codes.hash_of(code=source, salt="source")
