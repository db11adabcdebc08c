"""
What a reader gave of itself is erased once it is no longer needed 《个人信息保护法》第十九条, 第四十七条.

The term stands in ``packs/keeping.yml``. Nothing has to run for it: from its end on the contact is shown to nobody.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from publiccredit.accounts.operations import acting, one_act
from publiccredit.accounts.types import PROGRAM
from publiccredit.ledger.types import china_day
from publiccredit.subjectdesk.keeping import contact_is_over
from publiccredit.subjectdesk.models import ReaderChallenge

LONGEST_DAY = timedelta(days=1)


def erase_reader_contacts(*, at: datetime) -> int:
    """Erase the contact and the source of every challenge whose term is over; give how many. Again changes nothing."""
    ended = Q(case__decided_at__lt=at - LONGEST_DAY) | Q(case__taken_back_at__lt=at - LONGEST_DAY)
    with acting(actor=PROGRAM):
        rows = list(ReaderChallenge.objects.select_related("case").filter(ended, erased_at__isnull=True).order_by("pk"))
        over = [row.pk for row in rows if contact_is_over(challenge=row, on=china_day(at=at))]
    return sum(_erase(challenge_id, at) for challenge_id in over)


def _erase(challenge_id: int, at: datetime) -> int:
    with acting(actor=PROGRAM), transaction.atomic():
        left = ReaderChallenge.objects.select_for_update(of=("self",)).filter(pk=challenge_id, erased_at__isnull=True)
        row = left.first()
        if row is None:  # another worker was quicker
            return 0
        with one_act(by=PROGRAM, at=at, operation="erase_reader_contact", object_kind="case") as act:
            act.object_id = row.case_id
            row.contact, row.source_hash, row.erased_at = "", "", at
            row.save(update_fields=["contact", "source_hash", "erased_at"])
    return 1
