"""Versions and row-level security of records, kept by the database so that no path bypasses them."""

from django.db import migrations

from publiccredit.subjects.models import RecordColumns
from publiccredit.subjects.versioning import keeping_versions

COLUMNS = [field.attname for field in RecordColumns._meta.local_fields] + ["subject_id"]

SQL = f"""
{keeping_versions(COLUMNS)}
CREATE TRIGGER subjects_keep_version AFTER UPDATE ON subjects_record
    REFERENCING OLD TABLE AS former NEW TABLE AS latter
    FOR EACH STATEMENT EXECUTE FUNCTION subjects_keep_version();

CREATE FUNCTION subjects_refuse_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never removed or rewritten (%)', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER subjects_refuse_removal BEFORE DELETE OR TRUNCATE ON subjects_record
    FOR EACH STATEMENT EXECUTE FUNCTION subjects_refuse_removal();
CREATE TRIGGER subjects_refuse_removal BEFORE UPDATE OR DELETE OR TRUNCATE ON subjects_recordversion
    FOR EACH STATEMENT EXECUTE FUNCTION subjects_refuse_removal();
CREATE TRIGGER subjects_refuse_removal BEFORE DELETE OR TRUNCATE ON subjects_subject
    FOR EACH STATEMENT EXECUTE FUNCTION subjects_refuse_removal();

-- Reading is decided by disclosure; writing by whose record it is.
ALTER TABLE subjects_record ENABLE ROW LEVEL SECURITY;
ALTER TABLE subjects_record FORCE ROW LEVEL SECURITY;
CREATE POLICY record_read ON subjects_record FOR SELECT USING (true);
CREATE POLICY record_add ON subjects_record FOR INSERT WITH CHECK (actor_may_write(department_code));
CREATE POLICY record_change ON subjects_record FOR UPDATE
    USING (actor_may_write(department_code)) WITH CHECK (actor_may_write(department_code));
"""


class Migration(migrations.Migration):
    dependencies = [("subjects", "0001_initial"), ("accounts", "0002_actor")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
