"""A supervisor's own team, an officer's own figures, and the teams of a force beside each other."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from cases.actions import hand_over
from cases.models import Case
from diversion.accounts.models import Team, User
from diversion.audit.models import Event
from diversion.door import leave_team
from referrals.actions import partner
from reporting import outbox
from reporting.measures import NoMeasure, compute
from reporting.measures.teams import teams
from tests.conftest import Cast
from tests.factories.cases import decision, person, record, refer
from tests.factories.ground import adopt_scheme

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("frozen")
PERIOD = {"start": "2026-06-01", "end": "2026-06-30"}
START, END = date(2026, 6, 1), date(2026, 6, 30)
REFUSED: dict[str, Any] = {"result": "not_offered", "disposal": "", "not_offered_reason": "history"}


@pytest.fixture
def decided(cast: Cast) -> None:
    """Amara: one accepted, one not offered. Callum, of the same team: nobody offered."""
    record(cast["amara"])
    record(cast["amara"], person=person(given_names="Ty"), decision=decision(**REFUSED))
    record(cast["callum"], person=person(given_names="Al"), decision=decision(**REFUSED))
    outbox.drain()


def words_of(response: Any) -> str:
    """The text of a page as it is seen: without what is only read out."""
    seen = re.sub(r'<span class="govuk-visually-hidden">.*?</span>', "", response.content.decode())
    return " ".join(re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", seen, flags=re.S).split())


def test_a_supervisor_sees_their_officers_and_who_offered_nothing(cast: Cast, decided: None, signed_in: SignIn) -> None:
    """Somebody who never offers stands in no list of offers: their sergeant has to be told."""
    text = words_of(signed_in(cast["carol"]).get("/monitoring/team", PERIOD))
    assert f"{cast['amara'].full_name} 2 2 1 of 2 1 of 2 1 0" in text
    assert f"{cast['callum'].full_name} 1 1 0 of 1 0 of 1 0 0" in text
    assert "The team 3 3 1 of 3 1 of 3 1 0" in text
    assert f"{cast['callum'].full_name}: no offer to any of 1 considered, too few to say more." in text
    assert not re.search("Black|White|Asian", text)
    assert Event.objects.filter(kind="monitoring.team_viewed", actor_id=cast["carol"].pk).count() == 1


def test_nobody_refers_into_silence(cast: Cast, signed_in: SignIn) -> None:
    """Who never hears what came of a referral makes no second one."""
    version = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    sent = [refer(cast[who], version, person=person(given_names=who)) for who in ("amara", "amara", "callum")]
    partner.decline(referral=sent[0], reason="risk", note="", version=sent[0].version, by=cast["hugh"])
    outbox.drain()
    text = words_of(signed_in(cast["amara"]).get("/monitoring/team", PERIOD))
    assert "What became of whoever was referred" in text
    assert f"{cast['amara'].full_name} 2 1 0 0 0 1 0" in text
    assert "The team 3 2 0 0 0 1 0" in text
    assert "Response A 3 2 0 0 0 1 0" in words_of(signed_in(cast["ian"]).get("/monitoring/teams", PERIOD))


def test_a_figure_of_ones_own_team_leads_to_its_cases(cast: Cast, decided: None, signed_in: SignIn) -> None:
    """A supervisor who asks why nothing was offered needs the cases; an officer is shown no colleague's by name."""
    numbers = {}
    for who in ("carol", "amara"):
        client = signed_in(cast[who])
        page = unescape(client.get("/monitoring/team", PERIOD).content.decode())
        told = set(re.findall(r'href="([^"]+figure=[^"]+)">(\d+)', page))
        for address, number in told:
            assert client.get(address).context["page"].paginator.count == int(number), address
        numbers[who] = len(told)
    assert numbers["carol"] > numbers["amara"] > 5
    of_callum = PERIOD | {"figure": "offered_of_considered:of", "officer": str(cast["callum"].pk)}
    asked = {who: signed_in(cast[who]).get("/monitoring/team/cases", of_callum) for who in ("carol", "amara", "ben")}
    assert {who: answer.status_code for who, answer in asked.items()} == {"carol": 200, "amara": 404, "ben": 404}
    every = PERIOD | {"figure": "offered_of_considered:of"}
    text = {who: words_of(signed_in(cast[who]).get("/monitoring/team/cases", every)) for who in ("carol", "amara")}
    assert [text["carol"].count(cast[who].full_name) for who in ("callum", "amara")] == [1, 2]
    assert cast["callum"].full_name not in text["amara"]
    heading = rf"<h1[^>]*>\s*Considered, {cast['callum'].full_name}\s*</h1>"
    assert re.search(heading, asked["carol"].content.decode())
    for nobody in ("x", "²", "9" * 30, str(cast["hugh"].pk)):
        answer = signed_in(cast["carol"]).get("/monitoring/team/cases", every | {"officer": nobody})
        assert re.search(r"<h1[^>]*>\s*Considered\s*</h1>", answer.content.decode()), nobody
    client = signed_in(cast["amara"])
    assert client.get("/monitoring/team/cases", PERIOD | {"figure": "no_such:of"}).status_code == 404
    assert Event.objects.filter(kind="monitoring.team_cases_listed", actor_id=cast["carol"].pk).exists()


