"""
What a decided case corrected in a record says under which procedure, and on which ground, it was asked.

Corrections noted before are given both from their cases. That tells nobody anything new, so neither versions nor the
change feed have it.
"""

from django.db import migrations

# As the owner of the tables and as the program: row-level security binds the one, triggers stand in the way.
FILL_IN = """
SELECT set_config('publiccredit.role', 'program', true);
ALTER TABLE subjects_record DISABLE TRIGGER USER;
UPDATE subjects_record r SET case_corrections = (
    SELECT jsonb_object_agg(field.name, CASE WHEN c.id IS NULL THEN field.said
        ELSE field.said || jsonb_build_object('procedure', c.procedure, 'ground', c.ground) END)
    FROM jsonb_each(r.case_corrections) AS field (name, said)
    LEFT JOIN casework_decision d ON d.id = (field.said ->> 'decision')::bigint
    LEFT JOIN casework_case c ON c.id = d.case_id)
WHERE r.case_corrections IS NOT NULL AND r.case_corrections <> '{}';
ALTER TABLE subjects_record ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0029_own_proposals_taken_back")]
    operations = [migrations.RunSQL(FILL_IN, migrations.RunSQL.noop)]
