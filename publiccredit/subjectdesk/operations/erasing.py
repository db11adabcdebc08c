"""
What people gave of themselves is erased once it is no longer needed 《个人信息保护法》第十九条, 第四十七条.

The terms stand in ``packs/keeping.yml``. Nothing has to run for them: from its end on a contact is shown to nobody.
What stays are the tombstones (DP-36), and of a contact that acted for a subject a keyed hash: whoever shows the contact
can be told whether it was that one, and nobody is told it.
"""

from datetime import date, datetime
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from publiccredit.accounts.operations import acting, one_act
from publiccredit.accounts.types import PROGRAM
from publiccredit.casework import operations as casework
from publiccredit.casework.queries import readers_over
from publiccredit.ledger.types import china_day
from publiccredit.subjectdesk import codes
from publiccredit.subjectdesk.keeping import attempts_over, challenges_over, contacts_over, handlers_over
from publiccredit.subjectdesk.models import Handler, Message, ReaderChallenge, RegisteredContact

LOCK = 20_260_018  # of the advisory locks of this package
SALT = "erased-contact"
TOGETHER = 500


def erase_contacts(*, at: datetime) -> int:
    """
    Erase whatever is over, in one act and a statement for each kind; give how many rows. Again it changes nothing.

    Where nothing is over nothing is entered.
    """
    on = china_day(at=at)
    with acting(actor=PROGRAM), transaction.atomic():
        with connection.cursor() as cursor:  # another worker's act comes before or after this one
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        over = (readers_over(on=on), challenges_over(on=on), contacts_over(on=on), handlers_over(on=on))
        if not any(rows.exists() for rows in (*over, attempts_over(on=on))):
            return 0
        with one_act(by=PROGRAM, at=at, operation="erase_contacts", object_kind="keeping") as act:
            done = _erased(on, at, act.entry_id)
            act.payload |= {name: number for name, number in done.items() if number}
    return sum(done.values())


def _erased(on: date, at: datetime, entry_id: int) -> dict[str, int]:
    challenges = challenges_over(on=on).values_list("pk", flat=True)
    return {
        "reader_names": casework.erase_reader_names(at=at, entry_id=entry_id),
        "reader_contacts": ReaderChallenge.objects.filter(pk__in=list(challenges)).update(
            contact="", source_hash="", erased_at=at
        ),
        "message_contacts": _of_messages(on),
        "former_contacts": _of_people(contacts_over(on=on), at),
        "handler_contacts": _of_people(handlers_over(on=on), at),
        "proof_attempts": attempts_over(on=on).update(source_hash="", erased_at=at),
    }


Kept = TypeVar("Kept", RegisteredContact, Handler)


def _of_people(rows: QuerySet[Kept], at: datetime) -> int:
    over = list(rows.select_for_update(of=("self",)).order_by("pk"))
    for row in over:
        row.contact_hash = codes.hash_of(code=row.contact.lower(), salt=SALT)
        row.contact, row.erased_at = "", at
    rows.bulk_update(over, ["contact", "contact_hash", "erased_at"], batch_size=TOGETHER)
    return len(over)


def _of_messages(on: date) -> int:
    """What was sent to a contact that goes says to whom no longer, unless it is a contact of that subject still."""
    same = {"subject": OuterRef("subject"), "contact": OuterRef("contact")}
    gone = Exists(contacts_over(on=on).filter(**same)) | Exists(handlers_over(on=on).filter(**same))
    contacts = RegisteredContact.objects.filter(**same).exclude(pk__in=contacts_over(on=on).values("pk"))
    handlers = Handler.objects.filter(**same).exclude(pk__in=handlers_over(on=on).values("pk"))
    sent = Message.objects.filter(sent_at__isnull=False).exclude(contact="")
    return sent.filter(gone).exclude(Exists(contacts)).exclude(Exists(handlers)).update(contact="")
