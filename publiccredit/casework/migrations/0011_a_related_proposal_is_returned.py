"""
Who proposes a decision and declares a relation afterwards takes no further part in the case (DP-34); but the proposal
must be sent back by somebody, or nobody could ever decide it. A return is the act of whoever returns, so only that
person is looked at.
"""

from django.db import migrations

WAS = "people text[] := array_remove(ARRAY[NEW.proposed_by_id, NEW.approved_by_id], NULL);"
NOW = """people text[] := CASE WHEN TG_OP = 'UPDATE' AND NEW.state = 'returned' THEN ARRAY[actor_account()]
        ELSE array_remove(ARRAY[NEW.proposed_by_id, NEW.approved_by_id], NULL) END;"""
SQL = f"""
DO $$
DECLARE
    was text := pg_get_functiondef('casework_guard_decision'::regproc);
    now text := replace(was, $q${WAS}$q$, $q${NOW}$q$);
BEGIN
    IF was = now THEN
        RAISE EXCEPTION 'casework_guard_decision reads otherwise than this migration knows';
    END IF;
    EXECUTE now;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0010_case_number")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
