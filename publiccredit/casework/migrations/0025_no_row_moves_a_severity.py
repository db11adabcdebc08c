"""
A row that is sent again moves no record to another severity by its sender's word: that takes two people, on a paper.

The guard of 0024, and beside it: what a row changes of the facts may let the rules judge anew what a rule has judged.
"""

from django.db import migrations

SQL = """
CREATE OR REPLACE FUNCTION casework_guard_severity() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    on_day date := (now() AT TIME ZONE 'Asia/Shanghai')::date;
    by_department boolean := NEW.severity_corrected_at IS NOT NULL
        AND NEW.severity_corrected_at IS DISTINCT FROM OLD.severity_corrected_at;
    made record;
BEGIN
    -- Once a case has corrected what a rule judged by, the rule judges anew; what somebody stated stays stated.
    IF by_department OR NEW.severity_rule = 'case' OR (NEW.submission_id = OLD.submission_id
            AND position('/' IN NEW.severity_rule) > 0
            AND (OLD.severity_rule = '' OR position('/' IN OLD.severity_rule) > 0)) THEN
        SELECT d.proposed_by_id, d.corrections, c.id AS case_id, c.procedure, c.decided_by_party INTO made
        FROM casework_decision d JOIN casework_case c ON c.id = d.case_id
        JOIN casework_caserecord r ON r.case_id = c.id
        WHERE d.id = NEW.standing_decision_id AND d.state = 'effective' AND r.record_id = NEW.id
            AND c.state NOT IN ('decided', 'closed') AND d.effects ? 'correct'
            AND d.four_eyes AND d.approved_by_id <> d.proposed_by_id;
        IF NOT FOUND OR (NEW.severity_corrected_at IS NOT NULL AND NOT by_department) THEN
            RAISE EXCEPTION 'no decision of two people corrects the severity of record %', OLD.id
                USING ERRCODE = 'restrict_violation';
        END IF;
    ELSIF NEW.submission_id = OLD.submission_id OR (NEW.severity_corrected_at IS NOT NULL
            AND (NEW.severity, NEW.severity_corrected_by, NEW.severity_correction_reason)
                IS DISTINCT FROM (OLD.severity, OLD.severity_corrected_by, OLD.severity_correction_reason)) THEN
        RAISE EXCEPTION 'the severity of record % changes only with a row sent again or a decided case', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF by_department THEN
        IF made.procedure <> 'correction' OR made.decided_by_party <> 'source'
                OR made.proposed_by_id <> NEW.severity_corrected_by
                OR (SELECT count(*) FROM jsonb_object_keys(made.corrections)) <> 1
                OR NOT EXISTS (SELECT 1 FROM casework_paper p WHERE p.case_id = made.case_id) THEN
            RAISE EXCEPTION 'the severity of record % is corrected on a paper, in a correction about nothing else', OLD.id
                USING ERRCODE = 'restrict_violation';
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
    END IF;
    -- A row sent again corrects facts; only a rule that judged the record may judge it otherwise by them.
    IF NEW.submission_id <> OLD.submission_id AND OLD.severity <> '' AND NEW.severity NOT IN ('', OLD.severity)
            AND (position('/' IN OLD.severity_rule) = 0 OR position('/' IN NEW.severity_rule) = 0) THEN
        RAISE EXCEPTION 'no row sent again moves record % to another severity', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0024_two_people_correct_a_severity")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
