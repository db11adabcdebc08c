"""What cases have corrected, field by field; casework fills it in for the records it has corrected before."""

from django.db import migrations, models

from publiccredit.subjects.models import RecordColumns
from publiccredit.subjects.versioning import keeping_versions

COLUMNS = [field.attname for field in RecordColumns._meta.local_fields] + ["subject_id"]


class Migration(migrations.Migration):
    dependencies = [("subjects", "0009_ended_stays_ended")]
    operations = [
        *(
            migrations.AddField(
                model_name=model,
                name="case_corrections",
                field=models.JSONField(null=True, verbose_name="案件更正的字段"),
            )
            for model in ("record", "recordversion")
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                condition=models.Q(("case_corrections__isnull", False)), fields=["id"], name="record_corrected_by_case"
            ),
        ),
        migrations.RunSQL(keeping_versions(COLUMNS), migrations.RunSQL.noop),
    ]
