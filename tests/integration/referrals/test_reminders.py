"""Texts before an appointment: at their hour, once, only to whom they are safe for, and of nobody in particular."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from cases.models import Case, Person
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.notifications import senders
from diversion.notifications.kinds import Letter
from diversion.notifications.models import Message
from diversion.notifications.senders.base import BrokeOff
from diversion.notifications.tasks import tell
from referrals.actions import partner, reminding, support
from referrals.models import Appointment, Referral, Scheme, TextRule
from referrals.queries.reminders import texts_of
from tests.conftest import Cast
from tests.factories.cases import decision, person, refer
from tests.factories.ground import adopt_scheme

pytestmark = pytest.mark.usefixtures("frozen")
SignIn = Callable[[User], Client]
NUMBER = "07700 900 777"


class Fake:
    """Keeps the texts that it is handed, each with when."""

    def __init__(self) -> None:
        self.sent = list[tuple[datetime, Letter]]()

    def open(self) -> None: ...

    def send(self, letter: Letter, *, reference: str) -> None:
        self.sent.append((clock.now(), letter))

    def close(self) -> None: ...


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> Fake:
    fake = Fake()
    monkeypatch.setitem(senders.TEXT, "console", lambda: fake)
    return fake


def helped(cast: Cast, **known: Any) -> Referral:
    """Zebedee Quill, whom George helps; a text is safe from 8am to 8pm unless ``known`` says otherwise."""
    scheme = Scheme.objects.filter(slug="drug-diversion").first() or adopt_scheme(
        "drug-diversion", cast, provider="hugh"
    )
    names = {"given_names": "Zebedee", "family_name": "Quill"}
    who = person(**(names | {"telephone": NUMBER, "safe_contact_texts": "waking"} | known))
    sent = refer(cast["amara"], scheme.versions.latest("valid_from"), person=who, decision=decision(rationale="Helps."))
    return partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])


def meets(referral: Referral, cast: Cast, at: datetime) -> Appointment:
    return support.plan_appointment(referral=referral, starts_at=at, place="Harbour House", by=cast["george"])


def agrees(referral: Referral, cast: Cast, texts: str, *, version: int = 0, **said: Any) -> None:
    given = {"names_service": False, "with_parent": False} | said
    reminding.agree_texts(referral=referral, texts=texts, version=version, by=cast["george"], **given)


def beat(starts: datetime, *, since: datetime | None = None) -> None:
    """What the beat does in the hours in which a text about an appointment may go: each half hour is often enough."""
    for minutes in [*range(-50 * 60, -42 * 60, 30), *range(-4 * 60, 90, 30)]:
        at = starts + timedelta(minutes=minutes)
        if since is None or at >= since:
            with clock.set_to(at):
                tell("reminder")


def test_twice_before_an_appointment_and_of_nobody(cast: Cast, frozen: datetime, texts: Fake) -> None:
    """55 of 100 never came to the first appointment in one real scheme; and a text is read by whoever lifts it."""
    starts = frozen + timedelta(days=3)
    meets(helped(cast), cast, starts)
    beat(starts)
    assert [at for at, _letter in texts.sent] == [starts - timedelta(hours=48), starts - timedelta(hours=2)]
    for _at, letter in texts.sent:
        assert (letter.address, letter.subject) == ("+447700900777", "")
        assert "Saturday 13 June 2026 at 10:30am" in letter.text
        marks = ("Zebedee", "Quill", "Harbour", "Trust", "George", "police", "drug", "Drug", "RF-", "01632", "help")
        assert [mark for mark in marks if mark in letter.text] == []
    events = Event.objects.filter(kind__startswith="reminder.").order_by("pk")
    assert [one.kind for one in events] == ["reminder.handed_over", "reminder.taken"] * 2
    assert {(one.actor_id, one.organisation_id) for one in events} == {(None, cast["hugh"].organisation_id)}


def test_a_text_that_failed_is_logged_as_failed(
    cast: Cast, frozen: datetime, texts: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log said that somebody was told who never was: what they missed would be held against them."""
    meets(helped(cast), cast, frozen + timedelta(hours=40))

    def fails(letter: Letter, *, reference: str) -> None:
        raise BrokeOff("Answered 500")

    monkeypatch.setattr(texts, "send", fails)
    assert tell("reminder") == 0
    kinds = Event.objects.filter(kind__startswith="reminder.").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["reminder.handed_over", "reminder.failed"]
    message = Message.objects.get()
    assert Event.objects.get(kind="reminder.failed").detail == {"message": message.pk}
    assert "may have gone" in message.reason


