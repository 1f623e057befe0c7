"""A stolen password opens nothing: the second step of signing in, and the rule that everybody has one."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from diversion import clock
from diversion.accounts import factors
from diversion.accounts.actions import factors as actions
from diversion.accounts.actions import own_sessions, users
from diversion.accounts.confirming import GIVEN_AT
from diversion.accounts.models import Factor, Permit, User
from diversion.accounts.passwords import link_path
from diversion.accounts.queries import sessions_of
from diversion.accounts.second_factor import check_that_it_is_required
from diversion.audit.models import Event
from diversion.audit.sign_ins import FAILED, REFUSED
from diversion.demonstration.cast import PASSWORD
from diversion.management import doctor
from diversion.notifications.models import Message
from diversion.notifications.tasks import tell
from tests.conftest import NOW, Cast
from tests.factories.factors import SECRET, code, with_app
from tests.integration.test_every_url import ROUTES

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("frozen")

LOGIN, STEP, HOME = "/accounts/login/", reverse("mfa_authenticate"), "/cases/"
FACTORS, APP, CODES = reverse("second_factor"), reverse("factor_app"), reverse("factor_codes")


@pytest.fixture(autouse=True)
def _uncounted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def first_step(user: User, password: str = PASSWORD, client: Client | None = None, after: str = "") -> Client:
    client = client or Client()
    client.post(LOGIN + after, {"login": user.email, "password": password})
    return client


def is_in(client: Client) -> bool:
    return bool(client.get(HOME).status_code == 200)


@pytest.fixture
def amara(cast: Cast) -> User:
    """She has an authenticator app."""
    with_app(cast["amara"])
    return cast["amara"]


def test_a_password_alone_opens_nothing(amara: User) -> None:
    """It was typed into a page that looked like this one, and somebody else has it."""
    client = first_step(amara)
    for path in (HOME, "/", "/your-account/", FACTORS, APP, CODES):
        assert client.get(path).url.startswith(LOGIN), path
    assert not sessions_of(amara)
    assert "last_login" not in client.session
    assert client.post(STEP, {"code": "000000"}).status_code == 422
    assert client.post(STEP, {"code": code()}).status_code == 302
    assert is_in(client)
    event = Event.objects.filter(kind="account.signed_in").latest("pk")
    assert (event.actor_id, event.detail) == (amara.pk, {"with": "app"})


def test_a_code_counts_once(amara: User) -> None:
    """Somebody looks over her shoulder, and types what she has just typed."""
    assert is_in(_second_step(amara, code()))
    assert not is_in(_second_step(amara, code()))
    assert not is_in(_second_step(amara, code(steps=-1))), "nor one before it"
    with clock.set_to(NOW + timedelta(seconds=30)):
        assert is_in(_second_step(amara, f" {code()[:3]} {code()[3:]} "))


def _second_step(user: User, typed: str) -> Client:
    client = first_step(user)
    client.post(STEP, {"code": typed})
    return client


def test_the_first_code_does_not_count_again(cast: Cast) -> None:
    """The one that set the app up was on the screen."""
    client = first_step(cast["amara"])
    secret = _secret_on(client)
    assert client.post(APP, {"code": code(secret)}).url == CODES
    assert not is_in(_second_step(cast["amara"], code(secret)))


@pytest.mark.parametrize(("seconds", "counts"), [(-16, False), (-15, True), (29, True), (44, True), (45, False)])
def test_a_code_lasts_half_a_minute_and_some_typing(seconds: int, counts: bool) -> None:
    """One that counts for long can be read and used by somebody else; one too short refuses whoever types slowly."""
    shown = code()
    with clock.set_to(NOW + timedelta(seconds=seconds)):
        assert bool(factors.counter_of(SECRET, shown)) is counts


def test_a_code_of_somebody_else_is_none(amara: User, cast: Cast) -> None:
    """A colleague with her password would come in with their own telephone."""
    other = "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"
    mine = with_app(cast["callum"], other)
    assert not is_in(_second_step(amara, code(other)))
    assert not is_in(_second_step(amara, mine[0]))


def test_a_recovery_code_counts_once_and_is_told(amara: User) -> None:
    """Whoever finds her paper signs in with it: she hears of it, and it is good for one sign-in."""
    codes = actions.renew_codes(by=amara)
    client = first_step(amara)
    answer = client.post(STEP, {"code": codes[3].upper().replace("-", " ")}, follow=True)
    assert "You have 9 recovery codes left." in text_of(answer)
    assert is_in(client)
    assert not is_in(_second_step(amara, codes[3]))
    assert Event.objects.filter(kind="account.recovery_code_used", actor_id=amara.pk).count() == 1
    tell("second_factor")
    assert any("signed in to your account with a recovery code" in one.body for one in mail.outbox)


def test_recovery_codes_are_shown_once_and_kept_as_digests(cast: Cast) -> None:
    """A page that stayed open, or a copy of the table, would be ten ways in."""
    client = first_step(cast["amara"])
    secret = _secret_on(client)
    page = text_of(client.post(APP, {"code": code(secret)}, follow=True))
    codes = re.findall(r"<code>([a-z2-7]{7}(?:-[a-z2-7]{7}){3})</code>", page)
    assert len(set(codes)) == 10
    assert codes[0] not in text_of(client.get(CODES))
    kept = str(list(Factor.objects.filter(user=cast["amara"]).values_list("data", flat=True)))
    assert secret not in kept
    assert factors.plain(codes[0]) not in kept
    assert is_in(_second_step(cast["amara"], codes[0]))


def _secret_on(client: Client) -> str:
    """The key on the page on which an app is set up."""
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", client.get(APP).content.decode())
    assert found
    return found[1].replace(" ", "")


def test_the_page_draws_a_square_that_needs_no_script_and_no_other_address(cast: Cast) -> None:
    """The Content-Security-Policy would leave a hole where it should be."""
    page = first_step(cast["amara"]).get(APP).content.decode()
    assert '<svg class="app-qr" role="img"' in page
    assert "style=" not in page


def test_guesses_at_a_code_are_slowed_logged_and_told(amara: User) -> None:
    """A million codes are few for a machine. Who gets so far has her password: she has to hear of it."""
    client = first_step(amara)
    answers = [client.post(STEP, {"code": f"00000{number % 10}"}) for number in range(12)]
    assert "Too many wrong codes" in text_of(answers[-1])
    assert "Too many wrong codes" in text_of(client.post(STEP, {"code": code()})), "the right one neither"
    kinds = Event.objects.filter(subjects__contains=[f"accounts.user:{amara.pk}"]).values_list("kind", flat=True)
    assert (list(kinds).count(FAILED), list(kinds).count(REFUSED)) == (10, 3)
    cache.clear()
    client.post(STEP, {"code": code()})
    assert "had your password, and not your second factor" in text_of(client.get("/your-account/"))


def test_a_new_password_gives_a_guesser_no_more_codes(amara: User) -> None:
    """Whoever reads her mailbox would ask for link after link, and have ten more codes with each."""
    for number in range(3):
        phrase = f"a long enough phrase {number}"
        visitor = Client()
        form = visitor.get(link_path(User.objects.get(pk=amara.pk)), follow=True)
        visitor.post(form.redirect_chain[-1][0], {"password1": phrase, "password2": phrase})
        assert not is_in(visitor), "a new password is no second factor"
        client = first_step(amara, phrase)
        last = [client.post(STEP, {"code": "000000"}) for _ in range(9)][-1]
    assert "Too many wrong codes" in text_of(last)


def test_the_first_step_tells_a_stranger_nothing(amara: User, cast: Cast) -> None:
    """With or without a second factor, a wrong password is answered alike."""
    wrong = [Client().post(LOGIN, {"login": cast[who].email, "password": "wrong"}) for who in ("amara", "callum")]
    marks = [re.sub(r'(value|nonce)="[^"]*"', "", one.content.decode()) for one in wrong]
    assert marks[0] == marks[1]


def test_the_second_step_is_for_whoever_took_the_first(amara: User) -> None:
    """Its address alone leads back to the beginning, and a first step is over after a quarter of an hour."""
    assert Client().get(STEP).url == LOGIN
    client = first_step(amara)
    session = client.session
    session["account_login"]["initiated_at"] -= 901
    session.save()
    assert client.post(STEP, {"code": code()}).url == LOGIN
    assert not is_in(client)


def test_somebody_can_begin_again(amara: User, cast: Cast) -> None:
    """Two share a machine: the second would meet the first's question."""
    client = first_step(amara)
    assert client.get(LOGIN).url == STEP
    assert client.post(STEP, {"again": "yes"}).url == LOGIN
    assert is_in(first_step(cast["callum"], client=client))


