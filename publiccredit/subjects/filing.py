"""
From the staged rows to records, set-based.

Locks are taken in one order by every submission (buckets of natural keys, then subjects by identifier, then the
ledger), so that two submissions wait for each other and never in a circle.
"""

from dataclasses import asdict
from typing import Any

from django.db import connection

from publiccredit.catalogue import queries as catalogue
from publiccredit.subjects.arriving import count_arrivals_anew
from publiccredit.subjects.corrected_rows import keep_corrections
from publiccredit.subjects.staging import EXCEPTION_TABLE, PARTY_TABLE, ROW_TABLE
from publiccredit.subjects.stated_severities import hold_stated_severities
from publiccredit.subjects.types import CORRECTED, DECIDED_BY_CASE, SENDER, Fate, FiledCounts, Filing

BUCKETS = 256
LOCK_SPACE = 7310577  # first half of the advisory locks of this package


def _document(row: str) -> str:
    """Give the number of a document as it is compared: brackets, blanks, 第 and 号 are written in many ways."""
    plain = (
        rf"regexp_replace(translate({row}.document_number, '()（）[]［］【】', '〔〕〔〕〔〕〔〕〔〕'), '\s', '', 'g')"
    )
    return rf"regexp_replace({plain}, '〕第?(\d+)号?$', '〕\1号')"


_LOCK = f"""
SELECT pg_advisory_xact_lock({LOCK_SPACE}, bucket) FROM (
    SELECT DISTINCT get_byte(uuid_send(natural_key), 0) AS bucket FROM {ROW_TABLE} ORDER BY 1
) AS buckets
"""

_WITHIN_FILE = f"""
INSERT INTO {EXCEPTION_TABLE} (line, fate, other_sheet, other_row)
SELECT s.line, CASE WHEN s.content_hash = f.content_hash THEN '{Fate.REPEATS}' ELSE '{Fate.CLASHES}' END,
    f.sheet, f.row_number
FROM (SELECT natural_key, min(line) AS line FROM {ROW_TABLE} GROUP BY natural_key HAVING count(*) > 1) AS repeated
JOIN {ROW_TABLE} f ON f.line = repeated.line
JOIN {ROW_TABLE} s ON s.natural_key = repeated.natural_key AND s.line <> repeated.line
"""

# The same row says something new only where it brings the service that was wanting, or states another day of service
# itself; a declaration for the batch, always "at the latest", never moves a known one.
_AGAINST_STORE = f"""
INSERT INTO {EXCEPTION_TABLE} (line, fate, record_id, department_code)
SELECT s.line,
    CASE WHEN r.department_code <> %(department_code)s THEN '{Fate.HELD_ELSEWHERE}'
         WHEN r.content_hash = s.content_hash AND (s.served_on IS NULL OR s.served_on = r.served_on
              OR (r.served_on IS NOT NULL AND s.served_on = %(declared_on)s)) THEN '{Fate.ON_FILE}'
         WHEN r.state = 'withdrawn' THEN '{Fate.WITHDRAWN}'
         ELSE '{Fate.CHANGES}' END,
    r.id, r.department_code
FROM {ROW_TABLE} s JOIN subjects_record r USING (natural_key)
WHERE NOT EXISTS (SELECT 1 FROM {EXCEPTION_TABLE} e WHERE e.line = s.line)
"""

# DP-10: a document does not come back under another natural key (another authority code, an identifier left out) after
# its record was withdrawn or repaired. One document may name several parties, so the party is compared as well.
_SAME_DOCUMENT = f"""
INSERT INTO {EXCEPTION_TABLE} (line, fate, record_id, department_code)
SELECT DISTINCT ON (s.line) s.line,
    CASE WHEN r.state = 'withdrawn' THEN '{Fate.WITHDRAWN}' ELSE '{Fate.REPAIRED}' END, r.id, r.department_code
FROM subjects_record r JOIN subjects_subject subject ON subject.id = r.subject_id
JOIN {ROW_TABLE} s ON {_document("s")} = {_document("r")}
    AND (s.decided_on IS NULL OR r.decided_on IS NULL OR s.decided_on = r.decided_on)
JOIN {PARTY_TABLE} p USING (party)
WHERE (r.state = 'withdrawn' OR r.display_ended_at IS NOT NULL) AND r.record_type = %(record_type)s
  AND r.document_number <> '' AND r.natural_key <> s.natural_key
  AND (p.uscc = subject.uscc OR p.normalised_name = subject.normalised_name)
  AND NOT EXISTS (SELECT 1 FROM {EXCEPTION_TABLE} e WHERE e.line = s.line)
ORDER BY s.line, r.id
"""

_LOCK_CHANGING = f"""
SELECT count(*) FROM (
    SELECT r.id FROM subjects_record r JOIN {EXCEPTION_TABLE} e ON e.record_id = r.id AND e.fate = '{Fate.CHANGES}'
    ORDER BY r.id FOR NO KEY UPDATE OF r
) AS locked
"""

