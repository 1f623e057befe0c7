from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def ask_for_facts_anew(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """The worker reads every case again: what came of its referral, and nothing of a voluntary scheme."""
    facts = apps.get_model("reporting", "Fact").objects.using(editor.connection.alias)
    entries = apps.get_model("cases", "OutboxEntry").objects.using(editor.connection.alias)
    cases = facts.filter(source="live", case_id__isnull=False).values_list("case_id", flat=True)
    there = set(apps.get_model("cases", "Case").objects.filter(pk__in=cases).values_list("pk", flat=True))
    entries.bulk_create([entries.model(case_id=case) for case in sorted(there)])


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("reporting", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="stagefact",
            name="due_by",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="stagefact",
            name="ending",
            field=models.CharField(blank=True, default="", max_length=15),
        ),
        migrations.RunPython(ask_for_facts_anew, migrations.RunPython.noop),
    ]
