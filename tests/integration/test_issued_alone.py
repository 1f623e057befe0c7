"""A sergeant reads some of what constables issued alone: whose it is, who reads it, and what is kept."""

import html
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse

from cases.actions.withdrawing import TakenBack
from cases.models import Case
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.refusals import Outdated, Refused
from referrals.actions import deciding
from referrals.actions.rescinding import AskedBack, ask_rescission, decide_rescission
from referrals.actions.withdrawing import withdraw_decision
from reporting.actions import alone
from reporting.models import AloneItem, AloneSample
from reporting.statistics.sampling import drawn
from tests.conftest import Cast
from tests.factories.cases import decision, record
from tests.factories.policies import begin_with

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]


def text_of(response: Any) -> str:
    return " ".join(html.unescape(response.content.decode()).split())


def test_drawn_by_a_seed_of_what_was_issued_alone(cast: Cast) -> None:
    """What a sergeant authorised was read already; and a sample that its author could choose shows nothing."""
    begin_with(cast["elin"].organisation, alone_sample_size=2)
    mine = [record(cast["amara"]) for _number in range(3)]
    record(cast["carol"])
    record(cast["ben"])
    authorised = record(cast["amara"], decision=decision(disposal="deferred_charge"))
    deciding.authorise(
        evidence_met=True, case=authorised, rationale="Right.", seen=authorised.corrections.count(), by=cast["carol"]
    )
    sample = alone.draw_alone(by=cast["carol"])
    found = [item.case.reference for item in sample.items.all() if item.case]
    assert found == drawn(sample.seed, [case.reference for case in mine], 2)
    assert Event.objects.get(kind="alone_sample.drawn").detail == {"seed": sample.seed, "size": 2}
    assert alone.draw_alone(by=cast["carol"]) == sample, "it is not read through"
    for item in sample.items.all():
        alone.find_alone(item=item, finding="right", by=cast["carol"])
    rest = alone.draw_alone(by=cast["carol"]).items.get()
    assert rest.case in mine
    assert rest.case.reference not in found, "no case is drawn twice"


def test_what_was_withdrawn_since_is_not_read(cast: Cast, signed_in: SignIn) -> None:
    """The page of it could not be shown, and no other sample could be drawn before it was read."""
    withdrawn = record(cast["amara"])
    sample = alone.draw_alone(by=cast["carol"])
    withdraw_decision(case=withdrawn, why=TakenBack("too_soon"), seen=withdrawn.version, by=cast["amara"])
    carol = signed_in(cast["carol"])
    assert "Withdrawn since" in text_of(carol.get(reverse("alone_samples")))
    address = reverse("alone_item", args=[sample.reference, 1])
    assert "Withdrawn since" in text_of(carol.get(address))
    assert carol.post(address, {"finding": "right", "note": ""}).status_code == 422
    other = record(cast["amara"])
    rest = alone.draw_alone(by=cast["carol"]).items.get()
    assert (rest.case, rest.stands) == (other, True)
    with clock.set_to(clock.now() + timedelta(days=29)):  # found out too late to withdraw it
        why = AskedBack("twice", "It is on record already.")
        asked = ask_rescission(case=other, why=why, seen=other.version, by=cast["amara"])
        decide_rescission(rescission=asked, agrees=True, rationale="It is.", by=cast["carol"])
    assert not AloneItem.objects.get(pk=rest.pk).stands


def test_read_on_the_page_and_a_finding_kept(cast: Cast, signed_in: SignIn) -> None:
    """A finding without its reason teaches nobody, and one that is not kept is no review."""
    case, carol, page = record(cast["amara"]), signed_in(cast["carol"]), reverse("alone_samples")
    assert page in text_of(carol.get(reverse("team")))
    assert carol.post(page).status_code == 302
    assert case.reference in text_of(carol.get(page))
    address = reverse("alone_item", args=[AloneSample.objects.get().reference, 1])
    assert "Amara Okafor" in text_of(carol.get(address))
    response = carol.post(address, {"finding": "rank", "note": ""})
    assert response.status_code == 422
    assert "Say why, in a sentence" in text_of(response)
    assert carol.post(address, {"finding": "rank", "note": "A third in two years."}).status_code == 302
    assert "A rank should have decided it" in text_of(carol.get(page))
    told = text_of(signed_in(cast["amara"]).get("/"))
    assert "A rank should have decided it. A third in two years." in told, "whoever decided it hears, and can learn"
    assert "A third in two years" not in text_of(signed_in(cast["callum"]).get("/"))
    item = AloneItem.objects.get()
    assert (item.found_by, item.note) == (cast["carol"], "A third in two years.")
    with pytest.raises(Outdated):
        alone.find_alone(item=item, finding="right", by=cast["david"])


def test_nobody_reads_their_own_nor_another_force(cast: Cast, signed_in: SignIn) -> None:
    """Whoever took the case over since would find themselves right; another force would read names."""
    case = record(cast["amara"])
    item = alone.draw_alone(by=cast["carol"]).items.get()
    with pytest.raises(Http404):
        alone.find_alone(item=item, finding="right", by=cast["noel"])
    Case.objects.filter(pk=case.pk).update(officer=cast["carol"])
    with pytest.raises(Refused, match="You had a part"):
        alone.find_alone(item=item, finding="right", by=cast["carol"])
    assert signed_in(cast["amara"]).get(reverse("alone_samples")).status_code == 403


def test_a_case_that_goes_to_another_team_holds_nothing_up(cast: Cast, signed_in: SignIn) -> None:
    """A sergeant would read the name of a case that is not theirs, and be given the same sample for ever."""
    gone = record(cast["amara"])
    first = alone.draw_alone(by=cast["carol"])
    Case.objects.filter(pk=gone.pk).update(team=None)
    page = text_of(signed_in(cast["carol"]).get(reverse("alone_samples")))
    assert "With another team now" in page
    assert gone.reference not in page
    assert str(gone.person) not in page
    record(cast["amara"])
    assert alone.draw_alone(by=cast["carol"]) != first


def test_where_nothing_was_issued_alone(cast: Cast, signed_in: SignIn) -> None:
    """A button that does nothing and says nothing would be pressed for ever."""
    response = signed_in(cast["carol"]).post(reverse("alone_samples"))
    assert response.status_code == 422
    assert "issued anything alone" in text_of(response)
