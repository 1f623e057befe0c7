"""How the demonstration comes to be there: a few cases before the address, the rest beside the service."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from cases.models import Case
from diversion import clock
from diversion.demonstration import releases, stages, telling
from diversion.demonstration.stories import Storyteller
from diversion.management.commands import run_services
from referrals.models import Referral
from reporting.models import Release, ReleaseCheck

pytestmark = pytest.mark.django_db


def tale(force: str) -> set[tuple[object, ...]]:
    """What is on record of each of the force's cases, short."""
    cases = Case.objects.filter(force__slug=force)
    return set(
        cases.values_list(
            *("submission", "person__family_name", "recorded_at", "decision__result", "decision__disposal"),
            *("referrals__state", "closed_at"),
        )
    )


@pytest.fixture
def eight_cases(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(telling, "CASES", {"avonford": 7, "northmoor": 1})
    monkeypatch.setattr(telling, "LONG_AGO_CASES", {"avonford": 1, "northmoor": 0})
    monkeypatch.setattr(telling, "OPENING", {"avonford": 3, "northmoor": 1})
    monkeypatch.setattr(stages, "tell", lambda _people: 0)  # told with every scheme in test_demonstration
    call_command("seed_reference", verbosity=0)
    with clock.set_to(datetime(2026, 6, 10, 9, 30, tzinfo=UTC)):
        yield


def test_the_opening_has_this_week_in_it_and_the_rest_follows(eight_cases: None) -> None:
    """The first page that anybody opens would be empty, or the address would not come for a minute."""
    assert telling.tell(opening=True)[0] == 4 + 2  # and the two children with a knife
    assert telling.left() == 5
    assert Case.objects.filter(force__slug="avonford", recorded_at__gt=datetime(2026, 6, 5, tzinfo=UTC)).count() >= 2
    assert telling.tell()[0] == 5
    assert telling.left() == 0
    assert telling.tell()[0] == 0


def test_a_telling_that_broke_off_goes_on_and_gives_the_same_tale(
    eight_cases: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C at the first start would leave a demonstration in pieces for good, or a case half told."""
    with transaction.atomic():
        telling.tell()
        whole = tale("avonford")
        transaction.set_rollback(True)
    follow, followed = Storyteller._follow, []

    def breaks_off(self: Storyteller, referral: Referral, recorded: datetime) -> None:
        followed.append(referral)
        if len(followed) == 2:
            raise KeyboardInterrupt
        follow(self, referral, recorded)

    with monkeypatch.context() as patch:
        patch.setattr(Storyteller, "_follow", breaks_off)
        with pytest.raises(KeyboardInterrupt):
            telling.tell()
    assert 0 < len(tale("avonford")) < 8
    assert tale("avonford") < whole
    telling.tell()
    assert tale("avonford") == whole


def test_two_starts_at_once_tell_one_after_the_other(eight_cases: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two terminals on the first day would each tell every case, and one of them fail on the other's."""
    free = []

    def look(self: Storyteller, numbers: object) -> int:
        with closing(connection.copy()) as other, other.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [telling.ADVISORY_LOCK])
            free.append(cursor.fetchone())
        return 0

    monkeypatch.setattr(Storyteller, "tell", look)
    telling.tell()
    assert free == [(False,), (False,)]


def test_only_a_database_with_a_demonstration_is_told_more(nobody: None, eight_cases: None, settings: Any) -> None:
    """A developer's own database would be filled with made-up cases at the next start."""
    settings.ENVIRONMENT = "development"
    assert run_services.errands() == {}
    telling.tell(opening=True)
    assert set(run_services.errands()) == {"cases"}
    settings.ENVIRONMENT = "production"
    assert run_services.errands() == {}


def test_one_release_has_left_and_one_waits_for_its_second_check(
    eight_cases: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever tries the service out would find no release to read and none to check."""
    monkeypatch.setattr(releases, "FEWEST_CASES", 8)
    telling.tell()
    states = list(Release.objects.order_by("start").values_list("state", "start__month", "audience"))
    assert states == [("released", 10, "published"), ("draft", 1, "shared")]
    assert ReleaseCheck.objects.filter(release__state="draft", agrees=True).count() == 1
    telling.tell()
    assert Release.objects.count() == 2
