"""
Whoever made a decision takes no step that ends, delays or decides its review (DP-23): not by any way to the database.
"""

from django.db import migrations

SQL = """
CREATE FUNCTION casework_guard_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM casework_case c JOIN casework_decision d ON d.case_id = c.reviews_id
            WHERE c.id = NEW.case_id AND NEW."by" IN (d.proposed_by_id, d.approved_by_id)) THEN
        RAISE EXCEPTION 'case % reviews a decision of %: others take this step', NEW.case_id, NEW."by"
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER casework_guard_review BEFORE INSERT ON casework_casestep FOR EACH ROW
    WHEN (NEW.step IN ('take', 'request_papers', 'forward', 'extend', 'propose', 'approve', 'returned', 'take_back'))
    EXECUTE FUNCTION casework_guard_review();
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0021_closed_files")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
