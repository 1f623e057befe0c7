"""A new offence that is alleged of somebody who keeps an agreement: told, confirmed, and decided by a rank.

It opens a review and no breach. Of voluntary support alone nothing opens: nothing was agreed with police.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from cases import actions as case_actions
from cases import rulebook
from cases.law.workdays import working_days_after
from cases.models import Allegation, Case, Offence, OffenceReview
from cases.models.crime import crime_number
from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused
from referrals.actions.breaching import hear_after_review
from referrals.judging.review import obstacle_to_review, why_not_reviewed, why_way_closed
from referrals.queries.cases import live_referral

State, Way, Source = OffenceReview.State, OffenceReview.Way, OffenceReview.Source


@dataclass(frozen=True)
class NewOffence:
    """What is alleged, and when; its crime number, where there is one. ``is_sure``: that it is this person."""

    offence: Offence
    alleged_on: date
    crime_number: str = ""
    is_sure: bool = False


@transaction.atomic
def tell_of_offence(*, case: Case, told: NewOffence, by: User) -> OffenceReview:
    """Tell of a new offence alleged of the person in ``case``. Sent twice, or of one crime, it is one.

    Where ``by`` is sure that it is this person it is under review at once, also where it was not confirmed before or
    taken for somebody else's; else somebody confirms that first. Refused where nothing agreed with police runs, for
    what was done before it was decided, and for a crime of this very case.
    """
    access.check(by, Permission.RECORD_DECISION, Permission.MANAGE_SCHEMES)
    case_actions.lock(case)
    rows = Case.objects.visible_to(by).select_related("decision", "person", "force")
    case = get_object_or_404(rows, pk=case.pk)
    if obstacle := why_not_reviewed(case):
        raise Refused(obstacle)
    _check_new(case, told)
    if earlier := _told_before(case, told):
        return _told_again(earlier, case, told, by)
    return _open(case, told, Source.TOLD.value, by)


def _check_new(case: Case, told: NewOffence) -> None:
    if told.alleged_on > clock.today():
        raise Refused("The day of the offence is still to come: check it.")
    if told.alleged_on < clock.local_date(case.decision.decided_at):
        raise Refused(
            "This is alleged of a day before the decision, so it is no new offence. Where it was not known then, ask to"
            " have the decision rescinded."
        )
    if _is_of(case, told):
        raise Refused("This crime is one of this case already, so it is no new offence: check its number.")


def _is_of(case: Case, told: NewOffence) -> bool:
    """Whether that very crime was decided in ``case``: else a person would answer for it a second time."""
    number = crime_number(told.crime_number)
    return bool(number) and case.allegations.filter(crime__number=number).exists()


def _told_before(case: Case, told: NewOffence) -> OffenceReview | None:
    number, rows = crime_number(told.crime_number), OffenceReview.objects.filter(case=case)
    if number and (found := rows.filter(crime_number=number).first()):
        return found
    return rows.live().filter(crime_number="", offence=told.offence, alleged_on=told.alleged_on).first()


def _told_again(review: OffenceReview, case: Case, told: NewOffence, by: User) -> OffenceReview:
    """Keep what is new of it: its crime number, and that somebody is sure now that it is this person."""
    review.case = case
    values: dict[str, object] = {}
    if told.crime_number and not review.crime_number:
        values["crime_number"] = crime_number(told.crime_number)
    is_surer = told.is_sure and review.state in (State.TO_CONFIRM, State.NOT_THEM)
    values |= _confirmed(case, by) if is_surer else {}
    return _kept(review, f"offence_review.{'confirmed' if is_surer else 'told'}", by, **values) if values else review


def _open(case: Case, told: NewOffence, source: str, by: User) -> OffenceReview:
    review = OffenceReview.objects.create(
        case=case,
        source=source,
        offence=told.offence,
        alleged_on=told.alleged_on,
        crime_number=crime_number(told.crime_number),
        told_by=by,
        **(_confirmed(case, by) if told.is_sure else {}),
    )
    _log("offence_review.told", review, by, source=source, sure=told.is_sure)
    return review


def _confirmed(case: Case, by: User) -> dict[str, object]:
    days = rulebook.settings_of(case.force, clock.today()).offence_review_days
    due = working_days_after(clock.today(), days)
    return {"state": State.OPEN, "confirmed_at": clock.now(), "confirmed_by": by, "decide_by": due}


@transaction.atomic
def confirm_who(*, review: OffenceReview, is_them: bool, by: User) -> OffenceReview:
    """Say whether the new offence is alleged of this person: then it is under review, else nothing comes of it.

    Outdated where somebody has said so before, or the case has closed.
    """
    access.check(by, Permission.RECORD_DECISION, Permission.MANAGE_SCHEMES)
    kept = _held(review, by)
    wanted = State.OPEN if is_them else State.NOT_THEM
    if kept.state == wanted and kept.confirmed_by_id == by.pk:
        return kept
    if kept.state != State.TO_CONFIRM or kept.is_overtaken:
        raise Outdated("This review")
    values = _confirmed(kept.case, by) if is_them else {"confirmed_at": clock.now(), "confirmed_by": by}
    return _kept(kept, "offence_review.confirmed", by, **values | {"state": wanted})


@transaction.atomic
def decide_review(*, review: OffenceReview, way: str, rationale: str, by: User) -> OffenceReview:
    """Decide what follows from it, a value of ``OffenceReview.Way``. Refused to the officer in the case, and to whoever
    diverted or told of it; and that the person is heard where nothing of the agreement can be enforced.

    Sent twice it is done once.
    """
    access.check(by, Permission.AUTHORISE)
    kept = _held(review, by)
    why = rationale.strip()
    if (kept.state, kept.way, kept.rationale, kept.decided_by_id) == (State.DECIDED, way, why, by.pk):
        return kept
    if obstacle := obstacle_to_review(kept, by):
        raise Refused(obstacle)
    if way not in Way.values or not why:
        raise Refused("Choose what follows, and say why in a sentence.")
    if closed := why_way_closed(way, kept.case, live_referral(kept.case)):
        raise Refused(closed)
    said = {"way": way, "rationale": why, "decided_at": clock.now(), "decided_by": by}
    decided = _kept(
        kept, "offence_review.decided", by, state=State.DECIDED, decided_as=by.rank_in_words.lower(), **said
    )
    if way == Way.HEAR:
        hear_after_review(kept.case, by=by)
    return decided


def follow_new_case(case: Case, *, by: User) -> None:
    """Open a review in each other open case of the person of ``case``, just recorded, that an agreement runs in: who
    recorded it has said who it is."""
    crimes = list(case.allegations.select_related("offence", "crime").order_by("pk"))
    for other in _running(case):
        case_actions.lock(other)
        other.refresh_from_db(fields=["closed_at"])
        if why_not_reviewed(other):
            continue
        for crime in crimes:
            _follow_crime(other, crime, by)


def _follow_crime(other: Case, crime: Allegation, by: User) -> None:
    number = "" if crime.crime.awaits_number else crime.crime.number
    told = NewOffence(crime.offence, crime.committed_on, number, is_sure=True)
    if told.alleged_on < clock.local_date(other.decision.decided_at) or _is_of(other, told):
        return
    if earlier := _told_before(other, told):
        _told_again(earlier, other, told, by)
    else:
        _open(other, told, Source.CASE.value, by)


def _running(case: Case) -> QuerySet[Case]:
    """Others of the same person, which the officer who recorded this one may not be shown."""
    rows = Case.objects.filter(person=case.person_id, closed_at__isnull=True).exclude(pk=case.pk)
    return rows.select_related("decision", "person", "force").order_by("pk")


def _held(review: OffenceReview, by: User) -> OffenceReview:
    """It as it is, with its case held."""
    case_actions.lock(review.case)
    rows = OffenceReview.objects.visible_to(by).select_related("case__decision", "case__person", "case__force")
    return get_object_or_404(rows, pk=review.pk)


def _kept(review: OffenceReview, kind: str, by: User, **values: object) -> OffenceReview:
    for name, value in values.items():
        setattr(review, name, value)
    review.save(update_fields=[*values])
    _log(kind, review, by, state=review.state, **({"way": review.way} if review.way else {}))
    return review


def _log(kind: str, review: OffenceReview, by: User, **detail: object) -> None:
    case = review.case
    audit.record(kind, audit.Nature.ALTERATION, by=by, subjects=[case, case.person], detail=detail)
