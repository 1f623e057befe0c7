from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="standing",
            name="undo_until",
            field=models.DateTimeField(null=True),
        ),
    ]
