from importlib import import_module

from django.db import migrations

MARK_ALL = import_module("reporting.migrations.0004_what_each_month_adds_up_to").MARK_ALL


class Migration(migrations.Migration):
    """More cuts are made of each month: every month is counted anew."""

    dependencies = [("reporting", "0004_what_each_month_adds_up_to")]

    operations = [migrations.RunSQL(f"{MARK_ALL} ON CONFLICT DO NOTHING", migrations.RunSQL.noop)]
