"""
DP-38: when a record first reached the platform, and how long that took, is what its department is measured by. Neither is
put right afterwards; only another decision date counts the days anew.
"""

from django.db import migrations

SQL = """
CREATE FUNCTION subjects_keep_arrival() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'when record % came, and how long that took, stays as it was', OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER subjects_keep_arrival BEFORE UPDATE ON subjects_record FOR EACH ROW
    WHEN (NEW.received_at <> OLD.received_at OR (NEW.working_days_taken IS DISTINCT FROM OLD.working_days_taken
        AND NEW.decided_on IS NOT DISTINCT FROM OLD.decided_on))
    EXECUTE FUNCTION subjects_keep_arrival();
"""


class Migration(migrations.Migration):
    dependencies = [("subjects", "0010_case_corrections")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