def test_an_officer_sees_themselves_beside_the_team(cast: Cast, decided: None, signed_in: SignIn) -> None:
    """A table of colleagues would be a league of officers; one's own figures are for oneself to learn from."""
    text = words_of(signed_in(cast["amara"]).get("/monitoring/team", PERIOD))
    assert f"{cast['amara'].full_name} 2 2 1 of 2" in text
    assert cast["callum"].full_name not in text
    assert "The team 3 3 1 of 3" in text


def test_a_decision_is_its_officers_also_when_the_case_is_handed_over(
    cast: Cast, decided: None, signed_in: SignIn
) -> None:
    """Whoever takes over a colleague's cases would be asked why they offered nothing to anybody."""
    mine = Case.objects.filter(officer=cast["amara"], closed_at__isnull=True)
    given = [case.reference for case in mine]
    hand_over(references=given, holder=cast["amara"], to=cast["callum"], by=cast["elin"])
    assert Case.objects.filter(officer=cast["callum"], reference__in=given).exists()
    outbox.drain()
    text = words_of(signed_in(cast["carol"]).get("/monitoring/team", PERIOD))
    assert f"{cast['amara'].full_name} 2 2 1 of 2 1 of 2 1 0" in text


def test_the_teams_stand_beside_each_other_for_those_who_monitor(cast: Cast, decided: None, signed_in: SignIn) -> None:
    """An inspector who sees only the force's average cannot ask the team that offers nothing; nobody else may look."""
    other = Team.objects.create(organisation=cast["amara"].organisation, name="Response Z")
    cast["callum"].team = other
    cast["callum"].save()
    for number in range(11):
        record(cast["callum"], person=person(given_names=f"N{number}"), decision=decision(**REFUSED))
    outbox.drain()
    text = words_of(signed_in(cast["ian"]).get("/monitoring/teams", PERIOD))
    assert "Response Z 11 11 0% (0 of 11), 0.0% to 25.9% 0% (0 of 11), 0.0% to 25.9% 0 0" in text
    assert "Response Z: no offer to any of 11 considered. At most 24%, as far as chance goes." in text
    assert "The whole force 14 14 7% (1 of 14)" in text
    assert signed_in(cast["carol"]).get("/monitoring/teams", PERIOD).status_code == 403
    assert "Response" not in words_of(signed_in(cast["noel"]).get("/monitoring/teams", PERIOD))


def test_who_has_no_team_is_told_so_and_what_is_mistyped_is_said(cast: Cast, signed_in: SignIn) -> None:
    """An empty page looks like a team in which nothing happens."""
    User.objects.filter(pk=cast["carol"].pk).update(team=None)
    client = signed_in(cast["carol"])
    assert "You belong to no team." in words_of(client.get("/monitoring/team"))
    page = client.get("/monitoring/team", PERIOD | {"end": "2026-05-01"})
    assert page.status_code == 422
    assert "The last day is before the first" in words_of(page)


def test_figures_of_a_team_leave_to_those_who_may_open_each_of_its_cases(cast: Cast) -> None:
    """Exact counts of a colleague's team, or of another force, would be given to whoever asks for them."""
    team = cast["carol"].team
    assert team is not None
    assert leave_team({"n": 3}, team=team, by=cast["carol"]).exact
    assert leave_team({"n": 3}, team=team, by=cast["david"]).exact
    other = Team.objects.create(organisation=team.organisation, name="Response Z")
    for whose, who in ((other, "carol"), (team, "ian"), (team, "noel"), (team, "hugh"), (team, "lena")):
        with pytest.raises(PermissionDenied):
            leave_team({"n": 3}, team=whose, by=cast[who])


def test_no_rate_of_an_officer_by_ethnicity_can_be_asked_for(cast: Cast, decided: None) -> None:
    """Of so few people it is chance, and would be read as a fault of one officer."""
    force = cast["ian"].organisation
    with pytest.raises(NoMeasure, match="no dimension 'officer'"):
        compute(force, START, END, by=["officer", "ethnicity"])
    assert "ethnicity" not in str(teams(force, START, END))
