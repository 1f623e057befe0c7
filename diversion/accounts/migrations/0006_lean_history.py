from django.db import migrations

from diversion.postgres.leaner import LeanHistory


class Migration(migrations.Migration):
    atomic = False  # one table waits at a time

    dependencies = [("accounts", "0005_factor")]

    operations = [LeanHistory()]
