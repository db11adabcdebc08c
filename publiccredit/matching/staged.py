"""What the sender is to hear about whose the rows are: parties in question, and names that are not the known one."""

from typing import Any

from django.db import connection

from publiccredit.matching.types import DOUBT_TITLES, Basis, Doubt, HeardDoubt, Hearing

# Rows set apart are told of by what set them apart; of the rest, those in doubt and those filed under another spelling.
_DOUBTED = f"""
SELECT s.sheet, s.row_number, p.written_name, p.doubt, coalesce(linked.name, known.name), coalesce(p.uscc, '')
FROM staged_party p JOIN staged_row s USING (party)
LEFT JOIN subjects_subject linked ON linked.id = p.subject_id
LEFT JOIN subjects_subject known ON p.subject_id IS NULL AND known.uscc = p.uscc
WHERE (p.subject_id IS NULL OR p.matched_by = '{Basis.USCC_OTHER_SPELLING}')
  AND NOT EXISTS (SELECT 1 FROM staged_exception e WHERE e.line = s.line AND e.fate <> 'changes')
ORDER BY s.line
"""


def heard_doubts() -> list[HeardDoubt]:
    """Give what each staged row is doubted for; of a submission without doubts, one quick look."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM staged_party"
            f" WHERE subject_id IS NULL OR matched_by = '{Basis.USCC_OTHER_SPELLING}')"
        )
        if not cursor.fetchone()[0]:
            return []
        cursor.execute(_DOUBTED)
        return [_heard(*row) for row in cursor.fetchall()]


def _heard(sheet: str, row_number: int, written: str, doubt: str | None, known: str | None, uscc: str) -> HeardDoubt:
    place: dict[str, Any] = {"sheet": sheet or "", "row_number": row_number, "written_name": written or ""}
    if doubt == Doubt.NAME_DIFFERS and known:
        return HeardDoubt(**place, hearing=Hearing.OTHER_NAME, known=f"“{known}”（{uscc}）")
    if doubt is None and known:
        return HeardDoubt(**place, hearing=Hearing.OTHER_SPELLING, known=f"“{known}”")
    why = DOUBT_TITLES[Doubt(doubt)] if doubt in set(Doubt) else DOUBT_TITLES[Doubt.NOT_FOUND]
    return HeardDoubt(**place, hearing=Hearing.IN_QUESTION, known=why)
