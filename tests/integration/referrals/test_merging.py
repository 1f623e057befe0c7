"""Two records of one person: put together on somebody's word, parted exactly, and nothing deleted."""

import html
from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from django.urls import reverse

from cases.models import Authorisation, Case, Correction, Decision, Person, PersonMerge, PersonName
from cases.queries import chosen_person, find_people, open_person, people_like
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.names.typed import read
from diversion.refusals import Outdated, Refused
from referrals.actions.merging import CONTACT, merge_people, split_people
from referrals.queries.cases import case_keys
from tests.conftest import Cast
from tests.factories.cases import person, record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

SignIn = Callable[[User], Client]


@pytest.fixture
def kept(cast: Cast) -> Case:
    return record(cast["amara"], person=person(telephone="07700 900111"))


@pytest.fixture
def other(cast: Cast) -> Case:
    return record(
        cast["amara"],
        person=person(
            given_names="Samuel", family_name="Pryce", telephone="07700 900222", safe_contact="Never at night"
        ),
    )


def merge(kept: Case, other: Case, by: User, contact: str = "kept", **changes: Any) -> PersonMerge:
    one, two = (Person.objects.get(pk=case.person_id) for case in (kept, other))
    given: dict[str, Any] = {"kept": one, "other": two, "seen": (one.version, two.version), "reason": "He said so."}
    return merge_people(contact=contact, by=by, **(given | changes))


def state() -> dict[str, Any]:
    """Everything of people and of whose cases are whose, but how often the rows were written."""
    columns = [one.name for one in Person._meta.concrete_fields if one.name != "version"]
    return {
        "people": list(Person.objects.order_by("pk").values(*columns)),
        "cases": list(Case.objects.order_by("pk").values("pk", "person")),
        "names": list(PersonName.objects.order_by("owner", "token").values("owner", "token", "domain")),
        "waiting": list(Authorisation.objects.order_by("pk").values("pk", "rank", "state")),
    }


def text_of(response: Any) -> str:
    return " ".join(html.unescape(response.content.decode()).split())


@pytest.mark.parametrize(("contact", "first", "more"), list(product(["kept", "other"], [True, False], [0, 2])))
def test_parted_they_are_what_they_were(
    cast: Cast, kept: Case, other: Case, contact: str, first: bool, more: int
) -> None:
    """A case would stay with the wrong person, or a telephone number of somebody else."""
    for _ in range(more):
        record(cast["amara"], person=person(given_names="Samuel", family_name="Pryce", existing=other.person))
    before = state()
    made = merge(kept, other, cast["elin"], contact) if first else merge(other, kept, cast["elin"], contact)
    assert state() != before
    assert len(set(Case.objects.values_list("person", flat=True))) == 1
    split_people(merge=made, because="Two people.", by=cast["elin"])
    assert state() == before


def test_the_other_name_finds_the_one_that_stays(cast: Cast, kept: Case, other: Case) -> None:
    """Officers would record a third person, or open a record that nobody looks after."""
    amara = cast["amara"]
    merge(kept, other, cast["elin"])
    for typed in ("Samuel Pryce", "Sam Price", "4/3/2001"):
        assert find_people(sought=read(typed), by=amara).people == [kept.person], typed
    like = people_like(given_names="Samuel", family_name="Pryce", born=date(2001, 3, 4), by=amara)
    assert like == [kept.person]
    assert set(case_keys(by=amara, text="Pryce", most=9)) == {kept.pk, other.pk}
    assert open_person(pk=other.person_id, by=amara) == kept.person
    assert chosen_person(pk=other.person_id, by=amara) == kept.person


def test_reached_as_the_one_who_merges_says(cast: Cast, kept: Case, other: Case) -> None:
    """A partner would ring at night whoever asked not to be rung then."""
    made = merge(kept, other, cast["elin"], "other")
    one = Person.objects.get(pk=kept.person_id)
    assert (one.telephone, one.safe_contact) == ("07700 900222", "Never at night")
    Person.objects.filter(pk=one.pk).update(telephone="07700 900333")
    split_people(merge=made, because="Two people.", by=cast["elin"])
    one.refresh_from_db()
    assert one.telephone == "07700 900333"  # said since, and nobody's to take back
    assert set(made.contact["now"]) == set(CONTACT)


def test_cases_recorded_since_stay(cast: Cast, kept: Case, other: Case, signed_in: SignIn) -> None:
    """Nobody knows of whom they were recorded; the page says that they stay."""
    made = merge(kept, other, cast["elin"])
    since = record(cast["amara"], person=person(existing=Person.objects.get(pk=kept.person_id)))
    page = text_of(signed_in(cast["elin"]).get(reverse("person_records", args=[kept.reference])))
    assert f"Recorded since, and staying with this record: {since.reference}" in page
    split_people(merge=made, because="Two people.", by=cast["elin"])
    since.refresh_from_db()
    other.refresh_from_db()
    assert since.person == kept.person
    assert other.person != kept.person


