"""
A recipient's token is issued, and its key changed, by four eyes as every right (DP-35): the database asks the proposals
of accounts for one that says just that.
"""

from django.db import migrations

SQL = """
CREATE FUNCTION recipients_guard_grant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'recipients_recipienttoken' THEN
        PERFORM accounts_take_grant('issue_recipient_token', NULL, NEW.recipient_id, jsonb_build_object(
            'purpose', NEW.purpose, 'days', ceil(extract(epoch FROM NEW.expires_at - NEW.created_at) / 86400)));
    ELSIF NEW.key_number <> OLD.key_number THEN
        PERFORM accounts_take_grant('renew_recipient_key', NULL, NEW.id, '{}');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER recipients_guard_grant BEFORE INSERT ON recipients_recipienttoken
    FOR EACH ROW EXECUTE FUNCTION recipients_guard_grant();
CREATE TRIGGER recipients_guard_grant BEFORE UPDATE ON recipients_recipient
    FOR EACH ROW EXECUTE FUNCTION recipients_guard_grant();
"""


class Migration(migrations.Migration):
    dependencies = [("recipients", "0005_subject_notices"), ("accounts", "0009_grant_protection")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
