"""
What the database refuses by itself: decisions without reasons of their own, by the wrong party, by one person where two
are asked for or by the first decider in a review; any change of a decided case; a record shown again without a decision
that says so. And who reads and writes which case.
"""

from django.db import migrations

APPENDED = ("casework_caserecord", "casework_casestep", "casework_paper", "casework_letter")

SQL = """
-- DP-23: reasons in the officer's own words. A template left as it is, or with a blank left in it, is none.
ALTER TABLE casework_decision
    ADD CONSTRAINT decision_gives_reasons CHECK (length(regexp_replace(reasons, '\\s', '', 'g')) >= 10),
    ADD CONSTRAINT decision_reasons_are_not_the_template CHECK (
        template <> '' AND position('____' IN reasons) = 0
        AND regexp_replace(reasons, '[\\s_]', '', 'g') <> regexp_replace(template, '[\\s_]', '', 'g')),
    -- DP-35: what ends or brings back consequences is never one person's.
    ADD CONSTRAINT decision_on_consequences_has_four_eyes CHECK (
        four_eyes OR NOT (effects ?| ARRAY['end_disclosure', 'undo_repair', 'shield']));

CREATE FUNCTION casework_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never removed or rewritten (%)', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION casework_guard_case() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fixed text[] := ARRAY['id', 'number', 'procedure', 'subject_id', 'ground', 'request', 'channel', 'applicant',
        'applicant_name', 'department_code', 'decided_by_party', 'marks_dispute',
        'opened_at', 'opened_on', 'opened_by', 'reviews_id',
        'about_id', 'idempotency_key', 'entry_id'];
    before jsonb := to_jsonb(OLD);
    after jsonb := to_jsonb(NEW);
BEGIN
    IF OLD.state = 'closed' OR (OLD.state = 'decided' AND (NEW.state <> 'closed'
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
    RETURN NEW;
END $$;

CREATE TRIGGER casework_guard_case BEFORE UPDATE ON casework_case
    FOR EACH ROW EXECUTE FUNCTION casework_guard_case();
CREATE TRIGGER casework_refuse_change BEFORE DELETE OR TRUNCATE ON casework_case
    FOR EACH STATEMENT EXECUTE FUNCTION casework_refuse_change();

CREATE FUNCTION casework_guard_decision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked casework_case%ROWTYPE;
    people text[] := array_remove(ARRAY[NEW.proposed_by_id, NEW.approved_by_id], NULL);
    -- state, approval and its entry are all that an approval or a return may write
    open_columns text[] := ARRAY['state', 'approved_by_id', 'approved_at', 'returned_because', 'effective_at', 'entry_id'];
BEGIN
    SELECT * INTO asked FROM casework_case WHERE id = NEW.case_id;
    IF asked.id IS NULL OR asked.state IN ('decided', 'closed') THEN
        RAISE EXCEPTION 'case % is decided, or not yours', NEW.case_id USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.state <> 'proposed'
            OR to_jsonb(OLD) - open_columns <> to_jsonb(NEW) - open_columns) THEN
        RAISE EXCEPTION 'decision % is never edited', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    -- 谁认定、谁修复: the party named by the rules of the case, and no other.
    IF NOT ((asked.decided_by_party = 'source' AND actor_role() IN ('liaison', 'department_head')
                AND actor_department() = asked.department_code)
            OR (asked.decided_by_party = 'office' AND actor_role() IN ('office_clerk', 'office_head'))) THEN
        RAISE EXCEPTION 'case % is decided by its %, not by %', asked.number, asked.decided_by_party, actor_role()
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF asked.reviews_id IS NOT NULL AND EXISTS (
            SELECT 1 FROM casework_decision d WHERE d.case_id = asked.reviews_id
            AND (d.proposed_by_id = ANY (people) OR d.approved_by_id = ANY (people))) THEN
        RAISE EXCEPTION 'the review of a case is for somebody else than its first decider'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM casework_declaredrelation r
            WHERE r.subject_id = asked.subject_id AND r.officer_id = ANY (people)) THEN
        RAISE EXCEPTION 'an officer with a declared relation to the subject takes no part in its cases'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER casework_guard_decision BEFORE INSERT OR UPDATE ON casework_decision
    FOR EACH ROW EXECUTE FUNCTION casework_guard_decision();
CREATE TRIGGER casework_refuse_change BEFORE DELETE OR TRUNCATE ON casework_decision
    FOR EACH STATEMENT EXECUTE FUNCTION casework_refuse_change();

-- DP-10, DP-14, DP-19: whatever would show a record again, or take a mark from it, names a decision of a case about it,
-- with the effect that says so, while that case is being decided. Withdrawal is for good.
CREATE FUNCTION casework_guard_record() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    needed text[] := '{}';
BEGIN
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

CREATE TRIGGER casework_guard_record BEFORE UPDATE ON subjects_record FOR EACH ROW
    WHEN ((OLD.state = 'withdrawn' AND NEW.state <> 'withdrawn')
        OR (OLD.display_ended_at IS NOT NULL AND NEW.display_ended_at IS NULL)
        OR (OLD.suspended_at IS NOT NULL AND NEW.suspended_at IS NULL)
        OR (OLD.stayed_from IS NOT NULL AND (OLD.stayed_from, OLD.stayed_until)
            IS DISTINCT FROM (NEW.stayed_from, NEW.stayed_until))
        OR (OLD.shielded_from IS NOT NULL AND (OLD.shielded_from, OLD.shielded_until)
            IS DISTINCT FROM (NEW.shielded_from, NEW.shielded_until))
        OR (OLD.dispute <> '' AND NEW.dispute <> OLD.dispute AND NEW.dispute <> 'open')
        OR (OLD.suit_flagged_at IS NOT NULL AND NEW.suit_flagged_at IS NULL))
    EXECUTE FUNCTION casework_guard_record();

-- A department sees and works its own cases, the office all of them.
ALTER TABLE casework_case ENABLE ROW LEVEL SECURITY;
ALTER TABLE casework_case FORCE ROW LEVEL SECURITY;
CREATE POLICY case_read ON casework_case FOR SELECT USING (actor_may_read(department_code));
CREATE POLICY case_add ON casework_case FOR INSERT WITH CHECK (actor_may_write(department_code));
CREATE POLICY case_change ON casework_case FOR UPDATE
    USING (actor_may_write(department_code)) WITH CHECK (actor_may_write(department_code));

-- The department that determined a record may change it by a case, also where another one reported it.
CREATE POLICY record_change_by_case ON subjects_record FOR UPDATE
    USING (actor_role() IN ('liaison', 'department_head') AND EXISTS (
        SELECT 1 FROM casework_caserecord r JOIN casework_case c ON c.id = r.case_id
        WHERE r.record_id = subjects_record.id AND c.department_code = actor_department()
        AND c.state NOT IN ('decided', 'closed')));

ALTER TABLE casework_declaredrelation ENABLE ROW LEVEL SECURITY;
ALTER TABLE casework_declaredrelation FORCE ROW LEVEL SECURITY;
CREATE POLICY relation_read ON casework_declaredrelation FOR SELECT USING (actor_role() <> '');
CREATE POLICY relation_add ON casework_declaredrelation FOR INSERT WITH CHECK (actor_role() <> '');
CREATE TRIGGER casework_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON casework_declaredrelation
    FOR EACH STATEMENT EXECUTE FUNCTION casework_refuse_change();
"""


def _of_case(table: str) -> str:
    of_case = f"EXISTS (SELECT 1 FROM casework_case c WHERE c.id = {table}.case_id"
    return f"""
    ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
    CREATE POLICY case_read ON {table} FOR SELECT USING ({of_case}));
    CREATE POLICY case_add ON {table} FOR INSERT WITH CHECK ({of_case} AND actor_may_write(c.department_code)));
    """


SQL += "".join(_of_case(t) for t in (*APPENDED, "casework_decision"))
SQL += """
CREATE POLICY case_change ON casework_decision FOR UPDATE
    USING (EXISTS (SELECT 1 FROM casework_case c WHERE c.id = case_id AND actor_may_write(c.department_code)));
"""
SQL += "".join(
    f"""
    CREATE TRIGGER casework_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION casework_refuse_change();
    """
    for table in APPENDED
)


class Migration(migrations.Migration):
    dependencies = [("casework", "0001_initial"), ("accounts", "0002_actor"), ("subjects", "0004_standing")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
