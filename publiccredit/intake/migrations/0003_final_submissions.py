"""A submission that was filed or refused does not change any more: the database says so, whoever asks."""

from django.db import migrations

SQL = """
CREATE FUNCTION intake_keep_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'submission % is %; what is final does not change', OLD.id, OLD.state
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER intake_keep_final BEFORE UPDATE ON intake_submission
    FOR EACH ROW WHEN (OLD.state IN ('filed', 'refused')) EXECUTE FUNCTION intake_keep_final();
"""
UNDO = "DROP TRIGGER intake_keep_final ON intake_submission; DROP FUNCTION intake_keep_final();"


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_row_level_security")]
    operations = [migrations.RunSQL(SQL, UNDO)]
