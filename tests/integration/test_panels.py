"""Scrutiny panels: what a panel is told, when findings are told to whom, and what comes of them."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse

from cases.models import Case, Decision
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.refusals import Refused
from referrals.actions.rescinding import AskedBack, ask_rescission
from reporting import outbox
from reporting.actions import panels, sampling
from reporting.facts.packs import naming_words
from reporting.measures.overview import Question
from reporting.models import Panel, PanelCase, PanelPack
from reporting.queries.panels import yearly
from tests.conftest import Cast
from tests.factories.cases import crime, decision, person, record
from tests.factories.facts import suspects
from tests.factories.ground import newcomer

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("frozen")
ASKED = Question(date(2026, 6, 1), date(2026, 6, 30), "live", "gender", "offered_of_considered")
MEETS, DUE = {"meets_on": "2026-06-20"}, {"due_on": "2026-07-01"}


@pytest.fixture
def panel(cast: Cast) -> Panel:
    """Two cases in which Amara Okafor offered nothing, before petra, who takes the chair, and quentin."""
    words = "Zenobia said that Ty Quill of AB1 2CD did it on 3 June."
    refused = decision(result="not_offered", disposal="", not_offered_reason="history", rationale=words)
    harmed = crime("theft-from-a-shop", victim_kind="person", victim_name="Zenobia Quillfeather")
    record(cast["amara"], person=person(given_names="Ty", family_name="Quill"), crimes=[harmed], decision=refused)
    record(cast["amara"], person=person(given_names="Al"), decision=refused)
    outbox.drain()
    return convened(cast)


def convened(cast: Cast, of: str = "not_offered") -> Panel:
    sample = sampling.draw_sample(asked=ASKED, of=of, size=5, seed="June", by=cast["david"])
    people = [cast["petra"], cast["quentin"]]
    return panels.convene(sample=sample, members=people, chair=people[0], meets_on=date(2026, 6, 20), by=cast["david"])


def declared(panel: Panel, cast: Cast) -> list[PanelCase]:
    for key in ("petra", "quentin"):
        panels.declare(panel=panel, interest="none", by=cast[key])
    return list(panel.cases.order_by("place"))


def text_of(response: Any) -> str:
    whole = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.S)
    return " ".join(unescape(whole).split())


def test_a_panel_from_the_sample_to_what_the_officer_reads(cast: Cast, panel: Panel, signed_in: SignIn) -> None:
    """The whole of it by its pages: a step that cannot be done by a button is none."""
    page = reverse("sitting", args=[panel.reference])
    first = reverse("sitting_case", args=[panel.reference, 1])
    assert page in signed_in(cast["petra"]).get(reverse("sittings")).content.decode()
    assert signed_in(cast["petra"]).get(first).status_code == 404, "nothing is read before the declaration"
    assert signed_in(cast["petra"]).post(page, {"interest": "some", "words": ""}).status_code == 422
    signed_in(cast["petra"]).post(page, {"interest": "some", "words": "I lead a charity."})
    assert "Waits for you" in text_of(signed_in(cast["petra"]).get(page))
    assert signed_in(cast["petra"]).post(first, {"finding": "inappropriate", "words": " "}).status_code == 422
    assert (
        signed_in(cast["petra"])
        .post(first, {"finding": "inappropriate", "words": "Others were offered one."})
        .status_code
        == 302
    )
    panels.declare(panel=panel, interest="none", by=cast["quentin"])
    assert "Others were offered one" not in text_of(signed_in(cast["quentin"]).get(first)), (
        "not before quentin has found"
    )
    assert "Others were offered one" not in text_of(
        signed_in(cast["david"]).get(reverse("panel_case", args=[panel.reference, 1]))
    )
    signed_in(cast["quentin"]).post(first, {"finding": "appropriate", "words": ""})
    told = text_of(signed_in(cast["quentin"]).get(first))
    assert "Others were offered one" in told
    assert "Petra" not in told, "findings are told without whose they are"
    settled = {"settle": "1", "finding": "observations", "words": "Say why history weighs."}
    assert signed_in(cast["quentin"]).post(first, settled).status_code == 422, "the chair speaks"
    assert signed_in(cast["petra"]).post(first, settled).status_code == 302
    case = panel.cases.get(place=1)
    done = {"action": "Raise it at the briefing.", "owner": str(cast["david"].pk), **DUE}
    address = reverse("panel_case", args=[panel.reference, 1])
    refused = signed_in(cast["david"]).post(address, done | {"owner": str(cast["ian"].pk)})
    assert refused.status_code == 422, "who may not open the case cannot answer for it"
    assert signed_in(cast["david"]).post(address, done).status_code == 302
    for found in (reverse("panels"), reverse("home")):
        assert "Raise it at the briefing." in text_of(signed_in(cast["david"]).get(found)), found
    assert signed_in(cast["david"]).post(address, done).status_code == 422, "what a colleague wrote is not written over"
    assert signed_in(cast["david"]).post(reverse("panel_action_done", args=[panel.reference, 1])).status_code == 302
    assert "Raise it at the briefing." not in text_of(signed_in(cast["david"]).get(reverse("panels")))
    assert "David Mbeki" not in text_of(signed_in(cast["petra"]).get(first)), "of the force the panel is told of nobody"
    amara = signed_in(cast["amara"])
    reference = case.pack.case.reference if case.pack.case else ""
    for found in (reverse("home"), reverse("case_page", args=[reference])):
        assert "Say why history weighs." in text_of(amara.get(found)), found
    assert "Say why history weighs." not in text_of(
        signed_in(cast["callum"]).get(reverse("case_page", args=[reference]))
    )


def test_a_panel_is_asked_on_the_page_of_a_sample(cast: Cast, panel: Panel, signed_in: SignIn) -> None:
    """A sample that leads nowhere is read by those who decided; one panel must not read another's cases."""
    sample = sampling.draw_sample(asked=ASKED, of="not_offered", size=1, seed="May", by=cast["david"])
    client, address = signed_in(cast["david"]), reverse("panel_convene", args=[sample.reference])
    assert address in client.get(reverse("dip_sample", args=[sample.reference])).content.decode()
    petra, quentin = str(cast["petra"].pk), str(cast["quentin"].pk)
    alone = client.post(address, {"members": [petra], "chair": petra, **MEETS})
    assert "one alone is no panel" in text_of(alone)
    assert 'value="2026"' in alone.content.decode() or "20 June 2026" in alone.content.decode(), (
        "what was typed is kept"
    )
    assert client.post(address, {"members": [petra, quentin], "chair": quentin, **MEETS}).status_code == 302
    again = client.post(address, {"members": [petra, quentin], "chair": quentin, **MEETS})
    assert "has its panel already" in text_of(again)


