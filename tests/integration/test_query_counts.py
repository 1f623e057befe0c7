"""How many statements a page costs, whatever it lists: each is a wait, and one for each row has no end."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from diversion import clock
from diversion.accounts.models import Role, User
from referrals.actions import facilitating, partner
from referrals.actions.deciding import Support
from referrals.actions.victims import keep_wishes
from tests.conftest import Cast
from tests.factories.cases import condition, crime, decision, record, refer
from tests.factories.decisions import posted
from tests.factories.ground import adopt_scheme, hold
from tests.factories.helping import ask

SignIn = Callable[[User], Client]


def statements(client: Client, address: str, sent: dict[str, Any] | None = None) -> list[str]:
    """Without those that begin and end the request's own transaction, which is a savepoint in a test; of what is
    ``sent``, until it is done."""
    with CaptureQueriesContext(connection) as asked:
        response = client.get(address) if sent is None else client.post(address, sent)
    assert response.status_code == (200 if sent is None else 302), address
    first, *found, last = [query["sql"] for query in asked.captured_queries]
    assert first.startswith("SAVEPOINT")
    assert last.startswith("RELEASE")
    return found


@pytest.mark.parametrize("who", ["amara", "elin", "george", "jo"])
def test_an_empty_page_asks_who_its_session_is_of_and_says_who_it_is_for(
    cast: Cast, signed_in: SignIn, who: str
) -> None:
    """Every page of every user pays for what an empty one asks."""
    assert len(statements(signed_in(cast[who]), "/accounts/logout/")) <= 2


#: Page, whose, and the most statements that it may ask.
LISTS = [
    ("/", "amara", 6),
    ("/", "elin", 6),
    ("/cases/", "amara", 5),
    ("/cases/", "elin", 5),
    ("/cases/?sort=limit", "elin", 5),
    ("/cases/?sort=name&status=conditions", "amara", 5),
    ("/cases/?whose=nobodys", "elin", 5),
    ("/clocks/", "carol", 5),
    ("/clocks/?clock=limit_on&sort=-name", "elin", 6),
    ("/access-log/", "jo", 8),
    ("/authorisations/", "carol", 7),
    ("/inbox/", "hugh", 7),  # and what waits on the board: it is a manager's first page
    ("/caseload/", "hugh", 9),
    ("/referrals/", "hugh", 4),
]


@pytest.mark.parametrize(("address", "who", "most"), LISTS)
def test_a_list_asks_no_more_than_this_however_long_it_is(
    cast: Cast, signed_in: SignIn, address: str, who: str, most: int
) -> None:
    """What a list asks for each row, or once too often, is paid by everybody who opens it."""
    scheme = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    for number in range(4):
        record(cast["amara"], decision=decision(disposal="deferred_charge"))
        sent = refer(cast["amara"], scheme)
        if number % 2:
            partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])
    few = len(statements(signed_in(cast[who]), address))
    for _more in range(4):
        record(cast["amara"], decision=decision(disposal="deferred_charge"))
        sent = refer(cast["amara"], scheme)
        partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])
    assert len(statements(signed_in(cast[who]), address)) == few <= most


def test_the_list_of_people_asking_for_help_asks_the_same_however_long_it_is(cast: Cast, signed_in: SignIn) -> None:
    """The worker on duty looks at it all night."""
    service = adopt_scheme("lead", cast, provider="hugh").versions.latest("valid_from")
    ask(cast["amara"], service)
    few = len(statements(signed_in(cast["george"]), "/asking/"))
    for _more in range(3):
        ask(cast["amara"], service)
    assert len(statements(signed_in(cast["george"]), "/asking/")) == few <= 11


def test_the_list_of_what_a_facilitator_leads_asks_the_same_however_long_it_is(cast: Cast, signed_in: SignIn) -> None:
    """Each row has a victim, what they wish, what was agreed and who else was harmed: asked singly, five statements."""
    adopt_scheme("drug-diversion", cast, provider="hugh")
    hugh = hold(cast["hugh"], *Role.objects.filter(slug__in=["partner-manager", "provider-facilitator"]))
    for _one in range(2):
        lead(cast, hugh)
    few = len(statements(signed_in(hugh), "/facilitating/"))
    for _more in range(3):
        lead(cast, hugh)
    assert len(statements(signed_in(hugh), "/facilitating/")) == few <= 13


def lead(cast: Cast, who: User) -> None:
    """A letter of apology that ``who`` leads, to a victim of their own."""
    about = crime("common-assault", victim_kind="person", victim_name="Zenobia Quillfeather")
    letter = condition("I will write a letter.", kind="apology", object="reparative")
    allegation = record(cast["amara"], crimes=[about], support=Support(conditions=[letter])).allegations.get()
    keep_wishes(allegation=allegation, said={"letter": "yes", "sharing": "yes"}, seen=0, by=cast["vera"])
    facilitating.name_facilitator(allegation=allegation, facilitator=who, by=cast["vera"])


@pytest.mark.parametrize("typed", ["Sam Price", "AV/", "DV-"])
def test_a_search_for_cases_asks_as_much_as_the_list_and_for_what_was_typed(
    cast: Cast, signed_in: SignIn, typed: str
) -> None:
    """Search is how an officer gets to a case: it may not be what they wait for."""
    for _case in range(3):
        record(cast["amara"])
    client = signed_in(cast["amara"])
    found = client.post("/cases/", {"q": typed}).headers["location"]
    assert len(statements(client, found)) <= 6


def test_recording_a_decision_asks_what_it_writes_and_little_else(cast: Cast, signed_in: SignIn) -> None:
    """Half of what an officer waits for was asked twice, or asked of a case that was made a moment before."""
    adopt_scheme("drug-diversion", cast, provider="hugh")
    client, due = signed_in(cast["amara"]), clock.today() + timedelta(days=28)
    said = {"conditions-0-due_on": due.isoformat(), "crimes-0-committed_on": clock.today().isoformat()}
    for number in range(2):  # the first also keeps what the rules say, for all that follow
        said |= {"family_name": f"Price{'xyz'[number]}", "crimes-0-number": f"AV/{number}/26"}
        asked = statements(client, "/decisions/new", posted(**said))
    assert len(asked) <= 35


def test_pages_about_one_case_ask_for_what_it_has(cast: Cast, signed_in: SignIn) -> None:
    """Most cases have none of most kinds of record: a statement for each kind was most of what opening one took."""
    scheme = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    sent = refer(cast["amara"], scheme)
    partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])
    case = sent.case.reference
    for whose, address, most in [
        ("elin", f"/cases/{case}/", 13),
        ("jo", f"/access-log/?reference={case}", 8),
        ("amara", "/decisions/new", 11),
    ]:
        assert len(statements(signed_in(cast[whose]), address)) <= most, address
