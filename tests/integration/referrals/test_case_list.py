"""The list of cases: whose, in what order, and what the log says of it."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Case
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from referrals.actions.deciding import Support
from referrals.actions.standing import restate
from referrals.queries.listed import case_keys
from tests.conftest import Cast
from tests.factories.cases import crime, decision, person, record

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]


def listed(client: Client, **query: Any) -> str:
    """What is searched for is posted, and leads to an address without it."""
    response = client.get(reverse("case_list"), query)
    if "q" in query:
        response = client.post(reverse("case_list"), query, follow=True)
        assert query["q"] not in response.redirect_chain[0][0]
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def named(by: User, name: str, **changes: Any) -> str:
    return record(by, person=person(given_names=name), **changes).reference


def test_an_officer_sees_own_and_team_cases_and_an_inspector_the_force(cast: Cast, signed_in: SignIn) -> None:
    """A list that shows too much is a breach, one that shows too little loses a case."""
    mine, teams = named(cast["amara"], "Mine"), named(cast["callum"], "Teams")
    others, hubs = named(cast["ben"], "Elsewhere"), named(cast["elin"], "Hub")
    page = listed(signed_in(cast["amara"]))
    assert mine in page
    assert teams in page
    assert others not in page
    assert hubs not in page
    force = listed(signed_in(cast["david"]))
    assert hubs in force
    assert mine in force
    assert others not in force


@pytest.mark.parametrize("query", ["find price", "AV/77", "reference"])
def test_a_case_is_found_by_name_crime_number_or_reference(cast: Cast, signed_in: SignIn, query: str) -> None:
    """Whoever telephones has a name or a number, rarely a link."""
    found = named(cast["amara"], "Find", crimes=[crime(number="AV/77/26")])
    other = named(cast["amara"], "Other")
    page = listed(signed_in(cast["amara"]), q=found if query == "reference" else query)
    assert found in page
    assert other not in page


def test_the_list_narrows_to_a_state_and_to_my_own(cast: Cast, signed_in: SignIn) -> None:
    """What waits must be found without reading everything."""
    waiting = named(cast["amara"], "Waits", decision=decision(disposal="simple_caution"), support=Support())
    done = named(cast["callum"], "Done", support=Support())
    client = signed_in(cast["amara"])
    page = listed(client, status="waiting")
    assert waiting in page
    assert done not in page
    assert "Waiting for authorisation" in page
    assert done not in listed(client, whose="mine")
    assert done in listed(client, status="closed")


def test_the_nearest_statutory_limit_comes_first_when_asked_for(cast: Cast, signed_in: SignIn) -> None:
    """A case that is about to run out of time must not stand on page three."""
    today = clock.today()
    for name, days in (("Later", 10), ("Sooner", 150)):
        named(cast["amara"], name, crimes=[crime("common-assault", committed_on=today - timedelta(days=days))])
    named(cast["amara"], "Never", crimes=[crime("criminal-damage")])
    page = listed(signed_in(cast["amara"]), sort="limit").partition("<tbody")[2]
    assert page.index("Sooner") < page.index("Later") < page.index("Never")
    assert f"{(date(2026, 7, 11) - today).days} days left" in page
    assert "No time limit" in page


def test_what_was_shown_stands_in_the_access_log(cast: Cast, signed_in: SignIn) -> None:
    """A list is a look at each person on it."""
    shown, hidden = record(cast["amara"]), record(cast["ben"])
    listed(signed_in(cast["amara"]))
    subjects = Event.objects.get(kind="case.list_shown").subjects
    assert subjects == [f"cases.case:{shown.pk}"]
    assert f"cases.case:{hidden.pk}" not in subjects


def test_a_longer_list_asks_the_database_no_more(cast: Cast, signed_in: SignIn) -> None:
    """A force with thousands of cases must not wait longer for each row."""
    client = signed_in(cast["amara"])

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            listed(client)
        return len(asked)

    for _number in range(3):
        record(cast["amara"])
    few = queries()
    for _number in range(9):
        record(cast["amara"])
    assert queries() == few


@pytest.mark.parametrize("sort", ["recorded", "limit", "name"])
def test_an_order_is_one_over_own_and_team_cases_and_the_same_backwards(
    cast: Cast, signed_in: SignIn, sort: str
) -> None:
    """Each way of seeing a case is asked for by itself: what comes by both would be shown twice, or out of turn."""
    amara, callum = cast["amara"], cast["callum"]
    for name, day in (("Cole", 3), ("Abel", 1), ("Bell", 2), ("Adder", 4)):
        by = callum if day % 2 else amara
        crimes = [crime(committed_on=clock.today() - timedelta(days=day))]
        record(by, person=person(given_names="Kai", family_name=name), crimes=crimes)
    Case.objects.filter(officer=amara).update(team=None)
    restate(Case.objects.all())
    client = signed_in(amara)
    there, back = shown(listed(client, sort=sort)), shown(listed(client, sort=f"-{sort}"))
    assert len(set(there)) == 4
    assert there == back[::-1]


def shown(page: str) -> list[str]:
    """The references of the rows, in their order."""
    return re.findall(r"/cases/(DV-[^/]+)/", page.partition("<tbody")[2])


def test_pages_hold_twenty_five(cast: Cast, signed_in: SignIn) -> None:
    """A page that grows without end is slow to open on a telephone."""
    for _number in range(26):
        record(cast["amara"])
    page = listed(signed_in(cast["amara"]), sort="recorded")
    assert page.count('scope="row"') == 25
    assert "page=2" in page


def test_an_empty_list_says_what_to_do(cast: Cast, signed_in: SignIn) -> None:
    """A blank page leaves a new officer guessing."""
    client = signed_in(cast["amara"])
    assert "No cases yet." in listed(client)
    assert "No case that you may see fits this filter." in listed(client, q="nobody")


def test_partners_and_strangers_have_no_such_list(cast: Cast, signed_in: SignIn) -> None:
    """A provider must not even learn that the list exists."""
    for key, status in (("hugh", 404), ("lena", 403), ("ian", 403)):
        assert signed_in(cast[key]).get(reverse("case_list")).status_code == status


def test_a_search_for_a_name_finds_what_each_reader_typed_and_may_see(cast: Cast) -> None:
    """The question is written once for all names of as many words: whoever asks next gets no answer of the last."""
    amara, ben = cast["amara"], cast["ben"]
    kept = {
        name: record(by, person=person(given_names=name, family_name="Quill"), crimes=[crime()]).pk
        for name, by in {"Zora": amara, "Yan": amara, "Xeno": ben}.items()
    }
    for number, ways in enumerate((("Zora Quill", "Yan Quill"), ("Quill, Z", "quill y"), ("zora", "yan"))):
        mine = [case_keys(by=amara, text=text, most=9) for text in (*ways, "Xeno Quill")]
        theirs = [case_keys(by=ben, text=text, most=9) for text in (*ways, "Xeno Quill")]
        assert (mine, theirs) == ([[kept["Zora"]], [kept["Yan"]], []], [[], [], [kept["Xeno"]]]), number
    assert case_keys(by=amara, text="Quill", order="name", most=1) == [kept["Yan"]]
    assert case_keys(by=amara, text="Ann Mary Zora Quill Jo Price", most=9) == []  # more ways than have places
    assert case_keys(by=cast["hugh"], text="Quill", most=9) == []
