"""A body that puts right what it found itself says so: until now it had to name a way in which somebody had asked it."""

from django.db import migrations, models
from django.db.models import Q

CHANNELS = [
    ("online", "网上"),
    ("counter", "窗口"),
    ("phone", "电话"),
    ("post", "邮寄"),
    ("proxy", "委托他人"),
    ("own_finding", "本单位发现"),
]


class Migration(migrations.Migration):
    dependencies = [("casework", "0026_a_complaint_about_the_office")]
    operations = [
        migrations.AlterField("case", "channel", models.CharField(choices=CHANNELS, max_length=16, verbose_name="渠道")),
        migrations.RemoveConstraint("case", "case_came_by_a_known_channel"),
        migrations.AddConstraint(
            "case",
            models.CheckConstraint(
                name="case_came_by_a_known_channel", condition=Q(channel__in=[name for name, _ in CHANNELS])
            ),
        ),
        migrations.AddConstraint(
            "case",
            models.CheckConstraint(
                name="case_found_by_a_body_itself",
                condition=~Q(channel="own_finding") | Q(applicant__in=["source", "office"]),
            ),
        ),
    ]
