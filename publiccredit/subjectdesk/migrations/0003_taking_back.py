"""A subject that takes its own case back ends its mark, and the suspension of its record, by its own act."""

from django.db import migrations

SQL = """
DROP TRIGGER subjectdesk_guard_own ON subjects_record;
CREATE TRIGGER subjectdesk_guard_own BEFORE UPDATE ON subjects_record FOR EACH ROW
    EXECUTE FUNCTION subjectdesk_guard_own(
        'dispute', 'disputed_at', 'suspended_at', 'statement', 'known_from', 'entry_id');
DROP TRIGGER subjectdesk_guard_own ON casework_case;
CREATE TRIGGER subjectdesk_guard_own BEFORE UPDATE ON casework_case FOR EACH ROW
    EXECUTE FUNCTION subjectdesk_guard_own(
        'state', 'waiting_since', 'papers_due_on', 'waited_days', 'due_on', 'provisional', 'taken_back_at');
"""


class Migration(migrations.Migration):
    dependencies = [("subjectdesk", "0002_protection"), ("casework", "0006_taking_back_protection")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
