"""Codes, letters and handlers: what opens the desk, and what does not."""

import json
from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from publiccredit.accounts.operations import NotAllowed
from publiccredit.accounts.types import Role
from publiccredit.ledger.models import Entry
from publiccredit.subjectdesk import operations, queries
from publiccredit.subjectdesk.models import Handler, Message, ProofAttempt, ProofCode
from publiccredit.subjectdesk.operations import NotProved, TooManyAttempts, UnableToKeep
from publiccredit.subjectdesk.operations.proving import CODES_IN_WINDOW, FAILURES_OF_SOURCE
from publiccredit.subjectdesk.types import EVERY_RIGHT, HandlerAsked, Method, Right
from publiccredit.subjects.models import Subject
from tests.factories import stored_subject
from tests.flows.cases import AT, CLERK, LIAISON
from tests.flows.desks import CONTACT, SHOWN, SOURCE, Pigeon, opened_by_letter, visitor_of, with_contact
from tests.flows.test_a_liaison_works_at_the_desk import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]
DAY = timedelta(days=1)


@pytest.fixture
def pigeon() -> Pigeon:
    return Pigeon()


def _ask(subject: Subject, pigeon: Pigeon, *, at: datetime = AT, contact: str = CONTACT, source: str = SOURCE) -> None:
    operations.request_code(identifier=subject.uscc or "", contact=contact, source=source, at=at, messenger=pigeon)


def _enter(subject: Subject, code: str, *, at: datetime = AT, source: str = SOURCE) -> object:
    return operations.enter_code(identifier=subject.uscc or "", code=code, source=source, at=at)


def _named(visitor: object, *, rights: frozenset[Right], until: date, contact: str = "13900000001") -> Handler:
    asked = HandlerAsked("赵六", contact, rights, AT.date(), until)
    return operations.name_handler(visitor=visitor, asked=asked, at=AT)  # type: ignore[arg-type]


def test_a_code_to_the_registered_contact_opens_the_desk_with_every_right(subject: Subject, pigeon: Pigeon) -> None:
    with_contact(subject, at=AT)
    _ask(subject, pigeon)
    assert pigeon.carried[0][0] == CONTACT
    visitor = visitor_of(_enter(subject, pigeon.code), at=AT)  # type: ignore[arg-type]
    assert (visitor.subject_id, visitor.is_subject, visitor.rights) == (subject.pk, True, EVERY_RIGHT)


def test_neither_the_code_nor_its_plain_hash_is_kept(subject: Subject, pigeon: Pigeon) -> None:
    with_contact(subject, at=AT)
    _ask(subject, pigeon)
    kept = ProofCode.objects.get()
    assert pigeon.code not in str(ProofCode.objects.values().get()) and Message.objects.get().text == ""
    assert len(kept.code_hash) == 64
    assert not any(pigeon.code in str(e.payload) for e in Entry.objects.all())


def test_every_proof_leaves_one_ledger_entry_whether_it_succeeds_or_not(subject: Subject, pigeon: Pigeon) -> None:
    with_contact(subject, at=AT)
    before = Entry.objects.count()
    _ask(subject, pigeon)
    wrong = "000000" if pigeon.code != "000000" else "111111"
    with pytest.raises(NotProved):
        _enter(subject, wrong)
    _enter(subject, pigeon.code)
    entries = list(Entry.objects.order_by("position"))[before:]
    assert [(e.operation, json.loads(e.payload).get("succeeded")) for e in entries] == [
        ("request_proof_code", None),
        ("prove_subject", False),
        ("prove_subject", True),
    ]


def test_a_contact_that_is_not_kept_gets_no_code_and_the_asker_is_not_told(subject: Subject, pigeon: Pigeon) -> None:
    with_contact(subject, at=AT)
    _ask(subject, pigeon, contact="13911111111")
    operations.request_code(identifier="9" * 18, contact=CONTACT, source=SOURCE, at=AT, messenger=pigeon)
    assert pigeon.carried == []
    assert ProofAttempt.objects.filter(succeeded=False).count() == 2


def test_five_wrong_codes_end_a_code(subject: Subject, pigeon: Pigeon) -> None:
    with_contact(subject, at=AT)
    _ask(subject, pigeon)
    wrong = f"{(int(pigeon.code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        with pytest.raises(NotProved):
            _enter(subject, wrong)
    with pytest.raises(NotProved):
        _enter(subject, pigeon.code)


