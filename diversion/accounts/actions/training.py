"""Marks of training, which say who may make some decisions. Nobody marks themselves."""

from datetime import date, timedelta

from django.db import transaction
from django.shortcuts import get_object_or_404

from diversion import access, audit, clock
from diversion.accounts.models import Training, User
from diversion.accounts.permissions import Permission
from diversion.refusals import Refused

MOST = timedelta(days=3653)


@transaction.atomic
def record_training(*, user: User, trained_on: date, counts_until: date, by: User) -> Training:
    """Record that ``user`` was trained in deciding where there is domestic abuse, and how long that counts."""
    access.check(by, Permission.MANAGE_USERS)
    own = get_object_or_404(User, pk=user.pk, organisation=by.organisation)
    if own.pk == by.pk:
        raise Refused("Nobody records their own training, which says what they may decide: ask another administrator.")
    if trained_on > clock.today():
        raise Refused("That day is still to come: record the training once it has taken place.")
    if counts_until - trained_on > MOST:
        raise Refused("Training counts for ten years at the most: mend the last day, or the day of the training.")
    if counts_until < trained_on:
        raise Refused("The last day on which it counts is before the training: mend one of the two.")
    if own.trainings.filter(trained_on=trained_on, counts_until=counts_until).exists():
        raise Refused("This training is recorded already.")
    training = Training.objects.create(user=own, trained_on=trained_on, counts_until=counts_until)
    detail = {"subject": training.subject, "until": counts_until.isoformat()}
    audit.record("user.training_recorded", audit.Nature.ADMINISTRATION, by=by, subjects=[own], detail=detail)
    return training


@transaction.atomic
def take_back_training(*, training: Training, by: User) -> None:
    """Remove a mark that was recorded by mistake; the history keeps it."""
    access.check(by, Permission.MANAGE_USERS)
    marks = Training.objects.select_related("user").filter(user__organisation=by.organisation)
    mark = get_object_or_404(marks, pk=training.pk)
    if mark.user_id == by.pk:
        raise Refused("Nobody changes their own marks: ask another administrator.")
    detail = {"subject": mark.subject, "until": mark.counts_until.isoformat()}
    mark.delete()
    audit.record("user.training_taken_back", audit.Nature.ADMINISTRATION, by=by, subjects=[mark.user], detail=detail)
