"""Somebody is away: what waits for them is found by whoever covers, on those days and no others."""

import html
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from cases.actions import absences
from cases.models import Absence, Case
from diversion import clock
from diversion.accounts.actions import users
from diversion.accounts.models import User
from diversion.refusals import Refused
from referrals.actions import deciding
from referrals.actions.deciding import Support
from tests.conftest import NOW, Cast
from tests.factories.cases import condition, crime, decision, record, sign

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
FIRST, LAST = date(2026, 6, 10), date(2026, 6, 12)


def text_of(response: Any) -> str:
    return " ".join(html.unescape(response.content.decode()).split())


def away(cast: Cast, **changes: Any) -> Absence:
    """Amara is away from today for three days, and callum, of the same team, covers."""
    said = {"user": cast["amara"], "cover": cast["callum"], "from_on": FIRST, "until_on": LAST, "by": cast["amara"]}
    return absences.say_away(**(said | changes))


def to_sign(cast: Cast) -> Case:
    """Of amara's: authorised, and not signed yet."""
    deferred = decision(disposal="deferred_charge")
    case = record(cast["amara"], decision=deferred, support=Support(conditions=[condition()]))
    deciding.authorise(
        evidence_met=True, case=case, rationale="Right.", seen=case.corrections.count(), by=cast["carol"]
    )
    return case


def test_what_waits_heads_the_covers_home_and_they_can_do_it(cast: Cast, signed_in: SignIn) -> None:
    """Authorised while the officer is on leave, it would be signed when she is back, past the first appointment."""
    case, amara = to_sign(cast), signed_in(cast["amara"])
    assert reverse("absence_list") in text_of(amara.get(reverse("home")))
    data = {"user": cast["amara"].pk, "cover": cast["callum"].pk, "from_on": "10 6 2026", "until_on": "12 6 2026"}
    assert amara.post(reverse("absence_list"), data).status_code == 302
    assert "Callum Reid covers" in text_of(amara.get(reverse("absence_list")))
    home = text_of(signed_in(cast["callum"]).get(reverse("home")))
    covered = home.partition("You cover for Amara Okafor until 12 June 2026")[2].partition("Find a case")[0]
    assert case.reference in covered
    assert "Authorised: explain and sign" in covered
    sign(case, by=cast["callum"])
    with clock.set_to(NOW + timedelta(days=3)):
        assert "You cover for" not in text_of(signed_in(cast["callum"]).get(reverse("home")))


def test_a_cover_finds_what_only_police_can_settle(cast: Cast, signed_in: SignIn) -> None:
    """That it was paid would be said by nobody until the officer is back, and the person be taken not to have paid."""
    paid = condition("I will pay £50.", kind="compensation", object="reparative", due_on=FIRST + timedelta(days=1))
    harmed = crime("criminal-damage", victim_kind="business", victim_name="Hart's")
    case = record(cast["amara"], crimes=[harmed], support=Support(conditions=[paid]))
    away(cast)
    cover = signed_in(cast["callum"])
    assert case.reference not in text_of(cover.get(reverse("home"))).partition("You cover for")[2]
    with clock.set_to(NOW + timedelta(days=1)):
        assert case.reference in text_of(signed_in(cast["callum"]).get(reverse("home"))).partition("You cover for")[2]


def test_a_cover_who_goes_away_too_leaves_nobody_alone(cast: Cast, signed_in: SignIn) -> None:
    """What waits would head the home of somebody who is on leave, and nobody's."""
    case, carol = to_sign(cast), signed_in(cast["carol"])
    away(cast)
    away(cast, user=cast["callum"], cover=cast["carol"], by=cast["callum"])
    home = text_of(carol.get(reverse("home")))
    assert "You cover for Amara Okafor until" in home
    assert case.reference in home
    users.disable_user(user=cast["callum"], by=cast["kit"])
    words = "Callum Reid’s account is closed, until 12 June 2026 nobody covers"
    assert words in text_of(carol.get(reverse("home")))
    assert "Nobody covers: that account is closed" in text_of(carol.get(reverse("absence_list")))
    assert words not in text_of(signed_in(cast["noel"]).get(reverse("home")))


