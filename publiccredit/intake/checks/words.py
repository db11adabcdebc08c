"""The words of issues: from ``packs/issues.yml``, with their slots filled from the cell."""

from collections.abc import Mapping

from publiccredit.catalogue.types import IssueKind


def message(kind: IssueKind, *, sheet: str, row: int, column: str, found: str, expected: str) -> str:
    """The whole sentence for the sender: where, what was found, what would be right, how to fix it, code and basis."""
    slots = {"{row}": str(row), "{column}": column, "{found}": found, "{expected}": expected}
    said = f"工作表“{sheet}”{kind.message}" if sheet else kind.message
    return f"{_filled(said, slots)}{_filled(kind.remedy, slots)}（{kind.code}，{kind.basis}）"


def _filled(text: str, slots: Mapping[str, str]) -> str:
    # Not str.format: what a sender wrote may itself hold braces.
    for slot, value in slots.items():
        # What is right may be a whole sentence, within another: one full stop is enough.
        text = text.replace(f"{slot}。", f"{value.rstrip('。')}。").replace(slot, value)
    return text