def test_a_pack_tells_nothing_of_who_it_is(cast: Cast, panel: Panel, signed_in: SignIn) -> None:
    """A member reads of a neighbour, or of an officer whom they know, and the panel is the talk of the town."""
    declared(panel, cast)
    client = signed_in(cast["petra"])
    read = "".join(
        client.get(reverse("sitting_case", args=[panel.reference, place])).content.decode() for place in (1, 2)
    )
    assert "Theft from a shop" in unescape(read)
    assert "June 2026" in read
    for case in Case.objects.select_related("person"):
        born = case.person.date_of_birth
        crimes = case.allegations.all()
        for told in (
            *(case.person.given_names + " ", case.person.family_name, case.reference, str(born.year), "Zenobia"),
            *("Amara", "Okafor", "AB1", "2041", "Response A", *(str(one.crime) for one in crimes)),
        ):
            assert told not in read, told
    assert case.decision.rationale[:20] not in read
    assert "Not shown: nobody has cleared them" in read
    event = Event.objects.filter(kind="panel.pack_read").first()
    assert event is not None
    assert (event.actor_id, event.nature) == (cast["petra"].pk, "disclosure")
    assert any(key.startswith("cases.case:") for key in event.subjects)


def test_reasons_are_shown_only_as_somebody_cleared_them(cast: Cast, panel: Panel) -> None:
    """Free text names people: a name, a day or a postcode left in is found, and nothing is cleared by itself."""
    case = next(one for one in declared(panel, cast) if one.pack.case and one.pack.case.person.given_names == "Ty")
    assert case.pack.case is not None
    with pytest.raises(Refused, match=r"Zenobia, Ty, Quill, AB1 2CD, 3 June"):
        panels.clear_reasons(case=case, text=case.pack.case.decision.rationale, by=cast["david"])
    cleared = panels.clear_reasons(case=case, text="The victim said that he did it.", by=cast["david"])
    assert (cleared.reasons, cleared.cleared_by) == ("The victim said that he did it.", cast["david"])
    panels.find(case=case, finding="appropriate", by=cast["petra"])
    with pytest.raises(Refused, match="A member has found already"):
        panels.clear_reasons(case=case, text="", by=cast["david"])
    other = next(one for one in panel.cases.all() if one.pk != case.pk)
    Decision.objects.filter(case=other.pack.case).update(decided_by=cast["david"])
    with pytest.raises(Refused, match="You had a part"):
        panels.clear_reasons(case=other, text="Twice before.", by=cast["david"])


