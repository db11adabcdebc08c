"""Whose files are closed to an officer (DP-34): one answer, for every package and for the database itself."""

from django.db import migrations

SQL = """
CREATE FUNCTION closed_files(officer text, of_subjects bigint[]) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    SELECT r.subject_id FROM casework_declaredrelation r
    WHERE r.officer_id = officer AND r.subject_id = ANY (of_subjects)
$$;
"""
BACK = "DROP FUNCTION closed_files(text, bigint[]);"


class Migration(migrations.Migration):
    dependencies = [("casework", "0020_by_no_other_way")]
    operations = [migrations.RunSQL(SQL, BACK)]
