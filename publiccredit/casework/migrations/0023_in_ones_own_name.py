"""
Each statement is its author's own, and none moves what was filed out of sight or out of its term.

DP-34: who is related to the subject of a case changes nothing of it, and a relation is declared by whoever has it: not by
a colleague who would keep another away, nor read by a subject. DP-23: a step bears the name of whoever takes it, and who
made a decision changes of its review no more than a paper coming in or a delivery. DP-08, DP-18: the term of a record on
file moves only with a row sent again, a decision that corrects it, or the deciding department's own correction of its
severity; and it leaves the file of its subject only where a judgement is taken back.
"""

from django.db import migrations

SQL = """
CREATE TRIGGER casework_own_name BEFORE INSERT ON casework_casestep FOR EACH ROW
    WHEN (NEW."by" <> actor_account()) EXECUTE FUNCTION casework_refuse_other_step();
CREATE TRIGGER casework_own_name BEFORE INSERT ON casework_declaredrelation FOR EACH ROW
    WHEN (NEW.officer_id <> actor_account()) EXECUTE FUNCTION casework_refuse_other_step();
ALTER POLICY relation_read ON casework_declaredrelation USING (actor_role() NOT IN ('', 'subject'));

CREATE FUNCTION casework_guard_hands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    actor text := actor_account();
    asked casework_case%ROWTYPE;
BEGIN
    IF TG_TABLE_NAME = 'casework_case' THEN
        asked := NEW;
    ELSE
        SELECT * INTO asked FROM casework_case WHERE id = NEW.case_id;
    END IF;
    IF EXISTS (SELECT 1 FROM casework_declaredrelation r WHERE r.subject_id = asked.subject_id AND r.officer_id = actor) THEN
        RAISE EXCEPTION 'an officer with a declared relation to the subject takes no part in its cases'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF asked.reviews_id IS NOT NULL AND EXISTS (SELECT 1 FROM casework_decision d WHERE d.case_id = asked.reviews_id
            AND actor IN (d.proposed_by_id, d.approved_by_id)) THEN
        IF TG_TABLE_NAME = 'casework_case' THEN
            -- A paper that comes in, an answer of the source, a delivery: what needs no judgement.
            IF NOT (NEW.owner = OLD.owner AND NEW.extended_days = OLD.extended_days AND NEW.total_days = OLD.total_days
                    AND (NEW.state = OLD.state OR (NEW.state = 'closed' AND OLD.state = 'decided')
                        OR (NEW.state = 'in_hand' AND OLD.state IN ('waiting_for_papers', 'with_source')))) THEN
                RAISE EXCEPTION 'case % reviews a decision of %: others take this step', asked.number, actor
                    USING ERRCODE = 'restrict_violation';
            END IF;
        ELSIF TG_TABLE_NAME = 'casework_decision' THEN
            RAISE EXCEPTION 'case % reviews a decision of %: others take this step', asked.number, actor
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER casework_guard_hands BEFORE UPDATE ON casework_case FOR EACH ROW
    EXECUTE FUNCTION casework_guard_hands();
CREATE TRIGGER casework_guard_hands BEFORE INSERT OR UPDATE ON casework_decision FOR EACH ROW
    EXECUTE FUNCTION casework_guard_hands();
CREATE TRIGGER casework_guard_hands BEFORE INSERT ON casework_paper FOR EACH ROW
    EXECUTE FUNCTION casework_guard_hands();
CREATE TRIGGER casework_guard_hands BEFORE INSERT ON casework_letter FOR EACH ROW
    EXECUTE FUNCTION casework_guard_hands();

CREATE FUNCTION casework_guard_term() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state NOT IN ('filed', 'withdrawn') AND NOT (NEW.state = 'held_unmatched' AND NEW.subject_id IS NULL AND EXISTS (
            SELECT 1 FROM matching_judgement j WHERE j.entry_id = NEW.entry_id AND j.verdict = 'reopened')) THEN
        RAISE EXCEPTION 'record % waits again only where the judgement of whose it is was taken back', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.disclosed_from, OLD.disclosed_until, OLD.repairable_from)
            IS DISTINCT FROM (NEW.disclosed_from, NEW.disclosed_until, NEW.repairable_from)
            AND NOT (NEW.severity_corrected_at IS NOT NULL
                AND NEW.severity_corrected_at IS DISTINCT FROM OLD.severity_corrected_at)
            AND NOT EXISTS (
                SELECT 1 FROM casework_decision d JOIN casework_case c ON c.id = d.case_id
                JOIN casework_caserecord r ON r.case_id = c.id
                WHERE d.id = NEW.standing_decision_id AND d.state = 'effective' AND r.record_id = NEW.id
                AND c.state NOT IN ('decided', 'closed') AND d.effects ? 'correct') THEN
        RAISE EXCEPTION 'the term of record % moves only with a row sent again, or with what corrects it', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
-- After the one that refuses a second term, which says more: triggers fire in the order of their names.
CREATE TRIGGER subjects_term_by_acts BEFORE UPDATE ON subjects_record FOR EACH ROW
    WHEN (OLD.state = 'filed' AND NEW.submission_id = OLD.submission_id
        AND (NEW.state NOT IN ('filed', 'withdrawn') OR (OLD.disclosed_from, OLD.disclosed_until, OLD.repairable_from)
            IS DISTINCT FROM (NEW.disclosed_from, NEW.disclosed_until, NEW.repairable_from)))
    EXECUTE FUNCTION casework_guard_term();
"""
REFUSE = """
CREATE FUNCTION casework_refuse_other_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'on % everybody acts in their own name, % too', TG_TABLE_NAME, actor_account()
        USING ERRCODE = 'insufficient_privilege';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0022_a_review_is_somebody_elses"),
        ("matching", "0003_a_question_follows_its_record"),
        ("accounts", "0004_subject"),
    ]
    operations = [migrations.RunSQL(text, migrations.RunSQL.noop) for text in (REFUSE, SQL)]
