"""Two made-up releases: one that two people have checked and that has left, and one that still waits for a check."""

from collections.abc import Sequence
from datetime import date

from cases.models import Case
from diversion import clock
from diversion.accounts.models import User
from reporting.actions.release_checks import judge_table, send_verdict
from reporting.actions.releases import make_release
from reporting.models import Release
from reporting.releases.looking import table_keys
from reporting.releases.tables import last_whole

TABLES = (("ethnicity_apart",), ("gender",), ("age_band",))
#: With fewer cases nothing could be told of a quarter.
FEWEST_CASES = 200


def make(people: dict[str, User]) -> None:
    """Make them where there are none yet: of the quarter before last, published; of the last one, waiting."""
    force = people["ian"].organisation
    if Release.objects.filter(force=force).exists() or Case.objects.filter(force=force).count() < FEWEST_CASES:
        return
    last = last_whole(clock.today())
    before = last_whole(last[0])
    _check(_made(*before, "published", people["ian"]), [people["rosa"], people["samir"]])
    _check(_made(*last, "shared", people["ian"]), [people["rosa"]])


def _made(start: date, end: date, audience: str, by: User) -> Release:
    return make_release(force=by.organisation, audience=audience, start=start, end=end, tables=TABLES, by=by)


def _check(release: Release, checkers: Sequence[User]) -> None:
    for checker in checkers:
        for key in table_keys(release.document):
            judge_table(release=release, table=key, agrees=True, by=checker)
        send_verdict(release=release, by=checker)
