"""Short check-ins between appointments: who is asked, what the page tells, and what becomes of an answer."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.html import escape

from cases.actions import absences
from cases.models import Case
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.design_system import errors
from diversion.notifications.models import Message
from diversion.notifications.senders.base import NotTaken
from diversion.notifications.tasks import tell
from diversion.refusals import Outdated, Refused
from referrals import person_words
from referrals.actions import check_in_list, check_ins
from referrals.models import CheckIn, CheckInPlan, Referral, Standing
from referrals.models.next_due import NextDue
from referrals.queries.check_ins import times, to_review
from tests.conftest import Cast
from tests.factories import check_ins as made
from tests.integration.referrals.test_reminders import Fake, agrees, helped, meets, texts

__all__ = ["texts"]
pytestmark = pytest.mark.usefixtures("frozen")
SignIn = Callable[[User], Client]
#: What would tell somebody who looks at the screen whom this is about, who helps, or why.
TELLS = ("Zebedee", "Quill", "Harbour", "George", "olice", "drug", "Drug", "Diversion", "diversion", "RF-", "DV-")


def asked(cast: Cast, **changes: Any) -> CheckInPlan:
    """Zebedee, whom George helps and asks each week, with one question that a no flags."""
    made.desk(cast["hugh"])
    return made.plan(helped(cast), cast["george"], made.question(cast["george"], cast["hugh"]), **changes)


def beat(frozen: datetime, *, days: int, hours: tuple[int, ...] = (6, 9, 12, 18)) -> list[int]:
    """What the beat sends in so many days from today on; ``frozen`` is 9:30 in the morning, UTC."""
    sent = []
    for day in range(days):
        for hour in hours:
            with clock.set_to(frozen.replace(hour=hour) + timedelta(days=day)):
                sent.append(tell("check_in"))
    return sent


def link_of(fake: Fake) -> str:
    """The path of the last text's link."""
    found = re.search(r"https?://[^/]+(/a/\S+)", fake.sent[-1][1].text)
    assert found
    return found[1]


def test_a_text_goes_once_a_week_and_tells_nobody(cast: Cast, frozen: datetime, texts: Fake) -> None:
    """It is read by whoever lifts the telephone; and two in a day are pestering."""
    asked(cast)
    beat(frozen, days=10)
    assert [clock.local_date(at) for at, _letter in texts.sent] == [
        clock.today() + timedelta(days=days) for days in (1, 8)
    ]
    for _at, letter in texts.sent:
        assert letter.address == "+447700900777"
        assert [one for one in TELLS if one in letter.text] == []
    assert CheckIn.objects.exclude(sent_at=None).count() == 2
    token = link_of(texts).rpartition("/")[2]
    assert not CheckIn.objects.filter(token_digest__contains=token).exists()
    kinds = Event.objects.filter(kind__startswith="checkin.", actor_id=None).values_list("kind", "organisation_id")
    assert set(kinds) == {
        ("checkin.handed_over", cast["hugh"].organisation_id),
        ("checkin.taken", cast["hugh"].organisation_id),
    }


def test_not_on_a_day_on_which_they_meet(cast: Cast, frozen: datetime, texts: Fake) -> None:
    """They are asked face to face then; the text goes on the next day."""
    plan = asked(cast)
    meets(plan.referral, cast, frozen + timedelta(days=1, hours=3))
    beat(frozen, days=4)
    assert [clock.local_date(at) for at, _letter in texts.sent] == [clock.today() + timedelta(days=2)]


def test_whom_two_schemes_help_is_asked_once_a_day(cast: Cast, frozen: datetime, texts: Fake) -> None:
    """Two texts on one day are pestering, and whoever reads the second thinks that the first was not read."""
    first = asked(cast)
    more = helped(cast, given_names="Zeb", telephone="07700 900779")
    Case.objects.filter(pk=more.case_id).update(person=first.referral.case.person)
    more.refresh_from_db()
    second = made.plan(more, cast["george"])
    other = made.plan(helped(cast, given_names="Mara", telephone="07700 900778"), cast["george"])
    beat(frozen, days=10)
    days = {one: [sent.made_at for sent in CheckIn.objects.filter(referral=one.referral)] for one in (first, second)}
    on = {one: sorted((clock.local_date(at) - clock.today()).days for at in found) for one, found in days.items()}
    assert on == {first: [1, 8], second: [2, 9]}
    assert sorted((clock.local_date(one.made_at) - clock.today()).days for one in other.referral.check_ins.all()) == [
        1,
        8,
    ]
    meets(more, cast, frozen + timedelta(days=16, hours=3))
    with clock.set_to(frozen + timedelta(days=15)):
        tell("check_in")
    assert CheckIn.objects.filter(referral=more).count() == 2


