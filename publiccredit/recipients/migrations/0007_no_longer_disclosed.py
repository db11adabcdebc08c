from django.db import migrations, models

from publiccredit.recipients.types import NoticeKind


class Migration(migrations.Migration):
    dependencies = [("recipients", "0006_grants")]
    operations = [
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField("通知事项", max_length=32, choices=NoticeKind.choices),
        ),
    ]