def test_whoever_planted_a_key_in_a_shared_browser_gets_no_first_step(amara: User) -> None:
    """With her password given for them, one code over her shoulder would be all that they need."""
    client = Client()
    client.get(LOGIN)
    session = client.session
    session["planted"] = "yes"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = key = str(session.session_key)
    first_step(amara, client=client)
    assert client.session.session_key != key
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = key
    assert thief.get(STEP).url == LOGIN
    client.post(STEP, {"again": "yes"})
    assert "planted" not in client.session, "nothing of hers is left to whoever signs in next"


@pytest.mark.parametrize("how", ["password", "signed out", "everybody", "another telephone"])
def test_a_first_step_does_not_outlive_what_signs_her_out(how: str, amara: User, cast: Cast) -> None:
    """Whoever took it with a stolen password would go on a quarter of an hour later, the password changed in vain."""
    client = first_step(amara)
    assert client.get(STEP).status_code == 200
    if how == "password":
        amara.keep_password("a long enough phrase", Permit.Grounds.LINK, amara)
    elif how == "signed out":
        users.end_sessions_of(user=amara, by=cast["kit"])
    elif how == "everybody":
        own_sessions.end_everybodys_sessions(organisation=None, by=None)
    else:
        actions.renew_codes(by=amara)
        actions.set_up_app(secret=SECRET, counter=0, here="", by=amara)
    assert client.post(STEP, {"code": code()}).url == LOGIN
    assert not is_in(client)
    assert is_in(_second_step(amara, code())) is (how != "password"), "whoever begins again comes in"


