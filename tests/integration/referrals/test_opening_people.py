"""Somebody's record opens for whoever has a reason to: their own work, or a search that is logged."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Person
from cases.queries import people as queries
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.refusals import Refused
from tests.conftest import Cast
from tests.factories.cases import person, record
from tests.factories.decisions import posted

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def known(cast: Cast) -> Person:
    """Somebody whom the other team recorded, with a telephone and a safe way to reach them."""
    return known_as(cast, "Xiomara")


def known_as(cast: Cast, name: str) -> Person:
    details = person(given_names=name, telephone="07700 900777", safe_contact="Text only")
    return record(cast["elin"], person=details).person


def opened(client: Client, one: Person) -> Any:
    return client.get(reverse("record_decision"), {"person": one.pk})


def is_open(answer: Any, one: Person) -> bool:
    """Whether the page is that of this person."""
    return f'name="existing" value="{one.pk}"' in " ".join(answer.content.decode().split())


def searched(client: Client, words: str) -> None:
    client.post(reverse("person_search"), {"q": words}, follow=True)


def test_a_number_in_the_address_opens_nobody(cast: Cast, known: Person, signed_in: SignIn) -> None:
    """The attack that worked: person=1 to 12 opened anybody of the force, with telephone and safe contact."""
    answer = opened(signed_in(cast["amara"]), known)
    assert answer.status_code == 404
    assert "Xiomara" not in answer.content.decode()
    event = Event.objects.get(kind="access.not_found")
    assert event.subjects == [f"cases.person:{known.pk}"]


def test_a_number_of_another_forces_leaves_an_entry_too(cast: Cast, signed_in: SignIn) -> None:
    """Whoever counts through numbers meets those of other forces first, and nobody saw it."""
    other = record(cast["ben"], person=person(given_names="Ynez")).person
    assert opened(signed_in(cast["amara"]), other).status_code == 404
    event = Event.objects.get(kind="access.not_found")
    assert (event.actor_id, event.detail["route"]) == (cast["amara"].pk, "/decisions/new")


def test_a_number_in_a_form_opens_nobody_either(cast: Cast, known: Person, signed_in: SignIn) -> None:
    """The same by the button that picks a person, and by the hidden field of the page."""
    client = signed_in(cast["amara"])
    assert client.post(reverse("record_decision"), {"pick": known.pk}).status_code == 404
    for pressed in ({"show": "1"}, {"corrects": "on"}):
        forged = posted(existing=str(known.pk), person_version="1", given_names="A", family_name="B", **pressed)
        page = client.post(reverse("record_decision"), forged).content.decode()
        assert not [told for told in ("Xiomara", "07700 900777", "Text only") if told in page]
    known.refresh_from_db()
    assert (known.given_names, known.cases.count()) == ("Xiomara", 1)


def test_no_decision_is_recorded_about_somebody_nothing_led_to(cast: Cast, known: Person) -> None:
    """A page is not the only way to an action: the record would be rewritten by whoever sends its number."""
    with pytest.raises(Refused, match="Nothing led to this record"):
        record(cast["amara"], person=person(given_names="Ada", existing=known, corrects=True))


def test_who_was_only_found_is_not_opened_by_a_form(cast: Cast, known: Person, signed_in: SignIn) -> None:
    """Ten people of one search would be opened, telephones and all, and none of them counted."""
    client = signed_in(cast["amara"])
    searched(client, "Xiomara")
    told = client.post(reverse("record_decision"), posted(existing=str(known.pk), show="1")).content.decode()
    assert "07700 900777" not in told
    opened(client, known)
    told = client.post(reverse("record_decision"), posted(existing=str(known.pk), show="1")).content.decode()
    assert "07700 900777" in told


def test_a_search_leads_to_the_person(cast: Cast, known: Person, signed_in: SignIn) -> None:
    """An officer must find somebody before making another record of them."""
    client = signed_in(cast["amara"])
    searched(client, "Xiomara")
    answer = opened(client, known)
    assert answer.status_code == 200
    assert is_open(answer, known)
    assert Event.objects.get(kind="person.opened_from_search").subjects == [f"cases.person:{known.pk}"]


def test_a_colleagues_search_leads_nobody_else(cast: Cast, known: Person, signed_in: SignIn) -> None:
    """One search would open a person to the whole force."""
    searched(signed_in(cast["callum"]), "Xiomara")
    assert opened(signed_in(cast["amara"]), known).status_code == 404


def test_ones_own_work_needs_no_search(cast: Cast, known: Person, signed_in: SignIn) -> None:
    """From the page of a case that was refused, the officer records a new decision for the person."""
    assert opened(signed_in(cast["elin"]), known).status_code == 200
    assert Event.objects.filter(kind="person.opened").exists()
    assert not Event.objects.filter(kind__startswith="person.opened_").exists()


def test_many_people_are_listed_and_there_is_an_end(
    cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever looks up the whole town must be seen to do so, and stopped."""
    monkeypatch.setattr(queries, "MANY", 1)
    monkeypatch.setattr(queries, "MOST", 2)
    client = signed_in(cast["amara"])
    for name in ("Adaeze", "Brunhilde", "Cosima"):
        one = known_as(cast, name)
        searched(client, name)
        answer = opened(client, one)
        assert is_open(answer, one) == (name != "Cosima")
    assert "You have opened 2 people from searches in this shift" in answer.content.decode()
    page = signed_in(cast["jo"]).get("/access-log/", {"nature": "unusual"}).content.decode()
    assert "Opened somebody more, after many in this shift" in page
    assert "Amara Okafor" in page
    assert "Opened somebody found by a search" not in page


def test_the_list_of_unusual_access_holds_guesses_and_probes(cast: Cast, known: Person, signed_in: SignIn) -> None:
    """What an information manager must see first is not to be looked for among thousands of entries."""
    opened(signed_in(cast["amara"]), known)
    Client().post("/accounts/login/", {"login": cast["carol"].email, "password": "guess"})
    signed_in(cast["callum"]).get("/users/")
    page = signed_in(cast["jo"]).get("/access-log/", {"nature": "unusual"}).content.decode()
    for words in ("A record that is not there for this user", "A sign-in failed", "A page that this user may not open"):
        assert words in page
    assert "asked:" not in page


def test_a_look_at_the_log_is_told_in_words(cast: Cast, signed_in: SignIn) -> None:
    """ "asked: ; shown: 25" tells nobody anything."""
    client = signed_in(cast["jo"])
    client.get("/access-log/")
    page = client.get("/access-log/").content.decode()
    assert "Looked at the access log" in page
    assert "entries shown:" in page
    assert "asked by: ;" not in page
