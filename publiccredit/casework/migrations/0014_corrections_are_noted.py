"""What 0012 fills in, again: where it ran before it acted as the program, row-level security hid every case from it."""

from importlib import import_module

from django.db import migrations

FILL_IN: str = import_module("publiccredit.casework.migrations.0012_corrections_stay").FILL_IN


class Migration(migrations.Migration):
    dependencies = [("casework", "0013_clocks_run_by_themselves")]
    operations = [migrations.RunSQL(FILL_IN, migrations.RunSQL.noop)]
