"""A mark stands on the fields of the open cases, a note on those a decision left it on (DP-14)."""

from django.db import migrations

SQL = """
CREATE OR REPLACE VIEW v_violation_dp14 WITH (security_invoker = true) AS
SELECT 'record' AS object_kind, r.id AS object_id, '异议未决，记录没有标注' AS found
FROM casework_case c JOIN casework_caserecord x ON x.case_id = c.id JOIN subjects_record r ON r.id = x.record_id
WHERE c.state NOT IN ('decided', 'closed', 'taken_back') AND c.marks_dispute AND r.dispute <> 'open'
    AND NOT (c.applicant = 'reader' AND c.state = 'opened' AND r.record_type <> 'administrative_penalty')
UNION ALL
SELECT 'record', r.id, CASE WHEN casework_contested_fields(r.id) = '{}'
    THEN '没有未决的异议，记录仍标注异议处理中' ELSE '标注异议处理中的字段，不是未决的异议所指的字段' END
FROM subjects_record r WHERE r.dispute = 'open' AND r.contested_fields <> casework_contested_fields(r.id)
UNION ALL
SELECT 'record', r.id, '没有决定，记录标注异议无法核实' FROM subjects_record r
WHERE r.dispute = 'undetermined' AND r.contested_fields <> casework_noted_fields(r.id)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("oversight", "0002_challenges_and_ends"),
        ("subjects", "0013_contested_fields_go_with_the_mark"),
    ]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