def test_the_text_of_a_nine_oclock_meeting_does_not_rest_on_one_beat(cast: Cast, texts: Fake) -> None:
    """At eight sharp the worker was busy, and whoever was to come at nine had no word."""
    starts = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)  # 9am of a Monday in London
    with clock.set_to(starts - timedelta(hours=20)):
        meets(helped(cast), cast, starts)
    sent = []
    for minutes in (-119, -58, -44):
        with clock.set_to(starts + timedelta(minutes=minutes)):
            sent.append(tell("reminder"))
    assert sent == [0, 1, 0]


def test_who_stopped_texts_elsewhere_may_agree_again_here(cast: Cast, frozen: datetime, texts: Fake) -> None:
    """Their answer was kept as it stood, and nothing ever went: the worker had written down that it would."""
    first, second = helped(cast), helped(cast, given_names="Mara", telephone="07700 900778")
    Case.objects.filter(pk=second.case_id).update(person=first.case.person)
    second = Referral.objects.get(pk=second.pk)
    agrees(second, cast, "waking")
    with clock.set_to(frozen + timedelta(minutes=1)):
        agrees(first, cast, "stopped")
    meets(second, cast, frozen + timedelta(hours=40))
    assert tell("reminder") == 0
    with clock.set_to(frozen + timedelta(minutes=2)):
        agrees(second, cast, "waking", version=1)
        agrees(second, cast, "waking", version=1)  # the same page, sent twice
        assert tell("reminder") == 1
    assert TextRule.objects.get(referral=second).version == 2


def test_a_yes_does_not_go_over_to_another_number(cast: Cast, frozen: datetime, texts: Fake, signed_in: SignIn) -> None:
    """A mother's telephone, or a new partner's, was written to since the old one had been safe."""
    referral = helped(cast, safe_contact_texts="")
    agrees(referral, cast, "waking")
    meets(referral, cast, frozen + timedelta(hours=40))
    Person.objects.filter(pk=referral.case.person_id).update(telephone="07700 900779")
    assert (tell("reminder"), texts.sent) == (0, [])
    page = signed_in(cast["george"]).get(reverse("referral_page", args=[referral.reference])).content.decode()
    assert "they agreed to texts to another number" in page
    agrees(Referral.objects.get(pk=referral.pk), cast, "waking", version=1)
    assert tell("reminder") == 1


def test_what_was_agreed_before_numbers_were_kept_is_of_the_number_on_record(cast: Cast) -> None:
    """The texts of everybody who had agreed would stop on the day of the upgrade, as of a new number."""
    kept = import_module("referrals.migrations.0003_of_which_number_it_was_said")
    one = helped(cast, telephone="+44 (0)7700 900-123", safe_contact_texts="")
    other = helped(cast, given_names="Mara", telephone="020 7946 0000")
    for referral in (one, other):
        agrees(referral, cast, "waking")
    TextRule.objects.update(number="")
    assert "another number" in texts_of([one])[one.pk].why_not
    with connection.cursor() as cursor:
        cursor.execute(kept.OF_THEIR_NUMBER)
    held = texts_of([one, other])
    assert (held[one.pk].number, held[one.pk].why_not) == ("07700900123", "")
    assert held[other.pk].why_not == "No: there is no mobile number"


