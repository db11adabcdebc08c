"""
Permissions are given by four eyes as decisions are (DP-35): no proposal of a right is approved by its proposer, by the
account concerned, late, or by nobody.
"""

from importlib import import_module

from django.db import migrations

FIRST = import_module("publiccredit.oversight.migrations.0001_violations").VIEWS
PERMISSIONS = """
UNION ALL
SELECT 'grant_proposal', p.id, '权限没有由两人在期限内办理'
FROM accounts_grantproposal p LEFT JOIN accounts_officer o ON o.id = p.officer_id
WHERE p.state IN ('approved', 'carried_out') AND p.proposed_by_id IS NOT NULL
    AND (p.decided_by_id IS NULL OR p.decided_by_id IN (p.proposed_by_id, o.username) OR p.proposed_by_id = o.username
        OR p.decided_at >= p.lapses_at)
"""
SQL = (
    "CREATE OR REPLACE VIEW v_violation_dp35 WITH (security_invoker = true) AS "
    + FIRST["35"].strip()
    + PERMISSIONS.rstrip()
    + ";"
)


class Migration(migrations.Migration):
    dependencies = [("oversight", "0003_contested_fields"), ("accounts", "0009_grant_protection")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
