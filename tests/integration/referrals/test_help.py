"""Help for somebody with no offence alleged: the officer's page, the service's own pages, and who never sees them."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.mail.backends import locmem
from django.test import Client
from django.urls import reverse

from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.demonstration import helping as demonstrated
from diversion.notifications.tasks import tell
from referrals.actions import helping
from referrals.models import HelpContact, HelpRequest, SchemeVersion, SharingAgreement
from referrals.presenters.handing_over import held_in_words
from referrals.tasks import forget_help
from tests.conftest import Cast
from tests.factories.ground import adopt_scheme
from tests.factories.helping import ask, typed
from tests.factories.schemes import rewrite
from tests.made_once import made_once

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
SEARCHES = ("case_list", "person_search")
ROUTES = ("help_page", "help_take_up", "help_contact", "help_stop", "help_close", "help_merge")


@made_once
def service(cast: Cast) -> SchemeVersion:
    """LEAD, which Harbour Trust (hugh, george) delivers."""
    return adopt_scheme("lead", cast, provider="hugh").versions.latest("valid_from")


@made_once
def asked(cast: Cast, service: SchemeVersion) -> HelpRequest:
    return ask(cast["amara"], service)


@pytest.fixture
def george(cast: Cast, signed_in: SignIn) -> Client:
    client = Client()
    client.force_login(cast["george"])
    return client


def words_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def do(client: Client, action: str, asked: HelpRequest, **data: Any) -> HelpRequest:
    """The action on the page of ``asked``, as its button sends it; the record as it is then."""
    asked.refresh_from_db()
    response = client.post(reverse(action, args=[asked.reference]), {"version": asked.version, **data})
    assert response.status_code == 302, words_of(response)[:3000]
    asked.refresh_from_db()
    return asked


def contact(client: Client, asked: HelpRequest, kind: str, note: str = "") -> HelpRequest:
    return do(client, "help_contact", asked, submission=uuid.uuid4(), kind=kind, note=note)


def test_police_never_find_whom_they_sent_nor_that_they_came(
    cast: Cast, asked: HelpRequest, george: Client, service: SchemeVersion
) -> None:
    """Whoever asks for help would be known to police for it, and others would not dare to ask."""
    do(george, "help_take_up", asked, worker=cast["george"].pk)
    assert held_in_words(cast["george"]) == ["1 person who asked for help"]
    contact(george, asked, "spoke", "Marked words of the worker")
    marks = ("Robin", "07700 900321", "Marked", asked.reference, "George Tate")
    told = ("07700 900321", "words of the worker", "George Tate", reverse("help_page", args=[asked.reference]))
    everywhere = ("case_list", "get_help", "access_log", "dashboard", "team", "record_decision", "authorisation_list")
    for who in ("amara", "carol", "david", "elin", "ian", "jo"):
        police = Client()
        police.force_login(cast[who])
        answers = [police.get(reverse(name)) for name in everywhere]
        answers.append(police.get(reverse("help_sent", args=[service.scheme.slug])))
        pages = [words_of(one) for one in answers if one.status_code == 200]
        assert pages
        assert not [(who, mark) for page in pages for mark in marks if mark in page]
        # what they looked for is on the page again, in the box in which they typed it
        looked = [police.post(reverse(name), {"q": "Robin Marked"}, follow=True) for name in SEARCHES]
        looked.append(police.get(reverse("access_log"), {"reference": asked.reference}))
        assert not [(who, mark) for page in map(words_of, looked) for mark in told if mark in page]


@pytest.mark.parametrize("who", ["amara", "elin", "jo", "hana", "fatima", "yusuf", "kit"])
def test_nobody_elsewhere_gets_to_the_record_by_its_address(
    who: str, cast: Cast, asked: HelpRequest, signed_in: SignIn
) -> None:
    """Who sent it, the hub, another service: to each of them a person who asked for help does not exist."""
    client, before = signed_in(cast[who]), asked.version
    answers = {name: client.post(reverse(name, args=[asked.reference])).status_code for name in ROUTES}
    answers["help_page"] = client.get(reverse("help_page", args=[asked.reference])).status_code
    assert set(answers.values()) == {404}, answers
    asked.refresh_from_db()
    assert asked.version == before
    assert "Robin" not in words_of(client.get(reverse("help_list")))


def test_the_officers_log_says_sent_and_to_whom_and_names_no_record(
    cast: Cast, asked: HelpRequest, signed_in: SignIn
) -> None:
    """An information manager answers for each disclosure, and would otherwise read in the log who asked for help."""
    sent = Event.objects.get(kind="help.sent")
    assert (sent.actor_id, sent.recipients, sent.subjects, sent.detail) == (
        cast["amara"].pk,
        ["Harbour Trust"],
        [],
        {},
    )
    arrived = Event.objects.get(kind="help.arrived")
    assert arrived.organisation_id == asked.provider_id
    assert arrived.subjects == [f"referrals.helprequest:{asked.pk}"]
    page = words_of(signed_in(cast["jo"]).get(reverse("access_log")))
    assert "Sent somebody to a service that helps; whom is not kept" in page
    assert "To Harbour Trust" in page


def test_a_second_officer_hears_the_same_and_only_the_service_merges(
    cast: Cast, service: SchemeVersion, asked: HelpRequest, george: Client, signed_in: SignIn
) -> None:
    """An officer who heard "known already" would learn that the person has asked for help before."""
    again = signed_in(cast["callum"]).post(reverse("get_help"), typed(name="Rob", reach="By the fountain"), follow=True)
    first = Client()
    first.force_login(cast["amara"])
    for_amara = words_of(first.get(reverse("help_sent", args=["lead"])))
    said = for_amara.partition("<main")[2].partition("</main>")[0]
    assert said in words_of(again)
    other = HelpRequest.objects.get(name="Rob")
    contact(george, other, "spoke", "Knows Robin as Rob")
    kept = do(george, "help_merge", asked, other=other.pk)
    page = words_of(george.get(reverse("help_page", args=[kept.reference])))
    for said in ("Robin Marked", "Rob", "By the fountain", "Knows Robin as Rob"):
        assert said in page
    assert (kept.state, kept.worker) == ("taken_up", cast["george"])
    there = george.get(reverse("help_page", args=[other.reference]), follow=True)
    assert f"{other.reference} was merged with this record" in words_of(there)
    assert "Robin Marked" in words_of(there)


def test_a_contact_on_the_page_of_a_record_merged_meanwhile_is_noted_where_it_stands_now(
    cast: Cast, service: SchemeVersion, asked: HelpRequest, george: Client
) -> None:
    """A worker writes down a talk of an hour while a colleague merges, and it would be gone with a page not found."""
    other = ask(cast["callum"], service, name="Rob")
    address, noted = reverse("help_contact", args=[other.reference]), {"submission": uuid.uuid4(), "kind": "spoke"}
    noted |= {"version": other.version, "note": "Talked for an hour"}
    helping.merge_help(kept=asked, other=other, version=asked.version, by=cast["hugh"])
    for _twice in range(2):
        assert george.post(address, noted).status_code == 302
    contact_noted = HelpContact.objects.get()
    assert (contact_noted.request, contact_noted.note) == (asked, "Talked for an hour")
    asked.refresh_from_db()
    assert (asked.state, asked.worker) == ("taken_up", cast["george"])


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("help_contact", {"kind": "reached", "note": "Word with the hostel"}),
        ("help_stop", {}),
        ("help_close", {"reason": "not_found"}),
        ("help_merge", {"other": "another"}),
    ],
)
def test_whatever_else_is_sent_from_such_a_page_is_looked_at_again_and_nothing_typed_is_lost(
    action: str, data: dict[str, Any], cast: Cast, service: SchemeVersion, asked: HelpRequest, george: Client
) -> None:
    """A worker would close, stop or merge a record that they never saw, or be told that a page was not found."""
    other, third = ask(cast["callum"], service, name="Rob"), ask(cast["callum"], service, name="Bo")
    sent = {"version": other.version, "submission": uuid.uuid4()} | data
    sent |= {"other": third.pk} if action == "help_merge" else {}
    helping.merge_help(kept=asked, other=other, version=asked.version, by=cast["hugh"])
    if action == "help_contact":
        helping.stop_help(asked=asked, version=HelpRequest.objects.get(pk=asked.pk).version, by=cast["hugh"])
    before = HelpRequest.objects.get(pk=asked.pk).version
    response = george.post(reverse(action, args=[other.reference]), sent)
    page = words_of(response)
    assert response.status_code == 422
    assert "since you opened" in page
    assert "Robin Marked" in page
    assert data.get("note", "") in page
    asked.refresh_from_db()
    assert (asked.version, HelpContact.objects.exists()) == (before, False)


@pytest.mark.parametrize(
    ("typed_in", "found"),
    [
        ("robi", {"Robin Marked"}),
        ("MARKED, rob", {"Robin Marked"}),
        ("+44 7700 9003", {"Robin Marked"}),
        ("fountain", {"Zoë"}),
        ("zoe", {"Zoë"}),
        ("Rob", {"Robin Marked", "Zoë"}),
        ("07700 900999", set()),
        ("?", set()),
    ],
)
def test_whoever_rings_back_is_found_by_what_is_known_of_them_also_when_closed(
    typed_in: str, found: set[str], cast: Cast, service: SchemeVersion, asked: HelpRequest, george: Client
) -> None:
    """A worker leafs through pages while somebody holds the line, or writes the same person down again."""
    zoe = ask(cast["callum"], service, name="Zoë", reach="By the fountain")
    merged = ask(cast["callum"], service, name="Roberta", reach="Mill Lane")
    helping.merge_help(kept=zoe, other=merged, version=zoe.version, by=cast["george"])
    do(george, "help_close", asked, reason="not_found")
    ask(cast["callum"], adopt_scheme("divert", cast, provider="hana").versions.latest("pk"), name="Rob of another")
    response = george.post(reverse("help_list"), {"q": typed_in})
    address = response.headers["location"]
    assert not [word for word in ("rob", "7700", "fountain", "zoe") if word in address.casefold()]
    page = words_of(george.get(address))
    assert {name for name in ("Robin Marked", "Zoë", "Rob of another") if f">{name}</a>" in page} == found
    assert ("Nobody answers this search." in page) == (not found)


def test_the_list_is_narrowed_to_who_helps_and_put_in_order(
    cast: Cast, service: SchemeVersion, asked: HelpRequest, george: Client
) -> None:
    """Whom a worker left who works there no more would stand among forty names, helped by nobody."""
    names = {"Bea": "george", "Ada": "hugh", "Cy": "george"}
    for name, helper in names.items():
        made = ask(cast["amara"], service, name=name)
        helping.take_up_help(asked=made, worker=cast[helper], version=1, by=cast["hugh"])

    def listed(**query: Any) -> list[str]:
        page = words_of(george.get(reverse("help_list"), query))
        links = {page.find(f">{name}</a>"): name for name in (*names, "Robin Marked")}  # letters may stand in a token
        return [name for place, name in sorted(links.items()) if place >= 0]

    assert listed() == ["Robin Marked", "Bea", "Ada", "Cy"]
    assert listed(sort="name") == ["Robin Marked", "Ada", "Bea", "Cy"]
    assert listed(helper=cast["george"].pk) == ["Bea", "Cy"]
    assert listed(helper="nobodys") == ["Robin Marked"]
    User.objects.filter(pk=cast["hugh"].pk).update(is_active=False)
    assert listed(helper="nobodys") == ["Robin Marked", "Ada"]
    page = words_of(george.get(reverse("help_list")))
    assert "Somebody is helped by a worker who has left." in page


def test_records_of_two_services_are_never_merged(cast: Cast, asked: HelpRequest, george: Client) -> None:
    """What somebody told one service would reach another."""
    elsewhere = ask(cast["amara"], adopt_scheme("divert", cast, provider="hana").versions.latest("valid_from"))
    with pytest.raises(helping.Refused, match="your own service"):
        helping.merge_help(kept=asked, other=elsewhere, version=asked.version, by=cast["george"])
    response = george.post(
        reverse("help_merge", args=[asked.reference]), {"version": asked.version, "other": elsewhere.pk}
    )
    assert response.status_code == 422
    assert elsewhere.reference not in words_of(response)


def test_not_seen_is_neither_closed_nor_late_and_a_contact_opens_what_was_closed(
    cast: Cast, asked: HelpRequest, george: Client
) -> None:
    """Somebody who was not there twice would be written off, and would have to be sent by police anew."""
    for _times in range(2):
        contact(george, asked, "not_seen")
    assert (asked.state, asked.worker, asked.last_contact_at) == ("sent", None, asked.sent_at)
    page = words_of(george.get(reverse("help_list")))
    assert "Not seen, 10 Jun 2026" in page
    assert "overdue" not in page
    do(george, "help_close", asked, reason="not_found")
    contact(george, asked, "not_seen")
    assert asked.state == "closed"
    assert "Robin Marked" in words_of(george.get(reverse("help_list"), {"which": "closed"}))
    with clock.set_to(clock.now() + timedelta(hours=1)):
        contact(george, asked, "reached")
    assert (asked.state, asked.worker, asked.closed_reason) == ("taken_up", cast["george"], "")
    assert asked.last_contact_at == asked.sent_at + timedelta(hours=1)


def test_whoever_stops_is_rung_by_nobody_and_may_come_back(cast: Cast, asked: HelpRequest, george: Client) -> None:
    """A person who said no would be rung again by the next worker who opens the page."""
    do(george, "help_stop", asked)
    assert (asked.state, asked.closed_reason, asked.reach, asked.reach_by) == ("closed", "stopped", "", [])
    assert "07700 900321" not in words_of(george.get(reverse("help_page", args=[asked.reference])))
    contact(george, asked, "reached")
    assert (asked.state, HelpContact.objects.get().kind) == ("closed", "reached")
    contact(george, asked, "spoke")
    assert asked.state == "taken_up"


def test_a_page_from_before_they_stopped_does_not_take_them_up_again(
    cast: Cast, asked: HelpRequest, george: Client, signed_in: SignIn
) -> None:
    """A colleague who left word this morning would be told nothing, and go on trying somebody who said no."""
    seen, hugh = asked.version, signed_in(cast["hugh"])
    do(george, "help_stop", asked)
    for kind in ("reached", "spoke", "not_seen"):
        noted = {"version": seen, "submission": uuid.uuid4(), "kind": kind, "note": "Word with the hostel"}
        response = hugh.post(reverse("help_contact", args=[asked.reference]), noted)
        assert response.status_code == 422
        for said in ("has changed since you opened this page", "leave no word with them", "Word with the hostel"):
            assert said in words_of(response)
    asked.refresh_from_db()
    assert (asked.state, asked.closed_reason, HelpContact.objects.exists()) == ("closed", "stopped", False)


@pytest.mark.parametrize(
    ("kept", "since", "state"),
    [
        ("stopped", "nothing", "closed"),
        ("other", "nothing", "closed"),
        ("other", "reached", "closed"),
        ("other", "spoke", "taken_up"),
        ("stopped", "sent", "sent"),
    ],
)
def test_whoever_stopped_on_one_of_two_records_is_rung_by_nobody_after_they_are_merged(
    kept: str, since: str, state: str, cast: Cast, asked: HelpRequest, george: Client
) -> None:
    """The telephone of the other record would stand on the page, open; and whoever came back would be turned away."""
    first = ask(cast["callum"], asked.scheme_version, name="Rob", reach="07700 900111")
    stopped = ask(cast["callum"], asked.scheme_version, name="Bob", reach="07700 900222")
    do(george, "help_merge", asked, other=first.pk)
    with clock.set_to(clock.now() + timedelta(hours=1)):
        do(george, "help_stop", stopped)
    with clock.set_to(clock.now() + timedelta(hours=2)):
        if since == "sent":
            again = ask(cast["callum"], asked.scheme_version, reach="07700 900333")
            do(george, "help_merge", again, other=asked.pk)
            asked = again
        elif since != "nothing":
            contact(george, asked, since)
        here, there = (stopped, asked) if kept == "stopped" else (asked, stopped)
        do(george, "help_merge", here, other=there.pk)
    page = words_of(george.get(reverse("help_page", args=[here.reference])))
    here.refresh_from_db()
    assert (here.state, here.stopped_at is not None) == (state, state == "closed")
    shown = {"closed": [], "taken_up": ["321", "111"], "sent": ["333"]}[state]
    assert [end for end in ("321", "111", "222", "333") if f"07700 900{end}" in page] == shown


def test_two_workers_at_once_do_not_take_each_others_place(cast: Cast, asked: HelpRequest, george: Client) -> None:
    """Each would believe that they help, or that the other does."""
    seen = asked.version
    helping.take_up_help(asked=asked, worker=cast["hugh"], version=seen, by=cast["hugh"])
    data = {"version": seen, "worker": cast["george"].pk}
    response = george.post(reverse("help_take_up", args=[asked.reference]), data)
    assert response.status_code == 422
    assert "has changed since you opened this page" in words_of(response)
    asked.refresh_from_db()
    assert asked.worker == cast["hugh"]


def test_the_same_page_and_the_same_note_sent_twice_are_one(
    cast: Cast, service: SchemeVersion, george: Client, signed_in: SignIn
) -> None:
    """A double click on a bad connection would send two workers to one person."""
    officer, data = signed_in(cast["amara"]), typed()
    assert [officer.post(reverse("get_help"), data).status_code for _twice in range(2)] == [302, 302]
    asked = HelpRequest.objects.get()
    noted = {"submission": uuid.uuid4(), "kind": "spoke"}
    for _twice in range(2):
        do(george, "help_contact", asked, **noted)
    assert HelpContact.objects.count() == 1
    assert Event.objects.filter(kind="help.sent").count() == 1


def test_what_is_sent_anew_from_the_page_before_is_another_request(
    cast: Cast, service: SchemeVersion, george: Client, signed_in: SignIn
) -> None:
    """A number put right, or the friend beside them, would be dropped, and the officer told that it was sent."""
    officer, data = signed_in(cast["amara"]), typed()
    sent = [data, data | {"reach": "07700 900111"}, data | {"name": "Jay", "reach": "By the fountain"}]
    answers = [officer.post(reverse("get_help"), one, follow=True).redirect_chain for one in sent]
    assert answers == [answers[0]] * 3
    assert {one.reach for one in HelpRequest.objects.all()} == {"07700 900321", "07700 900111", "By the fountain"}
    asked, noted = HelpRequest.objects.latest("pk"), {"submission": uuid.uuid4(), "kind": "spoke"}
    for note in ("Wants the doctor", "Wants the doctor, on Monday"):
        do(george, "help_contact", asked, **noted, note=note)
    assert HelpContact.objects.count() == 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"wants": None}, "Choose what they want help with"),
        ({"reach": ""}, "Enter a telephone number or a place"),
        ({"reach_by": None}, "Choose how they want to be reached"),
        ({"agreed": None}, "Send nobody who has not agreed"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    wrong: dict[str, Any], said: str, cast: Cast, service: SchemeVersion, signed_in: SignIn
) -> None:
    """A worker could not reach the person, or would reach somebody who never agreed."""
    response = signed_in(cast["amara"]).post(reverse("get_help"), typed(**wrong))
    page = words_of(response)
    assert response.status_code == 422
    assert said in page
    assert 'value="Robin Marked"' in page
    assert not HelpRequest.objects.exists()


def test_nobody_is_sent_to_another_service_than_the_one_they_agreed_to(
    cast: Cast, service: SchemeVersion, signed_in: SignIn
) -> None:
    """Somebody agreed to Harbour Trust, and their telephone number would go to whoever took its place meanwhile."""
    officer = signed_in(cast["amara"])
    assert f'<input type="hidden" name="service" value="{service.pk}"' in words_of(officer.get(reverse("get_help")))
    rewrite(service, without_offence=False)
    there = adopt_scheme("divert", cast, provider="hana").versions.latest("valid_from")
    for was, said in ((str(service.pk), "ask them again whether they agree"), (None, "Choose the service")):
        response = officer.post(reverse("get_help"), typed(service=was))
        page = words_of(response)
        assert (response.status_code, HelpRequest.objects.exists()) == (422, False)
        for part in (said, 'value="Robin Marked"', f'type="radio" value="{there.pk}"', "Which service?"):
            assert part in page
    officer.post(reverse("get_help"), typed(service=str(there.pk)))
    assert HelpRequest.objects.get().provider == there.provider
    SharingAgreement.objects.update(valid_to=clock.today() - timedelta(days=1))
    page = words_of(officer.post(reverse("get_help"), typed(service=str(there.pk))))
    assert "What you typed was not saved" in page
    assert "07700 900321" in page


def test_a_service_is_offered_only_where_its_rules_say_so_and_an_agreement_lives(
    cast: Cast, service: SchemeVersion, signed_in: SignIn
) -> None:
    """A person would be sent where nobody takes them, or their details where no agreement covers them."""
    adopt_scheme("pathfinder", cast)
    officer = signed_in(cast["amara"])
    assert [one.scheme.slug for one in officer.get(reverse("get_help")).context["services"]] == ["lead"]
    SharingAgreement.objects.update(valid_to=clock.today() - timedelta(days=1))
    assert "No service of your force takes people" in words_of(officer.get(reverse("get_help")))
    assert officer.post(reverse("get_help"), typed()).status_code == 422
    SharingAgreement.objects.update(valid_to=None)
    rewrite(service, without_offence=False)
    assert officer.get(reverse("get_help")).context["services"] == []
    assert not HelpRequest.objects.exists()


def test_it_goes_when_there_was_no_contact_for_as_long_as_it_is_kept(
    cast: Cast, asked: HelpRequest, george: Client, settings: Any
) -> None:
    """Somebody who once asked for help would be on record for ever, in the field history too."""
    settings.HELP_KEPT_MONTHS = 6
    merged = ask(cast["amara"], asked.scheme_version, name="Rob Marked")
    do(george, "help_merge", asked, other=merged.pk)
    both = {f"referrals.helprequest:{one.pk}" for one in (asked, merged)}
    george.get(reverse("help_page", args=[asked.reference]))
    assert set(Event.objects.filter(kind="help.opened").latest("pk").subjects) == both
    with clock.set_to(clock.now() + timedelta(days=60)):
        contact(george, asked, "not_seen", "Marked note")
        contact(george, asked, "spoke")
    assert str(asked.goes_on) == "2027-02-09"
    with clock.set_to(clock.now() + timedelta(days=243)):
        assert (str(clock.today()), forget_help()) == ("2027-02-08", 0)
    with clock.set_to(clock.now() + timedelta(days=244)):
        assert forget_help() == 1
    assert not HelpRequest.objects.exists()
    assert not HelpContact.objects.exists()
    history = HelpRequest.events.rel.related_model.objects.values()  # type: ignore[attr-defined]
    assert history.count() > 3
    assert not [row for row in history if "Marked" in str(row) or "07700" in str(row)]
    erased = Event.objects.get(kind="help.forgotten")
    assert (erased.nature, erased.organisation_id, set(erased.subjects)) == ("erasure", asked.provider_id, both)


def test_help_is_offered_beside_any_result_by_a_link_that_carries_nothing(
    cast: Cast, service: SchemeVersion, signed_in: SignIn
) -> None:
    """Help would be an alternative to a resolution, or a case would leak into the record of somebody's help."""
    from tests.factories.cases import record

    case, officer = record(cast["amara"]), signed_in(cast["amara"])
    page = words_of(officer.get(reverse("case_page", args=[case.reference])))
    assert 'href="/help/"' in page
    form = words_of(officer.get("/help/"))
    assert case.reference not in form
    assert case.person.family_name not in form
    assert 'href="/help/"' in words_of(officer.get(reverse("record_decision")))


