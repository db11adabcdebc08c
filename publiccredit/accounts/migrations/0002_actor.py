"""What row-level security asks: who acts on this database session."""

from django.db import migrations

SQL = """
CREATE FUNCTION actor_role() RETURNS text LANGUAGE sql STABLE
    RETURN coalesce(current_setting('publiccredit.role', true), '');

CREATE FUNCTION actor_department() RETURNS text LANGUAGE sql STABLE
    RETURN coalesce(current_setting('publiccredit.department', true), '');

CREATE FUNCTION actor_may_read(department text) RETURNS boolean LANGUAGE sql STABLE
    RETURN actor_role() IN ('office_clerk', 'office_head', 'auditor', 'program')
        OR (actor_role() IN ('liaison', 'department_head') AND actor_department() = department);

CREATE FUNCTION actor_may_write(department text) RETURNS boolean LANGUAGE sql STABLE
    RETURN actor_role() IN ('office_clerk', 'office_head', 'program')
        OR (actor_role() IN ('liaison', 'department_head') AND actor_department() = department);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