def test_an_outcome_of_the_other_record_counts_now(cast: Cast, kept: Case, other: Case) -> None:
    """Whoever had a resolution a month ago would keep what its rules leave to a sergeant then."""
    month_ago = clock.now() - timedelta(days=30)
    Case.objects.filter(pk=other.pk).update(recorded_at=month_ago)
    Decision.objects.filter(case=other).update(decided_at=month_ago)
    assert not Authorisation.objects.exists()
    made = merge(kept, other, cast["elin"])
    asked = Authorisation.objects.get()
    assert (asked.case, asked.state) == (kept, "waiting")
    assert list(Correction.objects.get().changes) == ["person"]
    split_people(merge=made, because="Two people.", by=cast["elin"])
    assert Case.objects.get(pk=other.pk).person == other.person


def test_another_birth_is_judged_as_a_birth_that_was_corrected(cast: Cast, kept: Case) -> None:
    """What was agreed with an adult would stand for a child."""
    child = record(cast["amara"], person=person(given_names="Sammy", date_of_birth=date(2002, 3, 4)))
    merge(kept, child, cast["elin"])
    correction = Correction.objects.get(case=child)
    assert correction.changes["date_of_birth"] == ["2002-03-04", "2001-03-04"]


def test_who_may_not(cast: Cast, kept: Case, other: Case) -> None:
    """Two people would be made one by whoever has an afternoon, or across two services."""
    with pytest.raises(PermissionDenied):
        merge(kept, other, cast["amara"])
    with pytest.raises(Http404):
        merge(kept, other, cast["mina"])
    theirs = Person.objects.get(pk=other.person_id)
    theirs.domain = "scheme:7"
    theirs.save()
    with pytest.raises(Http404):
        merge(kept, other, cast["elin"])


def test_what_cannot_be_merged(cast: Cast, kept: Case, other: Case) -> None:
    """A chain of records would lead nowhere once a link of it is parted."""
    elin = cast["elin"]
    with pytest.raises(Refused, match="one record"):
        merge(kept, kept, elin)
    with pytest.raises(Refused, match="Say how you know"):
        merge(kept, other, elin, reason=" ")
    with pytest.raises(Outdated):
        merge(kept, other, elin, seen=(9, 9))
    merge(kept, other, elin)
    third = record(cast["amara"], person=person(given_names="Samson"))
    gone = Person.objects.get(pk=PersonMerge.objects.get().merged_id)
    given = {"kept": third.person, "other": gone, "seen": (third.person.version, gone.version)}
    with pytest.raises(Refused, match="merged already"):
        merge_people(**given, contact="kept", reason="He said so.", by=elin)
    with pytest.raises(Refused, match="let that one stay"):
        merge(third, kept, elin)


def test_the_last_is_parted_first(cast: Cast, kept: Case, other: Case) -> None:
    """The telephone of a record that is parted already would come back to whoever stays."""
    first = merge(kept, other, cast["elin"], "other")
    third = record(cast["amara"], person=person(given_names="Samson", telephone="07700 900333"))
    last = merge(kept, third, cast["elin"], "other")
    with pytest.raises(Refused, match="part that first"):
        split_people(merge=first, because="Two people.", by=cast["elin"])
    for one in (last, first):
        split_people(merge=one, because="Two people.", by=cast["elin"])
    assert Person.objects.get(pk=kept.person_id).telephone == "07700 900111"


def test_side_by_side_on_the_page(cast: Cast, kept: Case, other: Case, signed_in: SignIn) -> None:
    """Whoever merges has to see whom, and a name in an address would stay in a log."""
    elin, page = signed_in(cast["elin"]), reverse("person_records", args=[kept.reference])
    assert page in text_of(elin.get(reverse("case_page", args=[kept.reference])))
    found = text_of(elin.post(page, {"q": "Pryce"}))
    assert f'value="{other.person_id}"' in found
    beside = text_of(elin.post(page, {"other": other.person_id}))
    for words in ("07700 900111", "07700 900222", "Never at night", kept.reference, other.reference):
        assert words in beside
    typed = {"merge": "yes", "other": other.person_id, "seen_this": 1, "seen_other": 1, "reason": "He said so."}
    wrong = elin.post(page, typed)
    assert wrong.status_code == 422
    assert "He said so." in text_of(wrong)
    done = typed | {"stays": kept.person_id, "contact": other.person_id}
    for _ in range(2):  # a browser that had no answer sends the same once more
        assert elin.post(page, done).status_code == 302
    made = PersonMerge.objects.get()
    assert (made.kept, made.cases) == (kept.person, [other.pk])
    assert elin.post(page, {"split": made.pk}).status_code == 422
    assert elin.post(page, {"split": made.pk, "because": "Two people."}).status_code == 302
    kinds = set(Event.objects.filter(kind__in=["person.merged", "person.split"]).values_list("kind", flat=True))
    assert kinds == {"person.merged", "person.split"}
