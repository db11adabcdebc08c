"""
A record filed again may belong to another question than before: its row moves there.

The policies so far allowed to add and to remove such a row, not to change it, so that a corrected row whose subject was
still in question, or had been judged, was refused by the database together with its whole file.
"""

from django.db import migrations

SQL = """
CREATE POLICY questioned_change ON matching_questionedrecord FOR UPDATE
    USING (EXISTS (SELECT 1 FROM matching_question q WHERE q.id = matching_questionedrecord.question_id
        AND actor_may_write(q.department_code)))
    WITH CHECK (EXISTS (SELECT 1 FROM matching_question q WHERE q.id = matching_questionedrecord.question_id
        AND actor_may_write(q.department_code)));
"""
UNDO = "DROP POLICY questioned_change ON matching_questionedrecord;"


class Migration(migrations.Migration):
    dependencies = [("matching", "0002_row_level_security")]
    operations = [migrations.RunSQL(SQL, UNDO)]
