"""
Of a complaint about the office itself no step that ends, delays or decides it is taken by whoever handled the earlier
cases it can be about (DP-34), and it is forwarded to nobody: not by any way to the database.
"""

from django.db import migrations, models

SQL = """
CREATE FUNCTION casework_guard_complaint() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM casework_case c WHERE c.id = NEW.case_id AND c.against_decider) THEN
        RETURN NEW;
    END IF;
    IF NEW.step = 'forward' THEN
        RAISE EXCEPTION 'case % is about the office itself: nobody else can be asked', NEW.case_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM casework_case c
            JOIN casework_case e ON e.id < c.id AND e.id IS DISTINCT FROM c.reviews_id
            LEFT JOIN subjects_subject of_earlier ON of_earlier.id = e.subject_id
            JOIN casework_casestep s ON s.case_id = e.id AND s."by" = NEW."by" AND s.at <= c.opened_at
                AND s.step IN ('take', 'request_papers', 'forward', 'extend', 'propose', 'approve', 'returned',
                    'take_back')
            WHERE c.id = NEW.case_id AND (e.subject_id = c.subject_id OR position(e.number IN c.request) > 0
                OR (c.applicant_name <> '读者' AND c.applicant_name IN (e.applicant_name, of_earlier.name)))) THEN
        RAISE EXCEPTION 'case % is about what % handled: others take this step', NEW.case_id, NEW."by"
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER casework_guard_complaint BEFORE INSERT ON casework_casestep FOR EACH ROW
    WHEN (NEW.step IN ('take', 'request_papers', 'forward', 'extend', 'propose', 'approve', 'returned', 'take_back'))
    EXECUTE FUNCTION casework_guard_complaint();

CREATE FUNCTION casework_refuse_other_body() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'whom case % complains of is never edited', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER casework_complains_of_the_same BEFORE UPDATE ON casework_case FOR EACH ROW
    WHEN (OLD.against_decider IS DISTINCT FROM NEW.against_decider) EXECUTE FUNCTION casework_refuse_other_body();
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0025_no_row_moves_a_severity")]
    operations = [
        migrations.AddField(
            "case",
            "against_decider",
            models.BooleanField(db_default=False, default=False, verbose_name="投诉决定方"),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
