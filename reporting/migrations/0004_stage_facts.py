import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reporting', '0003_facts_without_row_by_row_checks'),
    ]

    operations = [
        migrations.CreateModel(
            name='StageFact',
            fields=[
                ('fact', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='stage', serialize=False, to='reporting.fact')),
                ('decision', models.CharField(max_length=20)),
                ('authority', models.CharField(max_length=10)),
                ('eligibility', models.CharField(max_length=10)),
                ('charged', models.BooleanField(null=True)),
                ('first_appointment_on', models.DateField(null=True)),
                ('next_decision_on', models.DateField(null=True)),
                ('origin', models.CharField(max_length=12)),
                ('offence_group', models.CharField(max_length=40)),
                ('area', models.CharField(blank=True, max_length=100)),
                ('history', models.CharField(max_length=12)),
                ('gravity', models.PositiveSmallIntegerField(null=True)),
                ('intervention', models.CharField(max_length=30)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('eligibility__in', ['eligible', 'ineligible', 'unknown'])), name='stage_eligibility_is_known_word'), models.CheckConstraint(condition=models.Q(('authority__in', ['none', 'waiting', 'given', 'refused'])), name='stage_authority_is_known_word')],
            },
        ),
    ]