def test_the_session_is_a_new_one_and_leads_where_it_should(amara: User) -> None:
    """A session key planted before the sign-in would be signed in with it; a link would lead to another's page."""
    client = Client()
    client.get(LOGIN)
    client = first_step(amara, client=client, after="?next=/notices/")
    before = client.session.session_key
    assert client.post(STEP, {"code": code()}).url == "/notices/"
    assert client.session.session_key != before
    away = first_step(amara, after="?next=https://elsewhere.example/")
    with clock.set_to(NOW + timedelta(minutes=1)):
        assert away.post(STEP, {"code": code()}).url == "/"


@pytest.mark.parametrize("how", ["disabled", "vetting"])
def test_whoever_may_not_sign_in_does_not_between_two_steps(how: str, cast: Cast) -> None:
    """Disabled at the moment at which they look for their telephone."""
    george = cast["george"]
    with_app(george)
    client = first_step(george)
    if how == "disabled":
        User.objects.filter(pk=george.pk).update(is_active=False)
    else:
        User.objects.filter(pk=george.pk).update(vetted_until=NOW.date() - timedelta(days=1))
    assert client.post(STEP, {"code": code()}).url == LOGIN
    assert client.get("/caseload/").status_code == 302


def test_a_disabled_account_keeps_no_factor(amara: User, cast: Cast) -> None:
    """What nobody may sign in with any more is a secret kept for nothing."""
    users.disable_user(user=amara, by=cast["kit"])
    assert not Factor.objects.filter(user=amara).exists()


def test_a_session_without_the_second_step_ends(cast: Cast, signed_in: SignIn) -> None:
    """Whoever signed in with the stolen password before she set up her app would stay signed in."""
    thief, owner = first_step(cast["amara"]), first_step(cast["amara"])
    assert is_in(thief)
    owner.post(APP, {"code": code(_secret_on(owner))})
    assert is_in(owner)
    assert not is_in(thief)
    assert not is_in(signed_in(cast["amara"])), "nor one that comes about in some other way"


# Everybody has to have one


@pytest.fixture
def _required(settings: Any) -> None:
    settings.SECOND_FACTOR = "required"


@pytest.mark.usefixtures("_required")
def test_without_one_no_page_opens_but_that_on_which_it_is_set_up(cast: Cast) -> None:
    """One address that was forgotten would be the way round."""
    client = first_step(cast["elin"])
    opened = set()
    closed = [route for route in ROUTES if route.rule and not route.rule.public and not route.rule.closed]
    for place, route in enumerate(closed):
        answer = client.post(route.path) if place % 7 == 0 else client.get(route.path)
        if not (answer.status_code == 302 and answer.url == FACTORS):
            opened.add(route.name)
    assert len(closed) > 100
    assert opened == {"account_logout", "factor_app", "factor_passkey", "second_factor"}


