"""A page that is not finished is kept for whoever types it: nothing is lost, and nobody else reads it."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from referrals.actions import deciding
from referrals.actions.deciding import Support
from referrals.forms.sent import is_of_page
from referrals.models import DecisionDraft
from referrals.tasks import forget_drafts
from tests.conftest import Cast
from tests.factories.cases import answers, condition, decision, grouped, left_open, said_again
from tests.factories.decisions import posted

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
HALF = {"family_name": "", "date_of_birth": "", "result": None, "option": None, "disposal": "", "narrowed": None}


@pytest.fixture
def officer(cast: Cast, signed_in: SignIn) -> Client:
    return signed_in(cast["amara"])


def words_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def typed(client: Client, data: dict[str, Any], *, window: str = "", revision: int = 0, **more: Any) -> str:
    """The page after the answers so far were sent by one browser window."""
    place = {"draft_window": window, "draft_revision": str(revision)} if window else {}
    response = client.post(reverse("record_decision"), {**data, **place, "show": "1", **more})
    assert response.status_code == 200
    return words_of(response)


def opened(client: Client, data: dict[str, Any]) -> str:
    response = client.get(reverse("record_decision"), {"draft": data["submission"]}, follow=True)
    assert response.status_code == 200
    return words_of(response)


def place_of(page: str) -> dict[str, Any]:
    """The window and the revision that a page holds."""
    return {
        "window": re.findall(r'name="draft_window" value="([^"]*)"', page)[0],
        "revision": int(re.findall(r'name="draft_revision" value="([^"]*)"', page)[0]),
    }


def test_what_is_typed_comes_back_from_the_first_answer(officer: Client) -> None:
    """An officer who is called away types it all again from memory, or never."""
    data = posted(**HALF, rationale="Called away")
    typed(officer, data)
    home = words_of(officer.get(reverse("home")))
    assert "Unfinished (1)" in home
    assert f"?draft={data['submission']}" in home
    page = opened(officer, data)
    assert 'value="Sam"' in page
    assert 'value="AV/1/26"' in page
    assert "Called away" in page
    assert "Unfinished, kept until Wed 17 Jun" in page
    assert "Unfinished (1)" in words_of(officer.get(reverse("record_decision")))


def test_a_page_that_is_refused_is_kept_as_well(officer: Client) -> None:
    """Without scripts the first that the service hears of a page may be a mistake in it."""
    data = posted(date_of_birth="31 2 2001")
    assert officer.post(reverse("record_decision"), data).status_code == 422
    assert "31 2 2001" in opened(officer, data)


def test_keeping_costs_no_entry_in_the_log_of_its_own(officer: Client) -> None:
    """Drowned in entries, the log hides who read whose record."""
    before = Event.objects.count()
    typed(officer, posted(**HALF))
    kinds = list(Event.objects.order_by("pk").values_list("kind", flat=True)[before:])
    assert kinds == ["decision.drafted", "person.searched"]  # the latter looks for whose name is being typed


def test_once_it_is_recorded_the_draft_is_gone_and_its_address_leads_to_the_case(officer: Client) -> None:
    """The back button after recording must not offer the same decision once more."""
    data = posted()
    typed(officer, data)
    assert officer.post(reverse("record_decision"), data).status_code == 302
    case = Case.objects.get()
    assert not DecisionDraft.objects.exists()
    response = officer.get(reverse("record_decision"), {"draft": data["submission"]})
    assert response.url == reverse("case_page", args=[case.reference])


def test_nobody_else_reads_it(cast: Cast, client: Client) -> None:
    """What a constable has typed and not recorded is no record: not their sergeant's, nor the hub's, to read."""
    client.force_login(cast["amara"])
    data = posted(**HALF)
    typed(client, data)
    for who in ("callum", "carol", "david", "elin", "ian", "kit", "hugh", "ben", "lena"):
        user = cast[who]
        assert not DecisionDraft.objects.visible_to(user).exists(), who
        client.force_login(user)
        response = client.get(reverse("record_decision"), {"draft": data["submission"]}, follow=True)
        assert 'value="Sam"' not in words_of(response), who
        gone = client.post(reverse("draft_let_go", args=[data["submission"]]))
        assert gone.status_code in (403, 404), who
    assert DecisionDraft.objects.count() == 1


def test_a_colleague_who_sends_the_same_number_keeps_a_draft_of_their_own(cast: Cast, client: Client) -> None:
    """A page copied from a colleague's screen must not write over theirs."""
    client.force_login(cast["amara"])
    data = posted(**HALF)
    typed(client, data)
    client.force_login(cast["callum"])
    typed(client, data | {"given_names": "Mallory"})
    client.force_login(cast["amara"])
    assert "Mallory" not in opened(client, data)