def test_ended_early_nothing_is_covered(cast: Cast, signed_in: SignIn) -> None:
    """Back a day early, she and the cover would both do it."""
    absence, amara = away(cast), signed_in(cast["amara"])
    assert amara.post(reverse("absence_end", args=[absence.pk])).status_code == 302
    assert "You cover for" not in text_of(signed_in(cast["callum"]).get(reverse("home")))
    away(cast)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"cover": "amara"}, "Somebody else covers"),
        ({"cover": "ben"}, "of the same force"),
        ({"from_on": date(2026, 6, 13)}, "The last day is before"),
        ({"from_on": date(2026, 6, 1), "until_on": date(2026, 6, 9)}, "have passed"),
        ({"until_on": date(2026, 12, 1)}, "92 days at the most"),
    ],
    ids=["oneself", "another force", "days crossed", "passed", "too long"],
)
def test_what_is_no_absence(cast: Cast, changes: dict[str, Any], words: str) -> None:
    """A cover who cannot see the cases, or days that nobody can cover, would leave the work with nobody."""
    if "cover" in changes:
        changes = {"cover": cast[changes["cover"]]}
    with pytest.raises(Refused, match=words):
        away(cast, **changes)


def test_a_cover_who_sees_nothing_or_is_away_too(cast: Cast) -> None:
    """The work would head the home of somebody who is refused its page, or who is on leave as well."""
    absences.say_away(user=cast["callum"], cover=cast["david"], from_on=LAST, until_on=LAST, by=cast["callum"])
    with pytest.raises(Refused, match="away on some of these days too"):
        away(cast)
    User.objects.filter(pk=cast["callum"].pk).update(team=None)
    with pytest.raises(Refused, match="may not see these cases"):
        away(cast, cover=User.objects.get(pk=cast["callum"].pk))


def test_a_sergeant_says_it_of_the_team_and_an_officer_of_nobody_else(cast: Cast, signed_in: SignIn) -> None:
    """Whoever is taken ill says nothing; and nobody gives away the work of a colleague."""
    with pytest.raises(PermissionDenied):
        away(cast, by=cast["callum"])
    assert away(cast, by=cast["carol"]).entered_by == cast["carol"]
    with pytest.raises(Refused, match="entered already"):
        away(cast, from_on=LAST, by=cast["carol"])
    data = {"user": cast["amara"].pk, "cover": cast["carol"].pk, "from_on": "15 6 2026", "until_on": "16 6 2026"}
    assert signed_in(cast["callum"]).post(reverse("absence_list"), data).status_code == 422
    assert Absence.objects.get()


def test_at_a_provider_whoever_covers_finds_the_caseload_and_the_manager_sees_it(cast: Cast, signed_in: SignIn) -> None:
    """A worker is ill for a week and thirty people hear of nobody; and an officer must not cover for a worker."""
    who = {"user": cast["george"].pk, "cover": cast["hugh"].pk, "from_on": "10 6 2026", "until_on": "14 6 2026"}
    george = signed_in(cast["george"])
    assert "Carol" not in george.get(reverse("absence_list")).content.decode()
    assert george.post(reverse("absence_list"), who).status_code == 302
    hugh = signed_in(cast["hugh"])
    caseload = hugh.get(reverse("caseload")).content.decode()
    assert "You cover for George Tate until 14 June 2026." in caseload
    assert f'href="?who={cast["george"].pk}"' in caseload
    absence = Absence.objects.get()
    assert hugh.post(reverse("absence_end", args=[absence.pk])).status_code == 302  # the manager may say so too
    assert "You cover" not in hugh.get(reverse("caseload")).content.decode()
    hana = signed_in(cast["hana"]).post(reverse("absence_list"), who)
    assert (hana.status_code, Absence.objects.filter(ended_at=None).exists()) == (422, False)
    for cover in ("carol", "hana"):
        days = {"from_on": clock.today(), "until_on": clock.today()}
        with pytest.raises(Refused, match="colleague of the same organisation"):
            absences.say_away(user=cast["george"], cover=cast[cover], **days, by=cast["george"])
