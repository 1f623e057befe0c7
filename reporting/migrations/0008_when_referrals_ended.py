from django.db import migrations, models

#: Of the cases that are on record the worker writes the day, as if each had changed.
ASK_ANEW = """INSERT INTO cases_outboxentry (case_id, written_at)
    SELECT DISTINCT case_id, now() FROM referrals_referral WHERE sent_at IS NOT NULL"""


class Migration(migrations.Migration):

    dependencies = [
        ('reporting', '0007_victims'),
        ('referrals', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='stagefact',
            name='ended_on',
            field=models.DateField(null=True),
        ),
        migrations.RunSQL(ASK_ANEW, migrations.RunSQL.noop),
    ]
