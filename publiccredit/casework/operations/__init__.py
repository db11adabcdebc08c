"""Every write of casework: one verb of office work each, one transaction, one ledger entry."""

from publiccredit.casework.awaited_papers import PapersAwaited, PapersNotAskedFor
from publiccredit.casework.operations.deciding import (
    ConditionsNotMet,
    NotAhead,
    PapersMissing,
    ReasonsMissing,
    SecondFactorMissing,
    WrongOutcome,
    approve,
    decide,
    return_proposal,
    take_back_proposal,
)
from publiccredit.casework.operations.erasing import erase_reader_names
from publiccredit.casework.operations.guiding import guide_applicant
from publiccredit.casework.operations.handling import (
    UnableToExtend,
    UnableToTakePaper,
    answer_as_source,
    close_case,
    extend_deadline,
    forward_to_source,
    hand_in_paper,
    request_papers,
    take_case,
)
from publiccredit.casework.operations.opening import UnableToOpenCase, open_case, request_review
from publiccredit.casework.operations.remarks import UnableToState, declare_relation, state_on_record
from publiccredit.casework.operations.severity import RecordNotFound, correct_severity, propose_severity
from publiccredit.casework.operations.sweeping import escalate
from publiccredit.casework.operations.taking_back import take_back_request
from publiccredit.casework.operations.verdicts import (
    correct_record,
    grant_repair,
    lift_stay,
    refuse_repair,
    reject_objection,
    shield_records,
    stay_record,
    undo_repair,
    uphold_objection,
    withdraw_record,
)
from publiccredit.casework.public_words import PublicWordsMissing
from publiccredit.casework.rules import (
    READER_ACCOUNT,
    SUBJECT_ACCOUNT,
    AlreadyDecided,
    AlreadyTakenBack,
    CaseNotFound,
    CaseRefused,
    WrongMoment,
)
from publiccredit.casework.severity_corrections import UnableToCorrectSeverity

__all__ = [
    "READER_ACCOUNT",
    "SUBJECT_ACCOUNT",
    "AlreadyDecided",
    "AlreadyTakenBack",
    "CaseNotFound",
    "CaseRefused",
    "ConditionsNotMet",
    "NotAhead",
    "PapersAwaited",
    "PapersMissing",
    "PapersNotAskedFor",
    "PublicWordsMissing",
    "ReasonsMissing",
    "RecordNotFound",
    "SecondFactorMissing",
    "UnableToCorrectSeverity",
    "UnableToExtend",
    "UnableToOpenCase",
    "UnableToState",
    "UnableToTakePaper",
    "WrongMoment",
    "WrongOutcome",
    "answer_as_source",
    "approve",
    "close_case",
    "correct_record",
    "correct_severity",
    "decide",
    "declare_relation",
    "erase_reader_names",
    "escalate",
    "extend_deadline",
    "forward_to_source",
    "grant_repair",
    "guide_applicant",
    "hand_in_paper",
    "lift_stay",
    "open_case",
    "propose_severity",
    "refuse_repair",
    "reject_objection",
    "request_papers",
    "request_review",
    "return_proposal",
    "shield_records",
    "state_on_record",
    "stay_record",
    "take_back_proposal",
    "take_back_request",
    "take_case",
    "undo_repair",
    "uphold_objection",
    "withdraw_record",
]
