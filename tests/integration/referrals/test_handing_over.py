"""Whoever leaves, their work is nobody's until it is handed over: it is counted, listed and given to another."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases import actions as case_actions
from cases.models import Case, OutboxEntry
from diversion.accounts.actions.users import disable_user
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.refusals import Outdated, Refused
from referrals.actions import handing_over, helping, partner
from referrals.actions.deciding import Support
from referrals.models import Referral, SchemeVersion
from referrals.presenters.handing_over import held_in_words
from referrals.queries import handing_over as queries
from referrals.queries.authorising import waiting_for_authorisation
from tests.conftest import Cast
from tests.factories.cases import decision, person, record, refer
from tests.factories.ground import adopt_scheme, hold, move
from tests.factories.helping import ask

pytestmark = pytest.mark.usefixtures("frozen")
SignIn = Callable[[User], Client]
CAUTION = decision(disposal="simple_caution")


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def helped_by(cast: Cast, version: SchemeVersion, navigator: str, count: int) -> list[Referral]:
    sent = [refer(cast["amara"], version, person=person(given_names=f"No{number}")) for number in range(count)]
    return [
        partner.accept(referral=one, navigator=cast[navigator], version=one.version, by=cast["hugh"]) for one in sent
    ]


def provider_admin(cast: Cast) -> User:
    """Somebody who manages the users of Harbour Trust."""
    from diversion.accounts.actions.roles import grant
    from diversion.accounts.models import Role

    user = User.objects.create_user("rae@harbour.example", organisation=cast["hugh"].organisation, full_name="Rae Lund")
    grant(user=user, role=Role.objects.get(slug="provider-administrator"), by=None)
    return user


def leave(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def lose_roles(user: User) -> None:
    hold(user)


def hand_over(holder: User, to: User, *chosen: Any) -> tuple[str, dict[str, Any]]:
    data = {"references": [one.reference for one in chosen], "to": str(to.pk)}
    return reverse("hand_over", args=[holder.pk]), data


def test_the_administrator_is_told_the_number_before_and_after(
    cast: Cast, version: SchemeVersion, signed_in: SignIn
) -> None:
    """An account disabled without a word hid ten people whom nobody helped any more."""
    helped_by(cast, version, "george", 2)
    rae = provider_admin(cast)
    client, address = signed_in(rae), reverse("user_page", args=[cast["george"].pk])
    page = text_of(client.get(address))
    assert "George Tate holds 2 open referrals." in page
    assert "No0" not in page
    client.post(reverse("user_disable", args=[cast["george"].pk]))
    assert "George Tate still holds 2 open referrals" in text_of(client.get(address))
    assert "holds" not in text_of(client.get(reverse("user_page", args=[rae.pk])))


def test_cases_and_what_came_back_are_counted_and_what_is_closed_is_not(cast: Cast) -> None:
    """A wrong number would be taken for none."""
    for _number in range(2):
        record(cast["amara"])
    record(cast["amara"], support=Support())  # nothing is left to do: closed at once
    assert held_in_words(cast["amara"]) == ["2 open cases"]
    assert held_in_words(cast["kit"]) == []


@pytest.mark.parametrize("how", [leave, lose_roles])
def test_what_a_navigator_left_is_nobodys_on_the_caseload(
    how: Callable[[User], None], cast: Cast, version: SchemeVersion, signed_in: SignIn
) -> None:
    """The list said "Nobody’s yet (0)", lost the name, and the rows looked as ever."""
    left = helped_by(cast, version, "george", 2)
    [kept] = helped_by(cast, version, "hugh", 1)
    how(cast["george"])
    client = signed_in(cast["hugh"])
    page = text_of(client.get("/caseload/?who=unassigned"))
    assert "Nobody’s (2)" in page
    assert "Everyone’s (3)" in page
    assert "<strong>George Tate has left</strong>" in page
    assert "George Tate, who has left (2)" in page
    assert all(one.reference in page for one in left)
    assert kept.reference not in page
    everyone = text_of(client.get("/caseload/?who=all"))
    assert max(everyone.index(one.reference) for one in left) < everyone.index(kept.reference)
    theirs = text_of(client.get(f"/caseload/?who={cast['george'].pk}"))
    assert all(one.reference in theirs for one in left)


def test_what_an_officer_left_is_nobodys_in_the_list_of_cases(cast: Cast, signed_in: SignIn) -> None:
    """No page said that the officer of 46 open cases was gone."""
    left, kept = record(cast["amara"]), record(cast["callum"])
    done = record(cast["amara"], support=Support())
    leave(cast["amara"])
    assert "Nobody’s: the officer has left" in text_of(signed_in(cast["carol"]).get("/"))
    assert "Nobody’s: the officer has left" not in text_of(signed_in(cast["callum"]).get("/"))
    page = text_of(signed_in(cast["carol"]).get("/cases/?whose=nobodys"))
    assert left.reference in page
    assert "Has left" in page
    assert kept.reference not in page
    assert done.reference not in page
    colleague = text_of(signed_in(cast["callum"]).get("/cases/?whose=nobodys"))
    assert left.reference in colleague
    assert reverse("holder_list") not in colleague


def test_whoever_asked_for_help_is_handed_over_on_the_same_page_and_nobody_elsewhere_sees_them(
    cast: Cast, version: SchemeVersion, signed_in: SignIn
) -> None:
    """Whom a worker helped who has left would be rung by nobody: they are on no caseload."""
    [referral] = helped_by(cast, version, "george", 1)
    service = adopt_scheme("lead", cast, provider="hugh").versions.latest("valid_from")
    asked = ask(cast["amara"], service)
    helping.take_up_help(asked=asked, worker=cast["george"], version=1, by=cast["george"])
    leave(cast["george"])
    client, (address, data) = signed_in(cast["hugh"]), hand_over(cast["george"], cast["hugh"], referral, asked)
    assert f"Robin Marked, {asked.reference}: LEAD. Asked for help" in text_of(client.get(address))
    for _twice in range(2):
        assert client.post(address, data).status_code == 302
    for one, helper in ((referral, "navigator"), (asked, "worker")):
        one.refresh_from_db()
        assert getattr(one, helper) == cast["hugh"]
    given = Event.objects.get(kind="help.handed_over")
    assert (given.organisation_id, given.subjects) == (asked.provider_id, [f"referrals.helprequest:{asked.pk}"])
    assert client.get(reverse("holder_list")).context["holders"][0].count == 2
    for elsewhere in ("carol", "hana"):
        other = Client()
        other.force_login(cast[elsewhere])
        assert other.post(address, data).status_code in (403, 404)
        assert "Robin" not in text_of(other.get(reverse("holder_list")))


def test_a_partner_manager_hands_all_over_on_one_page(cast: Cast, version: SchemeVersion, signed_in: SignIn) -> None:
    """Ten pages for ten people, and one of them is forgotten."""
    left = helped_by(cast, version, "george", 3)
    disable_user(user=cast["george"], by=provider_admin(cast))
    client = signed_in(cast["hugh"])
    holders = text_of(client.get(reverse("holder_list")))
    assert "George Tate" in holders
    assert "Has left" in holders
    address, data = hand_over(cast["george"], cast["hugh"], *left)
    page = text_of(client.get(address))
    assert page.count(" checked") == 3
    assert all(one.reference in page for one in left)
    shown = Event.objects.filter(kind="work.shown").latest("pk")
    assert shown.subjects == sorted(f"referrals.referral:{one.pk}" for one in left)
    for _twice in range(2):  # a double click
        assert client.post(address, data)["Location"] == reverse("holder_list")
    assert set(Referral.objects.values_list("navigator", flat=True)) == {cast["hugh"].pk}
    events = Event.objects.filter(kind="referral.handed_over")
    assert events.count() == 3
    assert f"cases.person:{left[0].case.person_id}" in {key for event in events for key in event.subjects}
    assert "3 are handed over to Hugh Barrow." in text_of(client.get(reverse("holder_list")))
    assert "Nothing is left to hand over" in text_of(client.get(address))


def test_a_supervisor_hands_cases_over_within_the_team(cast: Cast, signed_in: SignIn) -> None:
    """An officer’s case could be given to nobody else at all."""
    first, second = record(cast["amara"]), record(cast["amara"])
    leave(cast["amara"])
    client = signed_in(cast["carol"])
    address, data = hand_over(cast["amara"], cast["callum"], first)
    page = text_of(client.get(address))
    assert "Sam Price" in page
    assert "Elin Rees" not in page  # of no team of hers
    outbox = OutboxEntry.objects.count()
    assert client.post(address, data)["Location"] == address
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.officer, first.team) == (cast["callum"], cast["callum"].team)
    assert second.officer == cast["amara"]
    assert OutboxEntry.objects.count() == outbox + 1
    event = Event.objects.get(kind="case.handed_over")
    assert (event.actor_name, event.recipients, event.detail) == (
        "Carol Singh",
        ["Callum Reid"],
        {"holder": cast["amara"].pk},
    )
    logged = text_of(signed_in(cast["jo"]).get("/access-log/", {"user": cast["carol"].pk}))
    assert "from: Amara Okafor" in logged  # whose number alone is kept, for lines of the log leave the host
    page = text_of(signed_in(cast["callum"]).get(reverse("case_page", args=[first.reference])))
    assert "Handed over" in page
    assert "From Amara Okafor to Callum Reid" in page
    recorded = re.search(r"Decision recorded.{0,400}", page)
    assert recorded is not None
    assert "Amara Okafor" in recorded[0]


def test_a_coordinator_hands_over_to_anybody_of_the_force_and_to_nobody_else(cast: Cast, signed_in: SignIn) -> None:
    """Another force's officer would read the case."""
    case = record(cast["amara"])
    client = signed_in(cast["elin"])
    for stranger in (cast["ben"], cast["kit"], cast["hugh"]):
        response = client.post(*hand_over(cast["amara"], stranger, case))
        assert response.status_code == 422
        with pytest.raises(Refused):
            case_actions.hand_over(references=[case.reference], holder=cast["amara"], to=stranger, by=cast["elin"])
    assert client.post(*hand_over(cast["amara"], cast["david"], case)).status_code == 302
    case.refresh_from_db()
    assert case.officer == cast["david"]


