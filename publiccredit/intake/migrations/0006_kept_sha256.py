"""What is kept of a submission has a hash of its own; of what was filed before, the file itself was kept."""

from django.db import migrations, models

# As the owner of the tables and as the program: row-level security binds the one, the trigger stands in the way.
KEPT_UNTIL_NOW = """
SELECT set_config('publiccredit.role', 'program', true);
ALTER TABLE intake_submission DISABLE TRIGGER intake_keep_final;
UPDATE intake_submission SET kept_sha256 = file_sha256 WHERE state = 'filed';
ALTER TABLE intake_submission ENABLE TRIGGER intake_keep_final;
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0005_progress")]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="kept_sha256",
            field=models.CharField(blank=True, db_default="", default="", max_length=64, verbose_name="留存文件摘要"),
        ),
        migrations.RunSQL(KEPT_UNTIL_NOW, migrations.RunSQL.noop),
    ]
