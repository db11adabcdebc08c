"""
Who proposed a decision may take it back as long as no head has decided on it: until now the head had to send back what
its own author no longer stood by. Another's proposal, or one that has taken effect, is taken back by no statement; and a
case leaves a proposal only once that is approved, sent back or taken back.
"""

from django.db import migrations, models
from django.db.models import Q

STATES = [("proposed", "待审核"), ("returned", "退回重办"), ("taken_back", "拟办人撤回"), ("effective", "已生效")]
MADE_ANEW = Q(state__in=["returned", "taken_back"])

SQL = """
CREATE FUNCTION casework_guard_own_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        RAISE EXCEPTION 'a decision of case % begins as a proposal', NEW.case_id USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'proposed' OR NEW.proposed_by_id <> actor_account() OR NEW.approved_by_id IS NOT NULL
            OR length(regexp_replace(NEW.returned_because, '\\s', '', 'g')) < 4 THEN
        RAISE EXCEPTION 'what % proposed is taken back by nobody else, with a reason, before it is decided on',
            OLD.proposed_by_id USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER casework_begins_as_a_proposal BEFORE INSERT ON casework_decision FOR EACH ROW
    WHEN (NEW.state = 'taken_back') EXECUTE FUNCTION casework_guard_own_proposal();
-- Before the ones that refuse what else may be wrong with it, which say less: triggers fire in the order of their names.
CREATE TRIGGER casework_a_proposal_is_ones_own BEFORE UPDATE ON casework_decision FOR EACH ROW
    WHEN (NEW.state = 'taken_back' AND OLD.state <> 'taken_back') EXECUTE FUNCTION casework_guard_own_proposal();

CREATE FUNCTION casework_guard_standing_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM casework_decision d WHERE d.case_id = NEW.id AND d.state = 'proposed') THEN
        RAISE EXCEPTION 'case % waits for a decision on what is proposed in it', OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER casework_leaves_no_proposal BEFORE UPDATE ON casework_case FOR EACH ROW
    WHEN (OLD.state = 'proposed' AND NEW.state IN ('opened', 'in_hand', 'waiting_for_papers', 'with_source'))
    EXECUTE FUNCTION casework_guard_standing_proposal();
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0028_what_was_decided_and_no_more")]
    operations = [
        migrations.AlterField(
            "decision", "state", models.CharField(choices=STATES, max_length=16, verbose_name="状态")
        ),
        migrations.AlterField(
            "decision",
            "returned_because",
            models.CharField(blank=True, max_length=500, verbose_name="退回或者撤回的理由"),
        ),
        migrations.RemoveConstraint("decision", "case_has_one_decision_standing"),
        migrations.AddConstraint(
            "decision",
            models.UniqueConstraint(condition=~MADE_ANEW, fields=("case",), name="case_has_one_decision_standing"),
        ),
        migrations.RemoveConstraint("decision", "decision_returned_says_why"),
        migrations.AddConstraint(
            "decision",
            models.CheckConstraint(name="decision_returned_says_why", condition=~MADE_ANEW | ~Q(returned_because="")),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
