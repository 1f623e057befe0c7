from django.db import migrations

# What a worker has begun to see to stays with them, as if police had asked: why it was not paid, or what they put to
# police, would be gone from their page on the day of the upgrade.
WITH_WORKER = """
UPDATE referrals_condition c SET asked_for = c.due_on
WHERE c.kind IN ('compensation', 'financial_penalty', 'departure_uk') AND c.state = 'open' AND c.asked_for IS NULL
    AND EXISTS (SELECT FROM referrals_missedstep s WHERE s.condition_id = c.id AND s.due_on = c.due_on)
"""
# What police settle is no next step of a worker any more (`referrals.queries.next_due`): kept as it was before, a
# payment would stand on their board until the case is changed.
NEXT_STEP = """
UPDATE referrals_nextdue n
SET step_on = LEAST((SELECT min(c.due_on) FROM referrals_condition c
                     WHERE c.agreement_id = a.id AND c.state = 'open'
                         AND (c.kind NOT IN ('no_reoffending', 'exclusion', 'curfew_youth', 'gps_tag', 'compensation',
                                             'financial_penalty', 'departure_uk') OR c.asked_for = c.due_on)
                         AND NOT EXISTS (
                             SELECT FROM referrals_conditionchange w WHERE w.condition_id = c.id AND w.state = 'waiting'
                         )),
                    CASE WHEN NOT EXISTS (
                        SELECT FROM referrals_conditionchange w JOIN referrals_condition c ON c.id = w.condition_id
                        WHERE c.agreement_id = a.id AND w.state = 'waiting'
                    ) AND NOT EXISTS (
                        SELECT FROM referrals_breach b WHERE b.referral_id = n.referral_id
                            AND b.state IN ('open', 'signing')
                    ) THEN a.ends_on END)
FROM referrals_agreement a
WHERE a.referral_id = n.referral_id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('referrals', '0019_replies'),
    ]

    operations = [
        migrations.RunSQL(WITH_WORKER, migrations.RunSQL.noop),
        migrations.RunSQL(NEXT_STEP, migrations.RunSQL.noop),
    ]