def test_looking_for_texts_asks_no_more_for_more_people(
    cast: Cast, frozen: datetime, texts: Fake, django_assert_num_queries: Any
) -> None:
    """Every five minutes, for each appointment of every force: the beat would fall behind as a provider grows."""
    for number in (1, 2):
        who = {"given_names": f"Mara{'x' * number}", "telephone": f"07700 90010{number}"}
        meets(helped(cast, **who), cast, frozen + timedelta(hours=40))
        with django_assert_num_queries(4):
            assert len(list(reminding.due_reminders())) == number


@pytest.mark.parametrize(
    ("starts", "safe", "sent"),
    [  # the moments of UTC at which texts are expected
        # clocks went forward on 29 March 2026: 8am of Sunday is 7am UTC
        ((2026, 3, 31, 6, 0), "waking", [(2026, 3, 29, 7, 0)]),
        ((2026, 3, 30, 9, 0), "day", [(2026, 3, 28, 9, 0), (2026, 3, 30, 8, 0)]),
        # clocks go back on 25 October 2026: 8am of Sunday is 8am UTC
        ((2026, 10, 27, 7, 30), "waking", [(2026, 10, 25, 8, 0)]),
        ((2026, 10, 26, 11, 0), "evening", [(2026, 10, 24, 16, 0)]),
    ],
)
def test_at_the_hours_that_they_agreed_to_by_the_clocks_of_london(
    starts: tuple[int, ...], safe: str, sent: list[tuple[int, ...]], cast: Cast, texts: Fake
) -> None:
    """A text in the night, or an hour early in the week when the clocks change, lights up beside somebody else."""
    at = datetime(*starts, tzinfo=UTC)  # type: ignore[misc]
    with clock.set_to(at - timedelta(days=4)):
        meets(helped(cast, safe_contact_texts=safe), cast, at)
    beat(at)
    assert [one for one, _letter in texts.sent] == [datetime(*one, tzinfo=UTC) for one in sent]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ({"safe_contact_texts": "", "safe_contact": "Text only, after six"}, "Not asked"),
        ({"safe_contact_texts": "shared"}, "others read this telephone"),
        ({"safe_contact_texts": "letters"}, "letters only"),
        ({"telephone": "01632 960 001"}, "there is no mobile number"),
        ({"telephone": ""}, "there is no mobile number"),
    ],
)
def test_nothing_goes_where_no_code_says_that_it_is_safe(
    known: dict[str, str], why: str, cast: Cast, frozen: datetime, texts: Fake, signed_in: SignIn
) -> None:
    """A machine cannot read "not when he is at home"; and the worker must see that nobody was reminded."""
    referral = helped(cast, **known)
    meets(referral, cast, frozen + timedelta(hours=2))
    assert (tell("reminder"), texts.sent, Message.objects.exists()) == (0, [], False)
    page = signed_in(cast["george"]).get(reverse("referral_page", args=[referral.reference])).content.decode()
    assert why in page


def test_a_no_holds_in_whatever_support_and_against_an_older_yes(cast: Cast, frozen: datetime, texts: Fake) -> None:
    """They said stop under one scheme and were texted under the next; or somebody else reads the telephone by now."""
    first, second = helped(cast), helped(cast, given_names="Mara", telephone="07700 900778")
    who = first.case.person
    agrees(first, cast, "stopped")
    Case.objects.filter(pk=second.case_id).update(person=who)
    meets(second, cast, frozen + timedelta(hours=2))
    assert (tell("reminder"), texts.sent) == (0, [])
    with clock.set_to(frozen + timedelta(minutes=1)):
        agrees(second, cast, "waking")
        Person.objects.filter(pk=who.pk).update(safe_contact_texts="shared")
        Case.objects.filter(pk=first.case_id).update(recorded_at=clock.now() + timedelta(seconds=1))
        assert (tell("reminder"), texts.sent) == (0, []), "the officer heard it after the worker had asked"
        Case.objects.filter(pk=first.case_id).update(recorded_at=frozen)
        assert tell("reminder") == 1


