"""
A subject that has proved itself reaches its own rows and no other, whatever the program asks for.

Its acts are those of casework: it opens its own cases, adds to them, and puts the dispute mark and its statement on its
own records. Nothing else of a case or a record may change under it.
"""

from django.db import migrations

OWN = ("registeredcontact", "handler", "proofcode", "proofattempt", "subjectsession", "message")
APPENDED = ("subjectdesk_proofattempt", "subjects_look")
OFFICE = "actor_role() IN ('office_clerk', 'office_head', 'auditor', 'program')"
OFFICE_WRITES = "actor_role() IN ('office_clerk', 'office_head', 'program')"

SQL = """
CREATE FUNCTION subjectdesk_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never removed or rewritten (%)', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;

-- Of a case or a record of its own, a subject changes only what its acts change.
CREATE FUNCTION subjectdesk_guard_own() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    allowed text[] := TG_ARGV;
BEGIN
    IF actor_role() = 'subject' AND to_jsonb(OLD) - allowed <> to_jsonb(NEW) - allowed THEN
        RAISE EXCEPTION 'a subject does not change this of %', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER subjectdesk_guard_own BEFORE UPDATE ON subjects_record FOR EACH ROW
    EXECUTE FUNCTION subjectdesk_guard_own('dispute', 'disputed_at', 'statement', 'known_from', 'entry_id');
CREATE TRIGGER subjectdesk_guard_own BEFORE UPDATE ON casework_case FOR EACH ROW
    EXECUTE FUNCTION subjectdesk_guard_own(
        'state', 'waiting_since', 'papers_due_on', 'waited_days', 'due_on', 'provisional');

CREATE POLICY record_change_by_subject ON subjects_record FOR UPDATE
    USING (actor_is_subject(subject_id)) WITH CHECK (actor_is_subject(subject_id));
CREATE POLICY case_read_by_subject ON casework_case FOR SELECT USING (actor_is_subject(subject_id));
CREATE POLICY case_add_by_subject ON casework_case FOR INSERT
    WITH CHECK (actor_is_subject(subject_id) AND applicant = 'subject' AND state = 'opened');
CREATE POLICY case_change_by_subject ON casework_case FOR UPDATE
    USING (actor_is_subject(subject_id)) WITH CHECK (actor_is_subject(subject_id));

ALTER TABLE subjects_look ENABLE ROW LEVEL SECURITY;
ALTER TABLE subjects_look FORCE ROW LEVEL SECURITY;
CREATE POLICY look_read ON subjects_look FOR SELECT USING (actor_is_subject(subject_id) OR OFFICE);
CREATE POLICY look_add ON subjects_look FOR INSERT WITH CHECK (actor_role() <> '');

-- The subject names and revokes its handlers and leaves its desk by itself.
CREATE POLICY handler_add_by_subject ON subjectdesk_handler FOR INSERT WITH CHECK (actor_is_subject(subject_id));
CREATE POLICY handler_change_by_subject ON subjectdesk_handler FOR UPDATE
    USING (actor_is_subject(subject_id)) WITH CHECK (actor_is_subject(subject_id));
CREATE POLICY session_change_by_subject ON subjectdesk_subjectsession FOR UPDATE
    USING (actor_is_subject(subject_id)) WITH CHECK (actor_is_subject(subject_id));
CREATE TRIGGER subjectdesk_guard_own BEFORE UPDATE ON subjectdesk_handler FOR EACH ROW
    EXECUTE FUNCTION subjectdesk_guard_own('revoked_at');
CREATE TRIGGER subjectdesk_guard_own BEFORE UPDATE ON subjectdesk_subjectsession FOR EACH ROW
    EXECUTE FUNCTION subjectdesk_guard_own('ended_at');

-- A code is used once, and never again; nor is one cancelled or expired brought back.
CREATE FUNCTION subjectdesk_guard_code() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    open_columns text[] := ARRAY['failed_attempts', 'used_at', 'cancelled_at'];
BEGIN
    IF OLD.used_at IS NOT NULL OR (OLD.cancelled_at IS NOT NULL AND NEW.cancelled_at IS NULL)
            OR NEW.failed_attempts < OLD.failed_attempts
            OR to_jsonb(OLD) - open_columns <> to_jsonb(NEW) - open_columns THEN
        RAISE EXCEPTION 'code % is used once and never edited', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subjectdesk_guard_code BEFORE UPDATE ON subjectdesk_proofcode FOR EACH ROW
    EXECUTE FUNCTION subjectdesk_guard_code();
""".replace("OFFICE", OFFICE)

SQL += "".join(
    f"""
    CREATE POLICY case_add_by_subject ON {table} FOR INSERT WITH CHECK (EXISTS (
        SELECT 1 FROM casework_case c WHERE c.id = {table}.case_id AND actor_is_subject(c.subject_id)));
    """
    for table in ("casework_caserecord", "casework_casestep", "casework_paper", "casework_letter")
)
SQL += "".join(
    f"""
    ALTER TABLE subjectdesk_{table} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE subjectdesk_{table} FORCE ROW LEVEL SECURITY;
    CREATE POLICY own_read ON subjectdesk_{table} FOR SELECT USING (actor_is_subject(subject_id) OR {OFFICE});
    CREATE POLICY office_add ON subjectdesk_{table} FOR INSERT WITH CHECK ({OFFICE_WRITES});
    CREATE POLICY office_change ON subjectdesk_{table} FOR UPDATE USING ({OFFICE_WRITES}) WITH CHECK ({OFFICE_WRITES});
    """
    for table in OWN
)
SQL += "".join(
    f"""
    CREATE TRIGGER subjectdesk_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION subjectdesk_refuse_change();
    """
    for table in APPENDED
)


class Migration(migrations.Migration):
    dependencies = [
        ("subjectdesk", "0001_initial"),
        ("accounts", "0004_subject"),
        ("casework", "0004_letter_kinds"),
        ("subjects", "0007_look"),
    ]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
