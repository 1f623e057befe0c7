from django.db import migrations

# When police asked, of what they asked before that was kept: the first entry of the history that tells of the day that
# stands; without one, now, so that the worker has the days that whoever is asked from now on has.
ASKED_AT = """
UPDATE referrals_condition c
SET asked_at = COALESCE((SELECT min(e.pgh_created_at) FROM referrals_conditionevent e
                         WHERE e.pgh_obj_id = c.id AND e.asked_for = c.asked_for), now())
WHERE c.asked_for IS NOT NULL AND c.asked_at IS NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('referrals', '0022_when_the_worker_was_asked'),
    ]

    operations = [
        migrations.RunSQL(ASKED_AT, migrations.RunSQL.noop),
    ]