@pytest.mark.usefixtures("_required")
def test_it_says_why_and_opens_once_it_is_set_up(cast: Cast) -> None:
    """Somebody who is only sent away asks for help, or for a way round."""
    client = first_step(cast["amara"])
    page = client.get(HOME, follow=True)
    assert "so that a stolen password opens nobody’s case" in text_of(page)
    assert 'href="/cases/"' not in page.content.decode(), "nor does it show ways that lead nowhere"
    assert client.post(APP, {"code": code(_secret_on(client))}).url == CODES
    assert is_in(client)


@pytest.mark.usefixtures("_required")
def test_the_last_one_stays(cast: Cast) -> None:
    client = first_step(cast["amara"])
    client.post(APP, {"code": code(_secret_on(client))})
    own = factors.factors_of(cast["amara"]).get(type=factors.APP)
    answer = client.post(reverse("factor_remove", args=[own.pk]))
    assert "set up another first" in text_of(answer)
    assert factors.factors_of(cast["amara"]).filter(pk=own.pk).exists()


@pytest.mark.parametrize(
    ("production", "chosen", "said"), [(True, "offered", 1), (True, "required", 0), (False, "offered", 0)]
)
def test_whoever_runs_the_service_is_told_where_it_is_not_asked(
    production: bool, chosen: str, said: int, settings: Any
) -> None:
    """At each start, and by `manage.py doctor`: one line in a file of settings would otherwise undo it unseen."""
    settings.PRODUCTION, settings.SECOND_FACTOR = production, chosen
    assert len(check_that_it_is_required()) == said
    (finding,) = doctor._sign_in()
    assert len(finding.faults) == said


def test_the_demonstration_signs_in_with_its_password(cast: Cast) -> None:
    """Its sign-ins are printed as the service starts."""
    assert is_in(first_step(cast["amara"]))


# Setting up and removing one's own


def test_a_screen_left_open_sets_up_and_removes_nothing(amara: User) -> None:
    """Whoever passes by would make their own telephone hers."""
    client = _second_step(amara, code())
    session = client.session
    session[GIVEN_AT] = int((NOW - timedelta(hours=1)).timestamp())
    session.save()
    own = factors.factors_of(amara).get(type=factors.APP)
    for path, given in ((APP, {"code": "1"}), (CODES, {}), (reverse("factor_remove", args=[own.pk]), {})):
        assert "Enter your password" in text_of(client.post(path, given)), path
    assert client.post(CODES, {"password": PASSWORD}).url == CODES


def test_another_telephone_takes_the_place_of_the_first(amara: User) -> None:
    """The old one was sold. The recovery codes on paper stay good, and other sessions end."""
    client, elsewhere = _second_step(amara, code()), first_step(amara)
    with clock.set_to(NOW + timedelta(minutes=1)):
        elsewhere.post(STEP, {"code": code()})
    secret = _secret_on(client)
    assert client.post(APP, {"code": code(secret)}).url == FACTORS
    assert is_in(client)
    assert not is_in(elsewhere)
    with clock.set_to(NOW + timedelta(minutes=2)):
        assert not is_in(_second_step(amara, code()))
        assert is_in(_second_step(amara, code(secret)))
    assert factors.codes_left(amara) == 10


def test_what_is_sent_twice_at_once_shows_codes_that_count(cast: Cast) -> None:
    """Two clicks: the browser shows the second answer. It would show no codes, and nobody knew those that count."""
    first = actions.set_up_app(secret=SECRET, counter=0, here="", by=cast["amara"])
    second = actions.set_up_app(secret=SECRET, counter=0, here="", by=cast["amara"])
    assert len(second) == 10
    assert not is_in(_second_step(cast["amara"], first[0]))
    assert is_in(_second_step(cast["amara"], second[0]))


