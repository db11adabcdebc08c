"""A department sees and writes its own submissions only: the database says so as well as the code."""

from django.db import migrations

OWNED = ("intake_submission", "intake_nilreturn", "intake_decisiondocument")
OF_SUBMISSION = ("intake_rowissue", "intake_duplicaterow", "intake_servicedeclaration")


def _policies(table: str, read: str, write: str) -> str:
    return f"""
    ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
    CREATE POLICY department_reads ON {table} FOR SELECT USING ({read});
    CREATE POLICY department_adds ON {table} FOR INSERT WITH CHECK ({write});
    CREATE POLICY department_changes ON {table} FOR UPDATE USING ({write}) WITH CHECK ({write});
    CREATE POLICY department_removes ON {table} FOR DELETE USING ({write});
    """


SQL = "".join(_policies(t, "actor_may_read(department_code)", "actor_may_write(department_code)") for t in OWNED)
SQL += "".join(
    _policies(
        table,
        f"EXISTS (SELECT 1 FROM intake_submission s WHERE s.id = {table}.submission_id)",
        f"EXISTS (SELECT 1 FROM intake_submission s WHERE s.id = {table}.submission_id"
        " AND actor_may_write(s.department_code))",
    )
    for table in OF_SUBMISSION
)


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial"), ("accounts", "0002_actor")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
