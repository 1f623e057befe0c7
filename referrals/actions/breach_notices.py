"""Telling of a breach: the coordinator where nobody decides it in time, youth justice where it is about a child."""

from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.law.dates import long_date
from diversion import audit
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.notifications.kinds import Due, Letter
from diversion.notifications.models import Message
from referrals.queries.breaches import childrens_breaches, decide_by, late_breaches


def due_late() -> Iterator[Due]:
    """Of each breach that is not decided in time, to each who coordinates in its force, once."""
    for breach in late_breaches():
        for user in _coordinators(breach.case.force_id):
            yield Due(str(breach.pk), breach.case.force_id, user.pk)


def write_late(message: Message) -> Letter | None:
    """None where it is decided by now, or who was to hear of it coordinates no longer."""
    to = message.to
    breach = next((one for one in late_breaches() if str(one.pk) == message.about), None)
    if breach is None or to is None or to not in _coordinators(breach.case.force_id):
        return None
    words = {
        "case": breach.case.reference,
        "day": long_date(decide_by(breach)),
        "page": f"{settings.SERVICE_URL}{reverse('breach_page', args=[breach.pk])}",
    }
    body = _(
        "Whether the agreement in %(case)s was kept was to be decided by %(day)s, and is not.\n%(page)s\n\n"
        "While it waits nothing of the agreement is overdue, and time limits run. This message names nobody.\n"
    )
    return Letter(to.email, _("A decision is late in %(case)s") % words, body % words)


def _coordinators(force: int) -> list[User]:
    return list(User.objects.who_may(Permission.MANAGE_SCHEMES).filter(organisation=force).order_by("pk"))


def due_children() -> Iterator[Due]:
    """Of each breach in the case of a child, to the workers of the service that was told of them."""
    for breach, duty in childrens_breaches():
        for user in _workers(duty.service_id):
            yield Due(f"{breach.pk}:{duty.pk}", user.organisation_id, user.pk)


def write_child(message: Message) -> Letter | None:
    """None where it is decided by now, or the service is not asked about the child any more.

    The service reads nothing of the agreement: it is told to speak to the officer, whom the child's page names.
    """
    to = message.to
    found = [(one, duty) for one, duty in childrens_breaches() if f"{one.pk}:{duty.pk}" == message.about]
    if to is None or not found or to not in _workers(found[0][1].service_id):
        return None
    _breach, duty = found[0]
    audit.record(
        "breach.youth_justice_told",
        audit.Nature.DISCLOSURE,
        by=None,
        subjects=[duty.case, duty.case.person],
        recipients=[to.full_name],
        organisation_id=duty.case.force_id,
    )
    page = f"{settings.SERVICE_URL}{reverse('youth_duty', args=[duty.reference])}"
    words = {"duty": duty.reference, "page": page}
    body = _(
        "Police ask whether an agreement is being kept by the child of %(duty)s. Speak to the officer before it is "
        "decided: the page names them.\n%(page)s\n\nThis message names nobody.\n"
    )
    return Letter(to.email, _("Police ask whether an agreement is kept: %(duty)s") % words, body % words)


def _workers(service: int | None) -> list[User]:
    return list(User.objects.who_may(Permission.ANSWER_YOUTH_DUTIES).filter(organisation=service).order_by("pk"))
