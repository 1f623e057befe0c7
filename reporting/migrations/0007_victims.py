import django.db.models.deletion
from django.db import migrations, models

#: Of the cases that are on record the worker writes the rows, as if each had changed.
ASK_ANEW = """INSERT INTO cases_outboxentry (case_id, written_at)
    SELECT DISTINCT case_id, now() FROM cases_allegation WHERE victim_id IS NOT NULL"""


class Migration(migrations.Migration):

    dependencies = [
        ('reporting', '0006_lean_history'),
        ('cases', '0015_complaints'),
    ]

    operations = [
        migrations.CreateModel(
            name='VictimFact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('committed_on', models.DateField()),
                ('recorded_on', models.DateField()),
                ('decided_on', models.DateField(null=True)),
                ('ended_on', models.DateField(null=True)),
                ('view', models.CharField(choices=[('agrees', 'Agrees'), ('objects', 'Objects'), ('no_view', 'Did not wish to give a view'), ('uncontactable', 'Could not be reached'), ('not_asked', 'Not asked yet')], max_length=15)),
                ('has_enhanced_rights', models.BooleanField()),
                ('decision_due_on', models.DateField(null=True)),
                ('decision_told_on', models.DateField(null=True)),
                ('decision_unwanted', models.BooleanField(default=False)),
                ('end_due_on', models.DateField(null=True)),
                ('end_told_on', models.DateField(null=True)),
                ('end_unwanted', models.BooleanField(default=False)),
                ('fact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='victims', to='reporting.fact')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('view__in', ['agrees', 'objects', 'no_view', 'uncontactable', 'not_asked'])), name='victim_fact_has_known_words'), models.CheckConstraint(condition=models.Q(models.Q(('decision_told_on', None), models.Q(('decision_due_on__isnull', False), ('decision_unwanted', False)), _connector='OR'), models.Q(('end_told_on', None), models.Q(('end_due_on__isnull', False), ('end_unwanted', False)), _connector='OR')), name='victim_fact_told_of_what_is_owed')],
            },
        ),
        migrations.RunSQL(ASK_ANEW, migrations.RunSQL.noop),
    ]
