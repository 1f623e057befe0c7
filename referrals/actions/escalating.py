"""Warning before a statutory limit, and saying what is being done. Warnings are the service's own doing."""

from datetime import date

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse

from cases.actions.locking import lock
from cases.law.dates import long_date
from cases.models import Case
from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused
from referrals.models import Escalation, EscalationMail, Standing
from referrals.queries.escalations import due_now, told_of

MAY_ANSWER = (Permission.RECORD_DECISION, Permission.AUTHORISE, Permission.MANAGE_SCHEMES)


@transaction.atomic
def escalate(*, case_id: int) -> Escalation | None:
    """Raise the nearest warning that is due in a case and was not raised yet; None where none is.

    Warnings whose day passed before (the worker was away, or the case was recorded late) are kept as overtaken, and the
    log names them: nobody is told three times at once. The case is held first, so two beats raise one.
    """
    lock(Case(pk=case_id))
    standing = Standing.objects.open().select_related("case", "force").filter(pk=case_id).first()
    due = due_now(standing) if standing is not None else []
    if standing is None or standing.limit_on is None or not due:
        return None
    said = Escalation.objects.filter(case=case_id, limit_on=standing.limit_on).values_list("days_before", flat=True)
    missing = [days for days in due if days not in set(said)]
    if due[-1] not in missing:
        return None
    *overtaken, nearest = missing
    about = {"case_id": case_id, "limit_on": standing.limit_on}
    Escalation.objects.bulk_create(Escalation(**about, days_before=days, is_overtaken=True) for days in overtaken)
    raised = Escalation.objects.create(**about, days_before=nearest)
    EscalationMail.objects.bulk_create(EscalationMail(escalation=raised, to=one) for one in told_of(standing.case))
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
def say_what_is_done(*, escalation: Escalation, what: str, who: str, by_day: date, by: User) -> Escalation:
    """Record what is being done before the limit, who does it and by when; until then it stands on the home pages.

    Said twice in the same words it is said once. Raises Outdated where somebody else was first, and Refused for a day
    that has passed or comes after the limit.
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


def _check_said(escalation: Escalation, what: str, who: str, by_day: date) -> None:
    if not what or not who:
        raise Refused("Say what is being done, and who does it.")
    if by_day < clock.today():
        raise Refused("Give the day by which it will be done: the one given has passed.")
    if by_day > escalation.limit_on:
        raise Refused(
            f"Give a day up to the limit of {long_date(escalation.limit_on)}: after it nobody can be charged."
        )


@transaction.atomic
def claim(*, mail_id: int) -> EmailMessage | None:
    """Take one message to send; None where somebody has taken it. Once this is committed nobody else sends it."""
    if not EscalationMail.objects.filter(pk=mail_id, claimed_at=None).update(claimed_at=clock.now()):
        return None
    mail = EscalationMail.objects.select_related("to", "escalation__case").get(pk=mail_id)
    case, limit = mail.escalation.case, mail.escalation.limit_on
    days = (limit - clock.today()).days
    address = f"{settings.SERVICE_URL}{reverse('case_time_limit', args=[case.reference])}"
    words = (
        f"The time limit of {case.reference} is {long_date(limit)}: {days} {'day' if days == 1 else 'days'} left.\n\n"
        f"Say what is being done, who does it and by when:\n{address}\n\n"
        "This message names nobody. It is sent once; the case stays on your list until somebody has answered.\n"
    )
    return EmailMessage(f"Time limit of {case.reference}", words, to=[mail.to.email])


@transaction.atomic
def mark_sent(*, mail_id: int) -> None:
    """Note that a message was given to the mail server."""
    EscalationMail.objects.filter(pk=mail_id).update(sent_at=clock.now())