def test_whoever_may_know_somebody_stands_aside_for_good(cast: Cast, panel: Panel, signed_in: SignIn) -> None:
    """A member who reads on, or comes back once they know the others' findings, is no judge of their neighbour."""
    one, _other = declared(panel, cast)
    panels.find(case=one, finding="", by=cast["petra"])
    page = text_of(signed_in(cast["petra"]).get(reverse("sitting_case", args=[panel.reference, 1])))
    assert "You stood aside" in page
    assert "Theft" not in page
    with pytest.raises(Refused, match="You stood aside"):
        panels.find(case=one, finding="appropriate", by=cast["petra"])
    panels.find(case=one, finding="appropriate", by=cast["quentin"])
    with pytest.raises(Refused, match="All findings are in"):
        panels.find(case=one, finding="no_agreement", words="Hm.", by=cast["quentin"])


def test_the_next_member_speaks_for_a_chair_who_stood_aside(cast: Cast, panel: Panel) -> None:
    """Two found, and nobody could say what the panel did."""
    petra = cast["petra"]
    third = newcomer("Rose Ash", "rose.ash@panel.example", petra.organisation, "panel-member", petra.password)
    panel.members.create(user=third)
    one, _other = declared(panel, cast)
    panels.declare(panel=panel, interest="none", by=third)
    panels.find(case=one, finding="", by=petra)
    for who in (cast["quentin"], third):
        panels.find(case=one, finding="appropriate", by=who)
    assert panels.settle(case=one, finding="appropriate", by=cast["quentin"]).finding


