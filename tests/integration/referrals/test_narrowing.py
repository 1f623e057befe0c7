"""The page "Record a decision" narrows: what the answers so far open and ask, and nothing that no longer matters."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case, Person
from diversion import clock
from diversion.accounts.models import User
from referrals.judging.options import closing_facts
from referrals.models import SchemeVersion, Slot
from tests.conftest import Cast
from tests.factories.cases import crime as case_crime
from tests.factories.cases import person, record
from tests.factories.decisions import crime, posted
from tests.factories.ground import adopt_scheme
from tests.factories.parts import taken
from tests.factories.policies import begin_with
from tests.factories.schemes import open_to_all
from tests.made_once import made_once

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
CANNABIS = {"offence": "possession-of-cannabis", "victim_kind": None, "victim_name": None, "victim_stance": None}
NOTHING = {"result": "not_offered", "not_offered_reason": "public_interest", "disposal": None, "conditions-0-kind": ""}


@pytest.fixture
def officer(cast: Cast, signed_in: SignIn) -> Client:
    return signed_in(cast["amara"])


@made_once
def drug_diversion(cast: Cast) -> SchemeVersion:
    return adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")


@made_once
def checkpoint(cast: Cast) -> SchemeVersion:
    return adopt_scheme("checkpoint", cast).versions.latest("valid_from")


def on_record(cast: Cast, **details: Any) -> Person:
    """Somebody with a case of their own."""
    return record(cast["amara"], person=person(**details)).person


def shown(client: Client, data: dict[str, Any]) -> str:
    """The page after "Continue", which is what the script asks for as well."""
    response = client.post(reverse("record_decision"), data | {"show": "1"})
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def part(page: str, name: str) -> str:
    """What stands in one part of the page."""
    return page.partition(f'id="{name}" data-app-part')[2].partition("data-app-part")[0]


def test_before_a_result_is_said_nothing_of_an_offer_is_asked(officer: Client) -> None:
    """Ninety questions at the roadside for somebody who is offered nothing is what officers complain of."""
    page = " ".join(officer.get(reverse("record_decision")).content.decode().split())
    for name in ("slot", "telephone", "conditions-0-kind", "fact-any_of", "option", "crimes-0-victim_name"):
        assert f'name="{name}"' not in page


def test_offers_come_open_first_and_the_rest_with_their_reason(officer: Client, drug_diversion: SchemeVersion) -> None:
    """Found out by refusals, the person has been promised what nobody may offer."""
    page = part(shown(officer, posted(option=None, disposal="", **crime(0, **CANNABIS))), "offers")
    first = page.index("Community resolution with Drug diversion")
    assert first < page.index("Community resolution, no scheme") < page.index("ruled out, and why")
    assert "you may go on" in page
    child = part(shown(officer, posted(date_of_birth="2011-01-01")), "offers")
    out = child.partition("ruled out, and why")[2]
    assert "Simple caution, no scheme" in out
    assert "aged 18 and over" in out
    assert 'value="simple_caution:"' not in child


@pytest.mark.parametrize("chosen", ["rank", "place"])
def test_offers_come_in_the_order_that_the_force_chose(
    officer: Client, cast: Cast, checkpoint: SchemeVersion, chosen: str
) -> None:
    """A setting that the page did not follow would be signed, and change nothing."""
    begin_with(cast["amara"].organisation, offers_first=chosen)
    page = part(shown(officer, posted(checkpoint, option=None, disposal="", evidence="charge_standard")), "offers")
    offered = re.findall(r'name="option" type="radio" value="([^"]+)"', page)
    with_scheme = [not one.endswith(":") for one in offered]
    assert {True, False} <= set(with_scheme)
    assert (with_scheme == sorted(with_scheme, reverse=True)) is (chosen == "place")


def test_the_chosen_offer_s_questions_come_before_it_is_promised(
    officer: Client, drug_diversion: SchemeVersion
) -> None:
    """An officer who asks after the person has said yes has to take a promise back."""
    typed = posted(drug_diversion, **crime(0, **CANNABIS))
    without = {name: value for name, value in typed.items() if not name.startswith("fact-")}
    page = shown(officer, without)
    assert 'name="fact-small_quantity"' in part(page, "asked")
    assert "There is a problem" not in page


def test_an_offer_that_an_answer_rules_out_says_why_and_keeps_what_was_typed(
    officer: Client, drug_diversion: SchemeVersion
) -> None:
    """What is typed again at the roadside is typed wrongly."""
    typed = posted(drug_diversion, **crime(0, **CANNABIS), **{"fact-small_quantity": "false"})
    page = shown(officer, typed | {"rationale": "Said so at once"})
    assert "Community resolution with Drug diversion is not open any more" in part(page, "offers")
    assert "Said so at once" in page


def test_not_offered_says_where_nothing_rules_an_offer_out(officer: Client) -> None:
    """Whoever is left out without a rule against them must be seen, first by the officer who leaves them out."""
    page = shown(officer, posted(**NOTHING))
    assert "Nothing recorded here rules out an offer" in page
    assert "Your reason for offering none: “Charge or summons is in the public interest”." in part(
        page, "nothing-against"
    )
    assert 'name="option"' not in page
    assert "Nothing recorded here rules out" not in shown(officer, posted(**NOTHING, evidence="insufficient"))


def test_without_script_what_was_not_shown_yet_is_asked_and_not_called_wrong(officer: Client) -> None:
    """Nobody is refused for not having pressed "Continue"."""
    typed = posted(narrowed=None, option=None, disposal="", **crime(0, victim_kind=None, victim_stance=None))
    response = officer.post(reverse("record_decision"), typed)
    page = response.content.decode()
    assert (response.status_code, "There is a problem" in page) == (200, False)
    assert 'name="option"' in page
    assert 'name="crimes-0-victim_kind"' in page
    mistyped = officer.post(reverse("record_decision"), typed | {"date_of_birth": "31 2 2001"})
    assert mistyped.status_code == 422
    assert "must be a real date" in mistyped.content.decode()


def test_why_an_offer_was_declined_stands_under_that_it_was(officer: Client) -> None:
    """Asked elsewhere, the hand goes there and back; the offers come last, with all that opens or closes them said."""
    page = shown(officer, posted(result="offered_declined", option="", declined_reason=None))
    places = [
        page.index(words) for words in ('value="offered_declined"', 'name="declined_reason"', 'value="not_offered"')
    ]
    assert places == sorted(places)
    assert page.index('name="earlier_outcomes"') < page.index('name="option"')


def test_of_somebody_who_is_offered_nothing_what_only_an_offer_needs_is_not_asked(officer: Client) -> None:
    """What no figure and no rule rests on is asked of nobody; all else must be known as it is of those offered one."""
    crimes = {"crimes-0-victim_stance": None}
    unsaid = posted(**NOTHING, **{"follow": None, "admission": "not_asked"} | crimes)
    page = shown(officer, unsaid)
    asked = ("follow", "crimes-0-victim_stance", "evidence", "admission", "gravity_score", "earlier_outcomes")
    assert [f'name="{name}"' in page for name in asked] == [False] * 2 + [True] * 4
    assert "A business; Corner Shop" in fold(page, "victim-0")
    assert 'name="crimes-0-victim_stance"' in shown(officer, unsaid | {"not_offered_reason": "victim"})
    answered = shown(officer, posted(**NOTHING))  # an answer that was given is neither hidden nor lost
    assert [f'name="{name}"' in answered for name in asked] == [True] * 6
    assert officer.post(reverse("record_decision"), unsaid).status_code == 302
    assert Case.objects.get().allegations.get().victim_stance == ""


@pytest.mark.parametrize(
    ("left_out", "words"),
    [
        ({"evidence": None}, "Choose what the evidence supports"),
        ({"gravity_score": None}, "Choose how serious it is, or say below why"),
        ({"follow": None}, "Say whether they can follow"),
        ({"not_offered_reason": "evidence", "evidence": None}, "Choose what the evidence supports"),
        ({"evidence": "insufficient"}, "change the evidence or the reason"),
        ({"not_offered_reason": "evidence", "evidence": "charge_standard"}, "change the evidence or the reason"),
    ],
)
def test_of_somebody_who_is_offered_nothing_as_much_must_be_known(
    officer: Client, left_out: dict[str, Any], words: str
) -> None:
    """They would be unknown in the figures where those offered something are known; or what a child said unwell would
    be kept as said."""
    response = officer.post(reverse("record_decision"), posted(**{**NOTHING, **left_out}))
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Case.objects.exists()


def test_a_reason_about_the_evidence_rules_out_nothing_by_itself(officer: Client) -> None:
    """A resolution needs less evidence than a charge: whoever might have had one would vanish from the figures."""
    said = {"not_offered_reason": "evidence", "evidence": "offence_made_out"}
    assert officer.post(reverse("record_decision"), posted(**{**NOTHING, **said})).status_code == 302
    assert Case.objects.get().assessments.get().answers["evidence"] == "offence_made_out"


def test_gravity_may_be_left_open_with_a_reason(officer: Client) -> None:
    """Whoever cannot tell yet would guess, and the guess would stand in the figures."""
    said = {"gravity_score": None, "fact-not_known_because": "Injuries not examined yet."}
    sent = posted(**{**NOTHING, **said})
    assert officer.post(reverse("record_decision"), sent).status_code == 302


@pytest.mark.parametrize("born", ["2001-03-04", "2011-01-01"])
def test_whether_a_child_can_follow_is_asked_though_nothing_is_offered(officer: Client, born: str) -> None:
    """What a child says without an adult there would be kept as if it counted."""
    sent = posted(**NOTHING, follow=None, admission="not_asked", date_of_birth=born)
    assert ('name="follow"' in shown(officer, sent)) is (born > "2008")


def test_a_victim_s_view_by_which_a_rule_closes_something_is_asked_of_everybody(officer: Client, cast: Cast) -> None:
    """Asked only of those offered one, it would make whoever was offered nothing unknown, and the figures false."""
    assert "victim_view" not in closing_facts(cast["amara"].organisation, clock.today())
    asks = {"id": "victim", "reason": "The victim does not want it.", "sources": [{"key": "ours"}]}
    closing = {**asks, "test": {"kind": "victim_view", "any_of": ["agrees"]}}
    open_to_all(adopt_scheme("pathfinder", cast).versions.latest("valid_from"), criteria=[closing])
    assert "victim_view" in closing_facts(cast["amara"].organisation, clock.today())
    unsaid = posted(**NOTHING, **{"crimes-0-victim_stance": None})
    assert 'name="crimes-0-victim_stance"' in shown(officer, unsaid)
    assert officer.post(reverse("record_decision"), unsaid).status_code == 422


def test_the_keyboard_begins_at_the_first_question(officer: Client, cast: Cast) -> None:
    """With person and crime on record twenty tabs lead to it; of radios one alone may have the keyboard."""
    case = record(cast["amara"], crimes=[case_crime(victim_kind="business", victim_name="Corner Shop")])
    unsaid = {"ethnicity_self_defined": "", "ethnicity_not_stated": "N1"}
    begins = {"ethnicity_said": {}, "result": unsaid}  # an answer on record is put to them again
    for name, details in begins.items():
        who = on_record(cast, given_names="Ada", **details)
        known = {"person": who.pk, "crime": case.allegations.get().crime.number}
        page = " ".join(officer.get(reverse("record_decision"), known).content.decode().split())
        [begun] = re.findall("<input [^>]* autofocus[^>]*>", page)
        assert f'name="{name}"' in begun
        assert "Victim on record: A business: Corner Shop" in page


def test_a_search_that_finds_nobody_has_typed_the_page(officer: Client, cast: Cast) -> None:
    """Name and date of birth are typed once; where somebody was found, the keyboard must not pass them by."""
    on_record(cast, given_names="Ada", family_name="Mensah")
    for words, begins in {"Rowan Hill 14 6 2001": True, "Mensah": False}.items():
        found = officer.post(reverse("person_search"), {"q": words}, follow=True)
        page = " ".join(found.content.decode().split())
        assert bool(re.search('name="sex"[^>]* autofocus', page)) is begins
        assert ("<title>Nobody found: Record a decision" in page) is begins
        assert ('value="14 June 2001"' in page) is begins


def test_where_the_person_was_dealt_with_stands_with_the_crime(officer: Client) -> None:
    """In custody and still said to be "on the street", the wrong schemes stand open."""
    usual, elsewhere = (shown(officer, posted(origin=origin)) for origin in ("street", "custody"))
    assert "custody" in fold(elsewhere, "crime-0").lower()
    assert "custody" not in fold(usual, "crime-0").lower()
    assert "Today, on the street" in " ".join(officer.get(reverse("record_decision")).content.decode().split())


def test_somebody_on_record_is_picked_and_nothing_typed_is_lost(officer: Client, cast: Cast) -> None:
    """A search that empties the page costs the officer the whole of it; a second record splits somebody's history."""
    known = on_record(cast, given_names="Ada", family_name="Mensah", telephone="07700 900123")
    typed = posted(given_names="Ada", family_name="Mens", date_of_birth="")
    page = shown(officer, typed)
    assert f'name="pick" value="{known.pk}"' in part(page, "hits")
    picked = officer.post(reverse("record_decision"), typed | {"pick": str(known.pk)}).content.decode()
    assert re.search(f'name="existing"[^>]*value="{known.pk}"', picked)
    assert 'value="AV/1/26"' in picked
    assert "07700 900123" in picked


