import diversion.clock
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_sign_policy'),
        ('reporting', '0005_stages_of_earlier_cases'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('audience', models.CharField(choices=[('shared', 'Shared with partners, panels and other forces'), ('published', 'Published')], max_length=9)),
                ('source', models.CharField(max_length=40)),
                ('start', models.DateField()),
                ('end', models.DateField()),
                ('unit', models.CharField(max_length=7)),
                ('declared', models.JSONField()),
                ('document', models.JSONField()),
                ('counts', models.JSONField()),
                ('price', models.JSONField()),
                ('sha256', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField(default=diversion.clock.now)),
                ('force', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='accounts.organisation')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-made_at', '-pk'],
                'constraints': [models.UniqueConstraint(fields=('force', 'name'), name='release_named_once_in_force'), models.CheckConstraint(condition=models.Q(('end__gte', models.F('start'))), name='release_days_in_order'), models.CheckConstraint(condition=models.Q(('unit__in', ['month', 'quarter', 'year'])), name='release_unit_is_known_word')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='release',
            trigger=pgtrigger.compiler.Trigger(name='release_never_moves', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'A release never changes: others hold copies of it. Make another.';", hash='96dc5b43e6fe558d35c1ece3ee6825236f0e047b', operation='UPDATE OR DELETE', pgid='pgtrigger_release_never_moves_cb74d', table='reporting_release', when='BEFORE')),
        ),
    ]
