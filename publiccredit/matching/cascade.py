"""
Whose record it is, decided set by set over the staged parties; what is not certain is left for a person.

The order is that of certainty: the unified identifier, the other identifiers, a remembered judgement, the normalised
name with its region or address. A similar name alone never links: it is right about half of the time.
"""

from typing import Any

from django.db import connection
from rapidfuzz import fuzz

from publiccredit.matching.types import Basis, Doubt

SAME_NAME_FROM = 75  # of 100: below it, a name beside a known identifier counts as clearly different
# An adverse record under another enterprise's name costs that enterprise more than a judgement costs the office:
# 宏达建材 and 宏达建筑 are 83 alike, and may well be two firms of one owner.
SAME_ADVERSE_NAME_FROM = 90

_BY_USCC = f"""
UPDATE staged_party p SET subject_id = s.id, matched_by = '{Basis.USCC}'
FROM subjects_subject s WHERE s.uscc = p.uscc AND p.subject_id IS NULL AND p.doubt IS NULL
"""

_NAMES_BESIDE_USCC = f"""
SELECT p.party, p.normalised_name, p.core_name, s.normalised_name, s.core_name
FROM staged_party p JOIN subjects_subject s ON s.id = p.subject_id
WHERE p.matched_by = '{Basis.USCC}' AND s.normalised_name <> p.normalised_name
  AND NOT EXISTS (SELECT 1 FROM subjects_subjectname n
                  WHERE n.subject_id = s.id AND n.normalised_name = p.normalised_name)
"""

_BY_OTHER_IDENTIFIER = f"""
WITH told AS (
    SELECT p.party, i.subject_id FROM staged_party p
    JOIN subjects_identifier i ON (i.scheme, i.value) IN (
        ('registration_number', p.registration_number), ('organisation_code', p.organisation_code),
        ('tax_number', p.tax_number))
    WHERE p.uscc IS NULL AND p.subject_id IS NULL AND p.doubt IS NULL
    UNION
    SELECT p.party, s.id FROM staged_party p
    JOIN subjects_subject s ON substr(s.uscc, 9, 9) = replace(p.organisation_code, '-', '')
    WHERE p.uscc IS NULL AND p.subject_id IS NULL AND p.doubt IS NULL
), agreed AS (
    SELECT party, min(subject_id) AS subject_id, count(DISTINCT subject_id) AS number FROM told GROUP BY party
)
UPDATE staged_party p SET
    subject_id = CASE WHEN agreed.number = 1 THEN agreed.subject_id END,
    matched_by = CASE WHEN agreed.number = 1 THEN '{Basis.OTHER_IDENTIFIER}' END,
    doubt = CASE WHEN agreed.number > 1 THEN '{Doubt.IDENTIFIERS_DISAGREE}' END
FROM agreed WHERE agreed.party = p.party
"""

_NAMES_BESIDE_OTHER = _NAMES_BESIDE_USCC.replace(f"'{Basis.USCC}'", f"'{Basis.OTHER_IDENTIFIER}'")

_BY_JUDGEMENT = f"""
WITH latest AS (
    SELECT DISTINCT ON (q.written_name, q.written_identifier)
        q.written_name, q.written_identifier, j.verdict, j.subject_id
    FROM matching_question q JOIN matching_judgement j ON j.question_id = q.id
    WHERE q.answered_at IS NOT NULL
    ORDER BY q.written_name, q.written_identifier, j.id DESC
)
UPDATE staged_party p SET subject_id = latest.subject_id, matched_by = '{Basis.JUDGEMENT}', doubt = NULL
FROM latest
WHERE latest.verdict IN ('same', 'new') AND p.subject_id IS NULL AND latest.written_name = p.written_name
  AND latest.written_identifier =
      coalesce(p.uscc, p.registration_number, p.organisation_code, p.tax_number, '')
"""

# Only a name that itself says where it is registered, or the same address, tells two enterprises of one name apart.
_BY_NAME = f"""
WITH named AS (
    SELECT p.party, count(DISTINCT s.id) AS number,
        count(DISTINCT s.id) FILTER (WHERE p.region <> '' AND s.region = p.region) AS of_region,
        min(s.id) FILTER (WHERE p.region <> '' AND s.region = p.region) AS in_region,
        count(DISTINCT s.id) FILTER (WHERE p.address <> '' AND s.address = p.address) AS of_address,
        min(s.id) FILTER (WHERE p.address <> '' AND s.address = p.address) AS at_address
    FROM staged_party p LEFT JOIN subjects_subject s ON s.normalised_name = p.normalised_name
    WHERE p.uscc IS NULL AND p.subject_id IS NULL AND p.doubt IS NULL
    GROUP BY p.party
)
UPDATE staged_party p SET
    subject_id = CASE WHEN of_region = 1 THEN in_region WHEN of_address = 1 THEN at_address END,
    matched_by = CASE WHEN of_region = 1 THEN '{Basis.NAME_AND_REGION}'
                      WHEN of_address = 1 THEN '{Basis.NAME_AND_ADDRESS}' END,
    doubt = CASE WHEN of_region = 1 OR of_address = 1 THEN NULL
                 WHEN number = 0 THEN '{Doubt.NOT_FOUND}'
                 WHEN number = 1 THEN '{Doubt.NAME_ONLY}'
                 ELSE '{Doubt.SEVERAL_OF_NAME}' END
FROM named WHERE named.party = p.party
"""


def match_by_identifier(*, authoritative: bool, adverse: bool) -> None:
    """Link the parties whose unified identifier has a file; where the name says otherwise, doubt it."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_USCC)
        if cursor.rowcount and not authoritative:
            _doubt_other_names(cursor, _NAMES_BESIDE_USCC, Basis.USCC_OTHER_SPELLING, adverse=adverse)


def match_the_rest(*, adverse: bool) -> None:
    """Link by the other identifiers, by what a person judged before, and by name with region or address."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM staged_party WHERE subject_id IS NULL)")
        if not cursor.fetchone()[0]:
            return
        cursor.execute(_BY_OTHER_IDENTIFIER)
        _doubt_other_names(cursor, _NAMES_BESIDE_OTHER, Basis.OTHER_IDENTIFIER, adverse=adverse)
        cursor.execute(_BY_JUDGEMENT)
        cursor.execute(_BY_NAME)


def _doubt_other_names(cursor: Any, query: str, basis: Basis, *, adverse: bool) -> None:
    cursor.execute(query)
    near: list[int] = []
    far: list[int] = []
    for party, name, core, known_name, known_core in cursor.fetchall():
        likeness = max(fuzz.ratio(name, known_name), fuzz.ratio(core, known_core))
        longer = core in known_core or known_core in core  # 宏达建材 and 宏达建材商贸: a word left out
        certain_from = SAME_ADVERSE_NAME_FROM if adverse and not longer else SAME_NAME_FROM
        (near if likeness >= certain_from else far).append(party)
    cursor.execute("UPDATE staged_party SET matched_by = %s WHERE party = ANY(%s)", [basis.value, near])
    cursor.execute(
        "UPDATE staged_party SET subject_id = NULL, matched_by = NULL, doubt = %s WHERE party = ANY(%s)",
        [Doubt.NAME_DIFFERS.value, far],
    )
