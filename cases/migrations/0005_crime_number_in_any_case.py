"""One crime has one number, however it is typed: numbers are kept in capitals."""

from django.db import migrations, models
from django.db.models import Count
from django.db.models.functions import Upper


def into_capitals(apps, schema_editor):
    crimes = apps.get_model("cases", "Crime").objects
    twice = crimes.annotate(kept=Upper("number")).values("force", "kept").annotate(rows=Count("pk")).filter(rows__gt=1)
    if numbers := sorted(row["kept"] for row in twice):
        raise ValueError(
            f"These crime numbers stand twice, in capitals and in small letters: {', '.join(numbers)}."
            " Give the cases over them one crime each, then migrate again."
        )
    crimes.exclude(number=Upper("number")).update(number=Upper("number"))


class Migration(migrations.Migration):

    dependencies = [
        ("cases", "0004_assessment_rules"),
    ]

    operations = [
        migrations.RunPython(into_capitals, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="crime", name="crime_number_once_in_force"),
        migrations.AddConstraint(
            model_name="crime",
            constraint=models.UniqueConstraint(
                models.F("force"), Upper("number"), name="crime_number_once_in_any_case"
            ),
        ),
    ]
