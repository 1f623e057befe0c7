from django.db import migrations


class Migration(migrations.Migration):
    """Cases recorded before there were stage facts are put in the outbox: the worker reads each anew."""

    dependencies = [
        ("cases", "0001_initial"),
        ("reporting", "0004_stage_facts"),
    ]

    operations = [
        migrations.RunSQL(
            "INSERT INTO cases_outboxentry (case_id, written_at) SELECT id, now() FROM cases_case",
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