def test_two_windows_never_overwrite_each_other_in_silence(officer: Client) -> None:
    """An old window left open would undo what was typed in the new one, and nobody would know."""
    data = posted(**HALF)
    first = place_of(typed(officer, data, window="one"))
    second = place_of(opened(officer, data))
    changed = data | {"given_names": "Samira"}
    assert "Another window" not in typed(officer, changed, **second)
    page = typed(officer, data | {"rationale": "From the old window"}, **first)
    assert "Another window has changed this page" in page
    assert "From the old window" in page
    assert "Samira" in opened(officer, data)
    page = typed(officer, data | {"rationale": "From the old window"}, **first, draft_insists="1")
    assert "Another window" not in page
    assert "From the old window" in opened(officer, data)


def test_an_old_window_records_nothing_unseen(officer: Client) -> None:
    """Recorded from the old window, what was put right in the new one would be lost for good."""
    data = posted()
    first = place_of(typed(officer, data, window="one"))
    typed(officer, data | {"given_names": "Samira"}, **place_of(opened(officer, data)))
    sent = data | {"draft_window": first["window"], "draft_revision": str(first["revision"])}
    response = officer.post(reverse("record_decision"), sent)
    assert "Another window has changed this page" in words_of(response)
    assert not Case.objects.exists()


def test_one_window_goes_on_though_an_answer_was_lost_on_the_way(officer: Client) -> None:
    """A refresh that was overtaken by the next is no other window."""
    data = posted(**HALF)
    first = place_of(typed(officer, data, window="one"))
    typed(officer, data | {"given_names": "Sami"}, **first)
    assert "Another window" not in typed(officer, data | {"given_names": "Samir"}, **first)
    assert 'value="Samir"' in opened(officer, data)


def test_a_new_sign_in_leads_back_to_the_page(officer: Client, cast: Cast) -> None:
    """A session that ends while somebody talks with a frightened child costs nothing that was kept."""
    data = posted(**HALF)
    page = typed(officer, data)
    action = re.findall(r'<form method="post" action="([^"]*draft=[^"]*)"', page)[0]
    officer.logout()
    response = officer.post(action, data)
    assert response.status_code == 302
    assert "draft%3D" + data["submission"] in response.url
    officer.force_login(cast["amara"])
    assert 'value="Sam"' in opened(officer, data)


def test_it_goes_after_seven_days_and_warns_a_day_before(officer: Client, cast: Cast, settings: Any) -> None:
    """Personal data that nobody recorded must not lie about; nor vanish unannounced."""
    data = posted(**HALF)
    typed(officer, data)
    settings.DRAFT_DAYS = 7
    start = clock.now()
    with clock.set_to(start + timedelta(days=6)):
        assert forget_drafts() == 0
        assert "goes tomorrow" in words_of(officer.get(reverse("home")))
    with clock.set_to(start + timedelta(days=7)):
        assert forget_drafts() == 1
    page = opened(officer, data)
    assert "is not kept any more" in page


def test_it_is_let_go_by_its_author(officer: Client) -> None:
    """Typed about the wrong person: it must go at once, and for good."""
    data = posted(**HALF)
    typed(officer, data)
    assert officer.post(reverse("draft_let_go", args=[data["submission"]])).status_code == 302
    assert not DecisionDraft.objects.exists()
    assert Event.objects.filter(kind="decision.draft_let_go").exists()


def test_the_page_that_decides_is_kept_for_its_case(officer: Client, cast: Cast) -> None:
    """Come back to, it must decide the case that it was opened for, and make no second one."""
    case = left_open(cast["amara"])
    data = posted(deciding=case.reference, existing=str(case.person_id), **HALF)
    typed(officer, data)
    assert f'name="deciding" value="{case.reference}"' in opened(officer, data)


@pytest.mark.parametrize("number", ["", "no-number", "0"])
def test_an_address_that_names_nothing_opens_an_empty_page(officer: Client, number: str) -> None:
    """A link cut short in an e-mail must give no error page."""
    response = officer.get(reverse("record_decision"), {"draft": number}, follow=True)
    assert response.status_code == 200
    assert "is not kept any more" in words_of(response)