def test_what_fewer_than_two_found_of_is_no_panels_and_is_set_aside(
    cast: Cast, panel: Panel, signed_in: SignIn
) -> None:
    """One member's finding went to the officer as the panel's; a case from which all stood aside waited for ever."""
    one, other = declared(panel, cast)
    with pytest.raises(Refused, match="Two members or more"):
        panels.set_aside(case=one, by=cast["david"])
    panels.find(case=one, finding="", by=cast["petra"])
    panels.find(case=one, finding="inappropriate", words="Too hard.", by=cast["quentin"])
    with pytest.raises(Refused, match="one finding is no panel’s"):
        panels.settle(case=one, finding="inappropriate", words="Too hard.", by=cast["quentin"])
    quentin = text_of(signed_in(cast["quentin"]).get(reverse("sitting_case", args=[panel.reference, 1])))
    assert "the force sets it aside" in quentin
    for key in ("petra", "quentin"):
        panels.find(case=other, finding="", by=cast[key])
    david, page = signed_in(cast["david"]), reverse("panel", args=[panel.reference])
    told = text_of(david.get(page))
    assert "Stood aside from every case." in told
    assert "Has found of every case from which they did not stand aside." in told
    assert "Everybody stood aside" in told
    assert "Fewer than two found" in told
    assert not any(words in told for words in ("Has found of every case.", "All have found"))
    for case in (one, other):
        address = reverse("panel_case", args=[panel.reference, case.place])
        assert "Set it aside as not scrutinised" in text_of(david.get(address))
        assert david.post(address, {"set_aside": ""}).status_code == 302
        assert david.post(address, {"set_aside": ""}).status_code == 422, "once"
        assert "Set it aside" not in text_of(david.get(address))
    told = text_of(david.get(page))
    assert "Not scrutinised: everybody stood aside" in told
    assert "Not scrutinised: fewer than two found" in told
    assert "Too hard" not in text_of(david.get(reverse("panel_case", args=[panel.reference, 1])))
    (row,) = yearly(by=cast["david"])["rows"]
    assert (row["cases"], row["set_aside"], row["waiting"], sum(row["found"].values())) == (2, 2, 0, 0)
    panels.excuse(panel=panel, member=panel.members.get(is_chair=True), by=cast["david"])
    with pytest.raises(Refused, match="You stood aside"):
        panels.find(case=other, finding="appropriate", by=cast["quentin"])


def test_nothing_that_tells_a_finding_is_logged(cast: Cast, panel: Panel) -> None:
    """Whoever reads the log could tell the other member before they find."""
    one, _other = declared(panel, cast)
    panels.find(case=one, finding="inappropriate", words="Too hard.", by=cast["petra"])
    logged = str(list(Event.objects.values()))
    assert "inappropriate" not in logged
    assert "Too hard" not in logged


def test_a_member_who_cannot_go_on_keeps_nobody_waiting(cast: Cast, panel: Panel) -> None:
    """One who fell ill would hold up every finding, and every officer's lesson."""
    petra = cast["petra"]
    rose = newcomer("Rose Ash", "rose.ash@panel.example", petra.organisation, "panel-member", petra.password)
    panel.members.create(user=rose)
    one, _other = declared(panel, cast)
    panels.declare(panel=panel, interest="none", by=rose)
    for who in (cast["quentin"], rose):
        panels.find(case=one, finding="appropriate", by=who)
    panels.excuse(panel=panel, member=panel.members.get(user=petra), by=cast["david"])
    with pytest.raises(Http404):
        panels.find(case=one, finding="appropriate", by=cast["petra"])
    quentin = panel.members.get(is_chair=True)
    assert quentin.user == cast["quentin"]
    with pytest.raises(Refused, match="the chair says what the panel found first"):
        panels.excuse(panel=panel, member=quentin, by=cast["david"])
    assert panels.settle(case=one, finding="appropriate", by=cast["quentin"]).found_by == quentin
    with pytest.raises(Refused, match="One finding of case 2 would stand alone"):
        panels.excuse(panel=panel, member=quentin, by=cast["david"])


def test_one_finding_alone_is_told_nobody(cast: Cast, panel: Panel, signed_in: SignIn) -> None:
    """With the other member gone, or aside, the force reads it and knows whose it is."""
    one, _other = declared(panel, cast)
    panels.find(case=one, finding="inappropriate", words="Too hard.", by=cast["petra"])
    client, quentin = signed_in(cast["david"]), panel.members.get(user=cast["quentin"])
    refused = client.post(reverse("panel_excuse", args=[panel.reference, quentin.pk]), follow=True)
    assert "One finding of case 1 would stand alone" in text_of(refused)
    panels.find(case=one, finding="", by=cast["quentin"])
    assert "Too hard." not in text_of(client.get(reverse("panel_case", args=[panel.reference, 1])))


