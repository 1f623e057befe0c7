from django.db import migrations

# A letter or a meeting that a facilitator leads is no next step of a worker any more (`referrals.queries.next_due`):
# kept as it was before, it would stand on their board as late until the case is changed.
NEXT_STEP = """
UPDATE referrals_nextdue n
SET step_on = LEAST((SELECT min(c.due_on) FROM referrals_condition c
                     WHERE c.agreement_id = a.id AND c.state = 'open'
                         AND (c.kind NOT IN ('no_reoffending', 'exclusion', 'curfew_youth', 'gps_tag', 'compensation',
                                             'financial_penalty', 'departure_uk') OR c.asked_for = c.due_on)
                         AND NOT EXISTS (
                             SELECT FROM referrals_conditionchange w WHERE w.condition_id = c.id AND w.state = 'waiting'
                         )
                         AND NOT EXISTS (
                             SELECT FROM referrals_facilitation f
                             JOIN cases_allegation l ON l.id = f.allegation_id
                             JOIN cases_victim v ON v.id = l.victim_id
                             JOIN cases_victimrecord r ON r.allegation_id = l.id
                             WHERE l.case_id = a.case_id AND f.ended_at IS NULL
                                 AND r.sharing = 'yes' AND r.contact_by <> 'none'
                                 AND (c.kind = 'apology' AND r.letter = 'yes' OR c.kind = 'rj' AND r.meeting = 'yes')
                                 AND (c.id = ANY(f.conditions) OR NOT EXISTS (
                                     SELECT FROM cases_allegation o JOIN cases_victim p ON p.id = o.victim_id
                                     WHERE o.case_id = l.case_id AND o.id <> l.id
                                         AND NOT (p.kind = v.kind AND TRIM(LOWER(p.name)) = TRIM(LOWER(v.name))
                                                  AND TRIM(LOWER(p.name)) <> '')
                                 ))
                         )),
                    CASE WHEN NOT EXISTS (
                        SELECT FROM referrals_conditionchange w JOIN referrals_condition c ON c.id = w.condition_id
                        WHERE c.agreement_id = a.id AND w.state = 'waiting'
                    ) AND NOT EXISTS (
                        SELECT FROM referrals_breach b WHERE b.referral_id = n.referral_id
                            AND b.state IN ('open', 'signing')
                    ) THEN a.ends_on END)
FROM referrals_agreement a JOIN cases_case k ON k.id = a.case_id
WHERE a.referral_id = n.referral_id AND k.closed_at IS NULL
    AND EXISTS (SELECT FROM referrals_facilitation f JOIN cases_allegation l ON l.id = f.allegation_id
                WHERE l.case_id = a.case_id AND f.ended_at IS NULL)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('referrals', '0025_noted_the_new_time'),
    ]

    operations = [
        migrations.RunSQL(NEXT_STEP, migrations.RunSQL.noop),
    ]