_UNUSED_PARTIES = f"""
DELETE FROM {PARTY_TABLE} p WHERE NOT EXISTS (
    SELECT 1 FROM {ROW_TABLE} s LEFT JOIN {EXCEPTION_TABLE} e ON e.line = s.line
    WHERE s.party = p.party AND (e.fate IS NULL OR e.fate = '{Fate.CHANGES}')
)
"""

_COPIED = (
    "natural_key", "content_hash", "authority_name", "authority_uscc", "document_number", "decided_on",
    "effective_from", "effective_until", "severity", "severity_rule", "fine_fen", "confiscated_fen",
    "repairable_from", "sheet", "row_number", "content", "original",
)  # fmt: skip
_OF_FILING = (
    "record_type", "source", "item", "pack_version", "department_code", "submission_id", "entry_id",
)  # fmt: skip


def _state(served: str) -> str:
    return f"""CASE WHEN %(adverse)s AND {served} IS NULL THEN 'held_unserved'
        WHEN p.subject_id IS NULL THEN 'held_unmatched' ELSE 'filed' END"""


def _disclosed_from(served: str) -> str:
    # DP-02: nothing adverse before its service; without a decision date, from the day it reached the platform.
    return f"""CASE WHEN %(adverse)s AND {served} IS NULL THEN NULL
        ELSE coalesce(greatest(s.decided_on, {served}), %(received_on)s) END"""


def _disclosed_until(served: str) -> str:
    return f"CASE WHEN s.ends_on IS NOT NULL THEN greatest(s.ends_on, s.decided_on, {served}) END"


def _released(day: str, not_before: str) -> str:
    # A record that waited is shown from the day it was released, not from the day its service would have allowed; one
    # that was released so stays so when its row is sent again.
    return f"""CASE WHEN {day} IS NULL OR {_disclosed_from(_SERVED)} IS NULL THEN {day}
        WHEN r.state = 'filed' THEN greatest({day}, {not_before},
            CASE WHEN r.disclosed_from > greatest(r.decided_on, r.served_on) THEN r.disclosed_from END)
        ELSE greatest({day}, {not_before}, %(received_on)s) END"""


_KNOWN = "greatest(%(at)s::timestamptz, r.known_from + interval '1 microsecond')"


def _not_again(day: str) -> str:
    # DP-10: a term that is over stays over, whatever severity or day the row gives when it is sent again.
    return f"""CASE WHEN %(adverse)s AND r.state = 'filed' AND r.disclosed_from < r.disclosed_until
            AND r.disclosed_until <= ({_KNOWN} AT TIME ZONE 'Asia/Shanghai')::date
        THEN least({day}, r.disclosed_until) ELSE {day} END"""


_INSERT = f"""
INSERT INTO subjects_record ({", ".join(_COPIED)}, {", ".join(_OF_FILING)}, served_on, subject_id, matched_by, state,
    disclosed_from, disclosed_until, received_at, working_days_taken, document_sha256, known_from)
SELECT {", ".join(f"s.{c}" for c in _COPIED)}, {", ".join(f"%({c})s" for c in _OF_FILING)},
    s.served_on, p.subject_id, coalesce(p.matched_by, ''), {_state("s.served_on")},
    {_disclosed_from("s.served_on")}, {_disclosed_until("s.served_on")},
    %(received_at)s, s.working_days_taken, '', %(at)s
FROM {ROW_TABLE} s JOIN {PARTY_TABLE} p USING (party)
WHERE NOT EXISTS (SELECT 1 FROM {EXCEPTION_TABLE} e WHERE e.line = s.line)
"""

# A correction that does not repeat the service does not take it back, unless it moves the decision behind it.
_SERVED = """(CASE WHEN r.served_on >= s.decided_on AND (s.served_on IS NULL OR s.served_on = %(declared_on)s)
    THEN r.served_on ELSE s.served_on END)"""
_KEPT = ("natural_key", "record_type", "department_code", "content")
_CORRECTION_COLUMNS = ("severity_corrected_at", "severity_corrected_by", "severity_correction_reason")


def _corrections() -> str:
    return ", ".join(
        f"{c} = CASE WHEN s.severity_rule = '{CORRECTED}' THEN r.{c} ELSE {nothing} END"
        for c, nothing in zip(_CORRECTION_COLUMNS, ("NULL", "''", "''"), strict=True)
    )


