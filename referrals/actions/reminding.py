"""Reminding people of appointments by text. No text names anybody, and none the service unless the person agreed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cases.codes import SafeTexts
from diversion import audit, clock
from diversion.accounts.models import User
from diversion.design_system.wording import clock_time, weekday_date
from diversion.notifications.kinds import Due, Letter
from diversion.notifications.models import Channel, Message
from diversion.notifications.senders import can_send
from diversion.refusals import Outdated, Refused
from referrals.actions.replying import link_for
from referrals.actions.support import check_open
from referrals.models import Appointment, Referral, TextRule
from referrals.queries.reminders import (
    about,
    appointments_near,
    first_allowed,
    reminders,
    texts_of,
)


@transaction.atomic
def agree_texts(
    *, referral: Referral, texts: str, names_service: bool, with_parent: bool, version: int, by: User
) -> TextRule:
    """Record what the person agreed with ``by`` about texts, in place of what was agreed before.

    ``version`` is that of the rule as the page showed it, 0 where there was none. The same twice is once; what was said
    before and does not hold any more (they stopped texts elsewhere since, or have another number) is agreed anew.
    Raises Outdated where somebody else was first.
    """
    check_open(referral, by)
    if texts not in SafeTexts.values:
        raise Refused("Choose whether a text is safe for them.")
    Referral.objects.select_for_update().get(pk=referral.pk)
    said = {"texts": texts, "names_service": names_service, "with_parent": with_parent}
    as_it_is = Referral.objects.select_related("case__person").get(pk=referral.pk)  # with the number of this moment
    now, held = TextRule.objects.filter(referral=referral).first(), texts_of([as_it_is])[referral.pk]
    same = now is not None and all(getattr(now, name) == value for name, value in said.items())
    if now and same and now.number == held.number and held.rule.texts == texts:
        return now
    if (now.version if now else 0) != version:
        raise Outdated("What was agreed about texts")
    values = said | {"number": held.number, "agreed_at": clock.now(), "agreed_with": by, "version": version + 1}
    rule, _created = TextRule.objects.update_or_create(referral=referral, defaults=values)
    audit.record("texts.agreed", audit.Nature.ALTERATION, by=by, subjects=[referral, referral.case.person])
    return rule


def due_reminders() -> Iterator[Due]:
    """The texts whose time has come, of people whom a text may reach; none where nothing sends texts."""
    if not can_send(Channel.TEXT):
        return
    near = list(appointments_near())
    texts = texts_of({one.referral_id: one.referral for one in near}.values())
    for appointment in near:
        held, provider = texts[appointment.referral_id], appointment.referral.provider_id
        for one in () if held.why_not else reminders(appointment, held.rule.texts):
            yield Due(one.about, provider, channel=Channel.TEXT, at=one.at, until=one.until)


def write_reminder(message: Message) -> Letter | None:
    """None where it is not to go any more: the appointment was moved, cancelled or recorded, the support ended, the
    person wants none, or it would come at an hour at which they want none.
    """
    pk, hours, _at = message.about.split(":")
    appointment = appointments_near().filter(pk=pk).first()
    if appointment is None or about(appointment, int(hours)) != message.about:
        return None
    referral = appointment.referral
    held = texts_of([referral])[referral.pk]
    if held.why_not or first_allowed(clock.now(), held.rule.texts) > clock.now():
        return None
    _log(message, "reminder.handed_over", audit.Nature.DISCLOSURE, recipients=["The person"])
    link = link_for(appointment)
    words = _words(appointment, referral, names_service=held.rule.names_service, link=link)
    return Letter(f"+44{held.number[1:]}", "", words)


#: What came of a text that was handed over, as the log says it.
CAME_OF = {
    Message.State.SENT: "reminder.taken",
    Message.State.WAITING: "reminder.not_taken",  # and tried again
    Message.State.FAILED: "reminder.failed",
}


def log_reminder(message: Message) -> None:
    """Log what came of a text: taken by whoever delivers it, not taken, or nobody knows. Why stands on the message."""
    _log(message, CAME_OF[Message.State(message.state)], audit.Nature.ALTERATION, detail={"message": message.pk})


def _log(message: Message, kind: str, nature: audit.Nature, **more: Any) -> None:
    rows = Referral.objects.filter(appointments__pk=message.about.split(":")[0])
    audit.record(kind, nature, by=None, subjects=list(rows), organisation_id=message.organisation_id, **more)


def _words(appointment: Appointment, referral: Referral, *, names_service: bool, link: str) -> str:
    words = {"when": _when(appointment.starts_at), "link": link}
    telephone = referral.scheme_version.scheme.telephone
    if link and not names_service:
        ours = _("Reminder: you have an appointment on %(when)s. Say if you can come: %(link)s")
        return f"{ours} {_('To get no more texts, tell your worker.')}" % words
    if not names_service:
        # Neither the place nor a number: either tells whoever looks at the screen, and looks it up, who helps.
        ours = _(
            "Reminder: you have an appointment on %(when)s. To move it, or to get no more texts, tell your worker."
        )
        return ours % words
    words |= {"service": referral.provider.name, "telephone": telephone}
    named = _("Reminder from %(service)s: you have an appointment on %(when)s.")
    if link:
        named = f"{named} {_('Say if you can come: %(link)s')}"
    ring = _("To move it, or to get no more texts, ring %(telephone)s.")
    return f"{named} {ring}" % words if telephone else named % words


def _when(starts_at: datetime) -> str:
    return _("%(day)s at %(time)s") % {"day": weekday_date(starts_at), "time": clock_time(starts_at)}
