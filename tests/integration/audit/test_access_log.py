"""The access log's own page."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from cases.models import Case
from diversion import audit, clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.audit.wording import detail_words, kind_words
from diversion.unit_of_work import unit_of_work
from referrals.actions import partner
from referrals.models import Referral, SchemeVersion
from tests.conftest import Cast
from tests.factories.cases import person, record, refer
from tests.factories.ground import adopt_scheme
from tests.factories.schemes import rewrite
from tests.factories.youth import child_with_knife, duty_of, serve

SignIn = Callable[[User], Client]
LOG = "/access-log/"
pytestmark = pytest.mark.usefixtures("frozen")


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.fixture
def case(cast: Cast, frozen: datetime) -> Case:
    return record(cast["amara"])


@pytest.fixture
def jo(cast: Cast, signed_in: SignIn) -> Client:
    """Avonford's information manager at work."""
    return signed_in(cast["jo"])


def who_did(response: Any) -> set[tuple[str, str]]:
    return {(entry.who, entry.what) for entry in response.context["entries"]}


def supported(cast: Cast, slug: str) -> Referral:
    """A referral to Harbour Trust whose navigator has opened it."""
    version: SchemeVersion = adopt_scheme(slug, cast, provider="hugh").versions.latest("valid_from")
    referral = refer(cast["amara"], version)
    if referral.state == Referral.State.HELD:
        raise AssertionError("The fixture needs a scheme that needs no authorisation.")
    return partner.accept(referral=referral, navigator=cast["george"], version=referral.version, by=cast["hugh"])


def test_says_who_did_what_to_which_case(jo: Client, case: Case) -> None:
    """“Who has looked at my record?” must have an answer (DPA 2018 s.62)."""
    page = text_of(jo.get(LOG, {"reference": case.reference.lower()}))
    assert "Amara Okafor" in page
    assert "Case: recorded" in page
    assert case.reference in page


@pytest.mark.parametrize(
    ("kind", "detail", "told"),
    [
        ("offences.imported", {"added": 246, "changed": 0}, "Offences: imported (added: 246; changed: 0)"),
        ("user.changed", {"added": ["officer"], "fields": ["full_name"]},
         "User: changed (roles given: officer; fields: full name)"),
        ("search.made", {"page": "clock_board", "asked": ["q"]},
         "Searched a list (page: clock board; asked by: name or date of birth)"),
        ("dip_sample.drawn", {"of": "not_offered", "where": {}, "seed_chosen": True},
         "Dip sample: drawn (of: not offered; seed chosen: yes)"),
        ("checkin.desk_said", {"before": {"area_of": "x_y"}}, "Check-in: desk said (before: area of x y)"),
    ],
)  # fmt: skip
def test_an_entry_is_told_in_words_that_say_what_was_done(kind: str, detail: dict[str, Any], told: str) -> None:
    """An import of offences told of “roles given: 246”, and a search was “asked by: q”."""
    assert f"{kind_words(kind)} ({detail_words(kind, detail)})" == told


def test_whose_numbers_an_entry_keeps_are_told_by_name(jo: Client, cast: Cast) -> None:
    """“members: 20, 21” tells nobody who sat on a panel; that somebody was in the chair is no number."""
    people = {"members": [cast["david"].pk, cast["amara"].pk], "owner": cast["carol"].pk, "chair": True}
    audit.record("panel.convened", audit.Nature.ADMINISTRATION, by=cast["ian"], detail=people)
    page = text_of(jo.get(LOG))
    assert "chair: yes; owner: Carol Singh; members: David Mbeki, Amara Okafor" in page


