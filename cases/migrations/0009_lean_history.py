from django.db import migrations

from diversion.postgres.leaner import LeanHistory, WithoutIndex


class Migration(migrations.Migration):
    atomic = False  # one table waits at a time

    dependencies = [("cases", "0008_known_crimes")]

    operations = [LeanHistory(), WithoutIndex("case.force", "case.team", "case.officer", "allegation.case")]
