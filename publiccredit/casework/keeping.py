"""Until when what a reader gave of itself is kept: a term of the packs from the end of its case. Read, never swept."""

from datetime import date, datetime, time, timedelta

from django.db.models import Case as Either
from django.db.models import Q, QuerySet, When
from django.db.models.functions import Coalesce

from publiccredit.casework.models import Case
from publiccredit.casework.rules import PARTY_TITLES
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import KeptName, Party
from publiccredit.ledger.types import CHINA, china_day


def kept_until(*, case: Case, name: KeptName) -> date | None:
    """Give the last day on which it is kept; none while the case or its review is undecided."""
    last = Case.objects.filter(reviews=case).first() or case
    ended_at = last.decided_at or last.taken_back_at
    if ended_at is None:
        return None
    return china_day(at=ended_at) + timedelta(days=catalogue.keeping(name=name).days)


def kept_since(*, name: KeptName, on: date) -> datetime:
    """Give the instant from which on what has ended is still kept on a day; what ended before is over."""
    return datetime.combine(on - timedelta(days=catalogue.keeping(name=name).days), time(), tzinfo=CHINA)


def ended_before(*, at: datetime) -> QuerySet[Case]:
    """Give the cases that had ended before an instant, those with a review when that had ended."""
    own, of_review = (
        Coalesce(f"{way}decided_at", f"{way}taken_back_at") for way in ("", "review__")
    )  # fmt: skip
    ended = Either(When(review__isnull=False, then=of_review), default=own)
    return Case.objects.annotate(ended_at=ended).filter(ended_at__lt=at)


def readers_over(*, on: date) -> QuerySet[Case]:
    """Give the cases whose reader the counter took down and whose term is over."""
    over = ended_before(at=kept_since(name=KeptName.READER_NAME, on=on))
    named = ~Q(applicant_name=PARTY_TITLES[Party.READER]) | ~Q(contact="") | ~Q(handler_name="")
    return Case.objects.filter(
        named, applicant=Party.READER.value, erased_at__isnull=True, pk__in=over.values("pk")
    )  # fmt: skip


def reader_is_over(*, case: Case, on: date) -> bool:
    """Tell whether what the counter took down of a reader is shown to nobody any more, erased or not yet."""
    until = kept_until(case=case, name=KeptName.READER_NAME)
    return case.applicant == Party.READER.value and (case.erased_at is not None or (until is not None and until < on))