def test_whoever_is_on_record_keeps_their_telephone_where_the_page_did_not_ask(officer: Client, cast: Cast) -> None:
    """An offer declined asks for no telephone; the number that the navigator rings must not go with it."""
    known = on_record(cast, telephone="07700 900123", safe_contact="text only")
    sent = {"existing": str(known.pk), "person_version": str(known.version), **NOTHING}
    as_held = {"given_names": known.given_names, "family_name": known.family_name}
    born = known.date_of_birth.isoformat()
    response = officer.post(reverse("record_decision"), posted(**sent, **as_held, date_of_birth=born, sex=known.sex))
    assert response.status_code == 302, re.sub(r"\s+", " ", response.content.decode())[:3000]
    kept = Person.objects.get(pk=known.pk)
    assert (kept.telephone, kept.safe_contact) == ("07700 900123", "text only")


def test_none_of_these_answers_for_nothing_that_was_not_on_the_page(officer: Client, checkpoint: SchemeVersion) -> None:
    """ "None of these", said of two rules, must not settle a third that nobody has read."""
    typed = posted(checkpoint, disposal="deferred_charge", evidence="charge_standard")
    shown_names = str(typed.get("fact-any_of_shown", ""))
    assert shown_names
    fewer = typed | {"fact-any_of_shown": shown_names.partition(",")[0], "fact-any_of": ["none_on_record"]}
    response = officer.post(reverse("record_decision"), fewer)
    page = part(" ".join(response.content.decode().split()), "asked")
    assert response.status_code == 422
    assert "Answer this, or say that it is not known yet" in page
    assert not re.search('value="none_on_record"[^>]*checked', page)
    assert not Case.objects.exists()


