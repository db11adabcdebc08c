"""Which fields of a record are contested; casework fills it in for the disputes there are."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

from publiccredit.subjects.models import RecordColumns
from publiccredit.subjects.versioning import keeping_versions

COLUMNS = [field.attname for field in RecordColumns._meta.local_fields] + ["subject_id"]


class Migration(migrations.Migration):
    dependencies = [("subjects", "0011_when_it_came_stays")]
    operations = [
        *(
            migrations.AddField(
                model_name=model,
                name="contested_fields",
                field=ArrayField(
                    base_field=models.TextField(),
                    blank=True,
                    db_default=[],
                    default=list,
                    size=None,
                    verbose_name="异议所指的字段",
                ),
            )
            for model in ("record", "recordversion")
        ),
        migrations.RunSQL(keeping_versions(COLUMNS), migrations.RunSQL.noop),
    ]
