"""Somebody known is found however the name is written, in every search, and no search leaves a name behind."""

import re
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Person, PersonName
from cases.queries import find_people, people_like
from diversion import clock
from diversion.accounts.models import Organisation, Search, User, UserName
from diversion.accounts.tasks import forget_searches
from diversion.audit.models import Event
from diversion.names.typed import read
from referrals.actions import partner
from referrals.models import Referral, SchemeVersion
from tests.conftest import Cast
from tests.factories.cases import person, record, refer

pytestmark = pytest.mark.usefixtures("frozen")
SignIn = Callable[[User], Client]

# Given names | family name, as recorded; without the stroke, or with a comma, as typed.
PAIRS = [
    ("Ann|O'Brien", "Ann|O’Brien"),
    ("Ann|O'Brien", "Ann|OBrien"),
    ("Siobhán|Byrne", "Siobhan|Byrne"),
    ("Jan|Wójcik", "Jan|Wojcik"),
    ("Ian|MacDonald", "Ian|McDonald"),
    ("Eve|Smith-Jones", "Eve|Smith Jones"),
    ("Ian|MacDonald", "MacDonald,| Ian"),
    ("Zoé|Ward", "Zoe\N{COMBINING ACUTE ACCENT}|Ward"),
    ("Lars|Sørensen", "Lars|Sorensen"),
    ("Anne Marie|Weiß", "Anne-Marie|Weiss"),
    ("Minh|Nguyễn", "Nguyen|Minh"),
]
WRITTEN = [*PAIRS, *((other, one) for one, other in PAIRS)]


def recorded(by: User, name: str, **changes: Any) -> Person:
    given, family = (part.strip(" ,") for part in name.split("|"))
    return record(by, person=person(given_names=given, family_name=family, **changes)).person


def typed(name: str) -> str:
    return name.replace("|", " ")


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def find(client: Client, address: str, **query: str) -> str:
    """Search by the form of a page, and what it leads to; no part of what is typed stands in an address."""
    response = client.post(address, query, follow=True)
    assert response.status_code == 200
    for location, _status in response.redirect_chain:
        plain = re.sub("search=[0-9a-f-]{36}", "", location.lower())
        assert not any(word.lower() in plain for name in ("q", "text") for word in query.get(name, "").split())
    return text_of(response)


