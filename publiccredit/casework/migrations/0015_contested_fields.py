"""
A dispute mark stands on fields: on those of every open case, or on those a decision left a note on.

It loses one of them only with the case that contested it, decided or taken back, and only as far as no other open case
contests it. Records marked before are given the fields of their cases; that tells nobody anything new, so neither
versions nor the change feed have it.
"""

from django.db import migrations

OPEN = "c.state NOT IN ('decided', 'closed', 'taken_back')"

FIELDS = f"""
-- What the open cases about a record contest in it, but for one of them: in order, '' is the whole record. A stranger's
-- challenge of what burdens nobody counts from its acceptance on.
CREATE FUNCTION casework_contested_fields(of_record bigint, but_case bigint DEFAULT NULL) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(DISTINCT x.field::text COLLATE "C" ORDER BY x.field::text COLLATE "C"), '{{}}')
    FROM casework_caserecord x JOIN casework_case c ON c.id = x.case_id JOIN subjects_record r ON r.id = x.record_id
    WHERE x.record_id = of_record AND c.id IS DISTINCT FROM but_case AND c.marks_dispute AND {OPEN}
        AND NOT (c.applicant = 'reader' AND c.state = 'opened' AND r.record_type <> 'administrative_penalty')
$$;

-- What decisions could not tell of a record, as far as none has told since.
CREATE FUNCTION casework_noted_fields(of_record bigint) RETURNS text[] LANGUAGE sql STABLE AS $$
    WITH said AS (
        SELECT x.field::text COLLATE "C" AS field, d.effects ? 'keep_note' AS noted,
            row_number() OVER (ORDER BY d.effective_at, d.id) AS place
        FROM casework_decision d JOIN casework_caserecord x ON x.case_id = d.case_id
        WHERE x.record_id = of_record AND d.state = 'effective' AND d.effects ?| ARRAY['keep_note', 'lift_dispute'])
    SELECT coalesce(array_agg(DISTINCT s.field ORDER BY s.field), '{{}}') FROM said s
    WHERE s.noted AND NOT EXISTS (
        SELECT 1 FROM said t WHERE t.place > s.place AND NOT t.noted AND t.field IN (s.field, ''))
$$;
"""

FILL_IN = """
-- As the owner of the tables and as the program: row-level security binds the one, triggers stand in the way.
SELECT set_config('publiccredit.role', 'program', true);
ALTER TABLE subjects_record DISABLE TRIGGER USER;
UPDATE subjects_record SET contested_fields = coalesce(nullif(CASE dispute
        WHEN 'open' THEN casework_contested_fields(id) ELSE casework_noted_fields(id) END, '{}'), ARRAY[''])
    WHERE dispute <> '';
ALTER TABLE subjects_record ENABLE TRIGGER USER;
"""

