"""
A severity becomes what two people decided, and no other; and a row sent again does not empty it for the next to fill.

The guard of 0025 asked for a decision about one field on a paper, and did not hold what is written against what was
decided. Beside it, of a complaint about the office: a case that its words name in any brackets a keyboard has, or with
blanks, is named as well (0026).
"""

from django.db import migrations

SQL = """
CREATE OR REPLACE FUNCTION casework_guard_severity() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    on_day date := (now() AT TIME ZONE 'Asia/Shanghai')::date;
    by_department boolean := NEW.severity_corrected_at IS NOT NULL
        AND NEW.severity_corrected_at IS DISTINCT FROM OLD.severity_corrected_at;
    by_rules boolean := position('/' IN OLD.severity_rule) > 0
        AND (NEW.severity = '' OR position('/' IN NEW.severity_rule) > 0);
    words jsonb := '{"slight": "轻微", "general": "一般", "serious": "严重"}';
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
                OR (SELECT array_agg(said.value) FROM jsonb_each_text(made.corrections) said)
                    IS DISTINCT FROM ARRAY[words ->> NEW.severity]
                OR NOT EXISTS (SELECT 1 FROM casework_paper p WHERE p.case_id = made.case_id) THEN
            RAISE EXCEPTION 'the severity of record % is corrected on a paper, as decided, in a correction about nothing else', OLD.id
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
    -- A row sent again corrects facts; only a rule that judged the record may judge it otherwise by them, or not at all.
    IF NEW.submission_id <> OLD.submission_id AND OLD.severity <> '' AND NEW.severity <> OLD.severity
            AND NOT by_rules THEN
        RAISE EXCEPTION 'no row sent again moves record % to another severity', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

-- The same in Python: casework/numbering.py.
CREATE FUNCTION casework_as_numbered(words text) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN regexp_replace(translate(words, '[]［］【】()（）', '〔〕〔〕〔〕〔〕〔〕'), '\\s', '', 'g');

CREATE OR REPLACE FUNCTION casework_guard_complaint() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM casework_case c WHERE c.id = NEW.case_id AND c.against_decider) THEN
        RETURN NEW;
    END IF;
    IF NEW.step = 'forward' THEN
        RAISE EXCEPTION 'case % is about the office itself: nobody else can be asked', NEW.case_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM casework_case c
            JOIN casework_case e ON e.id < c.id AND e.id IS DISTINCT FROM c.reviews_id
            LEFT JOIN subjects_subject of_earlier ON of_earlier.id = e.subject_id
            JOIN casework_casestep s ON s.case_id = e.id AND s."by" = NEW."by" AND s.at <= c.opened_at
                AND s.step IN ('take', 'request_papers', 'forward', 'extend', 'propose', 'approve', 'returned',
                    'take_back')
            WHERE c.id = NEW.case_id AND (e.subject_id = c.subject_id
                OR position(e.number IN casework_as_numbered(c.request)) > 0
                OR (c.applicant_name <> '读者' AND c.applicant_name IN (e.applicant_name, of_earlier.name)))) THEN
        RAISE EXCEPTION 'case % is about what % handled: others take this step', NEW.case_id, NEW."by"
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0027_own_finding")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
