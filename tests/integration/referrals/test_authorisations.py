"""What waits for a rank: who sees it, who may decide it, and what is left on the record."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Authorisation, Case, Offence
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.refusals import Refused
from referrals.actions import deciding
from referrals.actions.deciding import Support
from referrals.models import Referral
from tests.conftest import Cast
from tests.factories.cases import by_prosecutor, condition, crime, decision, person, record, refer, sign
from tests.factories.ground import adopt_scheme

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
CAUTION = decision(disposal="simple_caution")


@pytest.fixture
def waiting(cast: Cast) -> Case:
    return record(cast["amara"], decision=CAUTION, support=Support())


def queue(client: Client) -> str:
    return " ".join(client.get(reverse("authorisation_list")).content.decode().split())


def url(case: Case) -> str:
    return reverse("authorise", args=[case.reference])


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_the_queue_begins_with_the_nearest_limit(cast: Cast, signed_in: SignIn) -> None:
    """The one about to run out of time must be authorised first."""
    today = clock.today()
    for name, days in (("Later", 5), ("Sooner", 150)):
        details = crime("common-assault", committed_on=today - timedelta(days=days))
        record(cast["amara"], person=person(given_names=name), crimes=[details], decision=CAUTION, support=Support())
    record(cast["amara"], person=person(given_names="Never"), crimes=[crime("criminal-damage")], decision=CAUTION,
           support=Support())  # fmt: skip
    page = queue(signed_in(cast["carol"])).partition("<tbody")[2]
    assert page.index("Sooner") < page.index("Later") < page.index("Never")
    event = Event.objects.get(kind="authorisation.list_shown")
    assert len(event.subjects) == 3


def test_whoever_waits_in_custody_or_at_the_roadside_comes_first(cast: Cast, signed_in: SignIn) -> None:
    """Somebody would sit in a cell while decisions about people at home were read."""
    limit = crime("common-assault", committed_on=clock.today() - timedelta(days=150))
    said = {"decision": CAUTION, "support": Support()}
    record(cast["amara"], person=person(given_names="Home"), crimes=[limit], origin="voluntary", **said)
    record(
        cast["amara"], person=person(given_names="Cell"), crimes=[crime("criminal-damage")], origin="custody", **said
    )
    with clock.set_to(clock.now() + timedelta(minutes=35)):
        street = crime("criminal-damage")
        record(cast["amara"], person=person(given_names="Road"), crimes=[street], origin="street", **said)
        page = queue(signed_in(cast["carol"])).partition("<tbody")[2]
        assert page.index("Cell") < page.index("Road") < page.index("Home")
        assert "In custody, 35 minutes" in page
        assert "At the roadside, 0 minutes" in page
        assert "In custody, 35 minutes" in text_of(signed_in(cast["carol"]).get("/"))
    with clock.set_to(clock.now() + timedelta(hours=3)):
        page = queue(signed_in(cast["carol"])).partition("<tbody")[2]
        assert page.index("Cell") < page.index("Home") < page.index("Road")
        assert "In custody, 3 hours" in page
        assert "roadside" not in page


def test_what_is_the_same_of_several_crimes_is_said_once_and_no_source_is_a_key(cast: Cast, signed_in: SignIn) -> None:
    """A page of one paragraph three times is skimmed, and so is the one line in it that differs."""
    thefts = [crime(number=f"AV/{number}/26") for number in (1, 2, 3)]
    case = record(cast["amara"], crimes=thefts, decision=CAUTION, support=Support())
    page = text_of(signed_in(cast["carol"]).get(url(case)))
    assert page.count("Of the time limits: The High Court held in 2025 that these six months do not bar a charge") == 1
    assert page.count("Aim to begin proceedings by") == 3
    for internal in ("domain notes", "NECHO", "YJLC", "[known]"):
        assert internal not in page
    assert "thnicity" not in page.partition("The answers given")[0]


def test_what_was_indicated_stands_beside_what_is_proposed(cast: Cast, signed_in: SignIn) -> None:
    """A caution where the matrix points to less would be authorised by a sergeant who did not look it up."""
    row, carol = "Differs from what was indicated", signed_in(cast["carol"])
    why = decision(disposal="simple_caution", rationale="He has had <two> warnings.")
    page = text_of(carol.get(url(record(cast["amara"], decision=why, support=Support()))))
    said = page.partition(row)[2].partition("</dd>")[0]
    assert "Indicated: A community resolution, by gravity score 2 on the Adult Gravity Matrix" in said
    assert "Proposed: Simple caution. Why: He has had &lt;two&gt; warnings." in said
    graver = {"facts": {"gravity_score": 3, "specified_offence": False}}
    kit, fits = person(given_names="Kit"), decision(disposal="conditional_caution", rationale="Fits.")
    agreed = Support(conditions=[condition()])
    case = record(cast["amara"], person=kit, decision=fits, support=agreed, answers=graver)
    assert row not in text_of(carol.get(url(case)))
    unknown = {"facts": {"specified_offence": False}, "not_known": {"gravity_score": "The matrix was not at hand"}}
    ada = person(given_names="Ada")
    case = record(cast["amara"], person=ada, decision=CAUTION, support=Support(), answers=unknown)
    said = text_of(carol.get(url(case))).partition(row)[2].partition("</dd>")[0]
    assert "which the rules left open. Proposed: Simple caution. Why: the officer gave no reason" in said


def test_a_sergeant_authorises_and_the_referral_goes_out_once_signed(cast: Cast, signed_in: SignIn) -> None:
    """Until somebody of rank decides, nothing may reach the provider; then it must go at once."""
    version = adopt_scheme("checkpoint", cast).versions.latest("valid_from")
    case = record(
        cast["amara"],
        decision=decision(disposal="deferred_charge"),
        support=Support(scheme_version=version, conditions=[condition()]),
    )
    assert case.referrals.get().state == Referral.State.HELD
    client = signed_in(cast["carol"])
    response = client.post(
        url(case),
        {"seen": "0", "decision": "authorise", "evidence_met": "on", "rationale": "First offence, strong support"},
    )
    assert response.url == reverse("authorisation_list")
    authorisation = Authorisation.objects.get()
    assert (authorisation.state, authorisation.decided_by) == (Authorisation.State.GIVEN, cast["carol"])
    assert case.referrals.get().state == Referral.State.HELD
    assert case.reference not in queue(client).partition("<tbody")[2]
    sign(case)
    assert case.referrals.get().state == Referral.State.SENT


def test_refusing_withdraws_the_referral(cast: Cast, signed_in: SignIn) -> None:
    """No provider may hear of somebody whose referral was not authorised."""
    version = adopt_scheme("checkpoint", cast).versions.latest("valid_from")
    case = record(
        cast["amara"],
        decision=decision(disposal="deferred_charge"),
        support=Support(scheme_version=version, conditions=[condition()]),
    )
    signed_in(cast["carol"]).post(url(case), {"seen": "0", "decision": "refuse", "rationale": "Victim not asked"})
    assert case.referrals.get().state == Referral.State.WITHDRAWN


def test_the_one_page_shows_what_the_decision_rests_on(cast: Cast, signed_in: SignIn, waiting: Case) -> None:
    """Nobody can decide well what they cannot see."""
    page = text_of(signed_in(cast["carol"]).get(url(waiting)))
    for words in ("Why this needs you", "Simple caution", "Theft from a shop", "Admits the offence", "Amara Okafor"):
        assert words in page
    assert Event.objects.filter(kind="authorisation.opened", subjects__contains=[f"cases.case:{waiting.pk}"]).exists()


def test_a_rule_that_is_not_settled_is_marked_beside_its_reason(cast: Cast, signed_in: SignIn, waiting: Case) -> None:
    """A sergeant would take a default of this service for the law, and feel bound by it."""
    kept = waiting.assessments.get()
    kept.findings = [{**one, "unsure": True} for one in kept.findings]
    kept.save()
    page = text_of(signed_in(cast["carol"]).get(url(waiting)))
    mark = '<span class="app-quiet">(not settled: a setting of the force)</span>'
    for reason in Authorisation.objects.get(case=waiting).reasons:
        assert f"{reason} {mark}" in page
    met = page.partition("Rules that are met")[2].partition("</details>")[0]
    assert met.count(mark) == met.count("<li>") > 0


def test_nobody_authorises_their_own_case(cast: Cast, signed_in: SignIn) -> None:
    """An authorisation by the officer in the case is none."""
    case = record(cast["carol"], decision=CAUTION, support=Support())
    client = signed_in(cast["carol"])
    assert case.reference not in queue(client)
    assert "You are the officer in this case" in text_of(client.get(url(case)))
    response = client.post(
        url(case), {"seen": "0", "decision": "authorise", "evidence_met": "on", "rationale": "I say so"}
    )
    assert response.status_code == 422
    assert Authorisation.objects.get().state == Authorisation.State.WAITING


def test_below_the_rank_there_is_a_sentence_and_no_form(cast: Cast, signed_in: SignIn) -> None:
    """A sergeant must learn at once that an inspector is needed, not after writing the reasons."""
    case = record(cast["amara"], crimes=[crime(is_hate_crime=True)])
    client = signed_in(cast["carol"])
    page = text_of(client.get(url(case)))
    assert "This needs the rank of inspector or above." in page
    assert 'name="rationale"' not in page
    response = client.post(url(case), {"seen": "0", "decision": "authorise", "evidence_met": "on", "rationale": "Fine"})
    assert response.status_code == 422
    assert signed_in(cast["david"]).post(
        url(case),
        {"seen": "0", "decision": "authorise", "evidence_met": "on", "rationale": "Seen the victim’s statement"},
    ).status_code == 302  # fmt: skip


def test_a_decision_without_a_reason_is_not_taken(cast: Cast, signed_in: SignIn, waiting: Case) -> None:
    """The reason is what a court or a panel reads later."""
    response = signed_in(cast["carol"]).post(
        url(waiting), {"seen": "0", "decision": "authorise", "evidence_met": "on", "rationale": " "}
    )
    assert response.status_code == 422
    assert "Say why, in a sentence" in text_of(response)
    assert Authorisation.objects.get().state == Authorisation.State.WAITING


def test_a_second_decision_is_told_that_it_came_too_late(cast: Cast, signed_in: SignIn, waiting: Case) -> None:
    """Two supervisors on one case must not overwrite each other."""
    answer = {"seen": "0", "decision": "authorise", "evidence_met": "on", "rationale": "Fine"}
    assert signed_in(cast["carol"]).post(url(waiting), answer).status_code == 302
    response = signed_in(cast["david"]).post(url(waiting), {"seen": "0", "decision": "refuse", "rationale": "No"})
    assert response.status_code == 422
    assert Authorisation.objects.get().state == Authorisation.State.GIVEN


@pytest.mark.parametrize("choice", ["authorise", "refuse"])
def test_the_same_decision_sent_twice_is_done_once(cast: Cast, signed_in: SignIn, waiting: Case, choice: str) -> None:
    """A sergeant whose connection broke off was told that somebody else had decided."""
    client, answer = signed_in(cast["carol"]), {"seen": "0", "decision": choice, "rationale": "Said in full "}
    answer |= {"evidence_met": "on"}
    assert [client.post(url(waiting), answer).status_code for _ in range(2)] == [302, 302]
    assert Event.objects.filter(kind=f"authorisation.{Authorisation.objects.get().state}").count() == 1
    changed = client.post(url(waiting), answer | {"rationale": "Said otherwise"})
    assert changed.status_code == 422


def test_another_force_finds_nothing_and_an_officer_is_refused(cast: Cast, signed_in: SignIn, waiting: Case) -> None:
    """A constable has nothing to authorise; another force has no business here."""
    assert signed_in(cast["amara"]).get(url(waiting)).status_code == 403
    elsewhere = record(cast["ben"], decision=CAUTION, support=Support())
    assert signed_in(cast["carol"]).get(url(elsewhere)).status_code == 404
    assert signed_in(cast["hana"]).get(url(waiting)).status_code == 404


def test_a_refused_decision_is_closed_and_its_referral_never_sent(cast: Cast) -> None:
    """A refused proposal that stayed open would sit in every queue, and might yet reach a provider."""
    version = adopt_scheme("checkpoint", cast, provider="hana").versions.latest("valid_from")
    referral = refer(cast["amara"], version, decision=decision(disposal="deferred_charge"))
    assert referral.state == "held"
    deciding.refuse(
        case=referral.case,
        rationale="Charge is in the public interest.",
        seen=referral.case.corrections.count(),
        by=cast["carol"],
    )
    referral.refresh_from_db()
    referral.case.refresh_from_db()
    assert (referral.state, referral.case.closed_at is not None) == ("withdrawn", True)
    assert [allegation.outcome for allegation in referral.case.allegations.all()] == [""]


def test_an_inspector_records_what_a_prosecutor_decided(cast: Cast) -> None:
    """An offence triable only on indictment is the prosecutor's: without this it would wait for ever."""
    Offence.objects.filter(code="affray").update(mode="indictable")
    case = record(cast["amara"], crimes=[crime("affray")])
    assert case.authorisation.rank == "prosecutor"
    with pytest.raises(Refused):
        deciding.authorise(
            evidence_met=True,
            case=case,
            rationale="Agreed.",
            prosecutor=by_prosecutor(),
            seen=case.corrections.count(),
            by=cast["carol"],
        )
    deciding.authorise(
        evidence_met=True,
        case=case,
        rationale="A. Prosecutor agreed by telephone today.",
        prosecutor=by_prosecutor(),
        seen=case.corrections.count(),
        by=cast["david"],
    )
    case.authorisation.refresh_from_db()
    assert case.authorisation.state == "given"
