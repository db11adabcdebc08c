"""
DP-22, DP-38: the last day of a case follows from what happened in it, whichever way the request came in, and what a
desk is measured by is not put right afterwards.

A clock is given days only by the step that gives them: once by an extension, by the source being asked, by papers that
were waited for, or by a year that is decreed at last. What it has reached is not taken back.
"""

from django.db import migrations, models

SQL = """
CREATE FUNCTION casework_guard_clock() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked boolean := NEW.forwarded_at IS DISTINCT FROM OLD.forwarded_at;
    waited boolean := OLD.waiting_since IS NOT NULL AND NEW.waiting_since IS NULL;
    extended boolean := OLD.extended_days = 0 AND NEW.extended_days > 0;
BEGIN
    IF (NEW.total_days <> OLD.total_days AND NOT (asked AND NEW.total_days > OLD.total_days))
            OR (NEW.waited_days <> OLD.waited_days AND NOT (waited AND NEW.waited_days > OLD.waited_days))
            OR (NEW.extended_days <> OLD.extended_days AND NOT extended)
            OR ((NEW.due_on, NEW.provisional) <> (OLD.due_on, OLD.provisional)
                AND NOT (asked OR waited OR extended OR OLD.provisional)) THEN
        RAISE EXCEPTION 'the last day of case % follows from its steps', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.reached_percent < OLD.reached_percent THEN
        RAISE EXCEPTION 'what the clock of case % has reached is not taken back', OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER casework_guard_clock BEFORE UPDATE ON casework_case FOR EACH ROW
    WHEN ((OLD.due_on, OLD.provisional, OLD.total_days, OLD.extended_days, OLD.waited_days, OLD.reached_percent)
        IS DISTINCT FROM
        (NEW.due_on, NEW.provisional, NEW.total_days, NEW.extended_days, NEW.waited_days, NEW.reached_percent))
    EXECUTE FUNCTION casework_guard_clock();
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0012_corrections_stay")]
    operations = [
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["online", "counter", "phone", "post", "proxy"])),
                name="case_came_by_a_known_channel",
            ),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
