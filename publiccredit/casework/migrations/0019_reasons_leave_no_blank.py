"""
DP-23: a blank of the template filled up with signs is a blank. The operation asks more, and says where; this holds what
no reasons say in earnest, whoever writes them. What a paper says is quoted with the signs it has itself.

From now on: what was decided or proposed before keeps its reasons, and may still be approved or returned.
"""

from django.db import migrations

SQL = r"""
CREATE FUNCTION casework_refuse_blank_reasons() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the reasons of a decision leave a blank of the template open' USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER casework_reasons_leave_no_blank BEFORE INSERT ON casework_decision FOR EACH ROW
    WHEN (regexp_replace(NEW.reasons, '“[^“”]*”|\s', '', 'g')
        ~ '(^|[^A-Za-z0-9])([XxＸｘ]{4,}|[×*＊]{4,})($|[^A-Za-z0-9×*＊-])|＿{2,}|某{3,}|【】')
    EXECUTE FUNCTION casework_refuse_blank_reasons();
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0018_erasing_readers")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
