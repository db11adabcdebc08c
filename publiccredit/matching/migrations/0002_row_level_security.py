"""Questions and judgements: read by the office and the department concerned, answered by the office."""

from django.db import migrations

SQL = """
ALTER TABLE matching_question ENABLE ROW LEVEL SECURITY;
ALTER TABLE matching_question FORCE ROW LEVEL SECURITY;
CREATE POLICY question_read ON matching_question FOR SELECT USING (actor_may_read(department_code));
CREATE POLICY question_add ON matching_question FOR INSERT WITH CHECK (actor_may_write(department_code));
CREATE POLICY question_change ON matching_question FOR UPDATE
    USING (actor_may_write(department_code)) WITH CHECK (actor_may_write(department_code));

ALTER TABLE matching_questionedrecord ENABLE ROW LEVEL SECURITY;
ALTER TABLE matching_questionedrecord FORCE ROW LEVEL SECURITY;
CREATE POLICY questioned_read ON matching_questionedrecord FOR SELECT
    USING (EXISTS (SELECT 1 FROM matching_question q WHERE q.id = matching_questionedrecord.question_id));
CREATE POLICY questioned_add ON matching_questionedrecord FOR INSERT
    WITH CHECK (EXISTS (SELECT 1 FROM matching_question q WHERE q.id = matching_questionedrecord.question_id
        AND actor_may_write(q.department_code)));
CREATE POLICY questioned_remove ON matching_questionedrecord FOR DELETE
    USING (EXISTS (SELECT 1 FROM matching_question q WHERE q.id = matching_questionedrecord.question_id
        AND actor_may_write(q.department_code)));

ALTER TABLE matching_judgement ENABLE ROW LEVEL SECURITY;
ALTER TABLE matching_judgement FORCE ROW LEVEL SECURITY;
CREATE POLICY judgement_read ON matching_judgement FOR SELECT
    USING (EXISTS (SELECT 1 FROM matching_question q WHERE q.id = matching_judgement.question_id));
CREATE POLICY judgement_add ON matching_judgement FOR INSERT
    WITH CHECK (actor_role() IN ('office_clerk', 'office_head', 'program'));
"""


class Migration(migrations.Migration):
    dependencies = [("matching", "0001_initial"), ("accounts", "0002_actor")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
