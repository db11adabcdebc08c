"""
A reader contests a field of a record or complains of a body, without an account, and follows what became of it with
the code of the receipt.

It is a case like every other: the office's desk, the clocks of the pack, one decision with reasons. A stranger hides
nothing by it, and floods nobody: so many from one address, so many on one record, so many in a day. What the reader
gave of itself stands in one row that the office alone reads, and neither in the case nor in the ledger.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import connection, transaction

from publiccredit.accounts.operations import acting
from publiccredit.accounts.types import PROGRAM, Actor
from publiccredit.casework import operations as casework
from publiccredit.casework import queries as cases
from publiccredit.casework.operations import READER_ACCOUNT
from publiccredit.casework.queries import Case
from publiccredit.casework.types import UNDECIDED, Applicant, Asked, Channel, PaperIn
from publiccredit.catalogue.types import Audience, Party, ProcedureName
from publiccredit.catalogue.types.identity_numbers import may_hold_one
from publiccredit.disclosure import queries as disclosure
from publiccredit.ledger.types import china_day
from publiccredit.subjectdesk import codes
from publiccredit.subjectdesk.keeping import contact_is_over
from publiccredit.subjectdesk.models import ReaderChallenge
from publiccredit.subjectdesk.operations.contacts import MAIL
from publiccredit.subjectdesk.rules import DeskRefused

READER = Actor(name=READER_ACCOUNT, role=None)
FORM_LIVES = timedelta(days=1)
SALT = "challenge"
OF_SOURCE_IN_HOUR = 3
OF_SOURCE_IN_DAY = 10
OF_RECORD = 3  # undecided challenges by readers at a time
OF_EVERYBODY_IN_DAY = 200  # beyond that a desk could read none; the counter, post and telephone stay open
LOCK = 7310580
TELEPHONE = re.compile(r"[0-9](?:[ ()（）-]{0,2}[0-9]){6,}")  # as many digits as a number of the town has
LEAST = 4  # signs of a text that somebody can look into
LARGEST_PAPER = 5 * 1024 * 1024
COUNTER = "也可以到信用办窗口、打电话或者写信提出，期限相同，不收费。"


class UnableToChallenge(DeskRefused):
    """The challenge cannot be taken as it is; the message says why and what would be right."""


class TooManyChallenges(DeskRefused):
    """Too many came from one address, on one record or in one day."""


class NoSuchChallenge(DeskRefused):
    """The number and the code name no challenge; nobody is told which of them was wrong."""

    def __init__(self) -> None:
        super().__init__("编号和查询码不相符。请按回执核对，大小写和横线不论。", where="code")


@dataclass(frozen=True)
class Contested:
    """What a reader says: of which field, on which ground, what is wrong, by which source; a contact if it likes."""

    record_id: int
    field: str
    ground: str
    wrong: str
    source: str
    contact: str = ""


@dataclass(frozen=True)
class Complained:
    """What a reader complains of: which body, on which ground, what happened; a contact if it likes."""

    department: str
    ground: str
    request: str
    contact: str = ""


@dataclass(frozen=True)
class Receipt:
    """What a reader takes away. The code is derived from the form's own key: pressing twice gives the same one."""

    case: Case
    code: str


def new_form_key() -> str:
    """Give the key of one form: signed, so that nothing can be sent without having opened the form this day."""
    return signing.TimestampSigner(salt=SALT).sign(codes.new_secret())


def challenge_record(*, contested: Contested, key: str, source: str, at: datetime) -> Receipt:
    """
    Open a reader's case about one field of a record everybody sees. The same form pressed twice is one case.

    :raises UnableToChallenge: nobody sees the record, it has no such field, or something is missing or personal.
    :raises TooManyChallenges: so many came already from this address, on this record, or today.
    :raises CaseRefused: casework refuses it; the message says why.
    """
    _verify_key(key)
    _verify(contested, at)
    asked = Asked(
        ground=contested.ground,
        request=f"{contested.wrong.strip()}\n依据：{contested.source.strip()}",
        record_ids=(contested.record_id,),
        field=contested.field,
    )
    return _opened(ProcedureName.OBJECTION, asked, contested.contact, key=key, source=source, at=at)


