import diversion.clock
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_sign_policy'),
        ('reporting', '0006_releases'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SuspectBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mapping', models.CharField(max_length=40)),
                ('mapping_digest', models.CharField(max_length=32)),
                ('file_name', models.CharField(max_length=255)),
                ('imported_at', models.DateTimeField(default=diversion.clock.now)),
                ('rows', models.PositiveBigIntegerField(default=0)),
                ('accepted', models.PositiveBigIntegerField(default=0)),
                ('rejected', models.PositiveBigIntegerField(default=0)),
                ('already_present', models.PositiveBigIntegerField(default=0)),
                ('rejects_file', models.CharField(blank=True, max_length=500)),
                ('force', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='suspect_batches', to='accounts.organisation')),
                ('imported_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'suspect batches',
                'ordering': ['-imported_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Suspect',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('crime_number', models.CharField(max_length=40)),
                ('suspect_key', models.UUIDField()),
                ('outcome', models.CharField(max_length=40)),
                ('outcome_on', models.DateField()),
                ('age', models.PositiveSmallIntegerField(null=True)),
                ('age_band', models.CharField(max_length=20)),
                ('gender', models.CharField(max_length=8)),
                ('ethnicity_self_code', models.CharField(blank=True, max_length=2)),
                ('ethnicity_self_group', models.CharField(max_length=8)),
                ('ethnicity_officer_group', models.CharField(max_length=8)),
                ('offence', models.CharField(blank=True, max_length=150)),
                ('digest', models.UUIDField()),
                ('occurrence', models.PositiveIntegerField()),
                ('force', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='suspects', to='accounts.organisation')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='suspects', to='reporting.suspectbatch')),
            ],
        ),
        migrations.AddConstraint(
            model_name='suspectbatch',
            constraint=models.CheckConstraint(condition=models.Q(('rows', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('accepted'), '+', models.F('rejected')), '+', models.F('already_present')))), name='suspect_batch_accounts_for_every_row'),
        ),
        migrations.AddIndex(
            model_name='suspect',
            index=models.Index(fields=['force', 'outcome_on'], name='suspect_force_day'),
        ),
        migrations.AddConstraint(
            model_name='suspect',
            constraint=models.UniqueConstraint(fields=('digest', 'occurrence'), name='suspect_imported_once'),
        ),
    ]