def test_a_code_ends_after_ten_minutes(subject: Subject, pigeon: Pigeon) -> None:
    with_contact(subject, at=AT)
    _ask(subject, pigeon)
    with pytest.raises(NotProved):
        _enter(subject, pigeon.code, at=AT + timedelta(minutes=10))
    _enter(subject, pigeon.code, at=AT + timedelta(minutes=10) - timedelta(seconds=1))


def test_a_code_of_one_subject_opens_no_other(subject: Subject, pigeon: Pigeon) -> None:
    other = stored_subject(number=2, name="濉溪县另一建材有限公司")
    with_contact(subject, at=AT)
    with_contact(other, at=AT, contact="13900000002")
    _ask(subject, pigeon)
    with pytest.raises(NotProved):
        _enter(other, pigeon.code)


def test_codes_to_one_contact_are_few(subject: Subject, pigeon: Pigeon) -> None:
    with_contact(subject, at=AT)
    for _ in range(CODES_IN_WINDOW + 3):
        _ask(subject, pigeon)
    assert len(pigeon.carried) == CODES_IN_WINDOW


def test_an_address_that_guesses_waits_and_others_do_not(subject: Subject, pigeon: Pigeon) -> None:
    letter = operations.issue_letter(by=CLERK, subject_id=subject.pk, evidence=SHOWN, at=AT)
    for number in range(FAILURES_OF_SOURCE):
        with pytest.raises(NotProved):
            operations.enter_letter(identifier=subject.uscc or "", code=f"AAAA-{number}", source=SOURCE, at=AT)
    with pytest.raises(TooManyAttempts):
        operations.enter_letter(identifier=subject.uscc or "", code=letter.code, source=SOURCE, at=AT)
    with pytest.raises(TooManyAttempts):
        _ask(subject, pigeon)
    assert operations.enter_letter(identifier=subject.uscc or "", code=letter.code, source="203.0.113.9", at=AT)


def test_a_letter_opens_the_desk_however_it_is_typed_and_only_once(subject: Subject) -> None:
    letter = operations.issue_letter(by=CLERK, subject_id=subject.pk, evidence=SHOWN, at=AT)
    typed = letter.code.replace("-", " ").lower()
    opened = operations.enter_letter(identifier=subject.uscc or "", code=typed, source=SOURCE, at=AT)
    assert visitor_of(opened, at=AT).subject_name == subject.name
    with pytest.raises(NotProved):
        operations.enter_letter(identifier=subject.uscc or "", code=letter.code, source=SOURCE, at=AT)


def test_a_new_letter_ends_the_one_not_used(subject: Subject) -> None:
    first = operations.issue_letter(by=CLERK, subject_id=subject.pk, evidence=SHOWN, at=AT)
    second = operations.issue_letter(by=CLERK, subject_id=subject.pk, evidence=SHOWN, at=AT)
    with pytest.raises(NotProved):
        operations.enter_letter(identifier=subject.uscc or "", code=first.code, source=SOURCE, at=AT)
    assert operations.enter_letter(identifier=subject.uscc or "", code=second.code, source=SOURCE, at=AT)


def test_a_letter_ends_after_thirty_days(subject: Subject) -> None:
    letter = operations.issue_letter(by=CLERK, subject_id=subject.pk, evidence=SHOWN, at=AT)
    with pytest.raises(NotProved):
        operations.enter_letter(identifier=subject.uscc or "", code=letter.code, source=SOURCE, at=AT + 30 * DAY)


def test_only_the_office_makes_letters_and_keeps_contacts(subject: Subject) -> None:
    with pytest.raises(NotAllowed):
        operations.issue_letter(by=LIAISON, subject_id=subject.pk, evidence=SHOWN, at=AT)
    with pytest.raises(NotAllowed):
        operations.register_contact(
            by=LIAISON, subject_id=subject.pk, name="王五", contact=CONTACT, evidence="营业执照原件", at=AT
        )


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"contact": "340621199001011234"}, "contact"),
        ({"contact": "123"}, "contact"),
        ({"name": "340621199001011234"}, "name"),
        ({"evidence": "身份证 340621199001011234"}, "evidence"),
        ({"evidence": ""}, "evidence"),
    ],
)
def test_no_identity_number_is_kept_as_a_contact(subject: Subject, given: dict[str, str], where: str) -> None:
    usual = {"name": "王五", "contact": CONTACT, "evidence": "营业执照原件"}
    with pytest.raises(UnableToKeep) as refusal:
        operations.register_contact(by=CLERK, subject_id=subject.pk, at=AT, **usual | given)
    assert refusal.value.where == where
    assert not queries.contacts(subject_id=subject.pk).exists()