def test_of_three_schemes_due_on_one_day_each_is_asked(cast: Cast, frozen: datetime, texts: Fake) -> None:
    """The third would be left out in every week, and their worker think that they do not answer."""
    first = asked(cast)
    plans = [first]
    for number in range(2):
        more = helped(cast, given_names=f"Zeb {number}", telephone="07700 900779")
        Case.objects.filter(pk=more.case_id).update(person=first.referral.case.person)
        more.refresh_from_db()
        plans.append(made.plan(more, cast["george"]))
    beat(frozen, days=11)
    on = [sorted((clock.local_date(one.made_at) - clock.today()).days for one in plan.referral.check_ins.all())
          for plan in plans]  # fmt: skip
    assert on == [[1, 8], [2, 9], [3, 10]]


@pytest.mark.parametrize("known", [{"safe_contact_texts": ""}, {"safe_contact_texts": "shared"}, {"telephone": ""}])
def test_nobody_is_texted_whom_a_text_may_not_reach(
    cast: Cast, frozen: datetime, texts: Fake, known: dict[str, str]
) -> None:
    """What is said in words of safe contact is for people: without a coded yes no machine writes."""
    made.desk(cast["hugh"])
    made.plan(helped(cast, **known), cast["george"])
    beat(frozen, days=3)
    assert texts.sent == []


def test_who_asked_that_texts_stop_gets_none_though_one_waits(cast: Cast, frozen: datetime, texts: Fake) -> None:
    """A stop that holds from the next message on is none."""
    plan = asked(cast)
    with clock.set_to(frozen + timedelta(days=1)):
        agrees(plan.referral, cast, "evening")
        tell("check_in")  # waits for five in the afternoon
        assert Message.objects.filter(kind="check_in", state="waiting").exists()
        agrees(plan.referral, cast, "stopped", version=1)
    beat(frozen, days=2)
    assert texts.sent == []


