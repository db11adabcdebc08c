"""What a reader's challenge is followed by. The office alone reads it; nobody changes or removes it."""

import django.db.models.deletion
from django.db import migrations, models

SQL = """
ALTER TABLE subjectdesk_readerchallenge ENABLE ROW LEVEL SECURITY;
ALTER TABLE subjectdesk_readerchallenge FORCE ROW LEVEL SECURITY;
CREATE POLICY office_read ON subjectdesk_readerchallenge FOR SELECT
    USING (actor_role() IN ('office_clerk', 'office_head', 'program'));
CREATE POLICY program_add ON subjectdesk_readerchallenge FOR INSERT WITH CHECK (actor_role() = 'program');
CREATE TRIGGER subjectdesk_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON subjectdesk_readerchallenge
    FOR EACH STATEMENT EXECUTE FUNCTION subjectdesk_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0006_taking_back_protection"), ("subjectdesk", "0003_taking_back")]
    operations = [
        migrations.CreateModel(
            name="ReaderChallenge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("contact", models.CharField(blank=True, max_length=100, verbose_name="联系方式")),
                ("code_hash", models.CharField(max_length=64, verbose_name="查询码摘要")),
                ("source_hash", models.CharField(max_length=64, verbose_name="来源摘要")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("entry_id", models.BigIntegerField(verbose_name="留痕编号")),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.case",
                        verbose_name="案件",
                    ),
                ),
            ],
            options={
                "verbose_name": "读者异议",
                "verbose_name_plural": "读者异议",
                "indexes": [
                    models.Index(fields=["source_hash", "-at"], name="subjectdesk_source__b0af17_idx"),
                    models.Index(fields=["-at"], name="subjectdesk_at_22c83b_idx"),
                ],
            },
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
