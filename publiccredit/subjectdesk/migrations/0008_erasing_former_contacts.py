"""
A contact that ended, a handler's that no longer acts and the source of an attempt to prove a subject are erased by the
program once their terms are over: they alone, once, and not before they ended.
"""

from django.db import migrations, models
from django.db.models import Q

SQL = """
CREATE FUNCTION subjectdesk_guard_erasing_person() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    erased text[] := ARRAY['contact', 'contact_hash', 'erased_at'];
    ended timestamptz := coalesce(to_jsonb(OLD) ->> 'ended_at', to_jsonb(OLD) ->> 'revoked_at',
        to_jsonb(OLD) ->> 'until');
BEGIN
    IF OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL OR NEW.contact <> '' OR NEW.contact_hash = ''
            OR to_jsonb(OLD) - erased <> to_jsonb(NEW) - erased OR actor_role() <> 'program'
            OR ended IS NULL OR ended >= NEW.erased_at THEN
        RAISE EXCEPTION 'of % only the contact is erased, once and after it has ended', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subjectdesk_guard_erasing BEFORE UPDATE ON subjectdesk_registeredcontact FOR EACH ROW
    WHEN (OLD.erased_at IS NOT NULL OR NEW.erased_at IS NOT NULL OR NEW.contact IS DISTINCT FROM OLD.contact
        OR NEW.contact_hash IS DISTINCT FROM OLD.contact_hash)
    EXECUTE FUNCTION subjectdesk_guard_erasing_person();
CREATE TRIGGER subjectdesk_guard_erasing BEFORE UPDATE ON subjectdesk_handler FOR EACH ROW
    WHEN (OLD.erased_at IS NOT NULL OR NEW.erased_at IS NOT NULL OR NEW.contact IS DISTINCT FROM OLD.contact
        OR NEW.contact_hash IS DISTINCT FROM OLD.contact_hash)
    EXECUTE FUNCTION subjectdesk_guard_erasing_person();

DROP TRIGGER subjectdesk_refuse_change ON subjectdesk_proofattempt;
CREATE TRIGGER subjectdesk_refuse_change BEFORE DELETE OR TRUNCATE ON subjectdesk_proofattempt
    FOR EACH STATEMENT EXECUTE FUNCTION subjectdesk_refuse_change();
CREATE FUNCTION subjectdesk_guard_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    erased text[] := ARRAY['source_hash', 'erased_at'];
BEGIN
    -- Attempts are counted over a day at most: none is erased before.
    IF OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL OR NEW.source_hash <> '' OR actor_role() <> 'program'
            OR to_jsonb(OLD) - erased <> to_jsonb(NEW) - erased OR OLD.at > NEW.erased_at - interval '1 day' THEN
        RAISE EXCEPTION 'rows of % are never removed or rewritten (%)', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subjectdesk_guard_attempt BEFORE UPDATE ON subjectdesk_proofattempt
    FOR EACH ROW EXECUTE FUNCTION subjectdesk_guard_attempt();
"""
ERASED = ("联系方式删除时间", "联系方式删除时间", "来源摘要删除时间")
KEPT = ~Q(contact="") | Q(erased_at__isnull=False)


class Migration(migrations.Migration):
    dependencies = [("subjectdesk", "0007_contested_fields"), ("casework", "0018_erasing_readers")]
    operations = [
        *(
            migrations.AddField(
                model_name=model, name="erased_at", field=models.DateTimeField(null=True, verbose_name=title)
            )
            for model, title in zip(("registeredcontact", "handler", "proofattempt"), ERASED, strict=True)
        ),
        *(
            operation
            for model in ("registeredcontact", "handler")
            for operation in (
                migrations.AddField(
                    model_name=model,
                    name="contact_hash",
                    field=models.CharField(blank=True, db_default="", max_length=64, verbose_name="联系方式摘要"),
                ),
                migrations.AlterField(
                    model_name=model,
                    name="contact",
                    field=models.CharField(blank=True, max_length=100, verbose_name="联系方式"),
                ),
            )
        ),
        migrations.AlterField(
            model_name="proofattempt",
            name="source_hash",
            field=models.CharField(blank=True, max_length=64, verbose_name="来源摘要"),
        ),
        migrations.RemoveConstraint(model_name="registeredcontact", name="registered_contact_has_evidence"),
        migrations.AddConstraint(
            model_name="registeredcontact",
            constraint=models.CheckConstraint(
                name="registered_contact_has_evidence", condition=~Q(evidence="") & ~Q(name="") & KEPT
            ),
        ),
        migrations.RemoveConstraint(model_name="handler", name="handler_is_named"),
        migrations.AddConstraint(
            model_name="handler",
            constraint=models.CheckConstraint(name="handler_is_named", condition=~Q(name="") & KEPT),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
