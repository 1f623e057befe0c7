"""Whoever's vetting has ended is kept out the next morning, and those who plan the work know before."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from diversion import clock
from diversion.accounts import queries
from diversion.accounts.actions.vetting import record_vetting
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.demonstration import cast as demonstration
from diversion.notifications.tasks import tell
from diversion.refusals import Refused
from referrals.actions import partner
from referrals.models import Referral
from tests.conftest import Cast, password_hash
from tests.factories.cases import refer
from tests.factories.ground import adopt_scheme, newcomer

SignIn = Callable[[User], Client]
LAST = date(2026, 7, 31)


def on(day: int, month: int) -> Any:
    return clock.set_to(datetime(2026, month, day, 9, 30, tzinfo=UTC))


@pytest.fixture
def admin(cast: Cast) -> User:
    """Who keeps the accounts of Harbour Trust."""
    role, organisation = "provider-administrator", cast["hugh"].organisation
    return newcomer("Ada Min", "ada@harbour.example", organisation, role, password_hash())


@pytest.fixture
def vetted(cast: Cast, admin: User, frozen: datetime) -> User:
    """George, the navigator, vetted until the end of July."""
    return record_vetting(user=cast["george"], vetting="nppv2", vetted_until=LAST, by=admin)


def test_the_day_after_the_last_nobody_signs_in(vetted: User, admin: User, client: Client, signed_in: SignIn) -> None:
    """Somebody no longer trusted would go on reading about people; shut out a day early, people wait for them."""
    page = reverse("caseload")
    with on(31, 7):
        assert signed_in(vetted).get(page).status_code == 200
    with on(1, 8):
        assert client.get(page)["Location"].startswith(reverse("account_login"))
        given = {"login": vetted.email, "password": demonstration.PASSWORD}
        said = client.post(reverse("account_login"), given, follow=True).content.decode()
        assert "your vetting has ended" in said
        assert client.get(page).status_code == 302
        assert not vetted.can(Permission.SUPPORT_PEOPLE)
        assert vetted not in User.objects.who_may(Permission.SUPPORT_PEOPLE)
        assert vetted not in queries.users(by=admin, active=True)
        assert vetted in queries.users(by=admin, active=False)


def test_their_people_are_nobodys_and_new_ones_go_to_others(vetted: User, cast: Cast) -> None:
    """People would wait for somebody who cannot sign in."""
    sent = refer(cast["amara"], adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from"))
    partner.accept(referral=sent, navigator=vetted, version=sent.version, by=cast["hugh"])
    with on(31, 7):
        assert sent not in Referral.objects.visible_to(cast["hugh"]).nobodys()
    with on(1, 8):
        assert sent in Referral.objects.visible_to(cast["hugh"]).nobodys()


def test_a_later_day_lets_them_in_again(vetted: User, admin: User) -> None:
    """A renewal would need a new account."""
    with on(3, 8):
        assert not vetted.may_sign_in
        assert record_vetting(user=vetted, vetting="nppv3", vetted_until=date(2029, 8, 2), by=admin).may_sign_in


@pytest.mark.parametrize(
    ("user", "until", "said"),
    [
        ("admin", date(2027, 1, 1), "Nobody records their own vetting"),
        ("george", date(2037, 1, 1), "ten years at the most"),
        ("george", LAST, "recorded already"),
        ("george", date(2016, 7, 31), "check its year"),
    ],
)
def test_what_cannot_be_is_refused(user: str, until: date, said: str, vetted: User, admin: User, cast: Cast) -> None:
    """Somebody would let themselves in, or a slip of the pen let somebody in for ever."""
    with pytest.raises(Refused, match=said):
        record_vetting(user=(cast | {"admin": admin})[user], vetting="nppv2", vetted_until=until, by=admin)


def test_police_are_not_vetted_here(cast: Cast, frozen: datetime) -> None:
    """A force's own vetting unit keeps it; a second list would disagree."""
    with pytest.raises(Refused, match="own vetting unit"):
        record_vetting(user=cast["amara"], vetting="other", vetted_until=LAST, by=cast["kit"])


