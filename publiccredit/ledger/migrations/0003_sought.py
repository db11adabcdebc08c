"""Find entries by who acted and by day without reading the whole ledger."""


from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0002_chain'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['actor', 'position'], name='ledger_entr_actor_66cfd7_idx'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['at'], name='ledger_entr_at_41cf6b_idx'),
        ),
    ]