def complain(*, complained: Complained, key: str, source: str, at: datetime) -> Receipt:
    """
    Open a reader's complaint about a body, on the clocks of every other. The same form pressed twice is one case.

    :raises UnableToChallenge: something is missing or personal.
    :raises TooManyChallenges: so many came already from this address, or today.
    :raises CaseRefused: casework refuses it; the message says why.
    """
    _verify_key(key)
    if len("".join(complained.request.split())) < LEAST:
        raise UnableToChallenge(f"请至少写 {LEAST} 个字，让工作人员能够核实。", where="request")
    for where in ("request", "contact"):
        if may_hold_one(getattr(complained, where)):
            raise UnableToChallenge("请不要写身份证号码。请删去后再提交。", where=where)
    _verify_contact(complained.contact.strip())
    asked = Asked(ground=complained.ground, request=complained.request, department_code=complained.department)
    return _opened(ProcedureName.COMPLAINT, asked, complained.contact, key=key, source=source, at=at)


def _opened(procedure: ProcedureName, asked: Asked, contact: str, *, key: str, source: str, at: datetime) -> Receipt:
    with acting(actor=PROGRAM), transaction.atomic():
        _one_after_another()
        idempotency_key = f"reader:{hashlib.sha256(key.encode()).hexdigest()}"
        known = ReaderChallenge.objects.filter(case__idempotency_key=idempotency_key).first()
        if known is not None:
            return Receipt(known.case, _code_of(key))
        _verify_number(asked.record_ids, source, at)
        case = casework.open_case(
            by=READER,
            procedure=procedure,
            applicant=Applicant(party=Party.READER, name="读者"),
            asked=asked,
            channel=Channel.ONLINE,
            at=at,
            idempotency_key=idempotency_key,
        )
        ReaderChallenge.objects.create(
            case=case,
            contact=contact.strip(),
            code_hash=codes.hash_of(code=_code_of(key), salt=f"{SALT}:{case.pk}"),
            source_hash=source_hash(source),
            at=at,
            entry_id=case.entry_id,
        )
    return Receipt(case, _code_of(key))


def followed(*, number: str, code: str) -> Case:
    """
    Give the case a reader's receipt belongs to.

    :raises NoSuchChallenge: the number and the code name none.
    """
    digits = "".join(c if c.isdigit() else " " for c in number).split()
    with acting(actor=PROGRAM):
        wanted = f"〔{digits[0]}〕{digits[1]}号" if len(digits) == 2 else ""
        # An objection and a complaint may bear the same two numbers: the code tells which of them is meant.
        found = ReaderChallenge.objects.select_related("case").filter(case__number__endswith=wanted) if wanted else ()
        fits = (k for k in found if codes.same(kept=k.code_hash, code=code, salt=f"{SALT}:{k.case_id}"))
        kept = next(fits, None)
        if kept is None:
            raise NoSuchChallenge
        return kept.case


def add_to_challenge(*, number: str, code: str, paper: PaperIn, at: datetime) -> None:
    """
    Hand in a paper to one's own challenge: what the office asked for, or thought of later.

    :raises NoSuchChallenge: the number and the code name none.
    :raises CaseRefused: casework refuses it; the message says why.
    """
    case = followed(number=number, code=code)
    casework.hand_in_paper(by=READER, case_id=case.pk, paper=paper, at=at)


