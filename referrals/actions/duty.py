"""Being on duty for a service, and hearing by e-mail that somebody asks it for help. No message says who it is."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from diversion import access, audit, clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.notifications.kinds import Due, Letter
from diversion.notifications.models import Message
from diversion.refusals import Refused
from referrals.models import Duty, HelpRequest
from referrals.queries.help import TOLD_WITHIN, untold

MOST_HOURS = 24
OPEN = HelpRequest.OPEN


@transaction.atomic
def go_on_duty(*, hours: int, telephone: str = "", by: User) -> Duty:
    """``by`` is on duty for so many hours from now, in place of what was said before. Officers see the telephone."""
    access.check(by, Permission.SUPPORT_PEOPLE)
    if not 1 <= hours <= MOST_HOURS:
        raise Refused(f"Be on duty for 1 to {MOST_HOURS} hours, and say it again after that.")
    values = {"until": clock.now() + timedelta(hours=hours), "telephone": telephone.strip()}
    duty, _created = Duty.objects.update_or_create(worker=by, defaults=values)
    audit.record("duty.begun", audit.Nature.ADMINISTRATION, by=by, detail={"hours": hours})
    return duty


@transaction.atomic
def go_off_duty(*, by: User) -> None:
    """``by`` is on duty no longer. The telephone is kept for the next time."""
    access.check(by, Permission.SUPPORT_PEOPLE)
    if Duty.objects.filter(worker=by, until__gt=clock.now()).update(until=clock.now()):
        audit.record("duty.ended", audit.Nature.ADMINISTRATION, by=by)


@transaction.atomic
def due_help() -> list[Due]:
    """Whom to tell that somebody asks for help: of each request those who are to hear of it now, once.

    That they are told is written with the messages, before any of them goes.
    """
    return [due for pk in untold() for due in _told(pk)]


def _told(pk: int) -> list[Due]:
    if not HelpRequest.objects.filter(pk=pk, told_at=None).update(told_at=clock.now()):
        return []
    asked = HelpRequest.objects.select_related("provider").get(pk=pk)
    to = whom_to_tell(asked.provider)
    audit.record(
        "help.worker_told",
        audit.Nature.ADMINISTRATION,
        by=None,
        subjects=[asked],
        recipients=[one.full_name for one in to],
        organisation_id=asked.provider_id,
    )
    return [Due(str(pk), asked.provider_id, one.pk, until=clock.now() + TOLD_WITHIN) for one in to]


def whom_to_tell(provider: Organisation) -> list[User]:
    """Who is on duty at the service; everybody who helps people there, where nobody is."""
    on_duty = [one.worker for one in Duty.objects.now_of(provider)]
    helpers = User.objects.who_may(Permission.SUPPORT_PEOPLE).filter(organisation=provider)
    return on_duty or list(helpers.order_by("full_name", "pk"))


def write_help(message: Message) -> Letter | None:
    """A message of one's own: nobody reads from it who else was told, who asks, or for what.

    None where the request is open no longer, or who was to hear of it has left.
    """
    to = message.to
    if to is None or not to.is_here or not HelpRequest.objects.filter(pk=message.about, state__in=OPEN).exists():
        return None
    body = _(
        "Somebody asks your service for help. Sign in to Diversion and look under “Asking for help”.\n\n"
        "This message says nothing about them, and nobody reads answers to it."
    )
    return Letter(to.email, _("Somebody asks for help"), body)