def test_before_it_is_accepted_nothing_goes(cast: Cast, frozen: datetime, texts: Fake) -> None:
    """ "Tell your worker" is nobody to tell where there is no worker yet."""
    sent = helped(cast)
    meets(sent, cast, frozen + timedelta(hours=2))
    Referral.objects.filter(pk=sent.pk).update(state=Referral.State.SENT)
    assert (tell("reminder"), texts.sent) == (0, [])


def test_a_number_that_two_people_have_gets_none(cast: Cast, frozen: datetime, texts: Fake) -> None:
    """A text for one is read by the other, who may be why the first needs help."""
    meets(helped(cast), cast, frozen + timedelta(hours=2))
    helped(cast, given_names="Mara", telephone="+44 (0)7700 900777", safe_contact_texts="")
    assert (tell("reminder"), texts.sent) == (0, [])
    Person.objects.filter(given_names="Mara").update(telephone="07700 900 778")
    assert tell("reminder") == 1


def test_under_18_only_where_a_parent_agreed(cast: Cast, frozen: datetime, texts: Fake) -> None:
    """A child's telephone is often a parent's, and what they may be told is agreed first."""
    referral = helped(cast)
    Person.objects.filter(pk=referral.case.person_id).update(date_of_birth=frozen.date().replace(year=2009))
    meets(referral, cast, frozen + timedelta(hours=2))
    assert tell("reminder") == 0
    agrees(referral, cast, "waking", with_parent=True)
    assert tell("reminder") == 1


def test_what_was_cancelled_moved_or_stopped_meanwhile_is_not_told(cast: Cast, frozen: datetime, texts: Fake) -> None:
    """Somebody would stand before a closed door at the old time, or be written to after they asked for nothing more."""
    referral = helped(cast, safe_contact_texts="evening")
    first, moved = (meets(referral, cast, frozen + timedelta(hours=hours)) for hours in (40, 42))
    assert (tell("reminder"), Message.objects.filter(state="waiting").count()) == (0, 2)  # held until 5pm
    support.record_attendance(appointment=first, attendance="cancelled_by_person", version=1, by=cast["george"])
    Appointment.objects.filter(pk=moved.pk).update(starts_at=moved.starts_at + timedelta(hours=1))
    with clock.set_to(frozen + timedelta(hours=7)):
        assert (tell("reminder"), tell("reminder")) == (1, 0)
    assert "Friday 12 June 2026 at 5:30am" in texts.sent[0][1].text
    agrees(referral, cast, "stopped")
    beat(frozen + timedelta(hours=43), since=frozen + timedelta(hours=8))
    assert len(texts.sent) == 1
    assert set(Message.objects.filter(state="cancelled").values_list("attempts", flat=True)) == {0}


def test_the_worker_records_what_they_agree_and_sees_what_was_sent(
    cast: Cast, frozen: datetime, texts: Fake, signed_in: SignIn
) -> None:
    """Who cannot see that somebody was reminded rings them again; who cannot write down that texts stop sends more."""
    referral, george = helped(cast, safe_contact_texts="no"), signed_in(cast["george"])
    Scheme.objects.update(telephone="01632 960 001")
    meets(referral, cast, frozen + timedelta(hours=30))
    address = reverse("texts_agree", args=[referral.reference])
    assert george.post(address, {"texts": "day", "names_service": "on", "version": "0"}).status_code == 302
    late = george.post(address, {"texts": "no", "version": "0"})
    assert (late.status_code, b"has changed since" in late.content) == (422, True)
    assert tell("reminder") == 1
    text = texts.sent[0][1].text
    assert "from Harbour Trust" in text
    assert "ring 01632 960 001" in text
    on_board = f"{reverse('caseload')}?open={referral.reference}"
    for page in (reverse("referral_page", args=[referral.reference]), on_board):
        assert "Text sent Wed 10 Jun, 10:30am" in george.get(page).content.decode()
    assert signed_in(cast["hana"]).post(address, {"texts": "no", "version": "1"}).status_code == 404
    police = signed_in(cast["amara"]).get(reverse("case_page", args=[referral.case.reference])).content.decode()
    assert "Text sent" not in police
