"""
A reader's contact is erased once its term is over: blanked by the program, after the case has ended, and nothing else.

What stays is the tombstone (DP-36): that there was a challenge, its code, and when the rest was erased.
"""

from django.db import migrations, models

SQL = """
DROP TRIGGER subjectdesk_refuse_change ON subjectdesk_readerchallenge;
CREATE TRIGGER subjectdesk_refuse_change BEFORE DELETE OR TRUNCATE ON subjectdesk_readerchallenge
    FOR EACH STATEMENT EXECUTE FUNCTION subjectdesk_refuse_change();

CREATE FUNCTION subjectdesk_guard_erasing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    erased text[] := ARRAY['contact', 'source_hash', 'erased_at'];
BEGIN
    IF OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL OR NEW.contact <> '' OR NEW.source_hash <> ''
            OR to_jsonb(OLD) - erased <> to_jsonb(NEW) - erased
            OR NOT EXISTS (SELECT 1 FROM casework_case c WHERE c.id = OLD.case_id
                AND coalesce(c.decided_at, c.taken_back_at) < NEW.erased_at) THEN
        RAISE EXCEPTION 'of a challenge only the contact is erased, once and after its case has ended'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subjectdesk_guard_erasing BEFORE UPDATE ON subjectdesk_readerchallenge
    FOR EACH ROW EXECUTE FUNCTION subjectdesk_guard_erasing();
CREATE POLICY program_erase ON subjectdesk_readerchallenge FOR UPDATE
    USING (actor_role() = 'program') WITH CHECK (actor_role() = 'program');
"""


class Migration(migrations.Migration):
    dependencies = [("subjectdesk", "0005_reading_out")]
    operations = [
        migrations.AddField(
            model_name="readerchallenge",
            name="erased_at",
            field=models.DateTimeField(null=True, verbose_name="联系方式删除时间"),
        ),
        migrations.AlterField(
            model_name="readerchallenge",
            name="source_hash",
            field=models.CharField(blank=True, max_length=64, verbose_name="来源摘要"),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