def test_what_was_checked_is_kept_with_the_answer(officer: Client, checkpoint: SchemeVersion) -> None:
    """Whoever authorises must know whether "none of these" is from PNC or from the person's own word."""
    typed = posted(checkpoint, disposal="deferred_charge", evidence="charge_standard", **{"fact-any_of": ["none_said"]})
    response = officer.post(reverse("record_decision"), typed)
    assert response.status_code == 302, part(" ".join(response.content.decode().split()), "offers")[:2000]
    case = Case.objects.get()
    assert case.assessments.get().answers["checked"] == "none_said"
    page = officer.get(reverse("case_page", args=[case.reference])).content.decode()
    assert "by the person’s word only" in page


@pytest.mark.parametrize("typed", ["4/3/01", "31/2/2001", "...", "4 March 1999", "-", "1-2-3"])
def test_a_name_that_looks_like_something_else_stops_nothing(officer: Client, cast: Cast, typed: str) -> None:
    """A date of birth typed into the wrong box gave an error page, and all else that was typed with it."""
    on_record(cast, given_names="Ada", family_name="Mensah")
    page = shown(officer, posted(given_names=typed, family_name="", date_of_birth=""))
    assert f'value="{typed}"' in page
    assert 'name="pick"' not in page


def fold(page: str, name: str) -> str:
    """The opening tag and the line of one group of questions."""
    return page.partition(f'<details class="app-fold" id="fold-{name}"')[2].partition("</summary>")[0]


