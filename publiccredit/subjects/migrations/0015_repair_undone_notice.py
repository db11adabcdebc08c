"""Why a repair was undone, for everybody to read where the record is shown again."""

from django.db import migrations, models

from publiccredit.subjects.models import RecordColumns
from publiccredit.subjects.versioning import keeping_versions

COLUMNS = [field.attname for field in RecordColumns._meta.local_fields] + ["subject_id"]


class Migration(migrations.Migration):
    dependencies = [("subjects", "0014_months")]
    operations = [
        *(
            migrations.AddField(
                model_name=model,
                name="repair_undone_notice",
                field=models.CharField(blank=True, db_default="", max_length=500, verbose_name="撤销修复的公开说明"),
            )
            for model in ("record", "recordversion")
        ),
        migrations.RunSQL(keeping_versions(COLUMNS), migrations.RunSQL.noop),
    ]