def test_work_of_another_organisation_is_not_there(cast: Cast, version: SchemeVersion, signed_in: SignIn) -> None:
    """A force or a charity would learn whom another one helps."""
    case = record(cast["amara"])
    [referral] = helped_by(cast, version, "george", 1)
    assert signed_in(cast["noel"]).get(reverse("hand_over", args=[cast["amara"].pk])).status_code == 404
    assert signed_in(cast["hana"]).get(reverse("hand_over", args=[cast["george"].pk])).status_code == 404
    with pytest.raises(Outdated):
        case_actions.hand_over(references=[case.reference], holder=cast["amara"], to=cast["noel"], by=cast["noel"])
    with pytest.raises(Outdated):
        handing_over.hand_over(references=[referral.reference], holder=cast["george"], to=cast["hana"], by=cast["hana"])


@pytest.mark.parametrize(("who", "status"), [("amara", 403), ("george", 403), ("kit", 403), ("lena", 403)])
def test_only_who_leads_hands_over(who: str, status: int, cast: Cast, signed_in: SignIn) -> None:
    """Anybody could rid themselves of a case, or take one."""
    for address in (reverse("holder_list"), reverse("hand_over", args=[cast["amara"].pk])):
        assert signed_in(cast[who]).get(address).status_code == status
    case = record(cast["amara"])
    with pytest.raises(PermissionDenied):
        case_actions.hand_over(references=[case.reference], holder=cast["amara"], to=cast["callum"], by=cast["callum"])


