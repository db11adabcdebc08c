"""A message that lies in the office's outbox is read out by a named person; letters of cases are told of, too."""

from django.db import migrations, models

KINDS = [("code", "验证码"), ("repair_opens", "可以申请修复的提醒"), ("case_letter", "案件文书的告知")]


class Migration(migrations.Migration):
    dependencies = [("subjectdesk", "0004_reader_challenge")]
    operations = [
        migrations.AddField(
            model_name="message",
            name="read_out_at",
            field=models.DateTimeField(null=True, verbose_name="读出时间"),
        ),
        migrations.AddField(
            model_name="message",
            name="read_out_by",
            field=models.CharField(blank=True, default="", max_length=100, verbose_name="读出账号"),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="message",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=16, verbose_name="类别"),
        ),
    ]