def test_a_new_contact_ends_the_former_one_and_its_codes(subject: Subject, pigeon: Pigeon) -> None:
    with_contact(subject, at=AT)
    _ask(subject, pigeon)
    with_contact(subject, at=AT, contact="13900000009")
    with pytest.raises(NotProved):
        _enter(subject, pigeon.code)
    _ask(subject, pigeon)
    assert len(pigeon.carried) == 1


def test_a_session_ends_after_two_hours_and_at_once_when_it_is_left(subject: Subject) -> None:
    opened = opened_by_letter(subject, at=AT)
    assert queries.visitor_of(secret=opened.secret, at=AT + timedelta(hours=2)) is None
    operations.leave(visitor=visitor_of(opened, at=AT), at=AT)
    assert queries.visitor_of(secret=opened.secret, at=AT) is None


# --- handlers -------------------------------------------------------------------------------------------------------


def test_a_handler_comes_in_by_its_own_contact_with_the_rights_it_was_given(subject: Subject, pigeon: Pigeon) -> None:
    owner = visitor_of(opened_by_letter(subject, at=AT), at=AT)
    _named(owner, rights=frozenset({Right.OBJECT}), until=date(2026, 10, 1))
    _ask(subject, pigeon, contact="13900000001")
    handler = visitor_of(_enter(subject, pigeon.code), at=AT)  # type: ignore[arg-type]
    assert (handler.handler_name, handler.rights) == ("赵六", frozenset({Right.SEE, Right.OBJECT}))


def test_a_handler_names_and_revokes_no_other(subject: Subject, pigeon: Pigeon) -> None:
    owner = visitor_of(opened_by_letter(subject, at=AT), at=AT)
    named = _named(owner, rights=EVERY_RIGHT, until=date(2026, 10, 1))
    _ask(subject, pigeon, contact="13900000001")
    handler = visitor_of(_enter(subject, pigeon.code), at=AT)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        _named(handler, rights=EVERY_RIGHT, until=date(2026, 10, 1), contact="13900000003")
    with pytest.raises(NotAllowed):
        operations.revoke_handler(visitor=handler, handler_id=named.pk, at=AT)


def test_the_rights_of_a_handler_end_in_an_open_session_with_their_last_day(subject: Subject, pigeon: Pigeon) -> None:
    owner = visitor_of(opened_by_letter(subject, at=AT), at=AT)
    _named(owner, rights=EVERY_RIGHT, until=date(2026, 9, 2))  # AT is the first of September
    late = AT.replace(hour=15, minute=30)  # half past eleven at night in China
    _ask(subject, pigeon, contact="13900000001", at=late)
    opened = _enter(subject, pigeon.code, at=late)
    midnight = AT.replace(hour=16)
    assert visitor_of(opened, at=midnight - timedelta(seconds=1)).handler_name == "赵六"  # type: ignore[arg-type]
    assert queries.visitor_of(secret=opened.secret, at=midnight) is None  # type: ignore[attr-defined]


def test_a_revoked_handler_is_out_with_the_next_page_and_gets_no_code(subject: Subject, pigeon: Pigeon) -> None:
    owner = visitor_of(opened_by_letter(subject, at=AT), at=AT)
    named = _named(owner, rights=EVERY_RIGHT, until=date(2026, 10, 1))
    _ask(subject, pigeon, contact="13900000001")
    opened = _enter(subject, pigeon.code)
    operations.revoke_handler(visitor=owner, handler_id=named.pk, at=AT)
    assert queries.visitor_of(secret=opened.secret, at=AT) is None  # type: ignore[attr-defined]
    _ask(subject, pigeon, contact="13900000001")
    assert len(pigeon.carried) == 1


def test_a_handler_of_another_subject_is_not_revoked(subject: Subject) -> None:
    owner = visitor_of(opened_by_letter(subject, at=AT), at=AT)
    named = _named(owner, rights=EVERY_RIGHT, until=date(2026, 10, 1))
    other = stored_subject(number=2, name="濉溪县另一建材有限公司")
    with pytest.raises(UnableToKeep):
        operations.revoke_handler(visitor=visitor_of(opened_by_letter(other, at=AT), at=AT), handler_id=named.pk, at=AT)
    assert Handler.objects.get().revoked_at is None