_UPDATE = f"""
UPDATE subjects_record r SET
    {", ".join(f"{c} = s.{c}" for c in _COPIED if c not in _KEPT)},
    {", ".join(f"{c} = %({c})s" for c in _OF_FILING if c not in _KEPT)},
    content = s.content || CASE WHEN {_SERVED} IS NULL OR %(served_field)s = '' THEN '{{}}'
        ELSE jsonb_build_object(%(served_field)s, {_SERVED}) END,
    {_corrections()},
    served_on = {_SERVED}, subject_id = p.subject_id, matched_by = coalesce(p.matched_by, ''),
    state = {_state(_SERVED)},
    disclosed_from = {_released(_disclosed_from(_SERVED), "NULL")},
    disclosed_until = {_not_again(_released(_disclosed_until(_SERVED), _disclosed_from(_SERVED)))},
    working_days_taken = CASE WHEN r.decided_on IS NOT DISTINCT FROM s.decided_on THEN r.working_days_taken
        ELSE s.working_days_taken END,
    known_from = {_KNOWN}
FROM {EXCEPTION_TABLE} e JOIN {ROW_TABLE} s USING (line) JOIN {PARTY_TABLE} p USING (party)
WHERE e.fate = '{Fate.CHANGES}' AND r.id = e.record_id
"""


# A row that states no severity, or the one the row before it stated, says nothing new about it: what somebody stated,
# or the deciding department or a case has corrected, stands, with the term that follows on the row's own date.
_KEEP_STATED_SEVERITY = f"""
UPDATE {ROW_TABLE} s SET severity = r.severity, severity_rule = r.severity_rule,
    content = s.content || CASE WHEN r.severity_rule <> '{SENDER}' THEN '{{}}'
        ELSE jsonb_build_object(%(severity_field)s::text, r.content -> %(severity_field)s) END,
    ends_on = (s.decided_on + make_interval(months => t.maximum_months))::date,
    repairable_from = least(s.decided_on + make_interval(months => t.minimum_months),
        s.decided_on + make_interval(months => t.maximum_months))::date
FROM {EXCEPTION_TABLE} e JOIN subjects_record r ON r.id = e.record_id
CROSS JOIN unnest(%(starts)s::date[], %(ends)s::date[], %(severities)s::text[], %(fields)s::text[], %(least)s::int[],
        %(most)s::int[])
    AS t (decided_from, decided_to, severity, field, minimum_months, maximum_months)
WHERE e.fate = '{Fate.CHANGES}' AND e.line = s.line
  AND r.severity_rule IN ('{SENDER}', '{CORRECTED}', '{DECIDED_BY_CASE}')
  AND (r.severity_rule, s.severity_rule) <> ('{SENDER}', '{SENDER}')
  AND (s.severity_rule <> '{SENDER}'
    OR s.content ->> %(severity_field)s IS NOT DISTINCT FROM r.content ->> %(severity_field)s)
  AND t.severity = r.severity AND t.field = coalesce(s.field, '') AND t.decided_from <= s.decided_on
  AND (t.decided_to IS NULL OR s.decided_on < t.decided_to)
"""


def set_apart_staged(*, filing: Filing) -> None:
    """
    Set apart what is not simply new: repeats, what is on file, what changes it, and what another department holds.

    The buckets of natural keys stay locked until the transaction ends, so that what is found here still holds when
    the records are written.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
        cursor.execute(_WITHIN_FILE)
        cursor.execute(_AGAINST_STORE, {"department_code": filing.department_code, "declared_on": filing.declared_on})
        cursor.execute(_SAME_DOCUMENT, {"record_type": filing.record_type})
        cursor.execute(f"SELECT count(*) FROM {EXCEPTION_TABLE}")
        if cursor.fetchone()[0]:
            cursor.execute(f"ANALYZE {EXCEPTION_TABLE}")
            cursor.execute(_LOCK_CHANGING)
            keep_corrections(filing=filing)
            hold_stated_severities(filing=filing)
            cursor.execute(_UNUSED_PARTIES)


def file_staged(*, filing: Filing) -> FiledCounts:
    """Write the new records and the new versions of those that change; the parties have their subjects by now."""
    values: dict[str, Any] = asdict(filing)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        new = cursor.rowcount
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {EXCEPTION_TABLE} WHERE fate = '{Fate.CHANGES}')")
        changed = 0
        if cursor.fetchone()[0]:
            cursor.execute(_KEEP_STATED_SEVERITY, values | _terms(filing.record_type))
            count_arrivals_anew(filing=filing)
            cursor.execute(_UPDATE, values)
            changed = cursor.rowcount
        cursor.execute(
            "SELECT count(*) FILTER (WHERE state = 'held_unserved'), count(*) FILTER (WHERE state = 'held_unmatched')"
            " FROM subjects_record WHERE submission_id = %s",
            [filing.submission_id],
        )
        unserved, unmatched = cursor.fetchone()
    return FiledCounts(new=new, changed=changed, held_unserved=unserved, held_unmatched=unmatched)


def _terms(record_type: str) -> dict[str, list[object]]:
    """Give the table of terms of a record type, a list for each column."""
    months = catalogue.disclosure_months(record_type=record_type)
    columns = ("starts", "decided_from"), ("ends", "decided_to"), ("severities", "severity"), ("fields", "field")
    numbers = ("least", "minimum_months"), ("most", "maximum_months")
    return {name: months[column].to_list() for name, column in (*columns, *numbers)}
