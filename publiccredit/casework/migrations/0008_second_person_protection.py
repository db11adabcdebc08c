"""
What an approval writes now includes the log-in it was made from and whether a code of the second factor was typed; and
who has a second factor approves with it (DP-35), whatever the program forgets.
"""

from django.db import migrations

SQL = """
DO $$ BEGIN
    EXECUTE replace(
        pg_get_functiondef('casework_guard_decision'::regproc),
        $q$'approved_at', 'returned_because'$q$,
        $q$'approved_at', 'approved_session', 'approved_by_second_factor', 'returned_because'$q$);
END $$;

CREATE FUNCTION casework_guard_second_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.approved_by_id IS NOT NULL AND NOT NEW.approved_by_second_factor AND EXISTS (
            SELECT FROM accounts_officer o
            WHERE o.username = NEW.approved_by_id AND o.second_factor_since IS NOT NULL) THEN
        RAISE EXCEPTION 'decision % is approved without the second factor its approver has', NEW.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER casework_guard_second_person BEFORE INSERT OR UPDATE OF approved_by_id ON casework_decision
    FOR EACH ROW EXECUTE FUNCTION casework_guard_second_person();
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0007_second_person"), ("accounts", "0006_second_factor_protection")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
