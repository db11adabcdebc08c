"""What the platform holds after a step, taken in two statements: the machine compares every rule with this picture."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from django.db import connection

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Audience
from publiccredit.disclosure.visibility import _visible, visible
from publiccredit.oversight.violations import RULES
from publiccredit.subjects.models import Record

AUDIENCES = (Audience.PUBLIC, Audience.AUTHORISED, Audience.GOVERNMENT, Audience.SUBJECT)
OTHERS = (Audience.AUTHORISED, Audience.GOVERNMENT)


def _rows(columns: str, source: str) -> str:
    names = [c.split()[-1].split(".")[-1] for c in columns.split(", ")]
    values = [c.split()[0] for c in columns.split(", ")]
    made = ", ".join(f"'{name}', {value}" for name, value in zip(names, values, strict=True))
    return f"(SELECT coalesce(json_agg(json_build_object({made})), '[]') FROM {source})"


RECORDS = _rows(
    "id, subject_id, state, dispute, contested_fields, statement, served_on, disclosed_from, disclosed_until, severity,"
    " stayed_from, stayed_until, shielded_from, shielded_until, suspended_at, suit_flagged_at, display_ended_at,"
    " sharing_ended_at, measures_lifted_at, ratings_renewed_at, withdrawn_at, withdrawn_as, withdrawal_notice, known_from,"
    " content->>'violation_facts' facts",
    "subjects_record",
)
CASES = _rows(
    "id, procedure, state, owner, channel, opened_on, due_on, total_days, extended_days, waited_days, reached_percent,"
    " forwarded_at, decided_at, papers_due_on, taken_back_at, reviews_id, department_code, provisional",
    "casework_case",
)
DECISIONS = _rows(
    "d.id, d.case_id, d.outcome, d.effects, d.reasons, d.template, d.state, d.four_eyes, d.proposed_by_id,"
    " d.approved_by_id, d.effective_at, d.entry_id, o.role role",
    "casework_decision d LEFT JOIN accounts_officer o ON o.username = d.proposed_by_id",
)
NOTICES = _rows("record_id, recipient_id, kind, entry_id, state, delivery_id", "recipients_notice")
STEPS = _rows("by, entry_id, step, case_id", "casework_casestep")
LETTERS = _rows("case_id, kind", "casework_letter")
USES = _rows("id, record_id, recipient_id, subject_id, decided_on, what, text", "recipients_adverseuse")
HANDLERS = _rows("id, rights, begins, until, revoked_at", "subjectdesk_handler")
# Whoever rewrites a row leaves the number of another transaction on it: no row needs to be read for that.
VERSIONS = "(SELECT coalesce(json_object_agg(v.id, v.xmin::text), '{}') FROM subjects_recordversion v)"
LEDGER = "(SELECT json_build_array(count(*), max(position)) FROM ledger_entry)"
VIOLATIONS = "json_build_object(" + ", ".join(f"'{n}', (SELECT count(*) FROM v_violation_dp{n})" for n in RULES) + ")"
PARTS = {
    "records": RECORDS, "cases": CASES, "decisions": DECISIONS, "notices": NOTICES, "steps": STEPS,
    "letters": LETTERS, "uses": USES, "handlers": HANDLERS, "versions": VERSIONS, "ledger": LEDGER, "violations": VIOLATIONS,
}  # fmt: skip
PREPARE = "PREPARE picture AS SELECT json_build_object(" + ", ".join(f"'{k}', {v}" for k, v in PARTS.items()) + ")"


@dataclass(frozen=True)
class Picture:
    records: dict[int, Any]
    cases: dict[int, Any]
    decisions: list[Any]
    notices: list[Any]
    steps: list[Any]
    letters: list[Any]
    uses: list[Any]
    handlers: list[Any]
    versions: dict[str, str]
    ledger: tuple[int, int]
    violations: dict[str, int]
    seen: dict[Audience, frozenset[int]]
    stands: tuple[Any, ...]


def prepare() -> None:
    """Plan the long statement once: the plan of seventeen views costs more than asking them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_prepared_statements WHERE name = 'picture'")
        if cursor.fetchone() is None:
            cursor.execute(PREPARE)


def take(*, on: date, worked_at: datetime, last: Picture | None) -> Picture:
    """
    Take the picture of a day; clocks are compared with when a worker last looked at them.

    What is seen follows from the day and the versions of the records: where neither changed it is not asked again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('publiccredit.as_of', %s, true)", [worked_at.isoformat()])
        cursor.execute("EXECUTE picture")
        found = cursor.fetchone()[0]
        stands = (on, tuple(sorted((row["id"], row["known_from"]) for row in found["records"])))
        if last is not None and last.stands == stands:
            seen = last.seen
        else:
            seen = {audience: _asked(cursor, audience, on) for audience in AUDIENCES}
    parts = ("decisions", "notices", "steps", "letters", "uses", "handlers")
    rows = {part: [SimpleNamespace(**row) for row in found[part]] for part in parts}
    return Picture(
        records={row["id"]: SimpleNamespace(**row) for row in found["records"]},
        cases={row["id"]: SimpleNamespace(**row) for row in found["cases"]},
        versions=found["versions"],
        ledger=(found["ledger"][0], found["ledger"][1] or 0),
        violations=found["violations"],
        seen=seen,
        stands=stands,
        **rows,
    )


def _asked(cursor: Any, audience: Audience, on: date) -> frozenset[int]:
    cursor.execute(*_seen_by(audience, on))
    return frozenset(row[0] for row in cursor.fetchall())


@lru_cache(maxsize=20_000)
def _seen_by(audience: Audience, on: date) -> tuple[str, tuple[Any, ...]]:
    """Give the condition of disclosure itself as a statement; building it anew for a day it had costs 8 ms."""
    rows = Record.objects.filter(visible(audience=audience, on=on, packs=catalogue.packs()))
    return rows.values_list("pk").query.sql_with_params()


def forget() -> None:
    """Build every condition anew: a test has changed how it is made."""
    _seen_by.cache_clear()
    _visible.cache_clear()
