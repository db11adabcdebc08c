"""Every write of this package: registering recipients, what is handed to them, telling them, and who confirmed."""

from publiccredit.recipients.operations.confirming import NoSuchNotice, UnableToConfirm, acknowledge, confirm_by_person
from publiccredit.recipients.operations.delivering import deliver_due
from publiccredit.recipients.operations.disclosing import disclosing, hold_disclosures, record_copies, record_handovers
from publiccredit.recipients.operations.registering import (
    UnableToRegister,
    change_recipient,
    close_recipient,
    issue_token,
    register_recipient,
    renew_key,
    reopen_recipient,
    revoke_token,
)
from publiccredit.recipients.operations.telling import tell, tell_of_filed

__all__ = [
    "NoSuchNotice",
    "UnableToConfirm",
    "UnableToRegister",
    "acknowledge",
    "change_recipient",
    "close_recipient",
    "confirm_by_person",
    "deliver_due",
    "disclosing",
    "hold_disclosures",
    "issue_token",
    "record_copies",
    "record_handovers",
    "register_recipient",
    "renew_key",
    "reopen_recipient",
    "revoke_token",
    "tell",
    "tell_of_filed",
]
