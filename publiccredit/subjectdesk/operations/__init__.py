"""Every write of the subject's desk: one verb each, one transaction, one ledger entry."""

from publiccredit.subjectdesk.operations.asking import (
    AlreadyUnderWay,
    NotOpenYet,
    NotYours,
    hand_in_paper,
    open_case,
    request_review,
    state,
    take_back_request,
)
from publiccredit.subjectdesk.operations.challenging import (
    Complained,
    Contested,
    NoSuchChallenge,
    Receipt,
    TooManyChallenges,
    UnableToChallenge,
    add_to_challenge,
    challenge_record,
    complain,
    followed,
    new_form_key,
    review_challenge,
)
from publiccredit.subjectdesk.operations.contacts import UnableToKeep, name_handler, register_contact, revoke_handler
from publiccredit.subjectdesk.operations.erasing import erase_contacts
from publiccredit.subjectdesk.operations.proving import (
    NotProved,
    TooManyAttempts,
    enter_by_sign_on,
    enter_code,
    enter_letter,
    issue_letter,
    leave,
    refuse_sign_on,
    request_code,
)
from publiccredit.subjectdesk.operations.reading_out import UnableToReadOut, read_out
from publiccredit.subjectdesk.operations.reminding import remind_of_repairs, tell_of_letters
from publiccredit.subjectdesk.rules import DeskRefused

__all__ = [
    "AlreadyUnderWay",
    "Complained",
    "Contested",
    "DeskRefused",
    "NoSuchChallenge",
    "NotOpenYet",
    "NotProved",
    "NotYours",
    "Receipt",
    "TooManyAttempts",
    "TooManyChallenges",
    "UnableToChallenge",
    "UnableToKeep",
    "UnableToReadOut",
    "add_to_challenge",
    "challenge_record",
    "complain",
    "enter_by_sign_on",
    "enter_code",
    "enter_letter",
    "erase_contacts",
    "followed",
    "hand_in_paper",
    "issue_letter",
    "leave",
    "name_handler",
    "new_form_key",
    "open_case",
    "read_out",
    "refuse_sign_on",
    "register_contact",
    "remind_of_repairs",
    "request_code",
    "request_review",
    "review_challenge",
    "revoke_handler",
    "state",
    "take_back_request",
    "tell_of_letters",
]