def test_of_two_who_hand_over_at_once_the_second_is_told(cast: Cast, version: SchemeVersion, signed_in: SignIn) -> None:
    """The first one's choice would be overwritten, and half of the rest given away."""
    first, second = helped_by(cast, version, "george", 2)
    client = signed_in(cast["hugh"])
    address, data = hand_over(cast["george"], cast["hugh"], first, second)
    rae = User.objects.create_user("new@harbour.example", organisation=cast["hugh"].organisation, full_name="New One")
    hold(rae, cast["george"].roles.get())
    handing_over.hand_over(references=[first.reference], holder=cast["george"], to=rae, by=cast["hugh"])
    response = client.post(address, data)
    assert response.status_code == 422
    page = text_of(response)
    assert "Something you ticked has changed hands" in page
    assert second.reference in page
    second.refresh_from_db()
    assert second.navigator == cast["george"]
    with pytest.raises(Outdated):
        handing_over.hand_over(
            references=[first.reference, second.reference], holder=cast["george"], to=cast["hugh"], by=cast["hugh"]
        )
    case = record(cast["amara"])
    case_actions.hand_over(references=[case.reference], holder=cast["amara"], to=cast["callum"], by=cast["carol"])
    with pytest.raises(Outdated):
        case_actions.hand_over(references=[case.reference], holder=cast["amara"], to=cast["david"], by=cast["elin"])