@pytest.mark.parametrize("words", ["Ask Zenobia’s view first.", "The Quills were heard.", "Amara Okafor was fair."])
def test_what_a_panel_and_the_force_write_names_nobody(cast: Cast, panel: Panel, signed_in: SignIn, words: str) -> None:
    """Members read what each wrote, and what is done: a name there tells them of whom the whole pack is."""
    case = next(one for one in declared(panel, cast) if one.pack.case and one.pack.case.person.given_names == "Ty")
    sitting = reverse("sitting_case", args=[panel.reference, case.place])
    petra, found = signed_in(cast["petra"]), {"finding": "inappropriate", "words": words}
    refused = petra.post(sitting, found)
    assert refused.status_code == 422
    assert "Write it without names and numbers" in text_of(refused)
    for key in ("petra", "quentin"):
        panels.find(case=case, finding="appropriate", by=cast[key])
    assert petra.post(sitting, found | {"settle": "1"}).status_code == 422
    panels.settle(case=case, finding="appropriate", by=cast["petra"])
    done = {"action": words, "owner": str(cast["david"].pk), **DUE}
    refused = signed_in(cast["david"]).post(reverse("panel_case", args=[panel.reference, case.place]), done)
    assert refused.status_code == 422
    assert "The panel reads this, and it could say who it is" in text_of(refused)


@pytest.mark.parametrize(
    ("words", "is_told"),
    [
        ("It will be better explained next time. Will a young man do?", True),
        ("A young man was refused.\nYoung people should be offered more; no officer marks why.", True),
        ("This was Will.", False),
        ("I know Mr. Young.", False),
        ("the Youngs", False),
        ("W.Young", False),
        ("It was the wood-Young matter.", False),
        ("oka\u200bfor", False),
        ("OKAF\u00adOR", False),
        ("quill-feather", False),
        ("Quill\u2011Feather’s", False),
        ("annemaries", False),
        ("W i l l", False),
        ("It is about a y.o.u.n-g s.", False),
        ("Q U I L L F E A T H E R was hurt", False),
        ("e.g. a plan A or B: I say so.", True),
    ],
)
def test_an_everyday_word_is_told_from_the_name_and_a_hidden_name_is_found(
    cast: Cast, words: str, is_told: bool
) -> None:
    """A member cannot write "will" or "young" of Will Young; or passes a name with a character that nobody sees."""
    harmed = crime("theft-from-a-shop", victim_kind="person", victim_name="Anne-Marie Quillfeather")
    case = record(cast["amara"], person=person(given_names="Will", family_name="Young"), crimes=[harmed])
    assert bool(naming_words(words, case)) is not is_told


def test_whoever_guesses_at_names_is_seen_by_the_force(cast: Cast, panel: Panel, signed_in: SignIn) -> None:
    """Every refusal says that a name is right: a member types the names of a street until one is refused."""
    case = next(one for one in declared(panel, cast) if one.pack.case and one.pack.case.person.given_names == "Ty")
    client, address = signed_in(cast["petra"]), reverse("sitting_case", args=[panel.reference, case.place])
    for words in ("Was it Smith?", "Was it Quill?", f"Was it {case.pack.case}?"):
        client.post(address, {"finding": "inappropriate", "words": words})
    (vote,) = case.votes.all()
    assert vote.words == "Was it Smith?", "what was refused is not kept"
    logged = Event.objects.filter(kind="panel.name_refused", nature="security", organisation_id=panel.force_id)
    assert [one.actor_id for one in logged] == [cast["petra"].pk] * 2
    assert not any("Quill" in str(one.detail) for one in logged)
    log = text_of(signed_in(cast["jo"]).get(reverse("access_log"), {"nature": "unusual"}))
    assert "Petra Lang Words of a panel member named somebody" in log


def test_what_was_declared_before_stays_to_be_read(cast: Cast, panel: Panel, signed_in: SignIn) -> None:
    """Somebody takes back that they know the force once they have read everything, and nobody can tell."""
    panels.declare(panel=panel, interest="some", words="My brother works there.", by=cast["petra"])
    with clock.set_to(clock.now() + timedelta(days=1)):
        panels.declare(panel=panel, interest="none", by=cast["petra"])
    page = text_of(signed_in(cast["david"]).get(reverse("panel", args=[panel.reference])))
    assert "Before that, on 10 June 2026: My brother works there." in page