def review_challenge(*, number: str, code: str, request: str, at: datetime) -> Case:
    """
    Ask for the one review of a challenge that was decided; its state is followed with the same code.

    :raises NoSuchChallenge: the number and the code name none.
    :raises UnableToChallenge: an identity number stands in the reasons.
    :raises CaseRefused: casework refuses it; the message says why.
    """
    if may_hold_one(request):
        raise UnableToChallenge("请不要写身份证号码。请删去后再提交。", where="request")
    with acting(actor=PROGRAM), transaction.atomic():
        first = followed(number=number, code=code)
        before = ReaderChallenge.objects.select_related("case").get(case=first)
        over = contact_is_over(challenge=before, on=china_day(at=at))  # what is over is not brought back by a review
        review = casework.request_review(
            by=READER, case_id=first.pk, applicant=Applicant(party=Party.READER, name="读者"), request=request, at=at
        )
        ReaderChallenge.objects.create(
            case=review,
            contact="" if over else before.contact,
            code_hash=codes.hash_of(code=code, salt=f"{SALT}:{review.pk}"),
            source_hash="" if over else before.source_hash,
            at=at,
            entry_id=review.entry_id,
        )
    return review


def source_hash(source: str) -> str:
    """Give the form in which an address is kept: it counts, and names nobody."""
    return codes.hash_of(code=source, salt=SALT)


def _one_after_another() -> None:
    """Let challenges be counted and opened one at a time, so that no number of simultaneous ones passes the limits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _verify_key(key: str) -> None:
    try:
        signing.TimestampSigner(salt=SALT).unsign(key, max_age=FORM_LIVES)
    except signing.BadSignature as stale:
        raise UnableToChallenge("本页打开已超过一天，或者不是从本平台的页面打开的。请重新打开后提交。") from stale


def _verify(contested: Contested, at: datetime) -> None:
    record = disclosure.visible_record(record_id=contested.record_id, audience=Audience.PUBLIC, on=china_day(at=at))
    if record is None:
        raise UnableToChallenge("没有这条公示的记录。请从记录页面发起。")
    if contested.field and contested.field not in {f.name for f in record.fields}:
        raise UnableToChallenge("该记录没有这个字段。请重新选择。", where="field")
    for where, text in (("wrong", contested.wrong), ("source", contested.source)):
        if len("".join(text.split())) < LEAST:
            raise UnableToChallenge(f"请至少写 {LEAST} 个字，让工作人员能够核实。", where=where)
    for where in ("wrong", "source", "contact"):
        if may_hold_one(getattr(contested, where)):
            raise UnableToChallenge("请不要写身份证号码。请删去后再提交。", where=where)
    _verify_contact(contested.contact.strip())


def _verify_contact(given: str) -> None:
    if given and not (MAIL.search(given) or TELEPHONE.search(given)):
        raise UnableToChallenge(
            f"“{given}”不是电话号码，也不是电子邮箱，联系不到您。请填写如 13900000000；不愿留下的可以不填。",
            where="contact",
        )


def _verify_number(record_ids: tuple[int, ...], source: str, at: datetime) -> None:
    made = ReaderChallenge.objects.all()
    ours = made.filter(source_hash=source_hash(source))
    if (
        ours.filter(at__gt=at - timedelta(hours=1)).count() >= OF_SOURCE_IN_HOUR
        or ours.filter(at__gt=at - timedelta(days=1)).count() >= OF_SOURCE_IN_DAY
    ):
        raise TooManyChallenges(f"从这里提出的次数过多，请过一小时再试。{COUNTER}")
    open_here = (
        cases.cases_of_record(record_id=record_id).filter(
            applicant=Party.READER.value, channel=Channel.ONLINE, state__in=UNDECIDED
        )
        for record_id in record_ids
    )
    if any(found.count() >= OF_RECORD for found in open_here):
        raise TooManyChallenges(f"已有 {OF_RECORD} 位读者对该记录提出异议，正在核实，不必重复提出。{COUNTER}")
    if made.filter(at__gt=at - timedelta(days=1)).count() >= OF_EVERYBODY_IN_DAY:
        raise TooManyChallenges(f"今天网上收到的读者异议已经超过能够办理的数量，请明天再试。{COUNTER}")


def _code_of(key: str) -> str:
    """Derive the code of a receipt from the key of its form, which nobody else has, and the installation's own."""
    made = hmac.new(settings.SECRET_KEY.encode(), f"{SALT}:{key}".encode(), hashlib.sha256).digest()
    return codes.letter_code_from(made)