def test_what_is_answered_folds_to_a_line_once_the_officer_goes_on(officer: Client) -> None:
    """Three crimes were three screens on a telephone, with the offers below them."""
    two: dict[str, Any] = {"crimes-TOTAL_FORMS": "2", **crime(0), **crime(1, victim_stance=None)}
    page = shown(officer, posted(**two))
    for name, line in {
        "person": "Sam Price, born 4 March 2001; Male",
        "crime-0": "AV/1/26; Theft from a shop; 7 June 2026",
        "victim-0": "A business; Corner Shop; Agrees",
        "crime-1": "AV/2/26; Theft from a shop",
        "decided": "Offered and accepted",
        "account": "Yes, without help; Admits the offence",
        "gravity": "Enough to show an offence, not to charge; 2: minor",
        "earlier": "None known to this force",
        "offers": "Community resolution, no scheme",
    }.items():
        assert line in fold(page, name), fold(page, name)
        assert " open" not in fold(page, name).partition(">")[0]
    assert " open" in fold(page, "victim-1").partition(">")[0]
    assert "Not answered yet" in fold(page, "victim-1")
    there = shown(officer, posted(**two, at="fold-account"))
    assert " open" in fold(there, "account").partition(">")[0]
    wrong = officer.post(reverse("record_decision"), posted(admission=None)).content.decode()
    assert " open" in fold(" ".join(wrong.split()), "account").partition(">")[0]


