"""
A case ends without a decision only because its applicant takes it back, which its steps say; nothing else of it changes
any more. What it did to its records goes with it, unless another undecided case says the same of them.
"""

from django.db import migrations

SQL = """
CREATE OR REPLACE FUNCTION casework_guard_case() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fixed text[] := ARRAY['id', 'number', 'procedure', 'subject_id', 'ground', 'request', 'channel', 'applicant',
        'applicant_name', 'department_code', 'decided_by_party', 'marks_dispute',
        'opened_at', 'opened_on', 'opened_by', 'reviews_id',
        'about_id', 'idempotency_key', 'entry_id'];
    before jsonb := to_jsonb(OLD);
    after jsonb := to_jsonb(NEW);
BEGIN
    IF OLD.state IN ('closed', 'taken_back') OR (OLD.state = 'decided' AND (NEW.state <> 'closed'
            OR before - ARRAY['state', 'closed_at'] <> after - ARRAY['state', 'closed_at'])) THEN
        RAISE EXCEPTION 'case % is decided and is never edited', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM unnest(fixed) AS name WHERE before -> name <> after -> name) THEN
        RAISE EXCEPTION 'what was asked in case % is never edited', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'decided' AND OLD.state <> 'decided' AND NOT EXISTS (
            SELECT 1 FROM casework_decision d WHERE d.case_id = NEW.id AND d.state = 'effective') THEN
        RAISE EXCEPTION 'case % has no effective decision', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    -- DP-15: a desk gets rid of no case by itself. What a body reported of its own accord is seen through.
    IF NEW.state = 'taken_back' AND (NEW.applicant NOT IN ('subject', 'reader')
            OR (actor_role() = 'subject' AND NEW.applicant <> 'subject')
            OR actor_role() NOT IN ('subject', 'office_clerk', 'office_head')
            OR NOT EXISTS (SELECT 1 FROM casework_casestep s WHERE s.case_id = NEW.id AND s.step = 'take_back'
                AND (s.party = 'subject' OR length(trim(s.text)) >= 4))) THEN
        RAISE EXCEPTION 'case % is taken back by its applicant alone', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

-- No proposal of a case that was taken back takes effect.
CREATE FUNCTION casework_refuse_taken_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM casework_case c WHERE c.id = NEW.case_id AND c.state = 'taken_back') THEN
        RAISE EXCEPTION 'case % was taken back', NEW.case_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER casework_refuse_taken_back BEFORE INSERT OR UPDATE ON casework_decision
    FOR EACH ROW EXECUTE FUNCTION casework_refuse_taken_back();

-- The mark and the suspension of a case that is taken back go in the act that takes it back, and nothing else does.
CREATE FUNCTION casework_goes_with_its_case(was subjects_record, becomes subjects_record) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    may text[] := ARRAY['dispute', 'disputed_at', 'suspended_at', 'known_from', 'entry_id'];
BEGIN
    IF to_jsonb(was) - may <> to_jsonb(becomes) - may THEN
        RETURN false;
    END IF;
    IF was.dispute <> becomes.dispute AND (was.dispute <> 'open' OR EXISTS (
            SELECT 1 FROM casework_case c JOIN casework_caserecord r ON r.case_id = c.id
            WHERE r.record_id = becomes.id AND c.marks_dispute
            AND c.state NOT IN ('decided', 'closed', 'taken_back'))) THEN
        RETURN false;
    END IF;
    IF was.suspended_at IS NOT NULL AND becomes.suspended_at IS NULL AND EXISTS (
            SELECT 1 FROM casework_case c JOIN casework_caserecord r ON r.case_id = c.id
            WHERE r.record_id = becomes.id AND c.suspended_display
            AND c.state NOT IN ('decided', 'closed', 'taken_back')) THEN
        RETURN false;
    END IF;
    RETURN EXISTS (
        SELECT 1 FROM casework_casestep s JOIN casework_case c ON c.id = s.case_id
        JOIN casework_caserecord r ON r.case_id = c.id
        WHERE s.step = 'take_back' AND s.entry_id = becomes.entry_id AND c.state = 'taken_back'
        AND r.record_id = becomes.id);
END $$;

CREATE OR REPLACE FUNCTION casework_guard_record() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    needed text[] := '{}';
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
    IF OLD.dispute <> '' AND NEW.dispute <> OLD.dispute AND NEW.dispute <> 'open' THEN
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

DROP POLICY record_change_by_case ON subjects_record;
CREATE POLICY record_change_by_case ON subjects_record FOR UPDATE
    USING (actor_role() IN ('liaison', 'department_head') AND EXISTS (
        SELECT 1 FROM casework_caserecord r JOIN casework_case c ON c.id = r.case_id
        WHERE r.record_id = subjects_record.id AND c.department_code = actor_department()
        AND c.state NOT IN ('decided', 'closed', 'taken_back')));
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0005_taking_back"), ("subjectdesk", "0002_protection")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
