"""What made-up people need, what came of it, and what they answer: told from a chance of its own, so that nothing
else of the tale moves when this does."""

import random
from datetime import timedelta

from diversion import clock
from diversion.accounts.models import User
from diversion.demonstration.people import pick
from referrals.actions import needs
from referrals.actions.needs import OutcomeDetails
from referrals.codes import NeedDomain, NeedResult
from referrals.models import NeedReview, Referral

#: How often each need is found at the start; the rest of the wheel is mostly asked about and not found.
COMMON = {
    "drugs": 0.45,
    "mental_health": 0.4,
    "accommodation": 0.25,
    "ete": 0.35,
    "finance": 0.3,
    "alcohol": 0.2,
    "relationships": 0.25,
    "trauma": 0.15,
}
REVIEWED, ASKED = 0.85, 0.7
LEVELS = {"1": 30, "2": 45, "3": 25}
RESULTS = {"": 15, "met": 45, "partly": 20, "not_met": 12, "declined": 8}
SERVICES = ("Community drugs team", "Housing advice", "Talking therapies", "Jobs and skills", "Debt advice")
DISABILITY = {"yes": 30, "no": 60, "not_said": 10}
CARE = {"yes": 15, "no": 78, "not_said": 7}


def tell_at_the_start(chance: random.Random, referral: Referral, by: User) -> None:
    """The first review and the two answers, of most people; nothing where there is a review already."""
    if NeedReview.objects.filter(referral=referral).exists() or chance.random() > REVIEWED:
        return
    levels = {domain: int(pick(chance, LEVELS)) for domain, share in COMMON.items() if chance.random() < share}
    for domain in NeedDomain.values:
        if domain not in levels and chance.random() < ASKED:
            levels[domain] = 0
    needs.review_needs(referral=referral, point="start", levels=levels, version=0, by=by)
    disability, care = pick(chance, DISABILITY), pick(chance, CARE)
    needs.record_answers(referral=referral, disability=disability, care_experience=care, version=0, by=by)


def tell_at_the_end(chance: random.Random, referral: Referral, by: User, *, keeps: bool) -> None:
    """What came of each need, and the last review: lower where a service met it."""
    review = NeedReview.objects.filter(referral=referral).first()
    if review is None:
        return
    levels = dict(review.levels.values_list("domain", "level"))
    said, days = [], (clock.today() - review.reviewed_on).days
    for domain in [domain for domain in levels if levels[domain]]:
        result = pick(chance, RESULTS) if keeps else pick(chance, {"": 50, "not_met": 30, "declined": 20})
        met = result == NeedResult.MET
        service = chance.choice(SERVICES) if result in (NeedResult.MET, NeedResult.PARTLY) else ""
        met_on = review.reviewed_on + timedelta(days=chance.randrange(days + 1)) if met else None
        said.append(OutcomeDetails(domain, result, service, met_on))
        levels[domain] -= chance.randrange(1, levels[domain] + 1) if met else 0
    needs.record_outcomes(referral=referral, outcomes=said, by=by)
    if keeps:
        needs.review_needs(referral=referral, point="end", levels=levels, version=0, by=by)
