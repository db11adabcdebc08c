"""Whoever looks at one month of the records is led to it, and to the newest in it."""

from django.db import migrations, models
from django.db.models import F

from publiccredit.subjects.months import MonthOfArrival, MonthOfDecision


class Migration(migrations.Migration):
    dependencies = [("subjects", "0013_contested_fields_go_with_the_mark")]
    operations = [
        migrations.AddIndex(
            model_name="record",
            index=models.Index(MonthOfArrival(F("received_at")), F("id"), name="record_by_month_of_arrival"),
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(MonthOfDecision(F("decided_on")), F("id"), name="record_by_month_of_decision"),
        ),
    ]
