"""What a navigator records of needs and for monitoring. Everything is optional; nothing of it is told to police."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from cases.law.dates import long_date
from diversion import audit, clock
from diversion.accounts.models import User
from diversion.refusals import Outdated, Refused
from referrals.actions.moving import log
from referrals.actions.support import check_open
from referrals.codes import Answer, NeedDomain, NeedResult, ReviewPoint, Severity
from referrals.models import MonitoringAnswers, NeedLevel, NeedOutcome, NeedReview, Referral

Levels = Mapping[str, int]


@dataclass(frozen=True)
class OutcomeDetails:
    """What came of one need. ``result`` "" says that nothing has yet; ``version`` 0 that nothing stood on record."""

    domain: str
    result: str
    service: str = ""
    met_on: date | None = None
    version: int = 0


@transaction.atomic
def review_needs(*, referral: Referral, point: str, levels: Levels, version: int, by: User) -> NeedReview | None:
    """Record the level (0 to 3) of each need that was asked about at a point of the referral, in place of what stood.

    ``version`` 0: there was no review at this point. No levels at all takes the review back, and None is returned. The
    same review sent twice is one review. Refused where what came of a need would be left without a review that found
    the need, or would be met before the first one that did: that record is taken back first.
    """
    check_open(referral, by)
    _check_levels(point, levels)
    review = NeedReview.objects.filter(referral=referral, point=point).first()
    stands = dict(review.levels.values_list("domain", "level")) if review else {}
    if stands == dict(levels):
        return review
    if version != (review.version if review else 0):
        raise Outdated("This review of needs")
    if not levels:
        NeedReview.objects.filter(referral=referral, point=point).delete()
        _check_outcomes_stand(referral)
        log(referral, "needs.review_taken_back", by=by)
        return None
    review = _keep_review(review, referral, point, by)
    review.levels.all().delete()
    NeedLevel.objects.bulk_create([NeedLevel(review=review, domain=each, level=levels[each]) for each in levels])
    _check_outcomes_stand(referral)
    log(referral, "needs.reviewed", by=by, nature=audit.Nature.COLLECTION)
    return review


@transaction.atomic
def record_outcomes(*, referral: Referral, outcomes: Iterable[OutcomeDetails], by: User) -> None:
    """Record what came of needs that a review found: all of them, or none where one is refused."""
    check_open(referral, by)
    found = found_on(referral)
    stand = {outcome.domain: outcome for outcome in NeedOutcome.objects.filter(referral=referral)}
    if any([_keep_outcome(referral, each, found, stand.get(each.domain), by) for each in outcomes]):
        log(referral, "needs.outcomes_recorded", by=by, nature=audit.Nature.COLLECTION)


@transaction.atomic
def record_answers(
    *, referral: Referral, disability: str, care_experience: str, version: int, by: User
) -> MonitoringAnswers:
    """Record the two answers asked for monitoring; ``version`` 0 where none stood on record."""
    check_open(referral, by)
    if not {disability, care_experience} <= set(Answer.values):
        raise Refused("Choose one of the answers.")
    answers = MonitoringAnswers.objects.filter(referral=referral).first()
    values: dict[str, Any] = {"disability": disability, "care_experience": care_experience}
    if answers and all(getattr(answers, name) == value for name, value in values.items()):
        return answers
    if version != (answers.version if answers else 0):
        raise Outdated("This record")
    values |= {"recorded_by": by, "recorded_at": clock.now(), "version": version + 1}
    answers, _ = MonitoringAnswers.objects.update_or_create(referral=referral, defaults=values)
    log(referral, "monitoring.answered", by=by, nature=audit.Nature.COLLECTION)
    return answers


def found_on(referral: Referral) -> dict[str, date]:
    """Each need that any review found (level 1 or more), and the day of the first one that did."""
    rows = NeedLevel.objects.filter(review__referral=referral, level__gte=Severity.SOME)
    found: dict[str, date] = {}
    for domain, day in rows.order_by("review__reviewed_on").values_list("domain", "review__reviewed_on"):
        found.setdefault(domain, day)
    return found


def _check_levels(point: str, levels: Levels) -> None:
    if point not in ReviewPoint.values:
        raise Refused("Choose whether this is the review at the start, part of the way, or at the end.")
    if not (set(levels) <= set(NeedDomain.values) and set(levels.values()) <= set(Severity.values)):
        raise Refused("Choose a level from 0 to 3 for each need that was asked about.")


def _keep_review(review: NeedReview | None, referral: Referral, point: str, by: User) -> NeedReview:
    """A new review is of today; a corrected one keeps its day."""
    if review is None:
        return NeedReview.objects.create(referral=referral, point=point, recorded_by=by)
    review.recorded_by, review.recorded_at, review.version = by, clock.now(), review.version + 1
    review.save(update_fields=["recorded_by", "recorded_at", "version"])
    return review


def _keep_outcome(
    referral: Referral, said: OutcomeDetails, found: Mapping[str, date], stands: NeedOutcome | None, by: User
) -> bool:
    """Whether anything had to be changed."""
    values: dict[str, Any] = {"result": said.result, "service": said.service.strip(), "met_on": said.met_on}
    now = {name: getattr(stands, name) for name in values} if stands else {"result": ""}
    if now == values or (not said.result and not stands):
        return False
    if said.version != (stands.version if stands else 0):
        raise Outdated("What came of a need")
    if not said.result:
        NeedOutcome.objects.filter(referral=referral, domain=said.domain).delete()
        return True
    _check_outcome(said, found)
    values |= {"recorded_by": by, "recorded_at": clock.now(), "version": said.version + 1}
    NeedOutcome.objects.update_or_create(referral=referral, domain=said.domain, defaults=values)
    return True


def _check_outcomes_stand(referral: Referral) -> None:
    """What came of a need hangs on the review that found it: it is not left hanging on none."""
    found = found_on(referral)
    for outcome in NeedOutcome.objects.filter(referral=referral):
        label = outcome.get_domain_display()
        if outcome.domain not in found:
            raise Refused(f"What came of “{label}” is recorded, so a review has to find it: take that back first.")
        if outcome.met_on and outcome.met_on < found[outcome.domain]:
            raise Refused(
                f"“{label}” is recorded as met on {long_date(outcome.met_on)}, and no review would have found it by"
                " then: take that back first."
            )


def _check_outcome(said: OutcomeDetails, found: Mapping[str, date]) -> None:
    if said.result not in NeedResult.values:
        raise Refused("Choose what came of the need.")
    if said.domain not in found:
        raise Refused("No review has found this need: review the needs first.")
    if (said.result == NeedResult.MET) != (said.met_on is not None):
        raise Refused("Give the day on which the need was met, and only where it was.")
    if said.met_on and not found[said.domain] <= said.met_on <= clock.today():
        raise Refused(f"A need is met between the day it was found, {found[said.domain]:%-d %B %Y}, and today.")
