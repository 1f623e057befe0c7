"""The coordinator's pages of the offence catalogue, and choosing an offence from it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.actions.catalogue import add_offence, end_offence
from cases.models import Case, Offence
from diversion.accounts.models import User
from tests.conftest import Cast
from tests.factories.decisions import posted
from tests.unit.cases.catalogue.builders import JUNE, entry

pytestmark = pytest.mark.usefixtures("frozen")

SignedIn = Callable[[User], Client]
NEW = {
    "code": "ticket-touting",
    "title": "Ticket touting",
    "search": "reselling",
    "act": "Criminal Justice and Public Order Act 1994",
    "section": "s.166",
    "mode": "summary",
    "group": "Miscellaneous",
    "policy_group": "other",
    "flags": ["without_victim"],
}


@pytest.fixture
def coordinator(cast: Cast, signed_in: SignedIn) -> Client:
    return signed_in(cast["elin"])


def page(client: Client, name: str, *args: object, **query: str) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("text", ["shoplifting", "theft act shop", "theft-from-a-shop", "SHOP  steal s.1"])
def test_an_offence_is_found_by_any_of_its_names(coordinator: Client, text: str) -> None:
    """Nobody knows our titles by heart."""
    assert ("Theft from a shop" in page(coordinator, "offence_list", text=text)) == ("steal" not in text)


def test_the_list_says_when_it_has_nothing_and_goes_on_to_other_pages(coordinator: Client) -> None:
    """Two hundred entries are not one page, and an empty page looks like a fault."""
    assert "No offence answers this search" in page(coordinator, "offence_list", text="nothing like it")
    assert "page=2" in page(coordinator, "offence_list")
    assert "Murder" not in page(coordinator, "offence_list", group="Driving")


def test_what_is_not_known_or_not_settled_says_so(coordinator: Client) -> None:
    """An empty cell reads as “none”; a doubtful one as certain."""
    arson = Offence.objects.get(code="arson")
    shown = page(coordinator, "offence_page", arson.pk)
    assert shown.count("Not known") >= 3
    assert shown.count("Not settled") == 1


def test_an_offence_of_the_forces_own_is_added_ended_and_chosen(
    coordinator: Client, cast: Cast, signed_in: SignedIn
) -> None:
    """From the coordinator's page to the officer's choice, and away again."""
    response = coordinator.post(reverse("offence_add"), NEW)
    offence = Offence.objects.get(code="ticket-touting")
    assert response["Location"] == reverse("offence_page", args=[offence.pk])
    assert (offence.owner, offence.without_victim) == (cast["elin"].organisation, True)
    officer = signed_in(cast["amara"])
    assert 'value="ticket-touting"' in page(officer, "record_decision")
    coordinator = signed_in(cast["elin"])
    last = {"last_day": "1 6 2026"}
    coordinator.post(reverse("offence_end", args=[offence.pk]), last)
    assert "Ticket touting (until 1 June 2026)" in page(signed_in(cast["amara"]), "record_decision")


def test_what_cannot_be_added_is_said_at_its_field_with_all_that_was_typed(coordinator: Client) -> None:
    """Ten fields must not be typed again for one score without its matrix."""
    response = coordinator.post(reverse("offence_add"), NEW | {"gravity_adult": "3", "act": "", "title": "Touts"})
    shown = response.content.decode()
    assert response.status_code == 422
    assert "A gravity score is given: say which matrix it comes from" in shown
    assert "A section is given and no Act" in shown
    assert 'value="Touts"' in shown
    response = coordinator.post(reverse("offence_add"), NEW | {"code": "theft"})
    assert "This code belongs to the catalogue that every force shares" in response.content.decode()


def test_another_forces_entry_does_not_exist(cast: Cast, signed_in: SignedIn) -> None:
    """Not in the list, not by its address, not to be ended, not to be chosen."""
    theirs = add_offence(entry=entry(), by=cast["mina"])
    coordinator = signed_in(cast["elin"])
    assert "Ticket touting" not in page(coordinator, "offence_list", text="touting")
    assert coordinator.get(reverse("offence_page", args=[theirs.pk])).status_code == 404
    assert coordinator.post(reverse("offence_end", args=[theirs.pk])).status_code == 404
    assert "ticket-touting" not in page(signed_in(cast["amara"]), "record_decision")


def test_a_corrected_entry_can_still_be_read_and_not_be_ended(coordinator: Client, cast: Cast) -> None:
    """Whoever reads an old case finds what it rests on."""
    old = add_offence(entry=entry(), by=cast["elin"])
    new = add_offence(entry=entry(mode="either_way"), by=cast["elin"])
    shown = page(coordinator, "offence_page", old.pk)
    assert "This entry was corrected" in shown
    assert reverse("offence_end", args=[old.pk]) not in shown
    assert reverse("offence_page", args=[old.pk]) in page(coordinator, "offence_page", new.pk)


def test_those_who_only_record_do_not_change_the_catalogue(cast: Cast, signed_in: SignedIn) -> None:
    """An offence made up in the middle of a case would have been checked by nobody."""
    assert signed_in(cast["amara"]).post(reverse("offence_add"), NEW).status_code == 403
    assert signed_in(cast["hana"]).get(reverse("offence_list")).status_code in (403, 404)
    assert not Offence.objects.filter(code="ticket-touting").exists()


def record(client: Client, **changes: Any) -> Any:
    return client.post(reverse("record_decision"), posted(**changes))


def test_an_offence_that_was_none_on_the_day_is_refused_with_what_to_check(cast: Cast, signed_in: SignedIn) -> None:
    """Nobody is dealt with for what was no offence when they did it."""
    own = add_offence(entry=entry(), by=cast["elin"])
    end_offence(offence=own, last_day=JUNE, by=cast["elin"])
    officer = signed_in(cast["amara"])
    choice = {"crimes-0-offence": "ticket-touting"}
    refused = record(officer, **choice, **{"crimes-0-committed_on": "2026-06-09"})
    assert refused.status_code == 422
    assert "for other days than 9 June 2026" in refused.content.decode()
    assert record(officer, **choice, **{"crimes-0-committed_on": "2026-06-01"}).status_code == 302
    assert Case.objects.get().allegations.get().offence == own


def test_a_case_rests_on_the_entry_of_the_day_of_the_offence(cast: Cast, signed_in: SignedIn) -> None:
    """An offence of before a change has the time limit of before it."""
    add_offence(entry=entry(), by=cast["elin"])
    add_offence(entry=entry(mode="either_way", valid_from=JUNE), by=cast["elin"])
    officer = signed_in(cast["amara"])
    day = {"crimes-0-committed_on": "2026-05-31"}
    assert record(officer, **{"crimes-0-offence": "ticket-touting"}, **day).status_code == 302
    assert Case.objects.get().allegations.get().offence.mode == "summary"


def test_an_offence_without_a_victim_by_its_nature_is_not_asked_for_one(cast: Cast, signed_in: SignedIn) -> None:
    """Two clicks saved for each case of drink-driving; the catalogue says which offences these are."""
    choice = {"crimes-0-offence": "drink-driving", "crimes-0-victim_kind": "", "crimes-0-victim_stance": ""}
    assert record(signed_in(cast["amara"]), **choice).status_code == 302


def test_the_catalogue_is_read_anew_whenever_a_row_has_changed(cast: Cast) -> None:
    """Kept a moment too long it would offer an offence that was corrected, and judge by the old one."""
    force = cast["amara"].organisation
    for title in ("Arson, once", "Arson, twice"):
        Offence.objects.filter(code="arson").update(title=title)
        latest = Offence.objects.catalogue(force).latest("arson")
        assert latest is not None
        assert latest.title == title
