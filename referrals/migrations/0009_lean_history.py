from django.db import migrations

from diversion.postgres.leaner import LeanHistory, WithoutIndex


class Migration(migrations.Migration):
    atomic = False  # one table waits at a time

    dependencies = [("referrals", "0008_queue")]

    operations = [
        LeanHistory(),
        WithoutIndex("referral.provider", "needreview.referral", "needlevel.review", "needoutcome.referral"),
    ]
