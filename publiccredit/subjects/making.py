"""
Subjects come into being, and change, set by set: from the parties of a submission, or one by one by a person.

A department reports; that a subject is made or renamed by its report is the program's act, and the database lets no
department write it.
"""

from dataclasses import asdict

from django.db import connection

from publiccredit.accounts.operations import acting
from publiccredit.accounts.types import PROGRAM
from publiccredit.subjects.types import Filing

# In the order of their identifiers: two submissions that make the same subjects wait for each other in one direction.
_MAKE = """
INSERT INTO subjects_subject (kind, name, normalised_name, core_name, pinyin_initials, uscc, region, address,
    registration_status, registered_on, known_from, entry_id)
SELECT DISTINCT ON (uscc) kind, written_name, normalised_name, core_name, pinyin_initials, uscc, region,
    coalesce(address, ''), coalesce(registration_status, %(status)s), registered_on, %(at)s, %(entry_id)s
FROM staged_party WHERE uscc IS NOT NULL AND subject_id IS NULL AND doubt IS NULL
ORDER BY uscc, party
ON CONFLICT (uscc) DO NOTHING
"""

_ASSIGN = """
UPDATE staged_party p SET subject_id = s.id, matched_by = 'new_subject'
FROM subjects_subject s
WHERE s.uscc = p.uscc AND s.entry_id = %(entry_id)s AND p.subject_id IS NULL AND p.doubt IS NULL
  AND s.normalised_name = p.normalised_name
"""

_IDENTIFIERS = """
INSERT INTO subjects_identifier (scheme, value, subject_id, known_from)
SELECT DISTINCT ON (scheme, value) scheme, value, subject_id, %(at)s
FROM staged_party p CROSS JOIN LATERAL (VALUES
    ('registration_number', registration_number), ('organisation_code', organisation_code), ('tax_number', tax_number)
) AS told (scheme, value)
WHERE p.uscc IS NOT NULL AND p.subject_id IS NOT NULL AND p.matched_by = 'new_subject' AND value <> ''
ORDER BY scheme, value, party
ON CONFLICT (scheme, value) DO NOTHING
"""

_LOCK_RENAMED = """
SELECT s.id FROM subjects_subject s JOIN staged_party p ON p.subject_id = s.id ORDER BY s.id FOR NO KEY UPDATE OF s
"""

_KEEP_FORMER_NAMES = """
INSERT INTO subjects_subjectname (subject_id, name, normalised_name, borne_from, borne_until, known_from)
SELECT s.id, s.name, s.normalised_name, NULL, %(received_on)s, s.known_from
FROM subjects_subject s JOIN staged_party p ON p.subject_id = s.id AND p.normalised_name <> s.normalised_name
ON CONFLICT (subject_id, normalised_name) DO NOTHING
"""

_UPDATE = """
UPDATE subjects_subject s SET name = p.written_name, normalised_name = p.normalised_name, core_name = p.core_name,
    pinyin_initials = p.pinyin_initials, region = coalesce(nullif(p.region, ''), s.region),
    address = coalesce(nullif(p.address, ''), s.address),
    registration_status = coalesce(p.registration_status, nullif(s.registration_status, 'unknown'), 'active'),
    registered_on = coalesce(p.registered_on, s.registered_on), entry_id = %(entry_id)s
FROM staged_party p WHERE p.subject_id = s.id AND s.entry_id <> %(entry_id)s
"""


def make_staged_subjects(*, filing: Filing) -> None:
    """Make a subject for each staged identifier that has none, and say which parties it is."""
    values = {**asdict(filing), "status": "active" if filing.authoritative else "unknown"}
    with acting(actor=PROGRAM), connection.cursor() as cursor:
        cursor.execute(_MAKE, values)
        if cursor.rowcount:
            cursor.execute("SELECT search_tidy()")
            cursor.execute(_ASSIGN, values)
            cursor.execute(_IDENTIFIERS, values)


def update_registered_subjects(*, filing: Filing) -> None:
    """Bring the subjects of a registration to what it says; a name that is given up stays with them as a former one."""
    values = asdict(filing)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM staged_party WHERE subject_id IS NOT NULL AND matched_by <> 'new_subject')"
        )
        if not cursor.fetchone()[0]:
            return
        cursor.execute(_LOCK_RENAMED)
        with acting(actor=PROGRAM):
            cursor.execute(_KEEP_FORMER_NAMES, values)
            cursor.execute(_UPDATE, values)
            cursor.execute("SELECT search_tidy()")  # a changed row waits before the indexes of names like a new one
