"""Reading the questions between partners and police: of a referral, and those that wait for somebody."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Q

from cases import rulebook
from cases.law.workdays import working_days_after
from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.home import Shown, first
from referrals.models import Question, Referral
from referrals.models.question import VOLUNTARY, QuestionQuerySet
from referrals.models.referral import is_looked_after
from referrals.queries.varying import late_before

#: For so long an e-mail about it is tried: after that whoever it waits for has seen it on their first page.
TOLD_FOR = timedelta(days=2)
ASKED, ANSWERED = "asked", "answered"


def questions_of(referral: Referral, *, by: User) -> list[Question]:
    """Every question about ``referral`` that ``by`` may read, the first first."""
    rows = Question.objects.visible_to(by).filter(referral=referral)
    return list(rows.select_related("asked_by", "answered_by", "referral"))


def questions_in(case: int, *, by: User) -> list[Question]:
    """The same of all referrals of a case."""
    rows = Question.objects.visible_to(by).filter(referral__case=case)
    return list(rows.select_related("asked_by", "answered_by", "referral__provider"))


def waiting_for(user: User) -> QuestionQuerySet:
    """What waits for ``user``'s answer; for a coordinator also what an officer has left unanswered too long."""
    rows = Question.objects.may_wait_for(user)
    if not (user.is_police and user.can(Permission.MANAGE_SCHEMES)):
        return rows
    days = rulebook.settings_of(user.organisation, clock.today()).question_answer_days
    own = Q(to=Question.To.HUB) | Q(referral__case__officer=user)
    return rows.filter(own | Q(asked_at__lt=late_before(days)))


def questions_for_home(*, by: User) -> Shown[Question]:
    rows = waiting_for(by).select_related("referral__case__person", "referral__provider", "asked_by")
    return first(rows.order_by("asked_at", "pk"))


def asked_of_partner(*, by: User) -> list[Question]:
    """What police ask ``by``'s organisation and nobody there has answered, ``by``'s own people first."""
    rows = waiting_for(by).select_related("referral__case__person", "referral__navigator", "referral__case__force")
    found = rows.order_by("asked_at", "pk")
    return sorted(found, key=lambda one: one.referral.navigator_id != by.pk)


def answer_by(question: Question, force: Organisation) -> date:
    """The last day on which it is answered in time: the force's working days after the day it was asked."""
    asked_on = clock.local_date(question.asked_at)
    return working_days_after(asked_on, rulebook.settings_of(force, asked_on).question_answer_days)


def told_of() -> Iterator[tuple[str, User]]:
    """What somebody is to be told of, and whom: that they were asked, or that what they asked was answered."""
    since = clock.now() - TOLD_FOR
    rows = Question.objects.exclude(referral__scheme_version__confidentiality=VOLUNTARY)
    rows = rows.select_related("referral__case__officer", "referral__navigator", "asked_by")
    for what, lately in (
        (ASKED, rows.waiting().filter(asked_at__gt=since)),
        (ANSWERED, rows.filter(answered_at__gt=since)),
    ):
        for one in lately.order_by("pk"):
            yield from ((f"{one.pk}:{what}", to) for to in whom_to_tell(one, what))


def whom_to_tell(question: Question, what: str) -> list[User]:
    """Whoever is asked while it waits; whoever asked once it is answered. Nobody who has left."""
    if question.referral.is_voluntary:
        return []
    if what == ANSWERED:
        asker = question.asked_by
        return [asker] if question.answered_at is not None and asker.is_here else []
    return list(_whom_it_asks(question)) if question.is_open else []


def _whom_it_asks(question: Question) -> Iterator[User]:
    """The officer; the force's coordinators; the worker, and where there is none who decides on referrals."""
    referral, users = question.referral, User.objects
    if question.to == Question.To.OFFICER:
        yield from users.who_may(Permission.RECORD_DECISION).filter(pk=referral.case.officer_id)
    elif question.to == Question.To.HUB:
        yield from users.who_may(Permission.MANAGE_SCHEMES).filter(organisation=referral.case.force_id)
    elif Referral.objects.filter(is_looked_after(), pk=referral.pk).exists():
        yield from users.filter(pk=referral.navigator_id)
    else:
        yield from users.who_may(Permission.DECIDE_REFERRALS).filter(organisation=referral.provider_id)