def test_a_search_finds_nothing_of_it(officer: Client) -> None:
    """Somebody who was only typed about is no known person."""
    typed(officer, posted(given_names="Zebedee", **{name: value for name, value in HALF.items()}))
    found = officer.post(reverse("person_search"), {"q": "Zebedee"}, follow=True)
    assert "Nobody who answers" in words_of(found)


def test_a_late_answer_makes_no_draft_of_what_is_recorded(officer: Client) -> None:
    """Offered once more as unfinished, a decision would be made twice, or somebody would look for what is wrong."""
    data = posted()
    first = place_of(typed(officer, data, window="one"))
    second = place_of(opened(officer, data))
    recorded = data | {"draft_window": first["window"], "draft_revision": str(first["revision"])}
    assert officer.post(reverse("record_decision"), recorded).status_code == 302
    for place in (first, second):
        assert "Unfinished" not in typed(officer, data | {"given_names": "Changed"}, **place)
    assert not DecisionDraft.objects.exists()
    late = data | {"draft_window": second["window"], "draft_revision": str(second["revision"])}
    response = officer.post(reverse("record_decision"), late)
    assert response.url == reverse("case_page", args=[Case.objects.get().reference])


def test_every_draft_is_on_the_list(officer: Client) -> None:
    """A page that is on no list is lost, though it is kept."""
    sent = [posted(**(HALF | {"given_names": f"Name{number}"})) for number in range(21)]
    for data in sent:
        typed(officer, data)
    home = words_of(officer.get(reverse("home")))
    assert "Unfinished (21)" in home
    assert all(data["submission"] in home for data in sent)


def test_what_was_begun_of_a_case_goes_once_it_is_decided(officer: Client, cast: Cast) -> None:
    """It can never be recorded: on the list it would be work that nobody can finish."""
    case = left_open(cast["amara"])
    begun = posted(deciding=case.reference, existing=str(case.person_id), **HALF)
    other = posted(**HALF)
    for data in (begun, other):
        typed(officer, data)
    given = said_again(case) | {"submission": "7f1c1f0e-0c6f-4c6e-9a3e-2f0d5c1d2b3a", "decision": decision()}
    support = Support(conditions=[condition()])
    deciding.decide_case(**grouped(given | {"answers": answers(given)}), support=support, by=cast["amara"])
    typed(officer, begun)  # the window in which it was begun still stands open
    assert [str(one.submission) for one in DecisionDraft.objects.all()] == [other["submission"]]


@pytest.mark.parametrize(("name", "status"), [("draft_window", 200), ("deciding", 404)])
def test_a_character_that_no_database_holds_is_no_error_of_the_service(officer: Client, name: str, status: int) -> None:
    """An error page would take what was typed with it."""
    sent = posted(**HALF) | {"draft_window": "one", "draft_revision": "0", "show": "1", name: "a\x00b"}
    officer.raise_request_exception = False
    assert officer.post(reverse("record_decision"), sent).status_code == status


def test_only_what_the_page_asks_is_kept(officer: Client) -> None:
    """Whatever else a browser sends would lie unread in the database, as much of it as it likes."""
    asked = {
        "narrowed": "1",
        "shown_scheme": "7",
        "template-7-use": "on",
        "template-7-due_on": "8 7 2026",
        "fact-needs": "drugs",
        "fact-any_of_shown": "on_bail",
        "earlier-0-outcome": "caution",
        "conditions-0-wording": "A letter",
        "set_aside_reason": "He asks for help",
    }
    more = {"junk": "x", "crimes-0-junk": "x", "crimes-99-number": "x", "template-7-junk": "x", "fact-junk": "x"}
    data = posted(**HALF)
    officer.post(reverse("record_decision"), data | asked | more | {"show": "1"})
    kept = DecisionDraft.objects.get().typed
    assert set(kept) == {name for name in data | asked if data.get(name, "") is not None}
    assert {name: kept[name] for name in asked} == {name: [value] for name, value in asked.items()}


def test_every_box_of_the_page_is_kept(officer: Client, cast: Cast) -> None:
    """A box that is forgotten here is typed anew by every officer who is called away."""
    page = opened(officer, posted(**HALF)) + typed(officer, posted())
    form = page.partition('id="decision"')[2]
    names = set(re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]*)"', form))
    left_out = {name for name in names if not is_of_page(name)}
    assert left_out == {"csrfmiddlewaretoken", "draft_window", "draft_revision"}
    assert len(names) > 30
