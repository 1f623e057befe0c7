from django.db import migrations

from diversion.postgres.leaner import LeanHistory


class Migration(migrations.Migration):
    atomic = False  # one table waits at a time

    dependencies = [("reporting", "0005_smaller_cuts_of_months")]

    operations = [LeanHistory()]
