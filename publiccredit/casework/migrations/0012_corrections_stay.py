"""
What a decided case corrected in a record stays, whatever row of it is sent again.

Records corrected before are given the note of it that a correction leaves now. That tells nobody anything new, so
neither versions nor the change feed have it; what a row sent since may have undone is put right by the next one.
"""

from django.db import migrations

# As the owner of the tables and as the program: row-level security binds the one, triggers stand in the way.
FILL_IN = """
SELECT set_config('publiccredit.role', 'program', true);
ALTER TABLE subjects_record DISABLE TRIGGER USER;
WITH states AS (
    SELECT record_id, known_from, content, standing_decision_id FROM subjects_recordversion
    UNION ALL SELECT id, known_from, content, standing_decision_id FROM subjects_record
), corrected AS (
    SELECT DISTINCT ON (after.record_id, d.id) after.record_id, d.id AS decision_id, c.number, d.effective_at,
        after.known_from, after.content AS latter, former.content AS former, d.corrections
    FROM casework_decision d JOIN casework_case c ON c.id = d.case_id JOIN casework_caserecord r ON r.case_id = c.id
    JOIN states after ON after.record_id = r.record_id AND after.standing_decision_id = d.id
    JOIN subjects_recordversion former ON former.record_id = r.record_id AND former.known_until = after.known_from
    WHERE d.state = 'effective' AND d.effects ? 'correct'
    ORDER BY after.record_id, d.id, after.known_from
), fields AS (
    SELECT record_id, name, decision_id, number, effective_at, known_from,
        coalesce(latter -> name, 'null') AS value, coalesce(former -> name, 'null') AS before
    FROM corrected CROSS JOIN jsonb_object_keys(corrections) AS name
), latest AS (
    SELECT DISTINCT ON (record_id, name) * FROM fields ORDER BY record_id, name, known_from DESC
), noted AS (
    SELECT record_id, jsonb_object_agg(name, jsonb_build_object('value', value, 'case', number,
        'decision', decision_id, 'on', (effective_at AT TIME ZONE 'Asia/Shanghai')::date,
        'before', (SELECT coalesce(jsonb_agg(said.before ORDER BY said.first), '[]')
            FROM (SELECT f.before, min(f.known_from) AS first FROM fields f
                WHERE f.record_id = latest.record_id AND f.name = latest.name AND f.before <> latest.value
                GROUP BY f.before) AS said))) AS corrections
    FROM latest GROUP BY record_id
)
UPDATE subjects_record r SET case_corrections = noted.corrections FROM noted
    WHERE noted.record_id = r.id AND r.case_corrections IS NULL;
ALTER TABLE subjects_record ENABLE TRIGGER USER;
"""

GUARD = """
CREATE FUNCTION casework_guard_corrections() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.case_corrections IS DISTINCT FROM OLD.case_corrections AND (
            NOT coalesce(OLD.case_corrections - ARRAY(SELECT jsonb_object_keys(NEW.case_corrections)) = '{}', true)
            OR NOT EXISTS (
                SELECT 1 FROM casework_decision d JOIN casework_case c ON c.id = d.case_id
                JOIN casework_caserecord r ON r.case_id = c.id
                WHERE d.id = NEW.standing_decision_id AND d.state = 'effective' AND r.record_id = NEW.id
                AND c.state NOT IN ('decided', 'closed') AND d.effects ? 'correct')) THEN
        RAISE EXCEPTION 'what was corrected in record % changes only by a decided case', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    -- What a row sent before there was this note may have undone is not held against it; nothing is undone from now on.
    IF EXISTS (SELECT 1 FROM jsonb_each(NEW.case_corrections) AS field (name, said)
            WHERE coalesce(NEW.content -> name, 'null') <> said -> 'value'
            AND (NEW.case_corrections IS DISTINCT FROM OLD.case_corrections
                OR coalesce(OLD.content -> name, 'null') = said -> 'value')) THEN
        RAISE EXCEPTION 'a row does not undo what a case corrected in record %', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER casework_guard_corrections BEFORE UPDATE ON subjects_record FOR EACH ROW
    WHEN (OLD.case_corrections IS NOT NULL OR NEW.case_corrections IS NOT NULL)
    EXECUTE FUNCTION casework_guard_corrections();
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0011_a_related_proposal_is_returned"), ("subjects", "0010_case_corrections")]
    operations = [migrations.RunSQL(FILL_IN, migrations.RunSQL.noop), migrations.RunSQL(GUARD, migrations.RunSQL.noop)]
