"""The words of issues: from ``packs/issues.yml``, with their slots filled from the value."""

from collections.abc import Mapping

from publiccredit.catalogue.types.sources import IssueKind

IN_ROW = "第 {row} 行"


def message(kind: IssueKind, *, column: str, found: str, expected: str, row: int | None = None, sheet: str = "") -> str:
    """
    The whole sentence for whoever wrote a value: where, what was found, what would be right, how to fix it, code and
    basis. Without a row it is of a value that stands in no file.
    """
    slots = {"{row}": str(row), "{column}": column, "{found}": found, "{expected}": expected}
    said = kind.message if row is not None else kind.message.replace(IN_ROW, "")
    said = f"工作表“{sheet}”{said}" if sheet else said
    return f"{_filled(said, slots)}{_filled(kind.remedy, slots)}（{kind.code}，{kind.basis}）"


def _filled(text: str, slots: Mapping[str, str]) -> str:
    # Not str.format: what a sender wrote may itself hold braces.
    for slot, value in slots.items():
        # What is right may be a whole sentence, within another: one full stop is enough.
        text = text.replace(f"{slot}。", f"{value.rstrip('。')}。").replace(slot, value)
    return text
