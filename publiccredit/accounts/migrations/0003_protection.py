"""
Who may change an account, decided by the database: an administrator, or the program at installation. An officer changes
nothing but the own password; a log-in, before anybody acts, only moves the time of the last one forward. A token is
issued and revoked by an administrator, and what it stands for never changes.
"""

from django.db import migrations

SQL = """
CREATE FUNCTION actor_account() RETURNS text LANGUAGE sql STABLE
    RETURN coalesce(current_setting('publiccredit.account', true), '');

CREATE FUNCTION accounts_guard_officer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before jsonb := to_jsonb(OLD);
    after jsonb := to_jsonb(NEW);
    own text[] := ARRAY['password', 'must_change_password', 'last_login'];
BEGIN
    IF TG_OP = 'UPDATE' AND (before - ARRAY['role', 'department_code', 'display_name', 'is_active'] - own
            <> after - ARRAY['role', 'department_code', 'display_name', 'is_active'] - own) THEN
        RAISE EXCEPTION 'account % is never renamed', OLD.username USING ERRCODE = 'restrict_violation';
    END IF;
    IF actor_role() IN ('administrator', 'program') THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND before - 'last_login' = after - 'last_login'
            AND (OLD.last_login IS NULL OR NEW.last_login >= OLD.last_login)
            AND actor_role() = '' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND before - own = after - own AND actor_account() = OLD.username
            AND actor_role() = OLD.role THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'accounts are kept by an administrator; an officer changes only the own password'
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER accounts_guard_officer BEFORE INSERT OR UPDATE ON accounts_officer
    FOR EACH ROW EXECUTE FUNCTION accounts_guard_officer();

CREATE FUNCTION accounts_guard_token() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF actor_role() NOT IN ('administrator', 'program') THEN
        RAISE EXCEPTION 'tokens are issued and revoked by an administrator' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.revoked_at IS NOT NULL
            OR to_jsonb(OLD) - ARRAY['revoked_at', 'last_used_at'] <> to_jsonb(NEW) - ARRAY['revoked_at', 'last_used_at'])
    THEN
        RAISE EXCEPTION 'what a token stands for never changes, and a revoked one stays revoked'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER accounts_guard_token BEFORE INSERT OR UPDATE ON accounts_accesstoken
    FOR EACH ROW EXECUTE FUNCTION accounts_guard_token();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_actor")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
