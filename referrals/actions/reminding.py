"""Reminding people of appointments by text. No text names anybody, and none the service unless the person agreed."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction

from cases.codes import SafeTexts
from diversion import audit, clock
from diversion.accounts.models import User
from diversion.notifications.kinds import Due, Letter
from diversion.notifications.models import Channel, Message
from diversion.notifications.senders import can_send
from diversion.refusals import Outdated, Refused
from referrals import person_words
from referrals.actions.replying import link_for
from referrals.actions.support import check_open
from referrals.models import Appointment, Referral, TextRule
from referrals.person_words import ENGLISH
from referrals.queries.languages import languages_for
from referrals.queries.reminders import (
    Agreed,
    about,
    appointments_near,
    first_allowed,
    reminders,
    texts_of,
)


@transaction.atomic
def agree_texts(
    *,
    referral: Referral,
    texts: str,
    names_service: bool,
    with_parent: bool,
    language: str = ENGLISH,
    version: int,
    by: User,
) -> TextRule:
    """Record what the person agreed with ``by`` about texts, in place of what was agreed before.

    ``version`` is that of the rule as the page showed it, 0 where there was none. The same twice is once; what was said
    before and does not hold any more (they stopped texts elsewhere since, or have another number) is agreed anew.
    Raises Outdated where somebody else was first, and Refused for a language that nobody at the provider has reviewed.
    """
    check_open(referral, by)
    if texts not in SafeTexts.values:
        raise Refused("Choose whether a text is safe for them.")
    Referral.objects.select_for_update().get(pk=referral.pk)
    said = {"texts": texts, "names_service": names_service, "with_parent": with_parent, "language": language}
    as_it_is = Referral.objects.select_related("case__person").get(pk=referral.pk)  # with the number of this moment
    now, held = TextRule.objects.filter(referral=referral).first(), texts_of([as_it_is])[referral.pk]
    if language not in (held.rule.language, *languages_for(referral.provider_id)):
        raise Refused("Choose a language in which somebody at your organisation has reviewed the texts.")
    same = now is not None and all(getattr(now, name) == value for name, value in said.items())
    if now and same and now.number == held.number and held.rule.texts == texts and not held.rule.was_childs:
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
    return Letter(f"+44{held.number[1:]}", "", _words(appointment, held.rule))


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


def _words(appointment: Appointment, rule: Agreed) -> str:
    """Neither the place nor a number unless they agreed: either tells whoever looks at the screen who helps."""
    provider, telephone = appointment.referral.provider, appointment.referral.scheme_version.scheme.telephone
    # A Welsh that nobody there has reviewed goes to nobody; a reminder in English is better than none.
    language = rule.language if rule.language in languages_for(provider.pk) else ENGLISH
    said, link = person_words.words(language), link_for(appointment, language)
    name = f"reminder{'_named' if rule.names_service else ''}{'_link' if link else ''}"
    when = person_words.moment(language, appointment.starts_at)
    text = str(said[name].format(when=when, link=link, provider=provider.name))
    if rule.names_service:  # also where the scheme gives no number: every text says how to have no more of them
        return f"{text} {said['reminder_ring' if telephone else 'reminder_tell'].format(telephone=telephone)}"
    return text
