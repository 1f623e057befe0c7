"""What works: the effect of accepting and what came of each scheme, with grades, intervals and who waits."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client

from diversion.accounts.models import User
from diversion.audit.models import Event
from reporting.models import Fact, FollowUp, FollowUpBatch
from tests.conftest import Cast
from tests.factories.cases import record
from tests.factories.facts import live
from tests.factories.ground import adopt_scheme

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("frozen")
PAGE = "/monitoring/what-works"
DUE: dict[str, Any] = {"referred_on": date(2024, 1, 5), "due_by": date(2024, 5, 1), "happened_on": date(2024, 1, 4)}


def followed(facts: list[Fact], reoffended: int) -> None:
    """Each of them for two years and more in the last extract, the first so many with an offence that was proven."""
    force = facts[0].force
    batch = FollowUpBatch.objects.create(force=force, mapping="x", mapping_digest="", file_name="x.csv")
    for number, fact in enumerate(facts):
        did = {"reoffence_on": date(2024, 3, 1), "proven_on": date(2024, 4, 1)} if number < reoffended else {}
        FollowUp.objects.create(
            force=force,
            batch=batch,
            case_id=fact.case_id,
            scope="national",
            followed_from=fact.happened_on,
            followed_to=date(2026, 6, 1),
            digest=f"00000000-0000-0000-0000-{fact.case_id:012d}",
            **did,
        )


def numbered(facts: list[Fact], first: int) -> list[Fact]:
    """As of cases, which a follow-up is told of."""
    for number, fact in enumerate(facts, first):
        Fact.objects.filter(pk=fact.pk).update(case_id=number)
        fact.case_id = number
    return facts


def text_of(response: Any) -> str:
    whole = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.S)
    return " ".join(unescape(whole).split())


def test_accepting_beside_not_being_diverted(cast: Cast, signed_in: SignIn) -> None:
    """A share without its comparison, or a ratio without what it cannot show, sells a scheme that may do nothing."""
    force = cast["ian"].organisation
    day = {"happened_on": date(2024, 1, 4)}
    followed(numbered(live(force, 40, **day), 1), reoffended=6)
    refused = {"decision": "not_offered", "disposal": "not_offered"}
    followed(numbered(live(force, 40, **day, **refused), 101), reoffended=14)
    live(force, 3, happened_on=date(2026, 5, 4))
    live(force, 2, **day, scheme="Apple")
    page = text_of(signed_in(cast["ian"]).get(PAGE))
    assert "Grade of evidence: comparative" in page
    assert re.search(r"people who accepted an offer[^0-9]* 40 15% \(6 of 40\), 7\.1% to 29\.1% 3 2", page)
    assert "– 0 2 not in the extract" in page, "whom no extract tells of has not kept out of trouble by that"
    assert re.search(r"Not adjusted: ratio 0\.43 \(0\.18 to 1\.00\), compatible with no difference", page)
    assert "Adjusted for offence and earlier outcomes: ratio 0.43" in page
    assert "40 of 40 and 40 of 40 people could be compared" in page
    assert "Nobody was allocated at random." in page
    assert Event.objects.filter(kind="monitoring.what_works_viewed", actor_id=cast["ian"].pk).exists()


def test_schemes_by_offence_with_who_waits_apart(cast: Cast, signed_in: SignIn) -> None:
    """A scheme whose people still wait would look as if it failed them; few people have no share at all."""
    force = cast["ian"].organisation
    live(force, 12, scheme="Apple", **DUE, started_on=date(2024, 1, 9), result="completed")
    live(force, 8, scheme="Apple", **DUE, result="breached", offence_group="Violence")
    live(force, 5, scheme="Apple", **DUE | {"due_by": date(2027, 1, 1)})
    client = signed_in(cast["ian"])
    page = text_of(client.get(PAGE))
    assert "Nobody has been followed for long enough to say." in page
    assert "Grade of evidence: descriptive" in page
    assert re.search(r"Everybody 25 25 12 of 20 \(60%\), 38\.7% to 78\.1% 5 12 of 20 \(60%\), 38\.7% to 78\.1% 5", page)
    assert "Theft 17 17 12 of 12 (100%), 75.8% to 100.0% 5" in page
    assert "Violence 8 8 0 of 8 0 0 of 8 0" in page
    assert "Apple, by gender" in client.get(PAGE, {"by": "gender"}).content.decode()
    assert "figure=" not in client.get(PAGE).content.decode(), "an analyst may not open the cases"
    assert client.get(PAGE, {"start": "2026-06-30", "end": "2026-01-01"}).status_code == 422
    assert signed_in(cast["amara"]).get(PAGE).status_code == 403


def test_a_figure_leads_to_its_cases_for_whoever_may_open_them(cast: Cast, signed_in: SignIn) -> None:
    """A number that nobody can look behind is believed or not, and never checked."""
    scheme = adopt_scheme("drug-diversion", cast, provider="hugh").name
    case = record(cast["amara"])
    (fact,) = live(cast["ian"].organisation, scheme=scheme, referred_on=date(2026, 5, 5), case_id=case.pk)
    client = signed_in(cast["david"])
    page = client.get(PAGE).content.decode()
    addresses = [unescape(one) for one in re.findall(r'href="([^"]+figure=referred%3Awith[^"]*)"', page)]
    assert len(addresses) == 2, fact
    for address in addresses:
        assert case.reference in client.get(address).content.decode(), address


def test_of_a_voluntary_scheme_nothing_is_told_after_the_referral(cast: Cast, signed_in: SignIn) -> None:
    """Whoever was promised that police hear nothing would find their ending in a table of the police."""
    name = adopt_scheme("divert", cast, provider="hugh").name
    facts = live(cast["ian"].organisation, 12, scheme=name, **DUE, started_on=date(2024, 1, 9), result="completed")
    followed(numbered(facts, 1), reoffended=12)
    page = text_of(signed_in(cast["ian"]).get(PAGE))
    part = page[page.index("Voluntary: police hear nothing") :]
    assert "Everybody 12 12" in part
    assert "Started" not in part
    assert "%" not in part
