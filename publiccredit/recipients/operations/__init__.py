"""Every write of this package: registering recipients, what is handed to them, telling them, and who confirmed."""

from publiccredit.recipients.operations.confirming import NoSuchNotice, UnableToConfirm, acknowledge, confirm_by_person
from publiccredit.recipients.operations.delivering import deliver_due
from publiccredit.recipients.operations.disclosing import disclosing, hold_disclosures, record_copies, record_handovers
from publiccredit.recipients.operations.registering import (
    IssuedToken,
    UnableToRegister,
    change_recipient,
    close_recipient,
    issue_token,
    propose_key,
    propose_token,
    register_recipient,
    renew_key,
    reopen_recipient,
    revoke_token,
)
from publiccredit.recipients.operations.telling import tell, tell_of_filed
from publiccredit.recipients.operations.using import (
    NeverGiven,
    UnableToGiveNotice,
    give_adverse_use_notice,
    take_down_adverse_use,
)

__all__ = [
    "IssuedToken",
    "NeverGiven",
    "NoSuchNotice",
    "UnableToConfirm",
    "UnableToGiveNotice",
    "UnableToRegister",
    "acknowledge",
    "change_recipient",
    "close_recipient",
    "confirm_by_person",
    "deliver_due",
    "disclosing",
    "give_adverse_use_notice",
    "hold_disclosures",
    "issue_token",
    "propose_key",
    "propose_token",
    "record_copies",
    "record_handovers",
    "register_recipient",
    "renew_key",
    "reopen_recipient",
    "revoke_token",
    "take_down_adverse_use",
    "tell",
    "tell_of_filed",
]