def test_guests_are_named_in_the_log_of_those_who_invited_them_alone(jo: Client, cast: Cast, case: Case) -> None:
    """Who of another body sat on the force's panel was a number; whom a provider notes in its own log stays one."""
    guest, worker, theirs = cast["hana"], cast["george"], cast["hugh"].organisation_id
    audit.record("panel.convened", audit.Nature.ADMINISTRATION, by=cast["ian"], detail={"members": [guest.pk]})
    assert f"members: {guest.full_name}" in text_of(jo.get(LOG))
    seen = {"subjects": [case], "organisation_id": theirs, "detail": {"holder": worker.pk}}
    audit.record("case.handed_over", audit.Nature.ALTERATION, by=cast["hugh"], **seen)
    page = text_of(jo.get(LOG, {"reference": case.reference}))
    assert f"from: {worker.pk}" in page
    assert worker.full_name not in page


def test_the_look_itself_is_logged_with_the_record(jo: Client, cast: Cast, case: Case) -> None:
    """Whoever watches is watched."""
    jo.get(LOG, {"reference": case.reference})
    event = Event.objects.get(kind="access_log.searched")
    assert event.actor_id == cast["jo"].pk
    assert event.detail["asked"] == ["reference"]
    assert f"cases.case:{case.pk}" in event.subjects


def test_only_ones_own_people_are_listed(jo: Client, cast: Cast, case: Case) -> None:
    """Northmoor's work is Northmoor's to answer for."""
    record(cast["ben"])
    assert "Ben Hughes" not in text_of(jo.get(LOG))
    assert "Amara Okafor" in text_of(jo.get(LOG))


def test_another_forces_case_is_not_found(jo: Client, cast: Cast, frozen: datetime) -> None:
    """A search must not give away that a reference exists."""
    theirs = record(cast["ben"])
    page = text_of(jo.get(LOG, {"reference": theirs.reference}))
    assert "Nothing in the log answers this search" in page
    assert "Ben Hughes" not in page


def test_a_partner_who_looked_at_ones_own_case_is_shown(
    jo: Client, cast: Cast, frozen: datetime, signed_in: SignIn
) -> None:
    """The person's question is about everybody, not about police alone."""
    referral = supported(cast, "drug-diversion")
    viewer = Client()
    viewer.force_login(cast["george"])
    viewer.get(reverse("referral_page", args=[referral.reference]))
    shown = who_did(jo.get(LOG, {"reference": referral.case.reference}))
    assert ("George Tate", "Referral: opened") in shown


def test_what_a_confidential_scheme_does_stays_with_the_partner(jo: Client, cast: Cast, frozen: datetime) -> None:
    """Police would see, through the log, how often a person meets a worker whom they were promised in confidence."""
    referral = supported(cast, "drug-diversion")
    rewrite(referral.scheme_version, confidentiality="voluntary")
    serve(cast)
    kid = child_with_knife(cast["amara"])
    Case.objects.filter(pk=kid.pk).update(person=referral.case.person)
    for reference in (referral.case.reference, referral.reference, kid.reference, duty_of(kid).reference):
        shown = who_did(jo.get(LOG, {"reference": reference}))
        assert ("Amara Okafor", "Case: recorded") in shown
        assert not [entry for entry in shown if entry[0] in ("Hugh Barrow", "George Tate")]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"nature": "collection"}, {"Case: recorded"}),
        ({"first": "2026-06-11"}, set()),
        ({"last": "2026-06-09"}, set()),
        ({"first": "2026-06-10", "last": "2026-06-10", "nature": "collection"}, {"Case: recorded"}),
    ],
)
def test_is_searched_by_nature_and_local_day(asked: dict[str, str], found: set[str], jo: Client, case: Case) -> None:
    """An entry at half past midnight in summer belongs to that day, not to the one before."""
    entries = who_did(jo.get(LOG, asked))
    assert {what for _who, what in entries if what.startswith("Case")} == found


def test_is_searched_by_user(jo: Client, cast: Cast, case: Case) -> None:
    """A complaint is about one officer."""
    assert {who for who, _what in who_did(jo.get(LOG, {"user": cast["amara"].pk}))} == {"Amara Okafor"}
    assert jo.get(LOG, {"user": cast["ben"].pk}).context["form"].errors


def test_a_search_for_nothing_at_all_shows_the_log(jo: Client) -> None:
    """A form sent without a field, as a script sends it, answered with a fault of the service."""
    assert jo.post(LOG).status_code == 302


