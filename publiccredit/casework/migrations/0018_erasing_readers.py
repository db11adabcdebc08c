"""A reader's name, contact and proxy, as the counter took them down, go from the case once their term is over."""

from django.db import migrations, models

SQL = """
CREATE OR REPLACE FUNCTION casework_guard_case() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fixed text[] := ARRAY['id', 'number', 'procedure', 'subject_id', 'ground', 'request', 'channel', 'applicant',
        'applicant_name', 'department_code', 'decided_by_party', 'marks_dispute',
        'opened_at', 'opened_on', 'opened_by', 'reviews_id',
        'about_id', 'idempotency_key', 'entry_id'];
    before jsonb := to_jsonb(OLD);
    after jsonb := to_jsonb(NEW);
    erased text[] := ARRAY['applicant_name', 'contact', 'handler_name', 'erased_at', 'erasing_entry_id'];
BEGIN
    -- What the counter took down of a reader goes once its term is over, by the program, and with nothing else.
    IF NEW.erased_at IS NOT NULL THEN
        IF OLD.erased_at IS NULL AND actor_role() = 'program' AND OLD.applicant = 'reader'
                AND NEW.applicant_name = '读者' AND NEW.contact = '' AND NEW.handler_name = ''
                AND NEW.erasing_entry_id IS NOT NULL AND before - erased = after - erased
                AND coalesce(OLD.decided_at, OLD.taken_back_at) < NEW.erased_at THEN
            RETURN NEW;
        END IF;
        IF OLD.erased_at IS DISTINCT FROM NEW.erased_at OR OLD.erasing_entry_id IS DISTINCT FROM NEW.erasing_entry_id THEN
            RAISE EXCEPTION 'of case % only what a reader gave of itself is erased, once and after it has ended', OLD.number
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF OLD.state IN ('closed', 'taken_back') OR (OLD.state = 'decided' AND (NEW.state <> 'closed'
            OR before - ARRAY['state', 'closed_at'] <> after - ARRAY['state', 'closed_at'])) THEN
        RAISE EXCEPTION 'case % is decided and is never edited', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM unnest(fixed) AS name WHERE before -> name <> after -> name) THEN
        RAISE EXCEPTION 'what was asked in case % is never edited', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'decided' AND OLD.state <> 'decided' AND NOT EXISTS (
            SELECT 1 FROM casework_decision d WHERE d.case_id = NEW.id AND d.state = 'effective') THEN
        RAISE EXCEPTION 'case % has no effective decision', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    -- DP-15: a desk gets rid of no case by itself. What a body reported of its own accord is seen through.
    IF NEW.state = 'taken_back' AND (NEW.applicant NOT IN ('subject', 'reader')
            OR (actor_role() = 'subject' AND NEW.applicant <> 'subject')
            OR actor_role() NOT IN ('subject', 'office_clerk', 'office_head')
            OR NOT EXISTS (SELECT 1 FROM casework_casestep s WHERE s.case_id = NEW.id AND s.step = 'take_back'
                AND (s.party = 'subject' OR length(trim(s.text)) >= 4))) THEN
        RAISE EXCEPTION 'case % is taken back by its applicant alone', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0017_severity_follows")]
    operations = [
        migrations.AddField(
            model_name="case",
            name="erased_at",
            field=models.DateTimeField(null=True, verbose_name="申请人信息删除时间"),
        ),
        migrations.AddField(
            model_name="case",
            name="erasing_entry_id",
            field=models.BigIntegerField(null=True, verbose_name="删除的留痕编号"),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
