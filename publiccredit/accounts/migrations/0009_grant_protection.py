"""
Four eyes on permissions (DP-35), kept by the database.

No account, role, password, reactivation, removal of a second factor or token comes into being unless a proposal says
just that, and another administrator than its proposer has approved it in time; a proposal lets one right through, once.
Neither of the two is the account concerned. The operator at the server's shell needs no approval, but is let through
only as long as the pages cannot do it: while there are fewer than two administrators besides the account concerned, and
for administrators alone. What narrows a right (closing an account, ending a token) asks for no proposal.
"""

from django.db import migrations

SQL = """
ALTER TABLE accounts_grantproposal ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts_grantproposal FORCE ROW LEVEL SECURITY;
CREATE POLICY administrators_read ON accounts_grantproposal FOR SELECT
    USING (actor_role() IN ('administrator', 'auditor', 'program'));
CREATE POLICY administrators_add ON accounts_grantproposal FOR INSERT
    WITH CHECK (actor_role() IN ('administrator', 'program'));
CREATE POLICY administrators_change ON accounts_grantproposal FOR UPDATE
    USING (actor_role() IN ('administrator', 'program')) WITH CHECK (actor_role() IN ('administrator', 'program'));

CREATE FUNCTION accounts_is_administrator(account text) RETURNS boolean LANGUAGE sql STABLE
    RETURN EXISTS (SELECT FROM accounts_officer o
        WHERE o.username = account AND o.role = 'administrator' AND o.is_active);

CREATE FUNCTION accounts_administrators_besides(account text) RETURNS bigint LANGUAGE sql STABLE
    RETURN (SELECT count(*) FROM accounts_officer o
        WHERE o.role = 'administrator' AND o.is_active AND o.username IS DISTINCT FROM account);

CREATE FUNCTION accounts_guard_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    concerned accounts_officer%ROWTYPE;
    answer text[] := ARRAY['state', 'decided_by_id', 'decided_at', 'decided_session', 'decided_by_second_factor',
        'refused_because', 'collect_until', 'withdrawn_at', 'carried_out_at', 'is_used'];
    going text[] := ARRAY['state', 'carried_out_at'];
    acting_administrator boolean := actor_role() = 'administrator' AND accounts_is_administrator(actor_account());
BEGIN
    SELECT * INTO concerned FROM accounts_officer o WHERE o.id = NEW.officer_id;
    IF TG_OP = 'INSERT' AND (char_length(btrim(NEW.reason)) < 4 OR NEW.lapses_at <= NEW.proposed_at OR NEW.is_used) THEN
        RAISE EXCEPTION 'a proposal gives a reason and a term' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' AND NEW.proposed_by_id IS NULL THEN
        IF actor_role() <> 'program' OR NEW.state <> 'carried_out' OR NOT (CASE NEW.kind
                WHEN 'open_account' THEN NEW.terms->>'role' = 'administrator'
                WHEN 'reopen_account' THEN concerned.role = 'administrator'
                WHEN 'reset_password' THEN concerned.role = 'administrator'
                WHEN 'reset_second_factor' THEN concerned.role = 'administrator'
                ELSE false END) THEN
            RAISE EXCEPTION 'at the shell only administrators are opened and let in again'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF accounts_administrators_besides(concerned.username) >= 2 THEN
            RAISE EXCEPTION 'there are two administrators: one proposes, the other approves'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END IF;
    IF concerned.username IN (actor_account(), NEW.proposed_by_id, NEW.decided_by_id) AND NEW.state <> 'withdrawn' THEN
        RAISE EXCEPTION 'nobody proposes or approves a right of the own account' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NOT acting_administrator OR NEW.proposed_by_id <> actor_account() OR NEW.state <> 'proposed'
                OR NEW.decided_by_id IS NOT NULL OR NEW.decided_at IS NOT NULL OR NEW.carried_out_at IS NOT NULL THEN
            RAISE EXCEPTION 'a right is proposed by an administrator, as the own act, and approved by another'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END IF;

    IF to_jsonb(OLD) - answer <> to_jsonb(NEW) - answer THEN
        RAISE EXCEPTION 'what is proposed never changes: withdraw it and propose anew'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.is_used OR OLD.state IN ('refused', 'withdrawn') THEN
        RAISE EXCEPTION 'proposal % is settled and never changes', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.is_used THEN  -- let through by accounts_take_grant, inside the trigger of the right itself
        IF pg_trigger_depth() < 2 OR OLD.state <> 'carried_out' OR to_jsonb(OLD) - 'is_used' <> to_jsonb(NEW) - 'is_used'
        THEN
            RAISE EXCEPTION 'a proposal is used by the right it gives' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NOT acting_administrator THEN
        RAISE EXCEPTION 'proposals are answered by administrators' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.state = 'proposed' AND NEW.state IN ('approved', 'refused') THEN
        IF NEW.decided_by_id IS DISTINCT FROM actor_account() OR NEW.carried_out_at IS NOT NULL
                OR NEW.withdrawn_at IS NOT NULL THEN
            RAISE EXCEPTION 'a proposal is answered by who acts' USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.state = 'approved' AND (NEW.collect_until IS NULL OR NEW.collect_until <= NEW.decided_at
                OR NOT accounts_is_administrator(OLD.proposed_by_id)) THEN
            RAISE EXCEPTION 'a proposal is approved for a time, and only while its proposer is an administrator'
                USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.state = 'approved' AND NOT NEW.decided_by_second_factor AND EXISTS (SELECT FROM accounts_officer o
                WHERE o.username = NEW.decided_by_id AND o.second_factor_since IS NOT NULL) THEN
            RAISE EXCEPTION 'proposal % is approved without the second factor its approver has', OLD.id
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state IN ('proposed', 'approved') AND NEW.state = 'withdrawn' AND actor_account() = OLD.proposed_by_id
            AND NEW.withdrawn_at IS NOT NULL
            AND to_jsonb(OLD) - 'state' - 'withdrawn_at' = to_jsonb(NEW) - 'state' - 'withdrawn_at' THEN
        RETURN NEW;
    END IF;
    IF OLD.state = 'approved' AND NEW.state = 'carried_out' AND NEW.carried_out_at >= OLD.decided_at
            AND to_jsonb(OLD) - going = to_jsonb(NEW) - going
            AND actor_account() = (CASE
                WHEN OLD.kind IN ('assign_role', 'reopen_account', 'reset_second_factor') THEN OLD.decided_by_id
                ELSE OLD.proposed_by_id END) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'proposal % does not go from % to % by %', OLD.id, OLD.state, NEW.state, actor_account()
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER accounts_guard_proposal BEFORE INSERT OR UPDATE ON accounts_grantproposal
    FOR EACH ROW EXECUTE FUNCTION accounts_guard_proposal();

-- Let one right through: by the proposal that is carried out and says just that; it is used up.
CREATE FUNCTION accounts_take_grant(wanted text, officer bigint, object bigint, said jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE accounts_grantproposal SET is_used = true WHERE id = (
        SELECT p.id FROM accounts_grantproposal p
        WHERE p.kind = wanted AND p.state = 'carried_out' AND NOT p.is_used
            AND p.officer_id IS NOT DISTINCT FROM officer AND p.object_id IS NOT DISTINCT FROM object
            AND p.terms @> said
        ORDER BY p.id LIMIT 1);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no approved proposal says “%” of this: one administrator proposes it, another approves it', wanted
            USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;

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
    IF TG_OP = 'UPDATE' AND before - 'last_login' = after - 'last_login'
            AND (OLD.last_login IS NULL OR NEW.last_login >= OLD.last_login)
            AND actor_role() IN ('', 'administrator', 'program') THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND before - own = after - own AND actor_account() = OLD.username
            AND actor_role() = OLD.role
            AND (OLD.second_factor_since IS NULL OR NEW.second_factor_since = OLD.second_factor_since) THEN
        RETURN NEW;
    END IF;
    IF actor_role() NOT IN ('administrator', 'program') THEN
        RAISE EXCEPTION 'accounts are kept by an administrator; an officer changes only the own password'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'INSERT' THEN
        PERFORM accounts_take_grant('open_account', NULL, NULL, jsonb_build_object('username', NEW.username,
            'display_name', NEW.display_name, 'role', NEW.role, 'department_code', NEW.department_code));
        RETURN NEW;
    END IF;
    IF (OLD.role, OLD.department_code) <> (NEW.role, NEW.department_code) THEN
        PERFORM accounts_take_grant('assign_role', OLD.id, NULL,
            jsonb_build_object('role', NEW.role, 'department_code', NEW.department_code));
    END IF;
    IF NEW.is_active AND NOT OLD.is_active THEN
        PERFORM accounts_take_grant('reopen_account', OLD.id, NULL, '{}');
    END IF;
    IF (OLD.password, OLD.must_change_password) <> (NEW.password, NEW.must_change_password) THEN
        PERFORM accounts_take_grant('reset_password', OLD.id, NULL, '{}');
    END IF;
    IF OLD.second_factor_since IS DISTINCT FROM NEW.second_factor_since THEN
        IF NEW.second_factor_since IS NOT NULL THEN
            RAISE EXCEPTION 'a second factor is bound by its officer' USING ERRCODE = 'insufficient_privilege';
        END IF;
        PERFORM accounts_take_grant('reset_second_factor', OLD.id, NULL, '{}');
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION accounts_guard_token() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF actor_role() NOT IN ('administrator', 'program') THEN
        RAISE EXCEPTION 'tokens are issued and revoked by an administrator' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'INSERT' THEN
        PERFORM accounts_take_grant('issue_token', NEW.officer_id, NULL, jsonb_build_object('name', NEW.name,
            'scopes', to_jsonb(NEW.scopes), 'days', ceil(extract(epoch FROM NEW.expires_at - NEW.created_at) / 86400)));
    ELSIF OLD.revoked_at IS NOT NULL
            OR to_jsonb(OLD) - ARRAY['revoked_at', 'last_used_at'] <> to_jsonb(NEW) - ARRAY['revoked_at', 'last_used_at']
    THEN
        RAISE EXCEPTION 'what a token stands for never changes, and a revoked one stays revoked'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_grant_proposals")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