def test_a_day_that_is_none_says_how_to_mend_it(jo: Client, case: Case) -> None:
    """A wrong date must not look like an empty log."""
    page = text_of(jo.get(LOG, {"first": "31 2 2026"}))
    assert "From must be a real date" in page
    assert "Case: recorded" not in page


@pytest.mark.parametrize("who", ["amara", "david", "elin", "kit", "hugh", "lena"])
def test_only_an_information_manager_reads_it(who: str, cast: Cast, signed_in: SignIn) -> None:
    """The log says who works on what: it is a record about staff."""
    assert signed_in(cast[who]).get(LOG).status_code == 403


def test_a_long_log_is_shown_in_pages_with_the_same_number_of_queries(
    jo: Client, cast: Cast, case: Case, django_assert_max_num_queries: Any
) -> None:
    """The log only grows."""
    counts = []
    for more in (30, 40):
        for _ in range(more):
            audit.record("case.opened", audit.Nature.CONSULTATION, by=cast["amara"], subjects=[case, case.person])
        with django_assert_max_num_queries(40) as captured:
            page = jo.get(LOG)
        counts.append(len(captured))
    assert len(page.context["entries"]) == 25
    assert counts[0] == counts[1]


def test_the_newest_comes_first(jo: Client, cast: Cast, case: Case, frozen: datetime) -> None:
    """What just happened is what one looks for."""
    with clock.set_to(frozen + timedelta(hours=1)):
        audit.record("case.opened", audit.Nature.CONSULTATION, by=cast["carol"], subjects=[case])
    assert jo.get(LOG).context["entries"][0].who == "Carol Singh"


@pytest.mark.parametrize("asked", ["last=9999-12-31", "first=0001-01-01", "last=31+12+9999"])
def test_a_day_at_the_end_of_the_calendar_is_told_and_nothing_fails(cast: Cast, signed_in: SignIn, asked: str) -> None:
    """A slip in the year must be told to the auditor in words."""
    response = signed_in(cast["jo"]).get(f"{LOG}?{asked}")
    assert response.status_code < 500
    assert "must be on or" in text_of(response)


def test_somebody_is_found_by_name_however_it_is_written(jo: Client, cast: Cast, frozen: datetime) -> None:
    """ "Who has looked at my record?" comes with a name, and a spelling: nobody brings a case reference."""
    theirs = record(cast["amara"], person=person(given_names="Siobhán", family_name="O'Brien"))
    record(cast["amara"], person=person(given_names="Siobhan", family_name="Obrienne"))
    record(cast["ben"], person=person(given_names="Siobhán", family_name="O'Brien"))
    response = jo.post(LOG, {"name": "obrien, siobhan", "nature": "collection"})
    assert re.fullmatch(r"/access-log/\?nature=collection&search=[0-9a-f-]{36}", response["Location"])
    page = jo.get(response["Location"])
    assert "Siobhán O&#x27;Brien, born 4 March 2001" in text_of(page)
    assert not page.context["entries"]
    assert len(page.context["choices"]) == 2
    address = page.context["choices"][0][1]
    assert address == f"?nature=collection&person={theirs.person_id}"
    chosen = jo.get(LOG + address)
    assert {what for _who, what in who_did(chosen)} == {"Case: recorded"}
    assert "What is held of <strong>Siobhán O&#x27;Brien, born 4 March 2001</strong>" in text_of(chosen)
    looks = Event.objects.filter(kind__startswith="access_log.").order_by("pk")
    assert f"cases.person:{theirs.person_id}" in looks.get(kind="access_log.people_shown").subjects
    assert f"cases.person:{theirs.person_id}" in looks.last().subjects  # type: ignore[union-attr]
    assert "brien" not in str(list(looks.values_list("detail", "unit_name")))


def test_the_log_of_somebody_holds_all_their_cases(jo: Client, cast: Cast, frozen: datetime) -> None:
    """An answer of half the record would be wrong in law."""
    first = record(cast["amara"])
    again = record(cast["carol"], person=person(existing=first.person))
    response = jo.get(LOG, {"person": first.person_id})
    assert {"Amara Okafor", "Carol Singh"} <= {who for who, _what in who_did(response)}
    assert again.reference in text_of(response)


