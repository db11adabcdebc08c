"""
A row that is sent again moves no record from one severity to another by its sender's word.

Another severity is another term of publication, or none; two people of the deciding department give it, on a paper
(docs/decisions/0046). A row may still correct the facts: where a rule of the packs judged the record, it judges anew.
"""

import json
from typing import Any

from django.db import connection

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.queries import SeverityJudgement
from publiccredit.catalogue.types import SEVERITY_TITLES, Severity
from publiccredit.subjects.rule_severity import severity_by_rule
from publiccredit.subjects.staging import EXCEPTION_TABLE, ROW_TABLE
from publiccredit.subjects.types import SENDER, Fate, Filing

# A word the record has heard before is no new one: what the department, or a case, has corrected since stands.
_OTHERWISE = f"""
SELECT s.line, s.content, s.fine_fen, s.decided_on, s.severity, r.id, r.severity, position('/' IN r.severity_rule) > 0
FROM {EXCEPTION_TABLE} e JOIN {ROW_TABLE} s USING (line) JOIN subjects_record r ON r.id = e.record_id
WHERE e.fate = '{Fate.CHANGES}' AND s.severity_rule = '{SENDER}' AND r.severity NOT IN ('', s.severity)
  AND s.content ->> %(severity_field)s IS DISTINCT FROM r.content ->> %(severity_field)s
ORDER BY s.line
"""
_RETURN = f"""
UPDATE {EXCEPTION_TABLE} e SET fate = '{Fate.SEVERITY_ON_FILE}', decided = told.said
FROM unnest(%(lines)s::int[], %(said)s::jsonb[]) AS told (line, said) WHERE e.line = told.line
"""
_BY_RULE = f"""
UPDATE {ROW_TABLE} s SET severity_rule = judged.rule
FROM unnest(%(lines)s::int[], %(rules)s::text[]) AS judged (line, rule) WHERE s.line = judged.line
"""


def hold_stated_severities(*, filing: Filing) -> int:
    """Set apart the rows that state another severity than the records on file they would change; give their number."""
    if not filing.severity_field:
        return 0
    back: dict[int, str] = {}
    by_rule: dict[int, str] = {}
    with connection.cursor() as cursor:
        cursor.execute(_OTHERWISE, {"severity_field": filing.severity_field})
        for line, content, fine_fen, decided_on, stated, record_id, on_file, was_judged in cursor.fetchall():
            judged = _judged(filing, json.loads(content), fine_fen, decided_on) if was_judged else None
            if judged is not None and judged.severity.value == stated:
                by_rule[line] = judged.rule  # the facts are corrected, and the sender says what follows from them
            else:
                back[line] = json.dumps([_told(filing, stated, record_id, on_file)], ensure_ascii=False)
        if back:
            cursor.execute(_RETURN, {"lines": [*back], "said": [*back.values()]})
        if by_rule:
            cursor.execute(_BY_RULE, {"lines": [*by_rule], "rules": [*by_rule.values()]})
    return len(back)


def _judged(filing: Filing, content: dict[str, Any], fine_fen: int | None, decided_on: Any) -> SeverityJudgement | None:
    if decided_on is None:
        return None
    record_type = catalogue.record_type(name=filing.record_type, on=decided_on)
    return severity_by_rule(record_type=record_type, content=content, fine_fen=fine_fen, decided_on=decided_on)


def _told(filing: Filing, stated: str, record_id: int, on_file: str) -> dict[str, str]:
    return {
        "field": filing.severity_field,
        "found": SEVERITY_TITLES[Severity(stated)],
        "expected": f"“{SEVERITY_TITLES[Severity(on_file)]}”（在册记录 {record_id}）",
    }
