"""A document put on a record it is not about is taken off again: by whom, when and why is only added to."""

from django.db import migrations, models

TABLE = "intake_takenoffdocument"
SQL = f"""
ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY;
CREATE POLICY department_reads ON {TABLE} FOR SELECT USING (actor_may_read(department_code));
CREATE POLICY department_adds ON {TABLE} FOR INSERT WITH CHECK (actor_may_write(department_code));
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0007_whose_document"), ("accounts", "0002_actor")]

    operations = [
        migrations.CreateModel(
            name="TakenOffDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("department_code", models.CharField(max_length=64, verbose_name="部门")),
                ("record_id", models.BigIntegerField(verbose_name="记录编号")),
                ("subject_id", models.BigIntegerField(null=True, verbose_name="主体编号")),
                ("document_number", models.CharField(max_length=128, verbose_name="文书号")),
                ("sha256", models.CharField(max_length=64, verbose_name="摘要")),
                ("reason", models.CharField(max_length=500, verbose_name="理由")),
                ("taken_off_by", models.CharField(max_length=100, verbose_name="取下账号")),
                ("taken_off_at", models.DateTimeField(verbose_name="取下时间")),
                ("entry_id", models.BigIntegerField(verbose_name="留痕编号")),
            ],
            options={
                "verbose_name": "取下的决定文书",
                "verbose_name_plural": "取下的决定文书",
                "indexes": [models.Index(fields=["record_id", "-taken_off_at"], name="taken_off_of_record")],
            },
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
