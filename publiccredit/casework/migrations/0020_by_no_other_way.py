"""
What only a decision does is done by no statement beside it.

DP-18, DP-19: a record leaves what is seen, or is marked as under suit, only by a decision that says so, while its case
is being decided; and is suspended only by the lapse of a case about it. DP-23: a case begins open, ends decided, and
each proposal bears the name of whoever makes it. DP-34: who has declared a relation takes no step and gives no severity.
DP-36: a case that has ended takes in neither a record nor a paper.
"""

from django.db import migrations

SQL = """
CREATE FUNCTION casework_guard_leaving() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    needed text[] := '{}';
BEGIN
    IF OLD.display_ended_at IS NULL AND NEW.display_ended_at IS NOT NULL THEN
        needed := needed || 'end_disclosure'::text;
    END IF;
    IF OLD.state <> 'withdrawn' AND NEW.state = 'withdrawn' THEN
        needed := needed || 'withdraw'::text;
    END IF;
    IF OLD.stayed_from IS NULL AND NEW.stayed_from IS NOT NULL THEN
        needed := needed || 'stay'::text;
    END IF;
    IF OLD.shielded_from IS NULL AND NEW.shielded_from IS NOT NULL THEN
        needed := needed || 'shield'::text;
    END IF;
    IF OLD.suit_flagged_at IS NULL AND NEW.suit_flagged_at IS NOT NULL THEN
        needed := needed || 'flag_suit'::text;
    END IF;
    IF needed <> '{}' AND NOT EXISTS (
            SELECT 1 FROM casework_decision d JOIN casework_case c ON c.id = d.case_id
            JOIN casework_caserecord r ON r.case_id = c.id
            WHERE d.id = NEW.standing_decision_id AND d.state = 'effective' AND r.record_id = NEW.id
            AND c.state NOT IN ('decided', 'closed') AND d.effects ?& needed) THEN
        RAISE EXCEPTION 'record % is taken out of use only by a decision that says so (%)', OLD.id, needed
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.suspended_at IS NULL AND NEW.suspended_at IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM casework_case c JOIN casework_caserecord r ON r.case_id = c.id
            WHERE r.record_id = NEW.id AND c.suspended_display AND c.state NOT IN ('decided', 'closed', 'taken_back')
            AND c.due_on < (NEW.suspended_at AT TIME ZONE 'Asia/Shanghai')::date) THEN
        RAISE EXCEPTION 'record % is suspended only while a case about it is overdue', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER casework_guard_leaving BEFORE UPDATE ON subjects_record FOR EACH ROW
    WHEN ((OLD.display_ended_at IS NULL AND NEW.display_ended_at IS NOT NULL)
        OR (OLD.state <> 'withdrawn' AND NEW.state = 'withdrawn')
        OR (OLD.stayed_from IS NULL AND NEW.stayed_from IS NOT NULL)
        OR (OLD.shielded_from IS NULL AND NEW.shielded_from IS NOT NULL)
        OR (OLD.suit_flagged_at IS NULL AND NEW.suit_flagged_at IS NOT NULL)
        OR (OLD.suspended_at IS NULL AND NEW.suspended_at IS NOT NULL))
    EXECUTE FUNCTION casework_guard_leaving();

-- DP-15, DP-23: a case begins as a request and ends with a decision, or is taken back.
CREATE FUNCTION casework_refuse_shortcut() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'case % begins as a request, and is closed once it was decided', NEW.number
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER casework_opened_first AFTER INSERT ON casework_case FOR EACH ROW
    WHEN (NEW.state <> 'opened') EXECUTE FUNCTION casework_refuse_shortcut();
CREATE TRIGGER casework_decided_before BEFORE UPDATE ON casework_case FOR EACH ROW
    WHEN (NEW.state = 'closed' AND OLD.state NOT IN ('decided', 'closed')) EXECUTE FUNCTION casework_refuse_shortcut();

-- DP-23, DP-35: nobody proposes in another's name and then approves it in their own.
CREATE FUNCTION casework_refuse_other_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a decision is proposed by % in their own name, not by %', NEW.proposed_by_id, actor_account()
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER casework_own_name BEFORE INSERT ON casework_decision FOR EACH ROW
    WHEN (NEW.proposed_by_id <> actor_account()) EXECUTE FUNCTION casework_refuse_other_name();

-- DP-36: what a case was about, and which papers it was decided on, stays as it was when it ended.
CREATE FUNCTION casework_guard_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM casework_case c WHERE c.id = NEW.case_id
            AND (c.state IN ('decided', 'closed', 'taken_back') OR (TG_ARGV[0] = 'request' AND c.state <> 'opened'))) THEN
        RAISE EXCEPTION 'case % takes in nothing more of this kind', NEW.case_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER casework_guard_ended BEFORE INSERT ON casework_caserecord FOR EACH ROW
    EXECUTE FUNCTION casework_guard_ended('request');
CREATE TRIGGER casework_guard_ended BEFORE INSERT ON casework_paper FOR EACH ROW
    EXECUTE FUNCTION casework_guard_ended('paper');

-- DP-34: whoever has declared a relation to a subject takes no step for it or against it.
CREATE FUNCTION casework_guard_related() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    officer text;
    of_subject bigint;
BEGIN
    IF TG_TABLE_NAME = 'casework_casestep' THEN
        officer := to_jsonb(NEW) ->> 'by';
        SELECT c.subject_id INTO of_subject FROM casework_case c WHERE c.id = NEW.case_id;
    ELSE
        officer := NEW.severity_corrected_by;
        of_subject := NEW.subject_id;
    END IF;
    IF EXISTS (SELECT 1 FROM casework_declaredrelation r WHERE r.subject_id = of_subject AND r.officer_id = officer) THEN
        RAISE EXCEPTION 'an officer with a declared relation to the subject takes no part in its cases'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER casework_guard_related BEFORE INSERT ON casework_casestep FOR EACH ROW
    EXECUTE FUNCTION casework_guard_related();
CREATE TRIGGER casework_guard_related BEFORE UPDATE ON subjects_record FOR EACH ROW
    WHEN (NEW.severity_corrected_at IS NOT NULL AND NEW.severity_corrected_at IS DISTINCT FROM OLD.severity_corrected_at)
    EXECUTE FUNCTION casework_guard_related();
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0019_reasons_leave_no_blank"), ("subjects", "0015_repair_undone_notice")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
