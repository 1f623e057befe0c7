"""A person's needs in words, for the workers who help."""

from django.utils.translation import gettext as _

from diversion.design_system.tables import Column, Table
from diversion.design_system.wording import long_date
from referrals.codes import NeedDomain, ReviewPoint, Severity
from referrals.models import NeedOutcome, Referral
from referrals.queries.needs import Needs

OPEN = (Referral.State.ACCEPTED, Referral.State.STARTED)


class NeedsPage:
    """The reviews side by side with what came of each need, and which review can be made or corrected."""

    def __init__(self, needs: Needs) -> None:
        self.needs = needs
        self.may_record = needs.referral.state in OPEN
        self.points = [point for point in ReviewPoint if point in needs.reviews]
        missing = [point for point in ReviewPoint if point not in needs.reviews]
        self.next = missing[0] if missing else None
        self.later = missing[1:]

    @property
    def table(self) -> Table | None:
        """A row for each need that was asked about; None before any review."""
        if not self.points:
            return None
        asked = [domain for domain in NeedDomain if any(domain in levels for levels in self.needs.levels.values())]
        return Table(
            caption=_("Needs"),
            caption_hidden=True,
            columns=[Column(_("Need")), *(Column(self._heading(point)) for point in self.points), Column(_("Outcome"))],
            rows=[
                [domain.label, *(self._level(point, domain) for point in self.points), self._outcome(domain)]
                for domain in asked
            ],
            stacked=True,
        )

    def _heading(self, point: ReviewPoint) -> str:
        return f"{point.label}, {long_date(self.needs.reviews[point].reviewed_on)}"

    def _level(self, point: ReviewPoint, domain: NeedDomain) -> str | None:
        level = self.needs.levels[point].get(domain)
        return None if level is None else f"{level} {Severity(level).label}"

    def _outcome(self, domain: NeedDomain) -> str | None:
        outcome = self.needs.outcomes.get(domain)
        return in_words(outcome) if outcome else None


def in_words(outcome: NeedOutcome) -> str:
    """ "Met by a service on 3 June 2026 (Harbour clinic)"."""
    words = str(outcome.get_result_display())
    if outcome.met_on:
        words = _("%(result)s on %(day)s") % {"result": words, "day": long_date(outcome.met_on)}
    return f"{words} ({outcome.service})" if outcome.service else words


def next_point(referral: Referral) -> ReviewPoint | None:
    """The first review that an opened referral does not have yet."""
    made = {review.point for review in referral.need_reviews.all()}
    return next((point for point in ReviewPoint if point not in made), None)


def lacks_end(referral: Referral) -> bool:
    """Whether needs were reviewed and could be reviewed at the end, beside what ``next_point`` offers."""
    made = {review.point for review in referral.need_reviews.all()}
    return bool(made) and ReviewPoint.END not in made and next_point(referral) != ReviewPoint.END
