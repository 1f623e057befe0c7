"""Reminding people of appointments by text. No text names anybody, and none the service unless the person agreed."""

from collections.abc import Iterator
from datetime import datetime

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
from referrals.actions.support import check_open
from referrals.models import Appointment, Referral, TextRule
from referrals.queries.reminders import (
    about,
    agreed,
    appointments_near,
    first_allowed,
    number_of,
    reminders,
    why_no_text,
)


@transaction.atomic
def agree_texts(
    *, referral: Referral, texts: str, names_service: bool, with_parent: bool, version: int, by: User
) -> TextRule:
    """Record what the person agreed with ``by`` about texts, in place of what was agreed before.

    ``version`` is that of the rule as the page showed it, 0 where there was none. The same twice is once. Raises
    Outdated where somebody else was first.
    """
    check_open(referral, by)
    if texts not in SafeTexts.values:
        raise Refused("Choose whether a text is safe for them.")
    Referral.objects.select_for_update().get(pk=referral.pk)
    said = {"texts": texts, "names_service": names_service, "with_parent": with_parent}
    now = TextRule.objects.filter(referral=referral).first()
    if now and all(getattr(now, name) == value for name, value in said.items()):
        return now
    if (now.version if now else 0) != version:
        raise Outdated("What was agreed about texts")
    values = said | {"agreed_at": clock.now(), "agreed_with": by, "version": version + 1}
    rule, _created = TextRule.objects.update_or_create(referral=referral, defaults=values)
    audit.record("texts.agreed", audit.Nature.ALTERATION, by=by, subjects=[referral, referral.case.person])
    return rule


def due_reminders() -> Iterator[Due]:
    """The texts whose time has come, of people whom a text may reach; none where nothing sends texts."""
    if not can_send(Channel.TEXT):
        return
    for appointment in appointments_near():
        referral = appointment.referral
        if not why_no_text(referral):
            for one in reminders(appointment):
                yield Due(one.about, referral.provider_id, channel=Channel.TEXT, at=one.at, until=one.until)


def write_reminder(message: Message) -> Letter | None:
    """None where it is not to go any more: the appointment was moved, cancelled or recorded, the support ended, the
    person wants none, or it would come at an hour at which they want none.
    """
    pk, hours, _at = message.about.split(":")
    appointment = appointments_near().filter(pk=pk).first()
    if appointment is None or about(appointment, int(hours)) != message.about or why_no_text(appointment.referral):
        return None
    referral, rule = appointment.referral, agreed(appointment.referral)
    if first_allowed(clock.now(), rule.texts) > clock.now():
        return None
    audit.record(
        "reminder.sent",
        audit.Nature.DISCLOSURE,
        by=None,
        subjects=[referral],
        recipients=["The person"],
        organisation_id=referral.provider_id,
    )
    return Letter(f"+44{number_of(referral)[1:]}", "", _words(appointment, referral, names_service=rule.names_service))


def _words(appointment: Appointment, referral: Referral, *, names_service: bool) -> str:
    words = {"when": _when(appointment.starts_at)}
    telephone = referral.scheme_version.scheme.telephone
    if not names_service:
        # Neither the place nor a number: either tells whoever looks at the screen, and looks it up, who helps.
        ours = _(
            "Reminder: you have an appointment on %(when)s. To move it, or to get no more texts, tell your worker."
        )
        return ours % words
    words |= {"service": referral.provider.name, "telephone": telephone}
    named = _("Reminder from %(service)s: you have an appointment on %(when)s.")
    ring = _("To move it, or to get no more texts, ring %(telephone)s.")
    return f"{named} {ring}" % words if telephone else named % words


def _when(starts_at: datetime) -> str:
    return _("%(day)s at %(time)s") % {"day": weekday_date(starts_at), "time": clock_time(starts_at)}
