"""Reading needs and the answers for monitoring: only the workers of the provider that helps the person do."""

from dataclasses import dataclass

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404

from diversion import access, audit
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from referrals.codes import NeedDomain, ReviewPoint
from referrals.models import MonitoringAnswers, NeedOutcome, NeedReview, Referral

#: A provider that has not accepted the person knows nothing of needs, and one that declined has no more business here.
HELPED = (Referral.State.ACCEPTED, Referral.State.STARTED, Referral.State.CLOSED)
SERVICES_OFFERED = 40


@dataclass(frozen=True)
class Needs:
    """What is on record of the needs of one referral. ``levels``: review point -> need -> 0 to 3."""

    referral: Referral
    reviews: dict[str, NeedReview]
    levels: dict[str, dict[str, int]]
    outcomes: dict[str, NeedOutcome]
    answers: MonitoringAnswers | None

    @property
    def found(self) -> list[str]:
        """The needs that any review found, in the order of the list of needs."""
        levels = self.levels.values()
        return [domain for domain in NeedDomain.values if any(each.get(domain, 0) > 0 for each in levels)]

    def last_levels(self) -> dict[str, int]:
        """Those of the latest review, whichever its point was."""
        latest = [point for point in ReviewPoint.values if point in self.levels]
        return self.levels[latest[-1]] if latest else {}


def open_needs(*, reference: str, by: User) -> Needs:
    """The needs of a referral; 404 for one that ``by``'s own organisation does not help with, and for all police."""
    access.check(by, Permission.SUPPORT_PEOPLE)
    reviews = NeedReview.objects.select_related("recorded_by").prefetch_related("levels")
    rows = Referral.objects.visible_to(by).filter(provider=by.organisation, state__in=HELPED)
    rows = rows.select_related("case__person", "scheme_version__scheme", "monitoring_answers__recorded_by")
    rows = rows.prefetch_related(Prefetch("need_reviews", reviews), "need_outcomes")
    referral = get_object_or_404(rows, reference=reference)
    audit.record("needs.opened", audit.Nature.CONSULTATION, by=by, subjects=[referral, referral.case.person])
    found = {review.point: review for review in referral.need_reviews.all()}
    return Needs(
        referral,
        found,
        {point: {each.domain: each.level for each in review.levels.all()} for point, review in found.items()},
        {outcome.domain: outcome for outcome in referral.need_outcomes.all()},
        getattr(referral, "monitoring_answers", None),
    )


def services_named(referral: Referral) -> list[str]:
    """Services to choose from: the scheme itself, and those that this provider's workers named before."""
    rows = NeedOutcome.objects.filter(referral__provider=referral.provider_id).exclude(service="").order_by("service")
    named = list(rows.values_list("service", flat=True).distinct()[:SERVICES_OFFERED])
    return list(dict.fromkeys([referral.scheme_version.scheme.name, *named]))


def is_answered(referral: Referral) -> bool:
    """Whether the questions for monitoring were asked, for the page of an opened referral; not what was said."""
    return MonitoringAnswers.objects.filter(referral=referral).exists()
