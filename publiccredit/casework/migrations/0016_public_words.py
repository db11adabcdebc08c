"""
DP-18: what is withdrawn says why to everybody, in words of its own and not by its kind alone.

From now on: what was decided or proposed before keeps the words it has, and may still be approved or returned.
"""

from django.db import migrations

SQL = r"""
CREATE FUNCTION casework_refuse_no_public_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what is withdrawn says why in words for the public' USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER casework_public_words BEFORE INSERT ON casework_decision FOR EACH ROW
    WHEN (NEW.effects ? 'withdraw' AND length(regexp_replace(NEW.public_notice, '\s', '', 'g')) < 8)
    EXECUTE FUNCTION casework_refuse_no_public_words();
CREATE TRIGGER casework_public_words BEFORE UPDATE ON subjects_record FOR EACH ROW
    WHEN (NEW.state = 'withdrawn' AND OLD.state <> 'withdrawn' AND trim(NEW.withdrawal_notice) = '')
    EXECUTE FUNCTION casework_refuse_no_public_words();
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0015_contested_fields")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