@pytest.mark.parametrize(
    ("until", "rights", "where"),
    [
        (date(2026, 9, 1), EVERY_RIGHT, "last_on"),
        (date(2029, 9, 1), EVERY_RIGHT, "last_on"),
        (date(2026, 10, 1), frozenset[Right](), "rights"),
    ],
)
def test_an_authorisation_without_an_end_or_a_right_is_refused(
    subject: Subject, until: date, rights: frozenset[Right], where: str
) -> None:
    owner = visitor_of(opened_by_letter(subject, at=AT), at=AT)
    with pytest.raises(UnableToKeep) as refusal:
        _named(owner, rights=rights, until=until)
    assert refusal.value.where == where


# --- the database and the pages -------------------------------------------------------------------------------------


def test_the_database_refuses_a_letter_used_twice_and_an_attempt_removed(subject: Subject) -> None:
    opened_by_letter(subject, at=AT)
    for statement in (
        "UPDATE subjectdesk_proofcode SET used_at = NULL",
        "UPDATE subjectdesk_proofcode SET expires_at = expires_at + interval '1 year'",
        "DELETE FROM subjectdesk_proofattempt",
        "DELETE FROM subjects_look",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_an_officer_is_no_subject_and_a_subject_no_officer(subject: Subject, client: Client) -> None:
    from publiccredit.accounts.models import Officer

    opened = opened_by_letter(subject, at=AT)
    client.force_login(
        Officer.objects.get(username=CLERK.name), backend="publiccredit.accounts.backends.OfficerBackend"
    )
    assert client.get("/mine/").headers["Location"].startswith("/mine/log-in/")
    alone = Client()
    alone.cookies["mine"] = opened.secret
    for address in ("/proofs/", "/oversight/", "/intake/", "/accounts/"):
        assert alone.get(address).headers["Location"].startswith("/log-in/")


def test_the_session_cookie_goes_to_the_desk_alone_and_to_no_script(subject: Subject, client: Client) -> None:
    from django.utils import timezone

    letter = operations.issue_letter(by=CLERK, subject_id=subject.pk, evidence=SHOWN, at=timezone.now())
    answer = client.post("/mine/log-in/letter/", {"identifier": subject.uscc, "code": letter.code})
    assert answer.headers["Location"] == "/mine/"
    cookie = answer.cookies["mine"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/mine/", True, "Lax")
    page = client.get("/mine/")
    assert subject.name in page.content.decode() and "no-store" in page.headers["Cache-Control"]


def test_a_replayed_letter_is_refused_at_its_field(subject: Subject, client: Client) -> None:
    from django.utils import timezone

    letter = operations.issue_letter(by=CLERK, subject_id=subject.pk, evidence=SHOWN, at=timezone.now())
    typed = {"identifier": subject.uscc, "code": letter.code, "next": "https://elsewhere.example/mine/"}
    assert client.post("/mine/log-in/letter/", typed).headers["Location"] == "/mine/"
    again = Client().post("/mine/log-in/letter/", typed)
    assert again.status_code == 422
    assert again.context["letter"].errors["code"] == [str(NotProved(Method.LETTER))]
    assert "请到窗口领取新的核验函" in again.content.decode()
    assert "mine" not in again.cookies


def test_a_letter_is_made_on_what_was_checked_which_stays_in_the_ledger(subject: Subject) -> None:
    page = f"/proofs/{subject.uscc}/"
    clerk = client_of(Role.OFFICE_CLERK)
    for evidence, said_so in (("", "请写明核对了哪些材料"), ("证件 340621199001011234", "不要写身份证号码")):
        refused = clerk.post(f"{page}letter/", {"evidence": evidence})
        assert (refused.status_code, said_so in refused.content.decode()) == (422, True)
    assert not ProofCode.objects.exists()
    made = clerk.post(f"{page}letter/", {"evidence": SHOWN})
    assert (made.status_code, "letter-code" in made.content.decode()) == (200, True)
    entry = Entry.objects.get(operation="issue_proof_letter")
    assert json.loads(entry.payload)["evidence"] == SHOWN
