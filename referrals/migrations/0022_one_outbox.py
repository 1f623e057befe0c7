"""What was sent, and what officers chose, moves into the one outbox: nobody is told a second time of anything."""

from typing import Any

from django.db import migrations

BROKE_OFF = "It broke off while it was handed over: it may have gone, and is not sent again"
TOPICS = {"started": "news_started", "attended": "news_attended", "ended": "news_ended"}


def move(apps: Any, schema_editor: Any) -> None:
    """Each message with what came of it, each choice a row a topic."""
    message, choice = apps.get_model("notifications", "Message"), apps.get_model("notifications", "Choice")
    mails = apps.get_model("referrals", "EscalationMail").objects.select_related("to")
    news = apps.get_model("referrals", "NewsMail").objects.select_related("to")
    rows = [_moved(message, "time_limit", str(one.escalation_id), one) for one in mails.iterator()]
    rows += [_moved(message, "news", f"{one.referral_id}:{one.about}", one) for one in news.iterator()]
    message.objects.bulk_create(rows, batch_size=1000)
    chosen = apps.get_model("referrals", "NoticeChoice").objects.all()
    choice.objects.bulk_create(
        choice(user_id=one.user_id, topic=topic, wanted=getattr(one, name))
        for one in chosen
        for name, topic in TOPICS.items()
    )
    with schema_editor.connection.cursor() as cursor:  # what refers to users is checked before tables are dropped
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _moved(message: Any, kind: str, about: str, mail: Any) -> Any:
    went = mail.sent_at is not None
    return message(
        kind=kind,
        about=about,
        channel="email",
        organisation_id=mail.to.organisation_id,
        to_id=mail.to_id,
        state="sent" if went else "failed",
        queued_at=mail.claimed_at,
        due_at=mail.claimed_at,
        attempts=1,
        tried_at=mail.sent_at or mail.claimed_at,
        reason="" if went else BROKE_OFF,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0001_outbox"),
        ("referrals", "0021_breach_that_ended"),
    ]

    operations = [
        migrations.RunPython(move, migrations.RunPython.noop),
        migrations.DeleteModel(name="EscalationMail"),
        migrations.DeleteModel(name="NewsMail"),
        migrations.DeleteModel(name="NoticeChoice"),
    ]