def test_one_that_was_not_taken_goes_with_a_link_of_its_own(
    cast: Cast, frozen: datetime, texts: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was on its way may have been read on its way."""
    asked(cast)
    first, send = list[str](), texts.send

    def busy(letter: Any, *, reference: str) -> None:
        first.append(letter.text)
        raise NotTaken("Busy", for_good=False)

    monkeypatch.setattr(texts, "send", busy)
    with clock.set_to(frozen + timedelta(days=1)):
        assert tell("check_in") == 0
    monkeypatch.setattr(texts, "send", send)
    with clock.set_to(frozen + timedelta(days=1, hours=1)):
        assert tell("check_in") == 1
    assert first != [texts.sent[0][1].text]
    assert CheckIn.objects.count() == 1


def test_a_stranger_to_the_telephone_learns_nothing_from_the_page(cast: Cast, client: Client) -> None:
    """It is opened on a bus, by a partner, by a scanner of links."""
    _one, token = made.sent(asked(cast))
    page = client.get(f"/a/{token}")
    text = page.content.decode()
    assert [one for one in TELLS if one in text] == []
    assert "Do you feel safe where you are?" in text
    assert "It is read Monday to Friday, but not on bank holidays, from 9am to 5pm." in text
    assert made.TELEPHONE in text
    assert "ring 999" in text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page.headers["Cache-Control"]
    assert not page.cookies
    assert "<script" not in text
    assert CheckIn.objects.get().answered_at is None


def test_it_names_who_asks_only_where_that_was_agreed(cast: Cast, client: Client) -> None:
    plan = asked(cast)
    _one, token = made.sent(plan)
    theirs = f"the people who help you in those hours, ring their number: {made.TELEPHONE}"
    assert theirs in client.get(f"/a/{token}").content.decode()
    agrees(plan.referral, cast, "waking", names_service=True)
    page = client.get(f"/a/{token}").content.decode()
    assert "From Harbour Trust" in page
    assert f"To talk to Harbour Trust in those hours, ring their number: {made.TELEPHONE}" in page


def test_a_stop_that_is_refused_says_why_and_leaves_what_they_are_asked(cast: Cast, signed_in: SignIn) -> None:
    """A page that said nothing, with everything that was chosen gone, would be taken for done."""
    plan = asked(cast, rhythm="fortnightly")
    address = reverse("check_in_stop", args=[plan.referral.reference])
    george = signed_in(cast["george"])
    assert george.get(address).status_code == 302
    Referral.objects.filter(pk=plan.referral_id).update(state="withdrawn")
    answer = george.post(address)
    assert (answer.status_code, "This referral is not open" in answer.content.decode()) == (422, True)
    plan.refresh_from_db()
    assert plan.stopped_at is None


def test_the_list_says_what_becomes_of_bank_holidays(cast: Cast, signed_in: SignIn) -> None:
    """Whoever says the hours would promise somebody that answers are read at Christmas."""
    page = " ".join(signed_in(cast["hugh"]).get(reverse("check_in_questions")).content.decode().split())
    assert "never on a bank holiday of England and Wales" in page


def test_an_answer_counts_once_and_is_told_to_the_worker_alone(cast: Cast, client: Client, signed_in: SignIn) -> None:
    """The second who opens the link, and police in whatever case it is, read nothing."""
    plan = asked(cast)
    one, token = made.sent(plan)
    said = {"mood": "fair", f"question-{plan.questions[0]}": "no", "also": ["call"]}
    thanks = client.post(f"/a/{token}", said).content.decode()
    assert "They see it when it is next read" in thanks
    assert made.TELEPHONE in thanks
    assert client.post(f"/a/{token}", said).status_code == 200  # the button was pressed twice
    assert client.post(f"/a/{token}", said | {"mood": "bad"}).status_code == 422
    assert client.get(f"/a/{token}").status_code == 422
    assert Event.objects.get(kind="checkin.answered").source == ""  # from where they answered is nobody's business
    one.refresh_from_db()
    assert (one.mood, one.wants_call, one.is_flagged) == ("fair", True, True)
    page = signed_in(cast["george"]).get(reverse("referral_page", args=[plan.referral.reference])).content.decode()
    assert "They ask to be rung (asks for somebody)" in page
    officer = signed_in(cast["amara"])
    case = officer.get(reverse("case_page", args=[plan.referral.case.reference])).content.decode()
    assert "asks for somebody" not in case
    assert officer.get(reverse("check_in_queue")).status_code == 404


def test_links_that_cannot_be_used_are_answered_alike(cast: Cast, client: Client, frozen: datetime) -> None:
    """Whoever tries words would learn which of them was sent to somebody once."""
    plan = asked(cast)
    _one, token = made.sent(plan)
    with clock.set_to(frozen + timedelta(days=6)):
        old = client.get(f"/a/{token}")
        sent = [client.post(path, {"mood": "low"}) for path in (f"/a/{token}", "/a/never", "/a/never/stop")]
    assert client.get("/a/never").content == old.content
    assert len({one.content for one in sent}) == 1
    assert {one.status_code for one in [*sent, old]} == {422}
    assert "too old, used already, or not copied whole" in old.content.decode()
    assert not CheckIn.objects.exclude(answered_at=None).exists()


def test_nothing_said_and_nothing_offered_are_told_in_words(cast: Cast, client: Client) -> None:
    plan = asked(cast)
    one, token = made.sent(plan)
    empty = client.post(f"/a/{token}", {})
    assert empty.status_code == 422
    assert "Choose an answer to at least one question" in empty.content.decode()
    odd = client.post(f"/a/{token}", {"mood": "furious", f"question-{plan.questions[0]}": "lot"})
    assert odd.status_code == 422
    assert "Choose one of the answers that are shown" in odd.content.decode()
    one.refresh_from_db()
    assert one.answered_at is None


def test_they_stop_it_from_the_page_by_a_button_and_not_by_opening_a_link(
    cast: Cast, client: Client, frozen: datetime, texts: Fake
) -> None:
    plan = asked(cast)
    with clock.set_to(frozen + timedelta(days=1)):
        tell("check_in")
        stop = f"{link_of(texts)}/stop"
        assert client.get(stop).status_code == 302
        plan.refresh_from_db()
        assert plan.stopped_at is None
        assert "You get no more of them" in client.post(stop).content.decode()
    beat(frozen, days=10)
    assert len(texts.sent) == 1
    plan.refresh_from_db()
    assert plan.stopped_by is None
    assert Event.objects.filter(kind="checkin.stopped_by_person", organisation_id=cast["hugh"].organisation_id).exists()
    again = {"rhythm": "weekly", "language": "en", "until_on": None, "questions": []}
    with pytest.raises(Refused, match="Ask them first"):
        check_ins.plan_check_ins(referral=plan.referral, **again, agreed=False, version=1, by=cast["george"])
    made.plan(plan.referral, cast["george"], version=1)
    assert CheckInPlan.objects.get().is_running


def test_welsh_is_whole_and_reviewed_or_it_is_not_offered(cast: Cast, client: Client, signed_in: SignIn) -> None:
    """Half a page in each language is read by nobody; a translation that nobody read may say anything."""
    plan = asked(cast)
    page, asks = reverse("referral_page", args=[plan.referral.reference]), "In which language?"
    shown = " ".join(signed_in(cast["george"]).get(page).content.decode().split())
    assert (asks in shown, "They are asked in English." in shown) == (False, True)
    kept = {"version": 1, "rhythm": "fortnightly", "language": "en", "agreed": "on"}
    sent = signed_in(cast["george"]).post(reverse("check_in_plan", args=[plan.referral.reference]), kept)
    plan.refresh_from_db()
    assert (sent.status_code, plan.rhythm, plan.language) == (302, "fortnightly", "en")
    with pytest.raises(Refused, match="somebody at your organisation has reviewed"):
        made.plan(plan.referral, cast["george"], language="cy", version=1)
    check_in_list.review_welsh(by=cast["george"])
    shown = signed_in(cast["george"]).get(page).content.decode()
    assert (asks in shown, "They are asked in English." in shown) == (True, False)
    other = made.question(cast["george"], cast["hugh"], words="Did you sleep?", welsh="")
    with pytest.raises(Refused, match="has no Welsh yet"):
        made.plan(plan.referral, cast["george"], other, language="cy", version=2)
    _one, token = made.sent(made.plan(plan.referral, cast["george"], language="cy", version=2))
    page = client.get(f"/a/{token}").content.decode()
    assert '<html lang="cy"' in page
    english = [text for name, text in person_words.sentences("en") if "{" not in text and name not in ("also",)]
    assert [one for one in english if f">{escape(one)}<" in page] == []
    assert "Ni ellir defnyddio" in client.get("/a/never").content.decode()


def test_both_languages_say_each_sentence_and_none_that_tells_on_somebody() -> None:
    english, welsh = dict(person_words.sentences("en")), dict(person_words.sentences("cy"))
    assert english.keys() == welsh.keys()
    for name, text in english.items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", welsh[name])), name
    assert {
        one: person_words.never(one) for one in [*english.values(), *welsh.values()] if person_words.never(one)
    } == {}


def test_nobody_is_given_words_in_place_of_a_number_to_ring(cast: Cast, signed_in: SignIn) -> None:
    """Somebody in distress would read "ask Hugh" where they look for whom to ring."""
    desk = {"version": 0, "telephone": "ask Hugh", "days": "weekdays", "opens": "09:00", "closes": "17:00"}
    answer = signed_in(cast["hugh"]).post(reverse("check_in_desk"), desk)
    assert (answer.status_code, "Enter a telephone number, like 01632 960 001" in answer.content.decode()) == (
        422,
        True,
    )
    assert (
        signed_in(cast["hugh"]).post(reverse("check_in_desk"), desk | {"telephone": "01632 960 177"}).status_code == 302
    )


def test_a_question_is_asked_once_two_people_have_read_it(cast: Cast, signed_in: SignIn) -> None:
    made.desk(cast["hugh"])
    draft = made.question(cast["george"], None)
    with pytest.raises(Refused, match="You wrote it"):
        check_in_list.review_question(question=draft, by=cast["george"])
    with pytest.raises(Refused, match="in use"):
        made.plan(helped(cast), cast["george"], draft)
    page = signed_in(cast["hugh"]).post(reverse("check_in_question_review", args=[draft.pk]), follow=True)
    assert "Reviewed: in use now." in page.content.decode()
    own = signed_in(cast["george"]).post(
        reverse("check_in_questions"), {"words": "Seen the police?", "answers": "yes_no"}
    )
    assert own.status_code == 422
    assert "Say it without “police”" in own.content.decode()


def test_an_answer_has_an_owner_though_its_worker_is_away(cast: Cast, signed_in: SignIn) -> None:
    """A call for help that waits on the desk of somebody on holiday is read by nobody."""
    plan = asked(cast)
    made.answered(plan)
    ((_one, owner),) = to_review(by=cast["george"])
    assert owner.user == cast["george"]
    days = {"from_on": clock.today(), "until_on": clock.today() + timedelta(days=3)}
    away = absences.say_away(user=cast["george"], cover=cast["hugh"], **days, by=cast["george"])
    page = signed_in(cast["hugh"]).get(reverse("check_in_queue")).content.decode()
    assert "Yours to see to" in page
    assert f"{cast['hugh']}, who covers for {cast['george']}" in page
    absences.end_away(absence=away, by=cast["george"])
    Referral.objects.filter(pk=plan.referral_id).update(navigator=None)
    ((_one, owner),) = to_review(by=cast["hugh"])
    assert owner.user is None
    board = signed_in(cast["hugh"]).get(reverse("caseload")).content.decode()
    assert "Answers that ask for somebody (1)" in board


def test_what_was_done_is_kept_once_and_the_hours_are_counted(cast: Cast, frozen: datetime, signed_in: SignIn) -> None:
    one = made.answered(asked(cast), mood="low", wants_help=True)
    with clock.set_to(frozen + timedelta(hours=5)):
        assert times(by=cast["hugh"])["longest"] == 5
        address = reverse("check_in_review", args=[one.referral.reference, one.pk])
        sent = signed_in(cast["george"]).post(address, {"done": "", "note": "Kept while it is mended."})
        assert sent.status_code == 422
        assert "Kept while it is mended." in sent.content.decode()
        assert signed_in(cast["george"]).post(address, {"done": "rang", "note": "Better."}).status_code == 302
        check_ins.review_check_in(check_in=one, done="rang", note="Better.", by=cast["hugh"])
        with pytest.raises(Outdated):
            check_ins.review_check_in(check_in=one, done="nothing", note="", by=cast["hugh"])
    told = times(by=cast["hugh"])
    assert (told["waiting"], told["reviewed"], told["middle"]) == (0, 1, 5)
    assert "5 hours" in signed_in(cast["hugh"]).get(reverse("managing")).content.decode()


def test_neither_answer_nor_silence_moves_anything_of_the_case(cast: Cast) -> None:
    """Whoever says that they are low would be held to have been seen, or not to have come."""
    plan = asked(cast)
    rows = [NextDue.objects.filter(pk=plan.referral_id), Standing.objects.filter(case=plan.referral.case_id)]
    before = [list(one.values()) for one in rows]
    made.sent(plan)  # and nothing is said
    _other, token = made.sent(plan, days=7)
    assert Client().post(f"/a/{token}", {"mood": "bad", "also": ["help", "call"]}).status_code == 200
    assert [list(one.values()) for one in rows] == before


def test_a_door_that_is_knocked_at_too_often_says_so(cast: Cast, client: Client, settings: Any) -> None:
    settings.LINKS_A_MINUTE = 2
    assert [client.get("/a/never").status_code for _one in range(3)] == [422, 422, 429]


def test_nobody_is_kept_out_by_others_of_their_mobile_network(cast: Cast, client: Client, settings: Any) -> None:
    """All of one network come from one address: a guesser there would keep out somebody who is low."""
    settings.LINKS_A_MINUTE = 2
    _one, token = made.sent(asked(cast))
    there = {"REMOTE_ADDR": "192.0.2.7"}
    assert [client.get("/a/wrong", **there).status_code for _one in range(3)] == [422, 422, 429]
    assert client.post(f"/a/{token}", {"mood": "bad"}, **there).status_code == 200
    assert [client.post(f"/a/{token}/stop", **there).status_code for _one in range(2)] == [200, 429]


def test_what_is_wrong_leads_to_the_answers_that_it_is_about(cast: Cast, client: Client) -> None:
    """With a screen reader the way from a mistake to its question is this link alone."""
    plan = asked(cast)
    _one, token = made.sent(plan)
    wrong = {"mood": "x\x00", f"question-{plan.questions[0]}": "perhaps", "also": ["everything"]}
    for said in (wrong, {}):
        page = client.post(f"/a/{token}", said)
        assert page.status_code == 422
        text = page.content.decode()
        leads = re.findall(r'<li><a href="#([^"]+)"', text)
        assert leads
        assert [one for one in leads if f'id="{one}"' not in text] == []


def test_who_has_answered_may_stop_them_there(cast: Cast, client: Client) -> None:
    """“Open it and choose Stop” says the text; and an answered link opens no more."""
    _one, token = made.sent(asked(cast))
    thanks = client.post(f"/a/{token}", {"mood": "good"}).content.decode()
    assert f'action="/a/{token}/stop"' in thanks
    assert "These messages have stopped" in client.post(f"/a/{token}/stop").content.decode()
    assert not CheckInPlan.objects.get().is_running


def test_welsh_that_has_changed_goes_to_nobody_before_it_is_reviewed_again(
    cast: Cast, frozen: datetime, texts: Fake, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an upgrade people would be sent to words that nobody there has read."""
    plan = asked(cast)
    check_in_list.review_welsh(by=cast["george"])
    made.plan(plan.referral, cast["george"], language="cy", version=1)
    monkeypatch.setattr(person_words, "welsh_digest", lambda: "another")
    beat(frozen, days=3)
    assert texts.sent == []
    page = signed_in(cast["george"]).get(reverse("referral_page", args=[plan.referral.reference])).content.decode()
    assert "the Welsh of the page has changed" in page
    check_in_list.review_welsh(by=cast["george"])
    beat(frozen, days=3)
    assert len(texts.sent) == 1
    assert "Sut mae pethau?" in texts.sent[0][1].text


@pytest.mark.django_db
def test_a_link_that_is_copied_badly_tells_nobody_either(client: Client) -> None:
    """The page for whatever else goes wrong has the service's name at its top, and asks for a sign-in."""
    pages = [client.get(path) for path in ("/a/", "/a/never/", "/a/never/stop/", "/a/never?x=%00")]
    assert [page.status_code for page in pages] == [404] * 4
    many = urlencode({f"a{number}": "1" for number in range(1001)})
    pages.append(client.post("/a/never", many, content_type="application/x-www-form-urlencoded"))
    broken = errors.server_error(RequestFactory().post("/a/never", {"mood": "bad"}))
    assert 'name="mood" value="bad"' in broken.content.decode()
    for page in (*pages, broken):
        text = page.content.decode()
        assert [one for one in (*TELLS, "Sign in", "start page") if one in text] == []
        assert "ring 999" in text or page.status_code == 422
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in page.headers["Cache-Control"]


def test_who_asks_for_help_by_a_link_that_has_run_out_is_not_told_that_it_arrived(
    cast: Cast, client: Client, frozen: datetime
) -> None:
    """They would wait for a call of which nobody knows."""
    one, token = made.sent(asked(cast))
    kept = "Nothing that you sent just now has been kept."
    with clock.set_to(one.expires_at):
        assert kept not in client.get(f"/a/{token}").content.decode()
        late = client.post(f"/a/{token}", {"also": ["call"]})
        assert (late.status_code, kept in late.content.decode()) == (422, True)
        assert kept in client.post(f"/a/{token}/stop").content.decode()
    assert CheckIn.objects.get().answered_at is None


@pytest.mark.django_db
def test_at_a_host_of_its_own_nothing_else_answers(client: Client, settings: Any) -> None:
    """Whoever cuts the link down to its host reads the name of the service above a sign-in."""
    settings.PERSON_HOST = "localhost:8443"
    for path in ("/", "/accounts/login/", "/cases/", "/metrics-not"):
        page = client.get(path, headers={"host": "LOCALHOST:8443"})
        assert page.status_code == 404
        assert [one for one in (*TELLS, "Sign in") if one in page.content.decode()] == []
    assert client.get("/a/never", headers={"host": "localhost:8443"}).status_code == 422
    assert client.get("/", headers={"host": "localhost"}).status_code == 302


def test_police_read_in_no_log_that_somebody_answered(cast: Cast, signed_in: SignIn) -> None:
    """By the reference of the case the log told them at what hour somebody had answered, and what was done about it."""
    one = made.answered(asked(cast), wants_call=True)
    check_ins.review_check_in(check_in=one, done="rang", note="", by=cast["george"])
    case = one.referral.case
    for sought in ({"reference": case.reference}, {"reference": one.referral.reference}, {"person": case.person_id}):
        page = signed_in(cast["jo"]).get(reverse("access_log"), sought)
        kinds = {entry.what for entry in page.context["entries"]}
        assert "Referral: accepted" in kinds
        assert [kind for kind in kinds if kind.startswith("Checkin")] == []
    assert Event.objects.filter(kind__startswith="checkin.").count() > 1