def test_what_has_no_room_yet_waits_and_is_not_called_wrong(officer: Client) -> None:
    """Forty boxes at once hide the one that matters; a group that was closed when the page was sent comes back open."""
    page = " ".join(officer.get(reverse("record_decision")).content.decode().split())
    assert "data-app-waits" not in fold(page, "person")
    assert "data-app-waits" not in fold(page, "decided")
    assert re.search("fold data-app-waits", fold(page, "account"))
    response = officer.post(reverse("record_decision"), posted(admission=None, narrowed=None))
    page = " ".join(response.content.decode().split())
    assert (response.status_code, "There is a problem" in page) == (200, False)
    assert " open" in fold(page, "account").partition(">")[0]


def test_the_soonest_appointment_is_marked_when_it_is_first_shown(
    officer: Client, drug_diversion: SchemeVersion
) -> None:
    """Whoever leaves without an appointment is rung for a week; one that was unmarked must not come back by itself."""
    soonest = Slot.objects.create(version=drug_diversion, starts_at=clock.now() + timedelta(days=2), place="Here")
    typed = posted(drug_diversion, **crime(0, **CANNABIS), shown_scheme=None)
    marked = f'value="{soonest.pk}" selected'
    assert marked in part(shown(officer, typed), "agreement")
    assert marked not in part(shown(officer, typed | {"shown_scheme": str(drug_diversion.pk)}), "agreement")


def test_why_it_is_not_known_is_asked_where_something_is_not(officer: Client, drug_diversion: SchemeVersion) -> None:
    """A box that nobody needs is read by everybody; one that was not shown refuses nothing."""
    typed = posted(drug_diversion, **crime(0, **CANNABIS), **{"fact-small_quantity": "true"})
    assert "fact-not_known_because" not in shown(officer, typed)
    response = officer.post(reverse("record_decision"), typed | {"fact-small_quantity": "not_known"})
    page = response.content.decode()
    assert (response.status_code, "There is a problem" in page) == (200, False)
    assert "fact-not_known_because" in page


def boxes(page: str) -> dict[str, str]:
    """Every hidden input of the page, by name."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))


def test_what_was_agreed_comes_back_with_the_offer(officer: Client, drug_diversion: SchemeVersion) -> None:
    """Without JavaScript a slip of the hand would take the option, the conditions and the telephone number with it."""
    typed = posted(drug_diversion, **crime(0, **CANNABIS), telephone="07700 900229")
    nothing = {"result": "not_offered", "not_offered_reason": "public_interest"}
    away = shown(officer, typed | nothing)
    kept = {name: value for name, value in boxes(away).items() if name.startswith("held-")}
    assert kept["held-option"] == typed["option"]
    assert kept["held-telephone"] == "07700 900229"
    assert "07700" not in part(away, "asked")
    asked = {name: value for name, value in typed.items() if f"held-{name}" not in kept}
    back = shown(officer, asked | kept)
    assert 'value="07700 900229"' in part(back, "agreement")
    assert not [name for name in boxes(back) if name.startswith("held-")]
    assert f'name="shown_scheme" value="{drug_diversion.pk}"' in back


def test_words_changed_in_a_scheme_come_back_after_another_was_chosen(
    officer: Client, drug_diversion: SchemeVersion
) -> None:
    """What officer and person had agreed in words of their own would be the scheme's again, and nobody would notice."""
    first = drug_diversion.condition_templates.first()
    assert first is not None
    own = f"template-{first.pk}-wording"
    typed = posted(drug_diversion, **crime(0, **CANNABIS)) | {own: "I will see Jo on Mondays."}
    other = shown(officer, typed | {"option": "community_resolution:"})
    kept = {name: value for name, value in boxes(other).items() if name.startswith("held-")}
    assert kept[f"held-{own}"] == "I will see Jo on Mondays."
    rest = {name: value for name, value in typed.items() if not name.startswith("template-")} | kept
    assert officer.post(reverse("record_decision"), rest | {"option": "community_resolution:",
                        "conditions-0-kind": "apology", "signed_for": "community_resolution:",
                        "submission": str(uuid.uuid4())}).status_code == 302  # fmt: skip
    again = officer.post(reverse("record_decision"), rest | {"shown_scheme": ""})
    assert again.status_code == 200
    back = " ".join(again.content.decode().split())
    assert "What you had typed for the offer is back" in back
    assert "I will see Jo on Mondays." in part(back, "agreement")


