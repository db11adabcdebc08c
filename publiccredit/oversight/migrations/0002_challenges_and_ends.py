"""
A stranger's challenge of what burdens nobody marks its record at the office's acceptance only (DP-14), and a term that
was over has no second one (DP-10); who was given a record after a decision has it as decided (DP-20). Three views are
made anew with what they did not know.
"""

from importlib import import_module

from django.db import migrations

FIRST = import_module("publiccredit.oversight.migrations.0001_violations").VIEWS
ACCEPTED = """
    AND NOT (c.applicant = 'reader' AND c.state = 'opened' AND r.record_type <> 'administrative_penalty')
UNION ALL
SELECT 'record', r.id, '没有未决的异议"""
SECOND_TERM = """
UNION ALL
SELECT DISTINCT 'record', r.id, '公示期已满的记录又有了期限'
FROM subjects_record r JOIN subjects_recordversion v ON v.record_id = r.id
WHERE r.record_type = 'administrative_penalty' AND v.state = 'filed' AND v.disclosed_from < v.disclosed_until
    AND v.disclosed_until <= (v.known_until AT TIME ZONE 'Asia/Shanghai')::date
    AND (r.disclosed_until IS NULL OR r.disclosed_until > v.disclosed_until)
"""
VIEWS = {
    "10": FIRST["10"].rstrip() + SECOND_TERM,
    "14": FIRST["14"].replace("\nUNION ALL\nSELECT 'record', r.id, '没有未决的异议", ACCEPTED, 1),
    "20": FIRST["20"].replace(
        "h.known_from < d.effective_at", "h.known_from < d.effective_at AND h.at < d.effective_at", 1
    ),
}
SQL = "".join(
    f"CREATE OR REPLACE VIEW v_violation_dp{number} WITH (security_invoker = true) AS {query.strip()};\n"
    for number, query in VIEWS.items()
)


class Migration(migrations.Migration):
    dependencies = [("oversight", "0001_violations"), ("subjects", "0009_ended_stays_ended")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
