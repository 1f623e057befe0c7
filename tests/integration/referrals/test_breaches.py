"""Whether an agreement was broken, on the pages of the worker, the officer and whoever decides."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Authorisation
from diversion import clock
from diversion.accounts.models import User
from referrals.actions import breaching, partner
from referrals.models import Breach, Referral
from tests.conftest import Cast
from tests.factories.breaches import heard
from tests.factories.cases import decision, let_stand, record, refer
from tests.factories.ground import adopt_scheme
from tests.made_once import made_once

pytestmark = pytest.mark.usefixtures("frozen")
SignIn = Callable[[User], Client]
PASSWORD = "a demonstration only"


@made_once
def referral(cast: Cast) -> Referral:
    """Of somebody whose summons is deferred; george helps."""
    scheme = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    sent = refer(cast["amara"], scheme, decision=decision(disposal="deferred_summons"))
    return partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def client_of(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast[who])
    return client


def page_of(cast: Cast, who: str, breach: Breach) -> str:
    return text_of(client_of(cast, who).get(reverse("breach_page", args=[breach.pk])))


def test_the_worker_puts_it_and_a_supervisor_decides_and_each_reads_what_is_theirs(
    cast: Cast, referral: Referral
) -> None:
    """The worker would read what police think of the person, or police what was said in support."""
    george, address = client_of(cast, "george"), reverse("breach_put", args=[referral.reference])
    refused = george.post(address, {"trigger": "missed", "seen": 0})
    assert refused.status_code == 422
    assert "0 missed without a good reason so far: the scheme says to remind and to warn until it is 3" in text_of(
        refused
    )
    assert "Put to the police. Tell the person" in text_of(
        george.post(address, {"trigger": "stopped", "seen": 0}, follow=True)
    )
    breach = Breach.objects.get()
    said = {"version": 1, "how": "said", "account": "My mother died."}
    george.post(reverse("breach_account", args=[referral.reference, breach.pk]), said)
    advice = {"version": 2, "advice": "excuse", "why": "Came to all before."}
    page = text_of(george.post(reverse("breach_advice", args=[referral.reference, breach.pk]), advice, follow=True))
    for words in ("My mother died.", "Excuse it: the agreement goes on as it is", "until 17 June 2026"):
        assert words in page
    queue = text_of(client_of(cast, "carol").get(reverse("authorisation_list")))
    assert reverse("breach_page", args=[breach.pk]) in queue
    shown = page_of(cast, "carol", breach)
    for words in ("My mother died.", "Came to all before.", "Record your decision"):
        assert words in shown
    assert "Ethnicity" not in shown, "whoever decides has no use for it"
    ruled = {
        "what": "decide",
        "way": "excuse",
        "told": "Go on as before.",
        "rationale": "Marked reason.",
        "password": PASSWORD,
        "version": 3,
    }
    done = client_of(cast, "carol").post(reverse("breach_page", args=[breach.pk]), ruled, follow=True)
    assert "Marked reason." in text_of(done)
    page = text_of(george.get(reverse("referral_page", args=[referral.reference])))
    assert "Go on as before." in page
    assert "Marked reason." not in page


def test_what_was_typed_stays_where_it_could_not_be_done(cast: Cast, referral: Referral) -> None:
    """A supervisor would write their reasons twice, or an account of a page from before would be gone."""
    breach = breaching.put_breach(referral=referral, trigger="stopped", seen=0, by=cast["george"])
    carol, address = client_of(cast, "carol"), reverse("breach_page", args=[breach.pk])
    early = {"what": "decide", "way": "prosecute", "rationale": "Marked reason.", "password": PASSWORD, "version": 1}
    page = text_of(carol.post(address, early))
    assert "Hear the person and the worker first" in page
    assert "Marked reason." in page
    heard(breach, worker=cast["george"])
    stale = {"version": 1, "how": "said", "account": "Marked words of theirs."}
    answer = client_of(cast, "george").post(reverse("breach_account", args=[referral.reference, breach.pk]), stale)
    assert answer.status_code == 422
    assert "Marked words of theirs." in text_of(answer)


def test_nobody_decides_on_an_account_that_they_have_not_read(cast: Cast, referral: Referral) -> None:
    """Somebody would be prosecuted while what they say of a hospital stands on a page that nobody opened."""
    breach = heard(
        breaching.put_breach(referral=referral, trigger="stopped", seen=0, by=cast["george"]), worker=cast["george"]
    )
    carol, address = client_of(cast, "carol"), reverse("breach_page", args=[breach.pk])
    ruled = {"what": "decide", "way": "prosecute", "rationale": "Marked reason.", "version": breach.version}
    heard(breach, worker=cast["george"], account="I was in hospital.")
    refused = carol.post(address, ruled | {"password": PASSWORD})
    page = text_of(refused)
    assert refused.status_code == 422
    for words in ("has changed since you opened this page", "Marked reason.", "I was in hospital."):
        assert words in page
    assert f'name="version" value="{breach.version + 2}"' in page
    assert Breach.objects.get().state == "open"


def test_the_list_shows_what_the_reader_can_decide_page_by_page(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sergeant would look for theirs among those of an inspector, and those of the second page are never found."""
    monkeypatch.setattr("referrals.views.authorising.ON_A_PAGE", 2)
    cases = [record(cast["amara"], decision=decision(disposal="deferred_charge")) for _ in range(3)]
    late = clock.today() - timedelta(days=1)
    Authorisation.objects.update(state="given", rationale="Fine.", decided_at=clock.now(), decided_by=cast["david"])
    made = [Breach(case=one, trigger="ended", opened_by=cast["amara"], account_by=late) for one in cases]
    breaches = Breach.objects.bulk_create(made)
    last, address = reverse("breach_page", args=[breaches[-1].pk]), reverse("authorisation_list")
    david = client_of(cast, "david")
    assert last not in text_of(david.get(address))
    assert last in text_of(david.get(address, {"breaches": 2}))
    Authorisation.objects.update(rank="inspector")
    assert "/breaches/" not in text_of(client_of(cast, "carol").get(address))


