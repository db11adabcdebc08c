"""Until when the contacts people give are kept: terms of the packs. Read, never swept: nobody is shown what is over."""

from datetime import date, timedelta

from django.db.models import Q, QuerySet

from publiccredit.casework.queries import Case, ended_before, kept_since, kept_until
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import KeptName
from publiccredit.ledger.types import china_day
from publiccredit.subjectdesk.models import Handler, ProofAttempt, ReaderChallenge, RegisteredContact


def contact_until(*, case: Case) -> date | None:
    """Give the last day on which the contact of a reader's case is kept; none while it or its review is undecided."""
    return kept_until(case=case, name=KeptName.READER_CONTACT)


def contact_is_over(*, challenge: ReaderChallenge, on: date) -> bool:
    """Tell whether the contact left with a challenge is given to nobody any more, erased or not yet."""
    until = contact_until(case=challenge.case)
    return challenge.erased_at is not None or (until is not None and until < on)


def former_contact(*, kept: RegisteredContact, on: date) -> str:
    """Give a contact the office registered; nothing once the term since it ended is over."""
    ended = kept.ended_at
    days = timedelta(days=catalogue.keeping(name=KeptName.FORMER_CONTACT).days)
    return "" if ended is not None and china_day(at=ended) + days < on else kept.contact


def handler_contact(*, handler: Handler, on: date) -> str:
    """Give a handler's contact; nothing once the term since it last acted is over."""
    last = handler.until - timedelta(days=1)
    if handler.revoked_at is not None:
        last = min(last, china_day(at=handler.revoked_at))
    days = timedelta(days=catalogue.keeping(name=KeptName.HANDLER_CONTACT).days)
    return "" if last + days < on else handler.contact


def challenges_over(*, on: date) -> QuerySet[ReaderChallenge]:
    """Give the challenges whose contact is over and still there."""
    ended = ended_before(at=kept_since(name=KeptName.READER_CONTACT, on=on))
    return ReaderChallenge.objects.filter(erased_at__isnull=True, case__in=ended.values("pk"))


def contacts_over(*, on: date) -> QuerySet[RegisteredContact]:
    """Give the contacts whose term is over and that are still there."""
    since = kept_since(name=KeptName.FORMER_CONTACT, on=on)
    return RegisteredContact.objects.filter(erased_at__isnull=True, ended_at__lt=since)


def handlers_over(*, on: date) -> QuerySet[Handler]:
    """Give the handlers whose contact is over and still there."""
    since = kept_since(name=KeptName.HANDLER_CONTACT, on=on)
    ended = Q(revoked_at__lt=since) | Q(until__lte=china_day(at=since))
    return Handler.objects.filter(ended, erased_at__isnull=True)


def attempts_over(*, on: date) -> QuerySet[ProofAttempt]:
    """Give the attempts to prove a subject whose source is over and still there."""
    since = kept_since(name=KeptName.PROOF_ATTEMPT, on=on)
    return ProofAttempt.objects.filter(erased_at__isnull=True, at__lt=since)
