"""
What the database refuses by itself: any change of what was handed over or of a call that was made; a notice that goes
another way than its own; a confirmation without a signed receipt, a token of that recipient, or an officer's reason.
"""

from django.db import migrations

APPENDED = ("recipients_handover", "recipients_deliveryattempt")

SQL = """
CREATE FUNCTION recipients_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never removed or rewritten (%)', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION recipients_guard_notice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    open_columns text[] := ARRAY['state', 'attempts', 'due_at', 'delivered_at', 'escalated_at', 'escalated_because',
        'confirmed_at', 'confirmed_by', 'receipt', 'confirming_token_id', 'confirming_officer', 'confirming_reason'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state NOT IN ('waiting', 'unconfirmed') THEN
            RAISE EXCEPTION 'a notice begins as one that is to be told' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(OLD) - open_columns <> to_jsonb(NEW) - open_columns THEN
        RAISE EXCEPTION 'what notice % tells is never edited', OLD.delivery_id USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state = 'confirmed' THEN
        RAISE EXCEPTION 'notice % is confirmed and is never edited', OLD.delivery_id USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> NEW.state AND NOT (NEW.state = 'confirmed'
            OR (OLD.state = 'waiting' AND NEW.state IN ('unconfirmed', 'escalated'))
            OR (OLD.state = 'unconfirmed' AND NEW.state = 'escalated')) THEN
        RAISE EXCEPTION 'notice % does not go from % to %', OLD.delivery_id, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'confirmed' AND NOT (CASE NEW.confirmed_by
            WHEN 'callback' THEN EXISTS (SELECT 1 FROM recipients_deliveryattempt a
                WHERE a.notice_id = NEW.id AND a.status BETWEEN 200 AND 299)
            WHEN 'interface' THEN EXISTS (SELECT 1 FROM recipients_recipienttoken t
                WHERE t.id = NEW.confirming_token_id AND t.recipient_id = NEW.recipient_id AND t.revoked_at IS NULL)
            ELSE actor_role() IN ('office_clerk', 'office_head') AND EXISTS (SELECT 1 FROM accounts_officer o
                WHERE o.username = NEW.confirming_officer AND o.is_active) END) THEN
        RAISE EXCEPTION 'notice % is confirmed only by its recipient, or by an officer who was told so', OLD.delivery_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER recipients_guard_notice BEFORE INSERT OR UPDATE ON recipients_notice
    FOR EACH ROW EXECUTE FUNCTION recipients_guard_notice();

CREATE FUNCTION recipients_guard_token() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(OLD) - 'revoked_at' <> to_jsonb(NEW) - 'revoked_at' OR OLD.revoked_at IS NOT NULL THEN
        RAISE EXCEPTION 'a token is revoked once, and nothing else of it changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER recipients_guard_token BEFORE UPDATE ON recipients_recipienttoken
    FOR EACH ROW EXECUTE FUNCTION recipients_guard_token();
"""
SQL += "".join(
    f"""
    CREATE TRIGGER recipients_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION recipients_refuse_change();
    """
    for table in APPENDED
)
SQL += "".join(
    f"""
    CREATE TRIGGER recipients_refuse_change BEFORE DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION recipients_refuse_change();
    """
    for table in ("recipients_recipient", "recipients_recipienttoken", "recipients_notice")
)


class Migration(migrations.Migration):
    dependencies = [("recipients", "0001_initial"), ("accounts", "0002_actor")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
