"""The office reads a message out by telephone, or prints it, where no gateway carries it."""

from datetime import datetime

from publiccredit.accounts.operations import one_act
from publiccredit.accounts.types import Actor
from publiccredit.subjectdesk.models import Message
from publiccredit.subjectdesk.outbox import Letterbox, LocalOutbox
from publiccredit.subjectdesk.queries import code_still_counts
from publiccredit.subjectdesk.rules import DeskRefused, office_only
from publiccredit.subjectdesk.types import MessageKind
from publiccredit.subjects.operations import note_officers_look
from publiccredit.subjects.queries import verify_open


class UnableToReadOut(DeskRefused):
    """There is nothing to read out any more."""


def read_out(*, by: Actor, message_id: int, at: datetime, box: LocalOutbox | None = None) -> Letterbox:
    """
    Give the text of a message to the person who is to read it out; its subject sees on its own log who did.

    A code is read out once: whoever calls again asks for another. The ledger holds neither text nor contact.

    :raises NotAllowed: the actor is not of the office.
    :raises FileClosed: the actor has declared a relation to its subject.
    :raises UnableToReadOut: it is gone, was read out, or its minutes are over.
    """
    office_only(by)
    outbox = box or LocalOutbox()
    lying = outbox.message(number=message_id)
    with one_act(by=by, at=at, operation="read_out_message", object_kind="message") as act:
        message = Message.objects.select_for_update(of=("self",)).filter(pk=message_id).first()
        if message is not None:
            verify_open(actor=by, subject_ids=[message.subject_id])
        if lying is None or message is None or not code_still_counts(message=message, at=at):
            raise UnableToReadOut("这条信息已经读出或者失效。需要的，请对方重新获取验证码。")
        message.read_out_at, message.read_out_by = at, by.name
        message.save(update_fields=["read_out_at", "read_out_by"])
        kind = MessageKind(message.kind).label
        note_officers_look(actor=by, subject_ids=[message.subject_id], what=f"读出{kind}", at=at)
        act.object_id = message.pk
        act.payload["kind"] = message.kind
    outbox.remove(number=message_id)
    return lying