def test_a_mistake_says_how_to_mend_it(cast: Cast, version: SchemeVersion, signed_in: SignIn) -> None:
    """What was ticked stays."""
    first, second = helped_by(cast, version, "george", 2)
    address = reverse("hand_over", args=[cast["george"].pk])
    response = signed_in(cast["hugh"]).post(address, {"references": [second.reference]})
    assert response.status_code == 422
    page = text_of(response)
    assert "Choose who takes it over" in page
    assert page.count(" checked") == 1
    page = text_of(signed_in(cast["hugh"]).post(address, {"to": str(cast["hugh"].pk)}))
    assert "Tick at least one" in page
    assert first.reference in page


def test_who_decided_authorises_nothing_by_handing_the_case_over(cast: Cast) -> None:
    """A sergeant would record a caution, give the case to a constable, and authorise their own decision."""
    case = record(cast["carol"], decision=CAUTION, support=Support())
    case_actions.hand_over(references=[case.reference], holder=cast["carol"], to=cast["callum"], by=cast["carol"])
    case = Case.objects.get(pk=case.pk)
    assert not waiting_for_authorisation(by=cast["carol"]).exists()
    with pytest.raises(Refused, match="someone else must decide"):
        case_actions.authorise(
            evidence_met=True, case=case, rationale="Right", seen=case.corrections.count(), by=cast["carol"]
        )
    assert waiting_for_authorisation(by=cast["david"]).get().case == case


def test_a_submission_sent_again_after_a_hand_over_is_still_one_case(cast: Cast) -> None:
    """A retry from a lost connection would end in an error about a colleague."""
    import uuid

    submission = uuid.uuid4()
    case = record(cast["amara"], submission=submission)
    case_actions.hand_over(references=[case.reference], holder=cast["amara"], to=cast["callum"], by=cast["carol"])
    assert record(cast["amara"], submission=submission) == case


@pytest.mark.parametrize(("who", "holder", "listed"), [("hugh", "george", "/caseload/"), ("carol", "amara", "/cases/")])
def test_the_pages_ask_as_often_for_many_as_for_few(
    who: str, holder: str, listed: str, cast: Cast, version: SchemeVersion, signed_in: SignIn
) -> None:
    """Somebody who leaves holds fifty."""
    client, counts = signed_in(cast[who]), []
    for more in (2, 6):
        helped_by(cast, version, "george", more)
        with CaptureQueriesContext(connection) as asked:
            for address in (reverse("holder_list"), reverse("hand_over", args=[cast[holder].pk]), listed):
                assert client.get(address).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_somebody_who_went_to_another_organisation_left_their_work(cast: Cast, signed_in: SignIn) -> None:
    """Their cases would be found on no list of those who work here."""
    case = record(cast["amara"])
    move(cast["amara"], cast["ben"].organisation)
    [holder] = queries.holders(by=cast["elin"])
    assert (holder.user, holder.count, holder.has_left) == (cast["amara"], 1, True)
    assert case.reference in text_of(signed_in(cast["elin"]).get(reverse("hand_over", args=[cast["amara"].pk])))