def test_whoever_is_on_duty_is_named_to_the_officer_and_hears_at_once(
    cast: Cast, service: SchemeVersion, george: Client, signed_in: SignIn, mailoutbox: list[Any]
) -> None:
    """A handover in the night fails where the officer has nobody to ring, and the worker does not know."""
    begun = george.post(reverse("duty_begin"), {"hours": 8, "telephone": "01632 960 122"}, follow=True)
    assert "George Tate, until 6:30pm" in words_of(begun)
    sent = words_of(signed_in(cast["amara"]).post(reverse("get_help"), typed(), follow=True))
    assert "On duty until 6:30pm: <strong>George Tate, 01632 960 122</strong>" in sent
    assert (tell("help"), tell("help")) == (1, 0)
    assert [one.to for one in mailoutbox] == [[cast["george"].email]]
    message = f"{mailoutbox[0].subject} {mailoutbox[0].body}"
    assert not [mark for mark in ("Robin", "07700", "LEAD", "Amara", "HP-") if mark in message]
    told = Event.objects.get(kind="help.worker_told")
    assert (told.recipients, told.organisation_id) == (["George Tate"], service.provider_id)

    assert "I go off duty" in words_of(george.get(reverse("help_list")))
    george.post(reverse("duty_end"))
    sent = words_of(signed_in(cast["amara"]).post(reverse("get_help"), typed(), follow=True))
    assert "Nobody has said that they are on duty now" in sent
    tell("help")
    assert [one.to[0] for one in mailoutbox[1:]] == [cast["george"].email, cast["hugh"].email]


