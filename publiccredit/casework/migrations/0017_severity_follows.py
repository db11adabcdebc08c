"""A severity that a rule of the packs gave follows, in the act of a decided case, what that case corrects of its grounds."""

from django.db import migrations

SQL = """
CREATE OR REPLACE FUNCTION casework_guard_severity() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    on_day date := (now() AT TIME ZONE 'Asia/Shanghai')::date;
BEGIN
    IF NEW.severity_corrected_at IS NOT NULL AND NEW.severity_corrected_at IS DISTINCT FROM OLD.severity_corrected_at THEN
        IF actor_role() NOT IN ('liaison', 'department_head') OR actor_department() <> NEW.department_code
                OR NOT EXISTS (SELECT 1 FROM accounts_officer o WHERE o.username = NEW.severity_corrected_by
                    AND o.role = actor_role() AND o.department_code = NEW.department_code AND o.is_active) THEN
            RAISE EXCEPTION 'the severity of record % is corrected by an officer of its department', OLD.id
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF NEW.severity = OLD.severity OR NEW.entry_id = OLD.entry_id THEN
            RAISE EXCEPTION 'a correction of record % gives another severity, in an act of its own', OLD.id
                USING ERRCODE = 'restrict_violation';
        END IF;
        -- DP-10: what has ended, was repaired or was withdrawn does not come back by another severity.
        IF OLD.state = 'withdrawn' OR OLD.display_ended_at IS NOT NULL OR (OLD.disclosed_until <= on_day
                AND OLD.disclosed_until > OLD.disclosed_from AND NEW.disclosed_until > OLD.disclosed_until) THEN
            RAISE EXCEPTION 'record % has ended, and no severity brings it back', OLD.id
                USING ERRCODE = 'restrict_violation';
        END IF;
    -- Once a case has corrected what a rule judged by, the rule judges anew; what somebody stated stays stated.
    ELSIF NEW.severity_rule = 'case' OR (NEW.submission_id = OLD.submission_id AND position('/' IN NEW.severity_rule) > 0
            AND (OLD.severity_rule = '' OR position('/' IN OLD.severity_rule) > 0)) THEN
        IF NEW.severity_corrected_at IS NOT NULL OR NOT EXISTS (
                SELECT 1 FROM casework_decision d JOIN casework_case c ON c.id = d.case_id
                JOIN casework_caserecord r ON r.case_id = c.id
                WHERE d.id = NEW.standing_decision_id AND d.state = 'effective' AND r.record_id = NEW.id
                AND c.state NOT IN ('decided', 'closed') AND d.effects ? 'correct') THEN
            RAISE EXCEPTION 'no decision corrects the severity of record %', OLD.id
                USING ERRCODE = 'restrict_violation';
        END IF;
    ELSIF NEW.submission_id = OLD.submission_id OR (NEW.severity_corrected_at IS NOT NULL
            AND (NEW.severity, NEW.severity_corrected_by, NEW.severity_correction_reason)
                IS DISTINCT FROM (OLD.severity, OLD.severity_corrected_by, OLD.severity_correction_reason)) THEN
        RAISE EXCEPTION 'the severity of record % changes only with a row sent again, a decided case, or a correction'
            ' with its officer and reason', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0016_public_words")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
