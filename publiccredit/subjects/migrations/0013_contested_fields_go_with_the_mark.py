"""A dispute mark names what it stands on, and nothing is named without one."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("subjects", "0012_contested_fields"), ("casework", "0015_contested_fields")]
    operations = [
        migrations.AddConstraint(
            model_name="record",
            constraint=models.CheckConstraint(
                name="record_dispute_has_its_fields",
                condition=Q(dispute="", contested_fields=[]) | (~Q(dispute="") & ~Q(contested_fields=[])),
            ),
        )
    ]