GUARD = f"""
CREATE OR REPLACE FUNCTION casework_goes_with_its_case(was subjects_record, becomes subjects_record) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    may text[] := ARRAY['dispute', 'disputed_at', 'contested_fields', 'suspended_at', 'known_from', 'entry_id'];
    contested text[] := casework_contested_fields(becomes.id);
BEGIN
    IF to_jsonb(was) - may <> to_jsonb(becomes) - may THEN
        RETURN false;
    END IF;
    IF (was.dispute, was.contested_fields) IS DISTINCT FROM (becomes.dispute, becomes.contested_fields) AND (
            was.dispute <> 'open' OR (becomes.dispute = 'open') <> (contested <> '{{}}')
            OR (becomes.dispute = 'open' AND becomes.contested_fields <> contested)) THEN
        RETURN false;
    END IF;
    IF was.suspended_at IS NOT NULL AND becomes.suspended_at IS NULL AND EXISTS (
            SELECT 1 FROM casework_case c JOIN casework_caserecord r ON r.case_id = c.id
            WHERE r.record_id = becomes.id AND c.suspended_display AND {OPEN}) THEN
        RETURN false;
    END IF;
    RETURN EXISTS (
        SELECT 1 FROM casework_casestep s JOIN casework_case c ON c.id = s.case_id
        JOIN casework_caserecord r ON r.case_id = c.id
        WHERE s.step = 'take_back' AND s.entry_id = becomes.entry_id AND c.state = 'taken_back'
        AND r.record_id = becomes.id);
END $$;

-- What a decision takes from a mark is its own case's; what another open case contests stays contested.
CREATE FUNCTION casework_guard_contested() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stays text[];
BEGIN
    IF casework_goes_with_its_case(OLD, NEW) THEN
        RETURN NEW;
    END IF;
    SELECT casework_contested_fields(NEW.id, c.id) INTO stays
        FROM casework_decision d JOIN casework_case c ON c.id = d.case_id JOIN casework_caserecord x ON x.case_id = c.id
        WHERE d.id = NEW.standing_decision_id AND d.state = 'effective' AND x.record_id = NEW.id
        AND c.state NOT IN ('decided', 'closed') AND d.effects ?| ARRAY['lift_dispute', 'keep_note'];
    IF stays IS NULL OR NOT (stays <@ CASE NEW.dispute WHEN 'open' THEN NEW.contested_fields ELSE '{{}}' END) THEN
        RAISE EXCEPTION 'record % loses a mark only by a decision that says so', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER casework_guard_contested BEFORE UPDATE ON subjects_record FOR EACH ROW
    WHEN (OLD.dispute <> '' AND NOT (OLD.dispute = 'undetermined' AND NEW.dispute = 'open')
        AND (NEW.dispute <> OLD.dispute OR NOT (OLD.contested_fields <@ NEW.contested_fields)))
    EXECUTE FUNCTION casework_guard_contested();

-- A decision on one field leaves the note of a decision before on another: the mark then becomes a note without its own.
CREATE OR REPLACE FUNCTION casework_guard_record() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    needed text[] := '{{}}';
BEGIN
    IF casework_goes_with_its_case(OLD, NEW) THEN
        RETURN NEW;
    END IF;
    IF OLD.state = 'withdrawn' AND NEW.state <> 'withdrawn' THEN
        RAISE EXCEPTION 'record % was withdrawn and never comes back', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.display_ended_at IS NOT NULL AND NEW.display_ended_at IS NULL THEN
        needed := needed || 'undo_repair'::text;
    END IF;
    IF OLD.stayed_from IS NOT NULL AND (OLD.stayed_from, OLD.stayed_until)
            IS DISTINCT FROM (NEW.stayed_from, NEW.stayed_until) THEN
        needed := needed || CASE WHEN NEW.stayed_from IS NULL THEN 'lift_stay' ELSE 'stay' END;
    END IF;
    IF OLD.shielded_from IS NOT NULL AND (OLD.shielded_from, OLD.shielded_until)
            IS DISTINCT FROM (NEW.shielded_from, NEW.shielded_until) THEN
        needed := needed || 'shield'::text;
    END IF;
    IF OLD.dispute <> '' AND NEW.dispute <> OLD.dispute AND NEW.dispute <> 'open' AND NOT (
            NEW.dispute = 'undetermined' AND NEW.contested_fields = casework_noted_fields(NEW.id)) THEN
        needed := needed || CASE WHEN NEW.dispute = '' THEN 'lift_dispute' ELSE 'keep_note' END;
    END IF;
    IF OLD.suit_flagged_at IS NOT NULL AND NEW.suit_flagged_at IS NULL THEN
        needed := needed || 'lift_suit'::text;
    END IF;
    IF NOT EXISTS (
            SELECT 1 FROM casework_decision d JOIN casework_case c ON c.id = d.case_id
            JOIN casework_caserecord r ON r.case_id = c.id
            WHERE d.id = NEW.standing_decision_id AND d.state = 'effective' AND r.record_id = NEW.id
            AND c.state NOT IN ('decided', 'closed') AND d.effects ?& needed) THEN
        RAISE EXCEPTION 'record % is shown again, or loses a mark, only by a decision that says so (%)', OLD.id, needed
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0014_corrections_are_noted"), ("subjects", "0012_contested_fields")]
    operations = [migrations.RunSQL(text, migrations.RunSQL.noop) for text in (FIELDS, FILL_IN, GUARD)]
