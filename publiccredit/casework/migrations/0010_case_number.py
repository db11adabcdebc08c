"""
Cases are numbered one after another in each kind and year. Their numbers were positions in the ledger, and jumped. The
new ones bear another prefix, so that a number given before never comes twice.
"""

from django.db import migrations, models

SQL = """
CREATE FUNCTION casework_guard_counter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (TG_OP = 'INSERT' AND NEW.last <> 1)
            OR (TG_OP = 'UPDATE' AND (NEW.prefix, NEW.year, NEW.last) <> (OLD.prefix, OLD.year, OLD.last + 1)) THEN
        RAISE EXCEPTION 'cases are numbered one after another' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER casework_guard_counter BEFORE INSERT OR UPDATE ON casework_casenumber
    FOR EACH ROW EXECUTE FUNCTION casework_guard_counter();
CREATE TRIGGER casework_refuse_change BEFORE DELETE OR TRUNCATE ON casework_casenumber
    FOR EACH STATEMENT EXECUTE FUNCTION casework_refuse_change();

CREATE FUNCTION casework_guard_case_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM casework_casenumber n
            WHERE NEW.number = n.prefix || '〔' || n.year || '〕' || n.last || '号') THEN
        RAISE EXCEPTION '% is not the number that is due', NEW.number USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER casework_guard_case_number AFTER INSERT ON casework_case
    FOR EACH ROW EXECUTE FUNCTION casework_guard_case_number();
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0009_heads_approve")]
    operations = [
        migrations.CreateModel(
            name="CaseNumber",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("prefix", models.CharField(max_length=16, verbose_name="字号")),
                ("year", models.IntegerField(verbose_name="年份")),
                ("last", models.IntegerField(verbose_name="已编至")),
            ],
            options={
                "verbose_name": "案件编号",
                "verbose_name_plural": "案件编号",
                "constraints": [models.UniqueConstraint(fields=("prefix", "year"), name="case_number_once")],
            },
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