def test_two_at_once_wait_for_each_other(cast: Cast) -> None:
    """Without one order both wait until the database ends one of them, and its page fails."""
    with CaptureQueriesContext(connection) as asked:
        actions.set_up_app(secret=SECRET, counter=0, here="", by=cast["amara"])
    locks = [one["sql"] for one in asked if not one["sql"].startswith(("SAVEPOINT", "SELECT set_config"))]
    assert "FOR NO KEY UPDATE" in locks[0]


def test_codes_that_are_used_up_are_made_anew_with_the_next(amara: User) -> None:
    """She would believe that she has some, and be shut out with her telephone."""
    codes = Factor.objects.get(user=amara, type=factors.CODES)
    codes.data = {"codes": []}
    codes.save()
    other = actions.set_up_app(secret="KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU", counter=0, here="", by=amara)
    assert len(other) == 10


def test_that_factors_were_changed_is_told_at_the_next_sign_in_by_what_nobody_can_remove(amara: User) -> None:
    """Whoever writes as the web does sends no e-mail and leaves no entry: the permit stays, and she reads of it."""
    words = "What you show beside your password was changed since you signed in before, on 10 June 2026 at 10:30am."
    first = _second_step(amara, code())
    assert words not in text_of(first.get("/your-account/")), "she signs in for the first time"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_permit (at, transaction, account_id, what, value, grounds, by_id)"
            " VALUES (%s, 0, %s, 'factor taken', '0', 'own password', %s)",
            [clock.now() + timedelta(seconds=30), amara.pk, amara.pk],
        )
    for minutes, is_told in ((1, True), (2, False)):
        with clock.set_to(NOW + timedelta(minutes=minutes)):
            assert (words in text_of(_second_step(amara, code()).get("/your-account/"))) is is_told


def test_a_question_for_the_head_takes_no_codes(amara: User) -> None:
    """A program that looks whether a page is there would be the only one to see them."""
    client = _second_step(amara, code())
    client.post(CODES)
    client.head(CODES)
    assert len(re.findall(r"<code>[a-z2-7-]{31}</code>", client.get(CODES).content.decode())) == 10


def test_with_the_last_one_go_the_recovery_codes(amara: User) -> None:
    """A paper in a drawer would stand for a factor that nobody has any more."""
    client = _second_step(amara, code())
    own = factors.factors_of(amara).get(type=factors.APP)
    assert client.post(reverse("factor_remove", args=[own.pk])).url == FACTORS
    assert not factors.factors_of(amara).exists()
    assert is_in(first_step(amara))
    assert Message.objects.filter(kind="second_factor", to=amara, about__startswith="app-removed").exists()


def test_the_page_that_asks_for_the_password_again_opens_with_one(amara: User) -> None:
    """django-allauth would offer pages of its own for the second factor, which are not there."""
    assert _second_step(amara, code()).get(reverse("account_reauthenticate")).status_code == 200


def test_nobody_opens_the_factor_of_somebody_else(amara: User, cast: Cast, signed_in: SignIn) -> None:
    own = factors.factors_of(amara).get(type=factors.APP)
    assert signed_in(cast["kit"]).post(reverse("factor_remove", args=[own.pk])).status_code == 404


def test_every_page_about_it_says_what_a_passkey_needs(amara: User) -> None:
    """Without JavaScript the code does the same; by a number instead of a name a browser makes no passkey."""
    client = _second_step(amara, code())
    assert "A passkey needs JavaScript" in text_of(client.get(reverse("factor_passkey")))
    sent = client.post(reverse("factor_passkey"), {"name": "blue key", "by_passkey": "yes"})
    assert "a passkey needs JavaScript" in text_of(sent)
    assert "blue key" in text_of(sent)
    assert "opened by its name" in text_of(client.get(FACTORS, headers={"host": "127.0.0.1"}))


ODD = ["", "{", "[]", "{}", '{"id": 1}', '{"id": "a", "response": {}}', "1" * 30_000, "[" * 19_000]


@pytest.mark.parametrize("answer", ODD)
def test_what_is_no_passkey_is_refused_and_breaks_nothing(answer: str, amara: User) -> None:
    """What a browser sends here comes from outside."""
    client = first_step(amara)
    assert client.post(STEP, {"answer": answer, "by_passkey": "yes"}).status_code == 422
    client.post(STEP, {"code": code()})
    sent = client.post(reverse("factor_passkey"), {"name": "key", "answer": answer})
    assert sent.status_code == 422
    assert not factors.has_passkey(amara)
