"""A code that proves a subject is called by the glossary's word, as on every page; the tables stay as they are."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("subjectdesk", "0008_erasing_former_contacts")]

    operations = [
        migrations.AlterModelOptions(
            name="proofcode",
            options={"verbose_name": "身份验证码", "verbose_name_plural": "身份验证码"},
        ),
    ]