def test_those_who_plan_are_told_twice_and_it_names_nobody(
    vetted: User, admin: User, cast: Cast, mailoutbox: list[Any], signed_in: SignIn
) -> None:
    """People come to an appointment and nobody may see their record."""
    said = []
    for day, month in ((30, 6), (1, 7), (2, 7), (24, 7), (25, 7), (1, 8)):
        with on(day, month):
            said.append(tell("vetting_ends"))
    assert said == [0, 2, 0, 2, 0, 0]
    assert {one.to[0] for one in mailoutbox} == {cast["hugh"].email, admin.email}
    assert not any("George" in one.body + one.subject for one in mailoutbox)
    for day, month, words in ((20, 7, "ends on 31 July 2026"), (2, 8, "ended on 31 July 2026")):
        with on(day, month):
            page = signed_in(cast["hugh"]).get(reverse("managing")).content.decode()
            assert f"The vetting of George Tate {words}" in page
            assert reverse("hand_over", args=[vetted.pk]) in page


def test_a_force_is_told_where_nobody_would_answer_its_referrals(
    admin: User, cast: Cast, frozen: datetime, mailoutbox: list[Any]
) -> None:
    """The only manager is out of vetting: people are sent, and wait, and nobody at the force or the partner knows."""
    adopt_scheme("drug-diversion", cast, provider="hugh")
    record_vetting(user=cast["hugh"], vetting="nppv2", vetted_until=LAST, by=admin)
    with on(1, 7):
        assert tell("vetting_ends") == 2
    (letter,) = [one for one in mailoutbox if one.to == [cast["elin"].email]]
    assert letter.subject == "After 31 July 2026 nobody at Harbour Trust answers referrals"
    assert "people who are sent there wait" in letter.body
    assert "Hugh" not in letter.body
    assert cast["mina"].email not in {one.to[0] for one in mailoutbox}, "Northmoor sends nobody there"


def test_a_force_is_told_once_where_all_of_them_end_on_one_day(
    admin: User, cast: Cast, frozen: datetime, mailoutbox: list[Any]
) -> None:
    """The same letter twice reads as a mistake; and each of the two managers hears of the other."""
    adopt_scheme("drug-diversion", cast, provider="hugh")
    ivo = newcomer("Ivo Hill", "ivo@harbour.example", admin.organisation, "partner-manager", password_hash())
    for one in (cast["hugh"], ivo):
        record_vetting(user=one, vetting="nppv2", vetted_until=LAST, by=admin)
    for day, month in ((1, 7), (2, 7), (24, 7)):
        with on(day, month):
            tell("vetting_ends")
    told = [one.to[0] for one in mailoutbox]
    assert told.count(cast["elin"].email) == told.count(cast["hugh"].email) == told.count(ivo.email) == 2
    assert told.count(admin.email) == 4, "each is one whose work is to be handed over"


def test_a_force_hears_nothing_while_another_answers(
    admin: User, cast: Cast, frozen: datetime, mailoutbox: list[Any]
) -> None:
    """Letters about the accounts of a partner that goes on working would be read by nobody."""
    adopt_scheme("drug-diversion", cast, provider="hugh")
    newcomer("Ivo Hill", "ivo@harbour.example", admin.organisation, "partner-manager", password_hash())
    record_vetting(user=cast["hugh"], vetting="nppv2", vetted_until=LAST, by=admin)
    with on(1, 7):
        tell("vetting_ends")
    assert cast["elin"].email not in {one.to[0] for one in mailoutbox}


def test_an_administrator_records_it_on_the_page(admin: User, cast: Cast, signed_in: SignIn, frozen: datetime) -> None:
    """It stays unrecorded; or what was typed is lost with a mistake in it."""
    client, user = signed_in(admin), cast["george"]
    address = reverse("user_vetting", args=[user.pk])
    wrong = client.post(address, {"vetting": "nppv2", "vetted_until": "31 7"})
    assert wrong.status_code == 422
    assert 'value="31 7"' in wrong.content.decode()
    right = client.post(address, {"vetting": "nppv2", "vetted_until": "31 7 2026"}, follow=True).content.decode()
    assert "NPPV level 2, until 31 July 2026" in right
    user.refresh_from_db()
    assert user.vetted_until == LAST
