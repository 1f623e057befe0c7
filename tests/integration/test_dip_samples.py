"""Dip samples of who was left out: drawn by a seed, looked at by those who may, and what they found."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from cases.actions.withdrawing import TakenBack
from cases.models import Decision
from diversion.accounts.models import User
from diversion.audit.models import Event
from referrals.actions.withdrawing import withdraw_decision
from reporting import outbox
from reporting.actions import panels, sampling
from reporting.measures.overview import Question
from reporting.models import DipSample, DipSampleItem
from tests.conftest import Cast
from tests.factories.cases import decision, person, record
from tests.factories.facts import suspects

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("frozen")
PERIOD = {"start": "2026-06-01", "end": "2026-06-30", "source": "live"}
ASKED = Question(date(2026, 6, 1), date(2026, 6, 30), "live", "ethnicity", "offered_of_considered")
DRAW = "/monitoring/samples/draw"
SENT = {"of": "not_offered", "size": "2", "seed": "June"}


@pytest.fixture
def left_out(cast: Cast) -> None:
    """Four Black people and one White woman not offered a resolution, and one offered."""
    refused = decision(result="not_offered", disposal="", not_offered_reason="history")
    record(cast["amara"])
    for name in ("Ty", "Al", "Bo", "Cy"):
        record(cast["amara"], person=person(given_names=name), decision=refused)
    record(cast["amara"], person=person(given_names="Jo", sex="female", ethnicity_self_defined="W1"), decision=refused)
    outbox.drain()


def asked(path: str = DRAW, **more: str) -> str:
    return f"{path}?" + "&".join("=".join(pair) for pair in {**PERIOD, **more}.items())


def drawn(cast: Cast, **changes: Any) -> DipSample:
    usual = {"asked": ASKED, "of": "not_offered", "size": 2, "seed": "June", "by": cast["david"]}
    return sampling.draw_sample(**usual | changes)


def words_of(response: Any) -> str:
    """The text of a page as it is read."""
    return " ".join(re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.S).split())


def names(sample: DipSample) -> list[str]:
    return [item.case.person.given_names for item in sample.items.all() if item.case]


def test_a_sample_is_drawn_from_each_group_and_can_be_drawn_again(
    cast: Cast, left_out: None, signed_in: SignIn
) -> None:
    """A sample that its author could have chosen shows nothing; of a small group everybody must be seen."""
    client = signed_in(cast["david"])
    page = client.get(asked("/monitoring/left-out")).content.decode()
    (address,) = re.findall(r'href="([^"]+samples/draw[^"]+)"', page)
    done = client.post(address.replace("&amp;", "&"), SENT, follow=True)
    sample = DipSample.objects.get()
    text = words_of(done)
    assert "Seed June" in text
    assert "White 1 1 0 0 0 1 0 Black 4 2 0 0 0 2 0" in text
    assert names(sample) == names(drawn(cast))
    assert set(names(sample)) - {"Jo"} < {"Ty", "Al", "Bo", "Cy"}
    assert len(set(names(sample))) == 3
    logged = Event.objects.filter(kind="dip_sample.drawn").first()
    assert logged is not None
    assert (logged.detail["seed_chosen"], logged.actor_id) == (True, cast["david"].pk)


def test_a_seed_that_nobody_chose_is_made_and_told(cast: Cast, left_out: None, signed_in: SignIn) -> None:
    """Whoever may choose the seed may try seeds until the sample pleases; without one, two samples differ."""
    client = signed_in(cast["david"])
    for _time in range(2):
        client.post(asked(), SENT | {"seed": ""})
    seeds = set(DipSample.objects.values_list("seed", flat=True))
    assert [len(seed) for seed in seeds] == [8, 8]


def test_what_was_withdrawn_since_is_said_so_and_goes_to_no_panel(
    cast: Cast, left_out: None, signed_in: SignIn
) -> None:
    """Lay people would read of whoever it was recorded on wrongly; a reader would be asked for it for ever."""
    record(cast["amara"], person=person(given_names="Di"))
    outbox.drain()
    sample = drawn(cast, of="offered", size=5)
    wrong = sample.items.earliest("place").case
    assert wrong is not None
    withdraw_decision(case=wrong, why=TakenBack("wrong_person"), seen=wrong.version, by=cast["amara"])
    client, address = signed_in(cast["david"]), f"/monitoring/samples/{sample.reference}"
    assert "Not decided yet" in words_of(client.get(address))
    assert "Black 2 2 0 0 0 1 1" in words_of(client.get(address)), "found, waiting and no longer there are all drawn"
    page = client.get(f"{address}/1")
    assert "withdrawn since it was drawn" in words_of(page)
    assert "Keep the finding" not in words_of(page)
    late = client.post(f"{address}/1", {"finding": "agree"})
    assert (late.status_code, "no longer there" in words_of(late)) == (422, True)
    assert "Black 2 2 0 0 0 1 1" in words_of(signed_in(cast["ian"]).get(address)), "who opens no case counts the same"
    members = [cast["petra"], cast["quentin"]]
    day = date(2026, 6, 20)
    panel = panels.convene(sample=sample, members=members, chair=members[0], meets_on=day, by=cast["david"])
    assert [one.pack.case == wrong for one in panel.cases.all()] == [False]


def test_what_is_found_is_kept_logged_and_counted_by_group(cast: Cast, left_out: None, signed_in: SignIn) -> None:
    """A look at a case that leaves no word has to be taken twice, and shows nobody what came of it."""
    sample, client = drawn(cast), signed_in(cast["david"])
    item = sample.items.get(group="White")
    address = f"/monitoring/samples/{sample.reference}/{item.place}"
    assert "Say what you find" in client.post(address, {"finding": ""}).content.decode()
    assert "Earlier resolutions or convictions" in client.get(address).content.decode()
    client.post(address, {"finding": "agree"})
    page = client.post(address, {"finding": "would_have_offered"}, follow=True)
    assert "White 1 1 0 1 0 0" in words_of(page)
    found = Event.objects.filter(kind="dip_sample.found").order_by("pk")
    assert [event.detail["finding"] for event in found] == ["agree", "would_have_offered"]
    assert found[1].detail["before"] == "agree"
    assert f"cases.case:{item.case_id}" in found[0].subjects


def test_what_was_offered_is_drawn_and_looked_at_too(cast: Cast, left_out: None, signed_in: SignIn) -> None:
    """A panel that reads refusals alone never sees whether what was offered was fair; its own answer fits an offer."""
    client = signed_in(cast["david"])
    page = words_of(client.post(asked(), SENT | {"of": "offered"}, follow=True))
    sample = DipSample.objects.get()
    assert "Black 1 1 0 0 0 1" in page
    assert "Would have decided otherwise" in page
    assert "Community resolution" in page
    address = f"/monitoring/samples/{sample.reference}/1"
    assert "I agree that a resolution was offered" in words_of(client.get(address))
    assert client.post(address, {"finding": "would_have_offered"}).status_code == 422
    assert "Black 1 1 0 1 0 0" in words_of(client.post(address, {"finding": "otherwise"}, follow=True))


def test_a_finding_is_its_finders_own(cast: Cast, left_out: None) -> None:
    """Two people at one sample: the second must not write over what the first found."""
    sample = drawn(cast)
    item = sample.items.first()
    assert item is not None
    DipSampleItem.objects.filter(pk=item.pk).update(finding="agree", found_by=cast["ian"], found_at=sample.drawn_at)
    with pytest.raises(sampling.Outdated):
        sampling.record_finding(item=item, finding="not_enough", by=cast["david"])
    item.refresh_from_db()
    assert item.finding == "agree"


def test_nobody_finds_that_they_decided_well(cast: Cast, left_out: None, signed_in: SignIn) -> None:
    """A review by whoever decided is none, and counted like any other."""
    item = drawn(cast).items.first()
    assert item is not None
    Decision.objects.filter(case=item.case).update(decided_by=cast["david"])
    page = f"/monitoring/samples/{item.sample.reference}/{item.place}"
    response = signed_in(cast["david"]).post(page, {"finding": "agree"})
    assert response.status_code == 422
    assert "You had a part in deciding on this case" in response.content.decode()
    item.refresh_from_db()
    assert item.finding == ""


def test_who_may_not_open_the_cases_sees_the_figures_alone(cast: Cast, left_out: None, signed_in: SignIn) -> None:
    """A list of references would tell an analyst whom a figure is about; another force must learn nothing of it."""
    sample = drawn(cast)
    page = f"/monitoring/samples/{sample.reference}"
    shown = signed_in(cast["ian"]).get(page)
    assert "Would have offered" in shown.content.decode()
    assert "DV-" not in shown.content.decode()
    assert "those who may open every case" in shown.content.decode()
    statuses = {
        key: [signed_in(cast[key]).get(path).status_code for path in (page, f"{page}/1", asked())]
        for key in ("ian", "noel", "amara", "hugh")
    }
    assert statuses["ian"] == [200, 403, 403]
    assert statuses["noel"][0] == 404
    assert statuses["amara"] == [403, 403, 403]
    assert set(statuses["hugh"]) <= {403, 404}


def test_suspects_nobody_considered_are_drawn_from_the_extract(cast: Cast, signed_in: SignIn) -> None:
    """Whoever never became a case is seen nowhere else; a filter that the extract cannot tell is refused in words."""
    suspects(cast["ian"].organisation, Black=3, White=9)
    client = signed_in(cast["david"])
    page = client.post(asked(), SENT | {"of": "not_considered"}, follow=True)
    sample = DipSample.objects.get()
    assert "White 9 2 0 0 0 2 0 Black 3 2 0 0 0 2 0" in words_of(page)
    assert sorted(item.group for item in sample.items.all()) == ["Black", "Black", "White", "White"]
    assert all(item.suspect.crime_number in words_of(page) for item in sample.items.all() if item.suspect)
    assert "Crime number" in words_of(client.get(f"/monitoring/samples/{sample.reference}/1"))
    refused = client.post(asked(age="25-34"), SENT | {"of": "not_considered"})
    assert refused.status_code == 422
    assert "take the filters off" in refused.content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"size": "0"}, "must be 1 or more"),
        ({"size": "21"}, "must be 20 or less"),
        ({"of": ""}, "Choose of whom the sample is"),
        ({}, "Nobody was left out in this way"),
    ],
)
def test_what_cannot_be_drawn_is_said_and_what_was_typed_is_kept(
    cast: Cast, signed_in: SignIn, change: dict[str, str], said: str
) -> None:
    """A seed typed twice is a seed mistyped."""
    page = signed_in(cast["david"]).post(asked(), SENT | change)
    assert page.status_code == 422
    assert said in page.content.decode()
    assert 'value="June"' in page.content.decode()
    assert not DipSample.objects.exists()


def test_what_is_erased_leaves_what_was_found(cast: Cast, left_out: None, signed_in: SignIn) -> None:
    """A case that is weeded must go, and the year's findings must stay."""
    sample = drawn(cast)
    sampling.record_finding(item=sample.items.get(group="White"), finding="agree", by=cast["david"])
    sample.items.update(case=None)
    text = words_of(signed_in(cast["david"]).get(f"/monitoring/samples/{sample.reference}"))
    assert text.count("No longer held") == 3
    assert "White 1 1 1 0 0 0 0 Black 4 2 0 0 0 0 2" in text
