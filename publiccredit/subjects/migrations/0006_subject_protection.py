"""
Who may say who a subject is, decided by the database: the program as it files what was sent, or the credit office as it
judges. A department names subjects only by what it reports. Each change names an act of the ledger.
"""

from django.db import migrations

SQL = """
CREATE FUNCTION subjects_guard_subject() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF actor_role() NOT IN ('program', 'office_clerk', 'office_head') THEN
        RAISE EXCEPTION 'who a subject is, is written by the program or the credit office, not by %', actor_role()
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.entry_id = OLD.entry_id THEN
        RAISE EXCEPTION 'a change of subject % names the act that makes it', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER subjects_guard_subject BEFORE INSERT OR UPDATE ON subjects_subject
    FOR EACH ROW EXECUTE FUNCTION subjects_guard_subject();
CREATE FUNCTION subjects_guard_naming() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF actor_role() NOT IN ('program', 'office_clerk', 'office_head') THEN
        RAISE EXCEPTION 'who a subject is, is written by the program or the credit office, not by %', actor_role()
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER subjects_guard_naming AFTER INSERT OR UPDATE OR DELETE ON subjects_subjectname
    FOR EACH STATEMENT EXECUTE FUNCTION subjects_guard_naming();
CREATE TRIGGER subjects_guard_naming AFTER INSERT OR UPDATE OR DELETE ON subjects_identifier
    FOR EACH STATEMENT EXECUTE FUNCTION subjects_guard_naming();
"""


class Migration(migrations.Migration):
    dependencies = [("subjects", "0005_severity_correction"), ("accounts", "0003_protection")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
