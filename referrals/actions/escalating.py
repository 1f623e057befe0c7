"""Warning before a statutory limit, and saying what is being done. Warnings are the service's own doing."""

from collections.abc import Iterator
from datetime import date

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from cases.actions.locking import lock
from cases.law.dates import long_date
from cases.models import Case
from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.notifications.kinds import Due, Letter
from diversion.notifications.models import Message
from diversion.refusals import Outdated, Refused
from referrals.models import Escalation, Standing
from referrals.queries.escalations import due_now, messages_to_send, next_limit

MAY_ANSWER = (Permission.RECORD_DECISION, Permission.AUTHORISE, Permission.MANAGE_SCHEMES)


@transaction.atomic
def escalate(*, case_id: int) -> Escalation | None:
    """Raise the nearest warning that is due in a case and was not raised yet; None where none is.

    Warnings whose day passed before (the worker was away, or the case was recorded late) are kept as overtaken, and the
    log names them: nobody is told three times at once. The case is held first, so two beats raise one.
    """
    lock(Case(pk=case_id))
    standing = Standing.objects.open().select_related("case", "force").filter(pk=case_id).first()
    limit = next_limit(case_id)
    due = due_now(limit, standing) if standing and limit else []
    if standing is None or limit is None or not due:
        return None
    said = Escalation.objects.filter(case=case_id, limit_on=limit).values_list("days_before", flat=True)
    missing = [days for days in due if days not in set(said)]
    if due[-1] not in missing:
        return None
    *overtaken, nearest = missing
    about = {"case_id": case_id, "limit_on": limit}
    Escalation.objects.bulk_create(Escalation(**about, days_before=days, is_overtaken=True) for days in overtaken)
    raised = Escalation.objects.create(**about, days_before=nearest)
    audit.record(
        "escalation.raised",
        audit.Nature.ALTERATION,
        by=None,
        subjects=[standing.case],
        detail={"days_before": nearest, "overtaken": overtaken},
        organisation_id=standing.force_id,
    )
    return raised


@transaction.atomic
def say_what_is_done(
    *, escalation: Escalation, what: str, who: str = "", by_day: date | None = None, by: User
) -> Escalation:
    """Record what is being done before the limit, who does it and by when; until then it stands on the home pages.

    After the limit ``what`` says what came of it (charged in time, or out of time), and nobody does it by a day. Said
    twice in the same words it is said once. Raises Outdated where somebody else was first, a nearer warning has been
    raised or the limit has moved, and Refused for a day that has passed or comes after the limit.
    """
    access.check(by, *MAY_ANSWER)
    lock(escalation.case)
    said = {"what": what.strip(), "who": who.strip(), "by_day": by_day}
    now = Escalation.objects.visible_to(by).get(pk=escalation.pk)
    if now.answered_by_id == by.pk and all(getattr(now, name) == value for name, value in said.items()):
        return now
    if not Escalation.objects.open().filter(pk=now.pk).exists():
        raise Outdated("This warning")
    _check_said(now, what.strip(), who.strip(), by_day)
    Escalation.objects.filter(pk=now.pk).update(**said, answered_at=clock.now(), answered_by=by)
    subjects = [now.case, now.case.person]
    audit.record("escalation.answered", audit.Nature.ALTERATION, by=by, subjects=subjects)
    now.refresh_from_db()
    return now


def _check_said(escalation: Escalation, what: str, who: str, by_day: date | None) -> None:
    if escalation.has_passed:
        _check_after(escalation, what, who, by_day)
        return
    if not what or not who or by_day is None:
        raise Refused("Say what is being done, who does it and by when.")
    if by_day < clock.today():
        raise Refused("Give the day by which it will be done: the one given has passed.")
    if by_day > escalation.limit_on:
        raise Refused(
            f"Give a day up to the limit of {long_date(escalation.limit_on)}: after it nobody can be charged."
        )


def _check_after(escalation: Escalation, what: str, who: str, by_day: date | None) -> None:
    limit = long_date(escalation.limit_on)
    if who or by_day:
        raise Refused(f"The limit of {limit} has passed: say what was done, or that it went out of time, and no day.")
    if not what:
        raise Refused(f"Say what was done before the limit of {limit}, or that it went out of time.")


def due_warnings() -> Iterator[Due]:
    """The warnings that somebody is written to of, of the nearest limit first."""
    found = messages_to_send()
    forces = dict(User.objects.filter(pk__in={to for _pk, to in found}).values_list("pk", "organisation"))
    for pk, to in found:
        yield Due(str(pk), forces[to], to)


def write_warning(message: Message) -> Letter | None:
    """None where the warning is not on that person's home page any more: it was answered, they left the case or its
    team, its limit passed.
    """
    to = message.to
    if to is None or not to.is_here:
        return None
    own = Escalation.objects.for_home_of(to).before_limit().select_related("case")
    about = own.filter(pk=message.about).first()
    return _letter(about, to) if about else None


def _letter(about: Escalation, to: User) -> Letter:
    case, limit = about.case, about.limit_on
    days = (limit - clock.today()).days
    address = f"{settings.SERVICE_URL}{reverse('case_time_limit', args=[case.reference])}"
    words = (
        f"The time limit of {case.reference} is {long_date(limit)}: {days} {'day' if days == 1 else 'days'} left.\n\n"
        f"Say what is being done, who does it and by when:\n{address}\n\n"
        "This message names nobody. It is sent once; the case stays on your list until somebody has answered.\n"
    )
    return Letter(to.email, f"Time limit of {case.reference}", words)
