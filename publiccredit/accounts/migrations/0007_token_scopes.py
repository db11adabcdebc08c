"""
What a token reaches. The tokens there are were issued for all that took one, and keep it; the default goes with them,
so that every later one says what it is for.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_second_factor_protection")]
    operations = [
        migrations.AddField(
            model_name="accesstoken",
            name="scopes",
            field=ArrayField(
                models.CharField(max_length=32),
                default=["read_submissions", "send_submissions"],
                size=None,
                verbose_name="权限范围",
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="accesstoken",
            constraint=models.CheckConstraint(
                condition=models.Q(("scopes__contained_by", ["read_submissions", "send_submissions"]))
                & models.Q(("scopes__len__gt", 0)),
                name="token_reaches_something_known",
            ),
        ),
    ]
