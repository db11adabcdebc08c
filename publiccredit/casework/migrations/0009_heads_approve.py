"""
A decision that two people make is approved, or sent back, by a head of the deciding body. Before, any second officer
would do: a liaison could give the last word on what the head of the department had proposed.
"""

from django.db import migrations

SQL = """
CREATE FUNCTION casework_guard_approval() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked casework_case%ROWTYPE;
    head text;
BEGIN
    SELECT * INTO asked FROM casework_case WHERE id = NEW.case_id;
    head := CASE asked.decided_by_party WHEN 'source' THEN 'department_head' ELSE 'office_head' END;
    IF actor_role() <> head OR (NEW.approved_by_id IS NOT NULL AND (NEW.approved_by_id <> actor_account()
            OR NOT EXISTS (SELECT 1 FROM accounts_officer o WHERE o.username = NEW.approved_by_id AND o.is_active
                AND o.role = head AND (head = 'office_head' OR o.department_code = asked.department_code)))) THEN
        RAISE EXCEPTION 'a proposal in case % is approved or returned by a % of the deciding body', asked.number, head
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER casework_guard_approval_made BEFORE INSERT ON casework_decision FOR EACH ROW
    WHEN (NEW.approved_by_id IS NOT NULL OR NEW.state = 'returned') EXECUTE FUNCTION casework_guard_approval();
CREATE TRIGGER casework_guard_approval BEFORE UPDATE ON casework_decision FOR EACH ROW
    WHEN (OLD.approved_by_id IS DISTINCT FROM NEW.approved_by_id OR (NEW.state = 'returned' AND OLD.state <> 'returned'))
    EXECUTE FUNCTION casework_guard_approval();
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0008_second_person_protection"), ("accounts", "0003_protection")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