@pytest.mark.parametrize("who", ["noel", "ian", "amara", "lena", "outsider"])
def test_who_has_no_business_with_a_panel_reads_nothing(cast: Cast, panel: Panel, signed_in: SignIn, who: str) -> None:
    """Another force, an analyst, a colleague, a member of another panel: a pack is for those who sit."""
    declared(panel, cast)
    if who == "outsider":
        panel.members.filter(user=cast["quentin"]).delete()
    client = signed_in(cast["quentin" if who == "outsider" else who])
    for route in ("panel_case", "sitting_case"):
        assert client.get(reverse(route, args=[panel.reference, 1])).status_code in (403, 404), route


def test_figures_of_the_year_are_exact_for_some_and_suppressed_for_others(cast: Cast, panel: Panel) -> None:
    """A count of one finding tells an analyst which case it was, and everybody whom the analyst tells."""
    case, _other = declared(panel, cast)
    for key in ("petra", "quentin"):
        panels.find(case=case, finding="appropriate", by=cast[key])
    panels.settle(case=case, finding="appropriate", by=cast["petra"])
    (exact,) = yearly(by=cast["david"])["rows"]
    assert (exact["year"], exact["cases"], exact["found"]["appropriate"], exact["waiting"]) == (2026, 2, 1, 1)
    (told,) = yearly(by=cast["ian"])["rows"]
    assert {told["cases"], told["waiting"], *told["found"].values()} == {"[c]"}


def test_what_was_offered_goes_before_a_panel_too(cast: Cast, signed_in: SignIn) -> None:
    """Whether an offer was too hard or too light is half of what a panel is asked."""
    record(cast["amara"], person=person(given_names="Bo"))
    outbox.drain()
    panel = convened(cast, of="offered")
    declared(panel, cast)
    page = text_of(signed_in(cast["petra"]).get(reverse("sitting_case", args=[panel.reference, 1])))
    assert "Offered and accepted" in page
    assert "What was offered or done Community resolution" in page
    assert "The officer’s reasons None on record" in page


def test_suspects_nobody_considered_go_before_a_panel_too(cast: Cast, signed_in: SignIn) -> None:
    """They are nobody's case, and would be looked at by nobody."""
    suspects(cast["ian"].organisation, Black=1, White=1)
    panel = convened(cast, of="not_considered")
    declared(panel, cast)
    page = text_of(signed_in(cast["petra"]).get(reverse("sitting_case", args=[panel.reference, 1])))
    assert "Nobody considered a resolution" in page
    number = panel.sample.items.get(place=1).suspect
    assert number is not None
    assert not re.search(rf"\b{number.crime_number}\b", page)


def test_what_is_erased_leaves_the_finding_and_no_pack(cast: Cast, panel: Panel, signed_in: SignIn) -> None:
    """A case that is weeded must go with all that was told of it, and the year's figures must stay."""
    case, _other = declared(panel, cast)
    case.pack.delete()
    assert "No longer held" in text_of(signed_in(cast["petra"]).get(reverse("sitting", args=[panel.reference])))
    address = reverse("sitting_case", args=[panel.reference, 1])
    assert "nothing to read of this case any more" in text_of(signed_in(cast["petra"]).get(address))
    assert yearly(by=cast["david"])["rows"][0]["cases"] == 2


