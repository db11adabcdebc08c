"""
DP-10: the term of an adverse record that is over stays over, whichever way the record changes.

Compared with the day on which the new version is known: what is corrected in time may have a longer term.
"""

from django.db import migrations

SQL = """
CREATE FUNCTION subjects_refuse_second_term() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the term of record % ended on %, and no change brings it back', OLD.id, OLD.disclosed_until
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER subjects_refuse_second_term BEFORE UPDATE ON subjects_record FOR EACH ROW
    WHEN (OLD.record_type = 'administrative_penalty' AND OLD.state = 'filed'
        AND OLD.disclosed_from < OLD.disclosed_until
        AND OLD.disclosed_until <= (NEW.known_from AT TIME ZONE 'Asia/Shanghai')::date
        AND (NEW.disclosed_until IS NULL OR NEW.disclosed_until > OLD.disclosed_until))
    EXECUTE FUNCTION subjects_refuse_second_term();
"""


class Migration(migrations.Migration):
    dependencies = [("subjects", "0008_set_aside")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
