"""A subject that has proved itself acts as itself: row-level security then gives it its own rows, and no other."""

from django.db import migrations

SQL = """
CREATE FUNCTION actor_subject() RETURNS bigint LANGUAGE sql STABLE
    RETURN nullif(current_setting('publiccredit.subject', true), '')::bigint;

CREATE FUNCTION actor_is_subject(subject bigint) RETURNS boolean LANGUAGE sql STABLE
    RETURN actor_role() = 'subject' AND subject IS NOT NULL AND actor_subject() = subject;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_protection")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