@pytest.mark.parametrize("who", ["hana", "yusuf", "lena", "mina", "kit"])
def test_nobody_else_gets_to_it(who: str, cast: Cast, referral: Referral) -> None:
    """What somebody said of their own failing would be read by another force, another service, a researcher."""
    breach = breaching.put_breach(referral=referral, trigger="stopped", seen=0, by=cast["george"])
    client = client_of(cast, who)
    routes = [
        reverse("breach_page", args=[breach.pk]),
        reverse("breach_account", args=[referral.reference, breach.pk]),
        reverse("breach_put", args=[referral.reference]),
    ]
    assert {client.get(one).status_code for one in routes} <= {403, 404}
    assert {client.post(one, {"what": "account"}).status_code for one in routes} <= {403, 404}


def test_the_officer_asks_before_anything_follows(cast: Cast, referral: Referral) -> None:
    """An officer would charge from the page of the case as soon as a worker had closed the support."""
    george, amara = client_of(cast, "george"), client_of(cast, "amara")
    ended = {"result": "not_completed", "note": "", "version": referral.version}
    george.post(reverse("referral_close", args=[referral.reference]), ended)
    let_stand(referral.case)
    case = reverse("case_page", args=[referral.case.reference])
    page = text_of(amara.get(case))
    assert "Both sides, and the decision" in page
    assert "Record and close the case" not in page
    breach = Breach.objects.get()
    assert "Note what the person says" in text_of(george.get(reverse("referral_page", args=[referral.reference])))
    assert "Hear the person and the worker first" in page_of(cast, "carol", breach)
    assert "Your decision" not in page_of(cast, "amara", breach)
    with clock.set_to(clock.now() + timedelta(days=8)):
        ruling = breaching.Ruling("prosecute", "No excuse.")
        breaching.decide_breach(breach=breach, ruling=ruling, seen=breach.version, by=cast["carol"])
        page = text_of(amara.get(case))
        assert "Charged or summonsed for the offence" in page
        assert "No further action" not in page.partition("What follows")[2].partition("</form>")[0]
        assert "Decided" in page
