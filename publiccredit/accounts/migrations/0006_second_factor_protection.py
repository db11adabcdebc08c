"""
A second factor is its officer's own: the database shows it to that officer and to the program, lets the secret never
change, no code count twice, and no officer be rid of it: only an administrator takes it away, through the program.
"""

from django.db import migrations

SQL = """
CREATE FUNCTION actor_is_officer(officer bigint) RETURNS boolean LANGUAGE sql STABLE
    RETURN actor_role() = 'program' OR EXISTS (
        SELECT FROM accounts_officer o
        WHERE o.id = officer AND o.username = actor_account() AND o.role = actor_role());

ALTER TABLE accounts_secondfactor ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts_secondfactor FORCE ROW LEVEL SECURITY;
CREATE POLICY own_read ON accounts_secondfactor FOR SELECT USING (actor_is_officer(officer_id));
CREATE POLICY own_add ON accounts_secondfactor FOR INSERT WITH CHECK (actor_is_officer(officer_id));
CREATE POLICY own_change ON accounts_secondfactor FOR UPDATE
    USING (actor_is_officer(officer_id)) WITH CHECK (actor_is_officer(officer_id));
CREATE POLICY reset ON accounts_secondfactor FOR DELETE USING (actor_role() = 'program');

ALTER TABLE accounts_recoverycode ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts_recoverycode FORCE ROW LEVEL SECURITY;
CREATE POLICY own_read ON accounts_recoverycode FOR SELECT USING (actor_is_officer(officer_id));
CREATE POLICY own_add ON accounts_recoverycode FOR INSERT WITH CHECK (actor_is_officer(officer_id));
CREATE POLICY own_change ON accounts_recoverycode FOR UPDATE
    USING (actor_is_officer(officer_id)) WITH CHECK (actor_is_officer(officer_id));
CREATE POLICY reset ON accounts_recoverycode FOR DELETE USING (actor_role() = 'program');

CREATE FUNCTION accounts_guard_second_factor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.officer_id <> OLD.officer_id OR NEW.sealed_secret <> OLD.sealed_secret
            OR NEW.confirmed_at <> OLD.confirmed_at OR NEW.last_step < OLD.last_step THEN
        RAISE EXCEPTION 'a second factor never changes, and no code of it counts twice'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER accounts_guard_second_factor BEFORE UPDATE ON accounts_secondfactor
    FOR EACH ROW EXECUTE FUNCTION accounts_guard_second_factor();

CREATE FUNCTION accounts_guard_recovery_code() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.used_at IS NOT NULL OR to_jsonb(OLD) - 'used_at' <> to_jsonb(NEW) - 'used_at' THEN
        RAISE EXCEPTION 'a recovery code counts once and never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER accounts_guard_recovery_code BEFORE UPDATE ON accounts_recoverycode
    FOR EACH ROW EXECUTE FUNCTION accounts_guard_recovery_code();

CREATE OR REPLACE FUNCTION accounts_guard_officer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before jsonb := to_jsonb(OLD);
    after jsonb := to_jsonb(NEW);
    own text[] := ARRAY['password', 'must_change_password', 'last_login', 'second_factor_since'];
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
            AND actor_role() = OLD.role
            AND (OLD.second_factor_since IS NULL OR NEW.second_factor_since = OLD.second_factor_since) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'accounts are kept by an administrator; an officer changes only the own password'
        USING ERRCODE = 'insufficient_privilege';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_second_factor")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
