"""What a recipient used against a subject, and the notice it owes for it (DP-21); never edited."""

import django.db.models.deletion
from django.db import migrations, models


SQL = """
CREATE TRIGGER recipients_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON recipients_adverseuse
    FOR EACH STATEMENT EXECUTE FUNCTION recipients_refuse_change();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('recipients', '0003_a_copy_of_the_subject'),
        ('subjects', '0008_set_aside'),
    ]

    operations = [
        migrations.CreateModel(
            name='AdverseUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('known_from', models.DateTimeField(verbose_name='记录版本')),
                ('what', models.CharField(max_length=500, verbose_name='作出的决定')),
                ('decided_on', models.DateField(verbose_name='决定日期')),
                ('reference', models.CharField(blank=True, max_length=100, verbose_name='文号')),
                ('text', models.TextField(verbose_name='告知书')),
                ('made_by', models.CharField(max_length=100, verbose_name='制作账号')),
                ('made_at', models.DateTimeField(verbose_name='制作时间')),
                ('entry_id', models.BigIntegerField(verbose_name='留痕编号')),
                ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='recipients.recipient', verbose_name='接收方')),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subjects.record', verbose_name='记录')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subjects.subject', verbose_name='主体')),
            ],
            options={
                'verbose_name': '不利使用告知',
                'verbose_name_plural': '不利使用告知',
                'indexes': [models.Index(fields=['subject', '-made_at'], name='recipients__subject_f6ba33_idx')],
                'constraints': [models.UniqueConstraint(fields=('recipient', 'record', 'decided_on', 'what'), name='adverse_use_once'), models.CheckConstraint(condition=models.Q(models.Q(('what', ''), _negated=True), models.Q(('text', ''), _negated=True)), name='adverse_use_says_what')],
            },
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
