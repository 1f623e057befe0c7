"""What the figures may know of needs and of the answers for monitoring: nothing that a voluntary scheme recorded.

A force knows the people it referred to a voluntary scheme, and it may split its own exact figures as it likes: of one
person in a month it would read the answers. Nothing of them is therefore written here, so that no figure, filter or
later mistake can tell it.
"""

from typing import Any

from cases.models import Case
from referrals.codes import Answer, ReviewPoint
from referrals.models import NeedReview, Referral
from reporting.models import NeedFact

#: Beside the scheme version, which live facts fetch anyway.
PREFETCHED = ("referrals__need_reviews__levels", "referrals__need_outcomes", "referrals__monitoring_answers")


def referral_that_counts(case: Case) -> Referral | None:
    """The one still live, else the latest; none that was sent under a decision that was withdrawn."""
    since = max((one.at for one in case.withdrawals.all()), default=None)
    made = [one for one in case.referrals.all() if since is None or one.made_at > since]
    referrals = sorted(made, key=lambda each: (each.state not in Referral.ENDED, each.made_at))
    return referrals[-1] if referrals else None


def answers_of(case: Case) -> dict[str, str]:
    """``disability`` and ``care_experience``: yes, no, not_said, or unknown where nobody asked or may not tell."""
    referral = _told_by(case)
    answers = getattr(referral, "monitoring_answers", None)
    names = ("disability", "care_experience")
    return {name: str(getattr(answers, name)) if answers else str(Answer.UNKNOWN) for name in names}


def needs_of(case: Case) -> list[dict[str, Any]]:
    """The columns of a NeedFact for each need that any review asked about."""
    referral = _told_by(case)
    if referral is None:
        return []
    reviews = sorted(referral.need_reviews.all(), key=lambda each: ReviewPoint.values.index(each.point))
    levels = {review.point: {each.domain: each.level for each in review.levels.all()} for review in reviews}
    outcomes = {outcome.domain: outcome for outcome in referral.need_outcomes.all()}
    found = []
    for domain in sorted({domain for each in levels.values() for domain in each}):
        known = [each[domain] for each in levels.values() if domain in each]
        outcome = outcomes.get(domain)
        found.append(
            {
                "domain": domain,
                "at_start": levels.get(ReviewPoint.START, {}).get(domain),
                "at_latest": known[-1],
                "at_end": levels.get(ReviewPoint.END, {}).get(domain),
                "outcome": outcome.result if outcome else "",
                "days_to_met": _days(reviews, domain, outcome),
            }
        )
    return found


def need_facts(case: Case, fact_id: int) -> list[NeedFact]:
    return [NeedFact(fact_id=fact_id, **columns) for columns in needs_of(case)]


def _told_by(case: Case) -> Referral | None:
    """The referral whose provider's records the figures of the force may hold."""
    referral = referral_that_counts(case)
    return None if referral is None or referral.is_voluntary else referral


def _days(reviews: list[NeedReview], domain: str, outcome: Any) -> int | None:
    """From the day on which a review first found the need to that on which it was met."""
    if outcome is None or outcome.met_on is None:
        return None
    finds = [
        review.reviewed_on
        for review in reviews
        if any(each.domain == domain and each.level > 0 for each in review.levels.all())
    ]
    return max(0, (outcome.met_on - min(finds)).days) if finds else None
