"""Facts that change while their month is added up, in another transaction."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connections

from diversion.accounts.models import Organisation
from diversion.unit_of_work import unit_of_work
from reporting import monitoring
from reporting.facts import months
from reporting.facts.cuts import Cut
from reporting.models import MonthMark
from reporting.tasks import count_months
from tests.factories.facts import live

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 5, 4)


def beside(work: Callable[[], object]) -> object:
    """What it returns, done and committed on a connection of its own while this one waits."""

    def run() -> object:
        try:
            with unit_of_work("test"):
                return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(60)


def considered(force: Organisation) -> int:
    return int(monitoring.compute(force, date(2026, 1, 1), date(2026, 12, 31), "live")["totals"]["considered"])


def test_a_change_while_its_month_is_counted_keeps_its_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    """The count does not have it, and nobody would ever count again."""
    force = Organisation.objects.create(slug="testshire", name="Testshire", kind=Organisation.Kind.POLICE_FORCE)
    live(force, 3, happened_on=DAY)
    count_of, come = months._count_of, [lambda: live(force, 2, happened_on=DAY)]

    def late(cut: Cut) -> str:
        """After the marks were read, and before the facts are."""
        if come:
            beside(come.pop())
        return count_of(cut)

    monkeypatch.setattr(months, "_count_of", late)
    with unit_of_work("test"):
        assert months.count_one()
        # After the facts were read, too.
        beside(lambda: live(force, 4, happened_on=DAY))
    assert (MonthMark.objects.count(), considered(force)) == (2, 9)
    assert (count_months(), MonthMark.objects.count(), considered(force)) == (1, 0, 9)


def test_what_others_have_not_committed_is_neither_seen_nor_lost() -> None:
    """Its mark is not seen either: whoever commits later brings it along. And two who counted at once would both take
    the month away and write it: every figure of it twice."""
    force = Organisation.objects.create(slug="testshire", name="Testshire", kind=Organisation.Kind.POLICE_FORCE)
    live(force, 3, happened_on=DAY)
    with unit_of_work("test"):
        live(force, 2, happened_on=DAY)
        assert beside(months.count_one)
        assert (considered(force), beside(lambda: considered(force))) == (5, 3)
    assert considered(force) == 5
    with unit_of_work("test"):
        assert months.count_one()
        assert not beside(months.count_one)
    assert (considered(force), MonthMark.objects.exists()) == (5, False)