def test_what_is_withdrawn_is_taken_from_a_panel_that_has_not_found(
    cast: Cast, panel: Panel, signed_in: SignIn
) -> None:
    """Lay people went on reading of the wrong person; and the case, of which none may find, held up the panel for ever.

    What the panel has found by then stays: it is what the officer learns from.
    """
    wrong, found = declared(panel, cast)
    for key in ("petra", "quentin"):
        panels.find(case=found, finding="appropriate", by=cast[key])
    panels.settle(case=found, finding="appropriate", by=cast["petra"])
    panels.find(case=wrong, finding="appropriate", by=cast["petra"])
    amara = signed_in(cast["amara"])
    for one in (wrong, found):
        case = one.pack.case
        assert case is not None
        sent = {"reason": "wrong_person", "words": "", "version": case.version}
        done = amara.post(reverse("case_withdraw", args=[case.reference]), sent)
        assert done.status_code == 302, text_of(done)
    assert list(PanelPack.objects.values_list("panel_case", flat=True)) == [found.pk]
    assert Event.objects.get(kind="panel.pack_removed").detail == {"place": wrong.place}
    quentin, address = signed_in(cast["quentin"]), reverse("sitting_case", args=[panel.reference, wrong.place])
    page = text_of(quentin.get(address))
    assert "nothing to read of this case any more" in page
    assert "Theft from a shop" not in page
    assert "Keep the finding" not in page
    assert "Waits for you" not in text_of(quentin.get(reverse("sitting", args=[panel.reference])))
    late = quentin.post(address, {"finding": "observations", "words": "What I thought."})
    assert late.status_code == 422
    assert "nothing to read of this case any more: the force sets it aside" in text_of(late)
    assert "What I thought." in late.content.decode(), "what was typed is kept"
    david, address = signed_in(cast["david"]), reverse("panel_case", args=[panel.reference, wrong.place])
    whole = text_of(david.get(reverse("panel", args=[panel.reference])))
    assert "Nothing to read any more" in whole
    assert "Has not found of every case yet" not in whole
    assert "so that the panel ends" in text_of(david.get(address))
    assert david.post(address, {"set_aside": ""}).status_code == 302
    assert "Not scrutinised: nothing to read any more" in text_of(david.get(address))
    (row,) = yearly(by=cast["david"])["rows"]
    assert (row["cases"], row["set_aside"], row["waiting"], row["found"]["appropriate"]) == (2, 1, 0, 1)


def test_what_is_rescinded_as_recorded_in_error_goes_too_and_no_other(
    cast: Cast, panel: Panel, signed_in: SignIn
) -> None:
    """Lay people would read on of the wrong person, because the mistake was found out too late to withdraw it."""
    wrong, found = declared(panel, cast)
    with clock.set_to(clock.now() + timedelta(days=29)):
        carol = signed_in(cast["carol"])
        for one, reason in ((wrong, "wrong_person"), (found, "new_facts")):
            case = one.pack.case
            assert case is not None
            why = AskedBack(reason, "He has a twin.")
            ask_rescission(case=case, why=why, seen=case.version, by=cast["amara"])
            sent = {"decision": "rescind", "rationale": "It was not him."}
            assert carol.post(reverse("rescission", args=[case.reference]), sent).status_code == 302
    assert list(PanelPack.objects.values_list("panel_case", flat=True)) == [found.pk]
    assert [one.is_gone for one in panel.sample.items.order_by("place")] == [True, False]


def test_what_was_to_be_done_about_a_case_that_is_erased_can_be_done(
    cast: Cast, panel: Panel, signed_in: SignIn
) -> None:
    """It stood as late for ever on the page and on somebody's first page, and no button led out of it."""
    case, _other = declared(panel, cast)
    for key in ("petra", "quentin"):
        panels.find(case=case, finding="appropriate", by=cast[key])
    case = panels.settle(case=case, finding="appropriate", by=cast["petra"])
    panels.act(case=case, action="Tell the team.", owner=cast["david"], due_on=date(2026, 7, 1), by=cast["david"])
    case.pack.delete()
    client, address = signed_in(cast["david"]), reverse("panel_case", args=[panel.reference, 1])
    page = text_of(client.get(address))
    assert "The case is no longer held" in page
    assert "It is done" in page
    assert client.post(reverse("panel_action_done", args=[panel.reference, 1]), follow=True).status_code == 200
    assert "Tell the team." not in text_of(client.get(reverse("panels")))
