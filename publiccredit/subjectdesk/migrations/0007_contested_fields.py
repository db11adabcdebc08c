"""A subject that objects, or takes its objection back, changes which fields of its record are contested."""

from django.db import migrations

SQL = """
DROP TRIGGER subjectdesk_guard_own ON subjects_record;
CREATE TRIGGER subjectdesk_guard_own BEFORE UPDATE ON subjects_record FOR EACH ROW
    EXECUTE FUNCTION subjectdesk_guard_own(
        'dispute', 'disputed_at', 'contested_fields', 'suspended_at', 'statement', 'known_from', 'entry_id');
"""


class Migration(migrations.Migration):
    dependencies = [("subjectdesk", "0006_erasing_contacts"), ("subjects", "0012_contested_fields")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