def test_while_the_mail_server_is_away_the_message_waits_and_then_goes_once(
    cast: Cast, asked: HelpRequest, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mail server that is away for a minute would leave somebody waiting for the whole night."""
    with monkeypatch.context() as patch:
        patch.setattr(locmem.EmailBackend, "open", Mock(side_effect=ConnectionRefusedError))
        assert tell("help") == 0
    assert (tell("help"), tell("help")) == (2, 0)
    assert len(mailoutbox) == 2


def test_whoever_came_themselves_is_helped_at_once_and_police_keep_nothing(
    cast: Cast, service: SchemeVersion, george: Client, signed_in: SignIn, mailoutbox: list[Any]
) -> None:
    """Somebody who walks in would have to be sent by an officer first."""
    page = words_of(george.post(reverse("help_write_down"), typed(safety=None), follow=True))
    assert "Written down. You help Robin Marked." in page
    assert "Came themselves, written down" in page
    asked = HelpRequest.objects.get()
    assert (asked.state, asked.worker, tell("help"), mailoutbox) == ("taken_up", cast["george"], 0, [])
    assert not Event.objects.filter(kind="help.sent").exists()
    elsewhere = signed_in(cast["hana"])
    assert "No scheme of yours takes people" in words_of(elsewhere.get(reverse("help_write_down")))
    assert elsewhere.post(reverse("help_write_down"), typed(service=str(service.pk))).status_code == 422


def test_a_demonstration_without_such_a_service_goes_on(cast: Cast) -> None:
    """One that was begun before there were any would begin anew at each start, and never be whole."""
    assert demonstrated.tell(cast) == 0
    assert not HelpRequest.objects.exists()


def test_a_connection_that_drops_loses_no_message_but_the_one_in_flight(
    cast: Cast, asked: HelpRequest, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody of a service would hear nothing because the mail server dropped the message to the first of them."""
    send, drops = locmem.EmailBackend.send_messages, [SMTPServerDisconnected("Connection unexpectedly closed")]

    def drop_once(self: locmem.EmailBackend, messages: Any) -> int:
        if drops:
            raise drops.pop()
        return send(self, messages)

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", drop_once)
    assert (tell("help"), tell("help"), tell("help")) == (0, 1, 0)
    assert [one.to[0] for one in mailoutbox] == [cast["hugh"].email]