def test_what_is_held_is_no_answer(officer: Client, drug_diversion: SchemeVersion) -> None:
    """A decision without an offer would be refused by what its page does not show, or kept with a telephone number."""
    held = {"held-option": "gone:9", "held-telephone": "nobody can ring this", "held-conditions-0-kind": "odd"}
    nothing = {"result": "not_offered", "not_offered_reason": "public_interest", "option": None, "disposal": ""}
    response = officer.post(reverse("record_decision"), posted(**nothing, evidence="charge_standard") | held)
    assert response.status_code == 302
    assert Person.objects.get().telephone == ""


def test_what_comes_back_is_read_before_it_is_recorded(officer: Client, drug_diversion: SchemeVersion) -> None:
    """Recorded at once, the agreement would be one that the page did not show; or the telephone number be lost."""
    typed = posted(drug_diversion, **crime(0, **CANNABIS), telephone="07700 900229")
    away = boxes(shown(officer, typed | {"result": "not_offered", "not_offered_reason": "public_interest"}))
    kept = {name: value for name, value in away.items() if name.startswith("held-")}
    sent = {name: value for name, value in typed.items() if f"held-{name}" not in kept} | kept
    response = officer.post(reverse("record_decision"), sent)
    assert response.status_code == 200
    page = " ".join(response.content.decode().split())
    assert "What you had typed for the offer is back" in page
    assert 'value="07700 900229"' in part(page, "agreement")
    assert not Case.objects.exists()


def test_an_offer_says_where_its_money_ends_before_it_would(officer: Client, drug_diversion: SchemeVersion) -> None:
    """Somebody would agree to support that nobody pays for to its end, and hear of it half-way."""
    scheme, typed = drug_diversion.scheme, posted(option=None, disposal="", **crime(0, **CANNABIS))
    scheme.money_until = clock.today() + timedelta(days=5)
    scheme.save()
    assert f"its money ends on {scheme.money_until.day} June 2026, before this would" in part(
        shown(officer, typed), "offers"
    )
    scheme.money_until = clock.today() + timedelta(days=900)
    scheme.save()
    assert "its money ends" not in part(shown(officer, typed), "offers")


def test_the_script_is_sent_what_it_takes_of_the_page_and_no_more(
    officer: Client, cast: Cast, checkpoint: SchemeVersion
) -> None:
    """A question that stood in the whole page alone would never be asked of an officer whose browser runs scripts."""
    known = {"existing": str(on_record(cast, given_names="Kit").pk), "ethnicity_said": None}
    undecided = {"result": "undecided", "waits_for": "hub", "decide_by": "2026-07-01"}
    for data in (
        posted(result="", disposal=""),
        posted(admission="", disposal=""),
        posted(checkpoint),
        posted(date_of_birth="2011-01-01", earlier_outcomes="caution"),
        posted(**NOTHING, **known),
        posted(**undecided),
    ):
        whole = officer.post(reverse("record_decision"), data | {"show": "1"}).content.decode()
        parts = officer.post(reverse("record_decision"), data | {"show": "parts"}).content.decode()
        told, asked = taken(whole), taken(parts)
        assert {"offers", "asked", "agreement", "signing", "fold-crime-0", "summary of fold-crime-0"} <= set(told)
        assert asked | {"draft": None} == told | {"draft": None}  # the revision has gone up
        assert len(parts) < len(whole) / 3
