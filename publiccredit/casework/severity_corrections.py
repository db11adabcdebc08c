"""What a decided correction of a severity may say, and what it writes beside the columns every correction writes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from publiccredit.accounts.operations import Act
from publiccredit.casework.correcting import Cell, Correction
from publiccredit.casework.models import Decision
from publiccredit.casework.rules import CaseRefused
from publiccredit.casework.severity import obstacle, offered, severity_field
from publiccredit.catalogue.types import SEVERITY_TITLES, Severity
from publiccredit.subjects.queries import Record, records
from publiccredit.subjects.types import CORRECTED, SEVERITY_OF_WORD


class UnableToCorrectSeverity(CaseRefused):
    """The severity is not offered, is the same as before, lacks its reason, or the record has ended."""


def verify_severity(*, record: Record, severity: Severity, on: date) -> None:
    """
    Refuse a severity a record cannot be given, or no longer.

    :raises UnableToCorrectSeverity: it is the one it has or none the packs list, or the record has ended, was repaired
        or was withdrawn.
    """
    known = offered(record=record)
    if severity not in known:
        raise UnableToCorrectSeverity(
            f"这类记录不能认定为“{SEVERITY_TITLES[severity]}”。"
            f"可以选择的有：{'、'.join(SEVERITY_TITLES[s] for s in known) or '无'}。"
        )
    if record.severity == severity:
        raise UnableToCorrectSeverity(f"现在就是“{SEVERITY_TITLES[severity]}”，没有变化。请选择另一档，或者不必更正。")
    if why := obstacle(record=record, on=on):
        raise UnableToCorrectSeverity(why)


def verify_severity_alone(*, record: Record, corrections: Mapping[str, str], on: date) -> None:
    """
    Refuse a correction of a severity that corrects something else, or gives a severity the record cannot be given.

    :raises UnableToCorrectSeverity: it does.
    """
    word = corrections.get(severity_field(record=record), "")
    if len(corrections) != 1 or word not in SEVERITY_OF_WORD:
        raise UnableToCorrectSeverity(
            f"这项决定只更正失信严重程度，应为{'、'.join(SEVERITY_OF_WORD)}之一。其他内容与决定文书不符的，另行提出更正。"
        )
    verify_severity(record=record, severity=SEVERITY_OF_WORD[word], on=on)


def by_department(*, correction: Correction, decision: Decision, at: datetime) -> Correction:
    """Write down that the deciding department gave the severity, by whose proposal, and why, in public words."""
    said: dict[str, Cell] = {
        "severity_rule": CORRECTED,
        "severity_corrected_at": at,
        "severity_corrected_by": decision.proposed_by_id,
        "severity_correction_reason": decision.public_notice,
    }
    return replace(correction, columns={**correction.columns, **said})


def note_severity(*, act: Act, record_id: int, columns: Mapping[str, Cell]) -> None:
    """Note in the ledger from what to what a severity is corrected: no words of the officer."""
    record, until = records().get(pk=record_id), columns.get("disclosed_until")
    if until is not None and until == columns.get("disclosed_from"):  # no day at all: it has no last one
        act.payload["published"] = False
        until = None
    act.payload |= {
        "from": record.severity,
        "to": str(columns["severity"]),
        "former_rule": record.severity_rule,
        "disclosed_until": until.isoformat() if isinstance(until, date) else None,
    }