def test_a_person_of_another_force_or_domain_is_not_there(jo: Client, cast: Cast, frozen: datetime) -> None:
    """The log must not tell whom somebody else knows."""
    theirs = record(cast["ben"], person=person(given_names="Adalheidis"))
    hidden = record(cast["amara"], person=person(given_names="Adalheidis")).person
    hidden.domain = "scheme:7"
    hidden.save()
    page = jo.post(LOG, {"name": "adalheidis price"}, follow=True)
    assert "Nobody on your organisation’s records" in text_of(page)
    for pk in (theirs.person_id, hidden.pk, 10**9):
        response = jo.get(LOG, {"person": pk})
        assert not response.context["entries"]
        assert "Adalheidis" not in text_of(response)


def test_a_new_name_leaves_the_person_chosen_before(jo: Client, cast: Cast, case: Case) -> None:
    """The log of the first would be read as that of the second."""
    response = jo.post(LOG, {"name": "sam price", "person": str(case.person_id), "nature": "security"})
    assert "person=" not in response["Location"]
    kept = jo.post(LOG, {"name": "", "person": str(case.person_id), "nature": "security"})
    assert kept["Location"] == f"{LOG}?person={case.person_id}&nature=security"


def test_an_entry_stands_in_the_log_that_it_was_written_for(cast: Cast) -> None:
    """Whose log was said of an entry was ignored where somebody did it: a guest’s doing stood where nobody looks."""
    petra, force = cast["petra"], cast["amara"].organisation
    about = {"kind": "panel.tried", "nature": audit.Nature.SECURITY}
    assert audit.record(**about, by=petra, organisation_id=force.pk).organisation_id == force.pk
    assert audit.record(**about, by=petra).organisation_id == petra.organisation_id
    assert audit.record(**about, by=None).organisation_id is None


@pytest.mark.django_db(transaction=True)
def test_words_that_older_entries_hold_are_taken_out_and_that_is_said() -> None:
    """A schedule or a file was called after somebody; the log outlives their record."""
    asked = {"every": "month", "purpose": "monitoring"}
    held: dict[str, dict[str, Any]] = {
        "report_schedule.added": {"name": "John Smith"} | asked,
        "report_schedule.changed": {"before": {"name": "John Smith"} | asked, "after": {"name": "x"} | asked},
        "facts.import_undone": {"source": "live", "file": "John Smith.csv", "gone": 3},
        "extracts.forgotten": {"files": ["John Smith.csv"], "rows": 2},
        "dip_sample.drawn": {"of": "offered", "seed": "John Smith", "size": 5},
        "scheme.capacity_changed": {"from": 3, "to": 4},
    }
    for kind, detail in held.items():
        with unit_of_work("import suspects John Smith.csv for avonford"):
            audit.record(kind, audit.Nature.ADMINISTRATION, by=None, detail=detail)
    migration = import_module("diversion.audit.migrations.0002_typed_words")
    for _ in range(2):
        with connection.as_owner(), connection.cursor() as cursor:
            cursor.execute(migration.WITHOUT_WORDS)
    kept = {one.kind: one.detail for one in Event.objects.filter(kind__in=[*held, "access_log.words_removed"])}
    assert kept == {
        "report_schedule.added": asked,
        "report_schedule.changed": {"before": asked, "after": asked},
        "facts.import_undone": {"source": "live", "gone": 3},
        "extracts.forgotten": {"count": 1, "rows": 2},
        "dip_sample.drawn": {"of": "offered", "seed_chosen": True, "size": 5},
        "scheme.capacity_changed": {"from": 3, "to": 4},
        "access_log.words_removed": {"count": 6},
    }
    assert Event.objects.filter(unit_name="import suspects for avonford").count() == 6
    assert Event.objects.filter(kind="access_log.words_removed").count() == 1, "once"