@pytest.mark.parametrize(("name", "other"), WRITTEN)
def test_an_officer_finds_the_record_and_is_asked(
    name: str, other: str, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    """The page said that nobody of that name is recorded, and made a second record without a question."""
    known = recorded(cast["amara"], name)
    recorded(cast["amara"], "Otto|Quist")
    given, family = (part.strip(" ,") for part in other.split("|"))
    with django_assert_max_num_queries(30):
        assert find_people(sought=read(typed(other)), by=cast["callum"]).people == [known]
    assert people_like(given_names=given, family_name=family, born=known.date_of_birth, by=cast["callum"]) == [known]


def test_each_list_finds_each_name(cast: Cast, version: SchemeVersion, signed_in: SignIn) -> None:
    """Mended in one search alone, the others would go on saying that nobody is there."""
    referrals = {}
    for number, (name, other) in enumerate(WRITTEN):
        given, family = (part.strip(" ,") for part in name.split("|"))
        referral = refer(cast["amara"], version, person=person(given_names=given, family_name=family))
        referrals[name, other] = referral
        if number % 2:
            partner.accept(referral=referral, navigator=cast["george"], version=referral.version, by=cast["hugh"])
    officer, manager = Client(), Client()
    officer.force_login(cast["amara"])
    manager.force_login(cast["hugh"])
    for (_name, other), referral in referrals.items():
        assert referral.case.reference in find(officer, "/cases/", q=typed(other))
        waits = Referral.objects.get(pk=referral.pk).state == Referral.State.SENT
        assert (referral.reference in find(manager, "/inbox/", q=typed(other))) == waits
        assert (referral.reference in find(manager, "/caseload/?who=all", q=typed(other), who="all")) != waits


@pytest.mark.parametrize(("name", "other"), WRITTEN)
def test_an_administrator_finds_the_user(name: str, other: str, cast: Cast, signed_in: SignIn) -> None:
    """Somebody who left would stay enabled, because the list did not find them."""
    User.objects.create_user(
        "new@avonford.example", organisation=cast["kit"].organisation, full_name=name.replace(",", "").replace("|", " ")
    )
    assert "new@avonford.example" in find(signed_in(cast["kit"]), "/users/", text=typed(other))
    assert "new@avonford.example" in find(signed_in(cast["kit"]), "/users/", text="new@avonford")


def test_a_date_of_birth_is_a_second_way_in(cast: Cast, signed_in: SignIn) -> None:
    """A name spelt by telephone may be anything; a birthday is not."""
    known = recorded(cast["amara"], "Xiomara|Ngcobo", date_of_birth=date(1999, 12, 3))
    other = recorded(cast["amara"], "Xiomara|Other", date_of_birth=date(1999, 3, 12))
    client = signed_in(cast["amara"])
    page = find(client, reverse("person_search"), q="3 December 1999")
    assert f"?person={known.pk}" in page
    assert f"?person={other.pk}" not in page
    assert f"?person={other.pk}" in find(client, reverse("person_search"), q="xio 12/3/1999")
    assert f"?person={other.pk}" not in find(client, reverse("person_search"), q="other 3/12/1999")
    case = known.cases.get()
    assert case.reference in find(client, "/cases/", q="3/12/1999")


def test_a_date_that_is_none_is_refused_with_what_was_typed(
    cast: Cast, version: SchemeVersion, signed_in: SignIn
) -> None:
    """Passed over in silence it would show everybody, or nobody."""
    for who, address in (("amara", reverse("person_search")), ("amara", "/cases/"), ("hugh", "/inbox/")):
        response = signed_in(cast[who]).post(address, {"q": "Price 31/2/2001"})
        assert response.status_code == 422
        assert "Date of birth must be a real date" in text_of(response)
        assert "Price 31/2/2001" in text_of(response)
        assert "<title>Error: " in text_of(response)
    response = signed_in(cast["hugh"]).post("/caseload/", {"q": "Price 3/2/01", "who": "all"})
    assert "Year of birth must include 4 numbers" in text_of(response)


def test_the_best_come_first_and_more_than_ten_say_so(cast: Cast, signed_in: SignIn) -> None:
    """The eleventh would be recorded a second time by whoever believes that the list is whole."""
    for number in range(11):
        recorded(cast["amara"], f"{'abcdefghijk'[number] * 2}|Smithson")
    found = find_people(sought=read("smith"), by=cast["amara"])
    assert (len(found.people), found.more) == (10, True)
    smith = recorded(cast["amara"], "Zed|Smith")
    both = recorded(cast["amara"], "Smith Ada|Smith-Jones")
    found = find_people(sought=read("smith"), by=cast["amara"])
    assert found.people[:2] == [smith, both] or found.people[:2] == [both, smith]
    page = find(signed_in(cast["amara"]), reverse("person_search"), q="smith")
    assert "More than 10 people answer this." in page
    assert "More than 10" not in find(signed_in(cast["amara"]), reverse("person_search"), q="zed smith")
    assert find_people(sought=read("Zed Smith"), by=cast["amara"]).people == [smith]


def test_many_of_one_name_are_found_by_the_rest_of_it(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where many names begin alike the search goes by pairs of words: it must find the same people."""
    known = {name: recorded(cast["amara"], name) for name in ("Jo|Smith", "John|Smith", "Smith|Jo", "Jo Ann|Smithers")}
    for letter in "abc":
        recorded(cast["amara"], f"{letter * 3}|Smith")
        recorded(cast["amara"], f"Jo|{letter * 3}")
    for few in (200, 1):
        monkeypatch.setattr("diversion.name_index.FEW", few)
        for text, names in {
            "jo smi": {"Jo|Smith", "John|Smith", "Smith|Jo", "Jo Ann|Smithers"},
            "Smith, Jo": {"Jo|Smith", "John|Smith", "Smith|Jo", "Jo Ann|Smithers"},
            "s j": {"Jo|Smith", "John|Smith", "Smith|Jo", "Jo Ann|Smithers"},
            "john smith": {"John|Smith"},
            "ann jo smith": {"Jo Ann|Smithers"},
            "joann smith": {"Jo Ann|Smithers"},
            "jo smiths": set(),
        }.items():
            found = find_people(sought=read(text), by=cast["amara"])
            assert {one.pk for one in found.people} == {known[name].pk for name in names}, (few, text)
    assert find_people(sought=read("jo smith"), by=cast["amara"]).people[:2] == [known["Smith|Jo"], known["Jo|Smith"]]


def test_what_was_typed_prefills_the_new_record(cast: Cast, signed_in: SignIn) -> None:
    """Nothing is keyed twice, and a surname typed first is not made a given name."""
    client = signed_in(cast["amara"])
    for text, given, family in (
        ("ada o'neill 4/3/2001", "Ada", "O&#x27;Neill"),
        ("McRae, Ada 4/3/2001", "Ada", "McRae"),
    ):
        page = find(client, reverse("person_search"), q=text)
        assert re.search(f'name="given_names"[^>]*value="{given}"', page)
        assert re.search(f'name="family_name"[^>]*value="{family}"', page)
        assert re.search('name="date_of_birth"[^>]*value="4 March 2001"', page)


def test_nothing_of_a_search_stays_in_the_log_or_an_address(cast: Cast, signed_in: SignIn) -> None:
    """The log outlives the record, and a browser's history any session."""
    client = signed_in(cast["amara"])
    known = recorded(cast["amara"], "Quintessa|Harrowgate")
    response = client.post(reverse("person_search"), {"q": "Quintessa 4/3/2001"})
    assert re.fullmatch(r"/decisions/new\?search=[0-9a-f-]{36}", response["Location"])
    client.get(response["Location"])
    client.post("/cases/", {"q": "Harrowgate", "status": "open", "whose": ""})
    logged = str(list(Event.objects.values_list("kind", "unit_name", "detail", "subjects")))
    assert not re.search("quintessa|harrowgate|2001", logged, re.IGNORECASE)
    made = Event.objects.filter(kind="search.made").latest("pk")
    assert (made.actor_id, made.detail) == (cast["amara"].pk, {"page": "case_list", "asked": ["q"]})
    assert f"cases.person:{known.pk}" in Event.objects.get(kind="person.searched").subjects


def test_the_other_filters_stay_in_the_address_beside_a_search(cast: Cast, signed_in: SignIn) -> None:
    """The order of the list and a filter chosen must outlive a search, and be taken off one by one."""
    recorded(cast["amara"], "Ada|Price")
    client = signed_in(cast["amara"])
    response = client.post("/cases/", {"q": "ada", "status": "open", "whose": "", "sort": "name"})
    assert re.fullmatch(r"/cases/\?status=open&sort=name&search=[0-9a-f-]{36}", response["Location"])
    page = text_of(client.get(response["Location"]))
    assert '<a class="moj-filter__tag" href="?status=open&amp;sort=name">' in page
    assert client.post("/cases/", {"q": " ", "status": "", "whose": ""})["Location"] == "/cases/"


def test_a_name_that_somebody_puts_into_an_address_is_not_looked_for(cast: Cast, signed_in: SignIn) -> None:
    """An old bookmark would go on writing names into histories."""
    known = recorded(cast["amara"], "Ada|Price")
    page = text_of(signed_in(cast["amara"]).get("/decisions/new?q=ada"))
    assert f"?person={known.pk}" not in page


def test_a_search_is_its_users_own_and_is_over_after_a_shift(cast: Cast, signed_in: SignIn) -> None:
    """A copied address must not tell a colleague what somebody searched for, nor keep it for ever."""
    known = recorded(cast["amara"], "Ada|Price")
    address = signed_in(cast["amara"]).post(reverse("person_search"), {"q": "ada"})["Location"]
    link = f"?person={known.pk}"
    assert link in text_of(signed_in(cast["amara"]).get(address))
    for client in (signed_in(cast["callum"]), signed_in(cast["ben"])):
        page = text_of(client.get(address))
        assert link not in page
        assert "That search is over" in page
    elsewhere = address.replace("/decisions/new", "/cases/")  # kept for another page
    assert "That search is over" in text_of(signed_in(cast["amara"]).get(elsewhere))
    assert "That search is over" in text_of(signed_in(cast["amara"]).get(f"/cases/?search={uuid.uuid4()}"))
    assert signed_in(cast["amara"]).get("/cases/?search=ada").status_code == 200
    with clock.set_to(clock.now() + timedelta(hours=12)):
        assert link not in text_of(signed_in(cast["amara"]).get(address))
        assert forget_searches() == 1
    assert not Search.objects.exists()


def test_nobody_of_another_domain_is_found_or_asked_about(cast: Cast, signed_in: SignIn) -> None:
    """That a voluntary scheme knows somebody is nobody's business: no list, no question, no error gives it away."""
    known = recorded(cast["amara"], "Ada|Price")
    known.domain = "scheme:7"
    known.save()
    assert find_people(sought=read("ada price"), by=cast["amara"]).people == []
    assert find_people(sought=read("4/3/2001"), by=cast["amara"]).people == []
    same = {"given_names": "Ada", "family_name": "Price", "by": cast["amara"]}
    assert people_like(born=known.date_of_birth, **same) == []
    assert people_like(born=date(2001, 4, 3), **same) == []
    assert "?person=" not in find(signed_in(cast["amara"]), reverse("person_search"), q="ada price")
    assert signed_in(cast["amara"]).get(reverse("record_decision"), {"person": known.pk}).status_code == 404
    assert find_people(sought=read("ada"), by=cast["ben"]).people == []


@pytest.mark.parametrize("born", [date(2001, 4, 3), date(2001, 3, 14), date(2011, 3, 4), date(2001, 8, 4)])
def test_a_mistyped_birthday_is_asked_about(born: date, cast: Cast) -> None:
    """One history in two records: limits on repeats would be wrong for both."""
    known = recorded(cast["amara"], "Ada|Price", date_of_birth=date(2001, 3, 4))
    recorded(cast["amara"], "Ida|Price", date_of_birth=date(2001, 3, 4))
    assert people_like(given_names="ADA", family_name="Price", born=born, by=cast["amara"]) == [known]


def test_a_birthday_two_slips_away_is_another_person(cast: Cast) -> None:
    """A question asked of every namesake is answered by habit."""
    recorded(cast["amara"], "Ada|Price", date_of_birth=date(2001, 3, 4))
    assert people_like(given_names="Ada", family_name="Price", born=date(2002, 3, 14), by=cast["amara"]) == []


def test_who_was_born_on_the_very_day_is_offered_first(cast: Cast) -> None:
    """The likeliest answer must not stand below a namesake."""
    near = recorded(cast["amara"], "Ada|Price", date_of_birth=date(2001, 4, 3))
    same = recorded(cast["amara"], "Ada|Price", date_of_birth=date(2001, 3, 4))
    assert people_like(given_names="Ada", family_name="Price", born=date(2001, 3, 4), by=cast["amara"]) == [same, near]


def test_no_search_asks_for_a_pattern(cast: Cast, version: SchemeVersion, signed_in: SignIn) -> None:
    """Row-level security keeps LIKE and containment from the index: a page would take a second among a million."""
    refer(cast["amara"], version)
    with CaptureQueriesContext(connection) as asked:
        for who, address, field in (
            ("amara", reverse("person_search"), "q"),
            ("amara", "/cases/", "q"),
            ("hugh", "/inbox/", "q"),
            ("hugh", "/caseload/", "q"),
            ("kit", "/users/", "text"),
        ):
            find(signed_in(cast[who]), address, **{field: "sam price"})
    statements = [one["sql"] for one in asked if "personname" in one["sql"] or "username" in one["sql"]]
    assert statements
    assert not [sql for sql in statements if re.search(r"LIKE|@>|&&|SIMILAR", sql)]


def test_the_database_refuses_a_name_without_its_tokens(cast: Cast) -> None:
    """A bulk update, or SQL by hand, would leave somebody who is found by a name that they no longer bear."""
    known = recorded(cast["amara"], "Ada|Price")
    for change in (
        lambda: Person.objects.filter(pk=known.pk).update(family_name="Pryce"),
        lambda: Person.objects.filter(pk=known.pk).update(domain="scheme:7"),
        lambda: PersonName.objects.filter(owner=known).delete(),
        lambda: PersonName.objects.filter(owner=known).update(domain="scheme:7"),
        lambda: User.objects.filter(pk=cast["ben"].pk).update(full_name="Other"),
        lambda: UserName.objects.filter(owner=cast["ben"]).delete(),
    ):
        with pytest.raises(IntegrityError, match="another name than it is found by"):
            _committed(change)


def test_a_change_of_name_and_the_end_of_a_record_take_the_tokens_along(cast: Cast) -> None:
    """An old name would find a record that no longer bears it; a token left behind would be somebody's name kept."""
    known = recorded(cast["amara"], "Ada|Price")
    known.family_name = "Byron"
    known.save(update_fields=["family_name"])
    _end_of_transaction()
    assert find_people(sought=read("price"), by=cast["amara"]).people == []
    assert find_people(sought=read("byron"), by=cast["amara"]).people == [known]
    odd = Person.objects.create(**_bare(known), given_names="-", family_name="'")
    _end_of_transaction()
    odd.delete()
    _end_of_transaction()
    assert not PersonName.objects.filter(owner_id=odd.pk).exists()


def test_tokens_of_an_older_folding_are_written_anew(cast: Cast) -> None:
    """When the folding learns a letter, those recorded before must be found by it too."""
    known = recorded(cast["amara"], "Ada|Price")
    PersonName.objects.filter(owner=known, token="price").update(token="prlce")
    call_command("index_names", stdout=(said := _Said()))
    assert "1 people, 0 users" in said.text
    assert find_people(sought=read("price"), by=cast["amara"]).people == [known]
    call_command("index_names", stdout=(said := _Said()))
    assert "0 people, 0 users" in said.text


class _Said:
    text = ""

    def write(self, text: str) -> None:
        self.text += text


def _bare(like: Person) -> dict[str, Any]:
    same = ("force", "date_of_birth", "sex", "ethnicity_self_defined", "created_by")
    return {name: getattr(like, name) for name in same}


def _committed(change: Callable[[], object]) -> None:
    with transaction.atomic():
        change()
        _end_of_transaction()


def _end_of_transaction() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.django_db(transaction=True)
def test_a_user_saved_outside_a_transaction_is_saved_with_the_tokens() -> None:
    """A command that adds a user would be refused by the database, at the very row that it writes."""
    force = Organisation.objects.create(name="Southmoor", slug="southmoor", kind="police_force")
    user = User.objects.create(email="x@southmoor.example", full_name="Xia Lund", organisation=force)
    assert UserName.objects.filter(owner=user, token="lund").exists()
