"""A decision document is somebody's: a number may stand on the records of several subjects."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0006_kept_sha256")]

    operations = [
        migrations.AddField(
            model_name="decisiondocument",
            name="subject_identifier",
            field=models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="主体代码"),
        ),
        migrations.RemoveConstraint(model_name="decisiondocument", name="decision_document_once"),
        migrations.AddConstraint(
            model_name="decisiondocument",
            constraint=models.UniqueConstraint(
                fields=["department_code", "document_number", "sha256", "subject_identifier"],
                name="decision_document_once",
            ),
        ),
    ]
