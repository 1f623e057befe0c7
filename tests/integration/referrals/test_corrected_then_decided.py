"""A corrected crime and who decides on it: nobody on what they have not read, nobody on what they wrote themselves."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.findings import Finding
from cases.models import Authorisation, Case, Correction, Offence
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.refusals import Outdated, Refused
from diversion.unit_of_work import unit_of_work
from referrals.actions import closing, deciding, partner, support, undoing
from referrals.actions.correcting import correct_crime
from referrals.actions.deciding import Support
from referrals.judging.judge import Judged
from referrals.judging.proposal import Plan
from referrals.models import Referral, SchemeVersion, Undoable
from tests.conftest import Cast
from tests.factories.cases import by_prosecutor, condition, crime, decision, person, record, refer, sign
from tests.factories.ground import adopt_scheme, hold
from tests.factories.schemes import open_to_all
from tests.made_once import made_once

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
ANSWERS = {"evidence": "charge_standard"}
PROSECUTOR = {"prosecutor": "Ada Lawson", "prosecutor_on": "10 June 2026", "prosecutor_reference": "CPS/1/26"}


@made_once
def version(cast: Cast) -> SchemeVersion:
    found: SchemeVersion = adopt_scheme("pathfinder", cast, provider="hugh").versions.latest("valid_from")
    return open_to_all(found)


@made_once
def sent(cast: Cast, version: SchemeVersion) -> Referral:
    return refer(cast["amara"], version, answers=ANSWERS, crimes=[crime("criminal-damage")])


def correct(case: Case, by: User, **changes: Any) -> Correction:
    allegation = case.allegations.get()
    values = {"committed_on": allegation.committed_on, "offence": allegation.offence, "area": "", "reason": "Mistyped."}
    seen = allegation.corrections.count()
    return correct_crime(allegation=allegation, by=by, seen=seen, **(values | changes))


def to_indictable(case: Case, by: User) -> Correction:
    Offence.objects.filter(code="affray").update(mode="indictable")
    return correct(case, by, offence=Offence.objects.get(code="affray"))


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def case_page(cast: Cast, case: Case) -> str:
    client = Client()
    client.force_login(cast["amara"])
    return text_of(client.get(reverse("case_page", args=[case.reference])))


def test_whoever_corrected_the_crime_does_not_authorise_it(cast: Cast, signed_in: SignIn, sent: Referral) -> None:
    """One person would change what a decision rests on, and then sign it."""
    to_indictable(sent.case, cast["david"])
    with pytest.raises(Refused, match="You corrected a crime"):
        deciding.authorise(
            evidence_met=True, case=sent.case, rationale="Fine.", seen=sent.case.corrections.count(), by=cast["david"]
        )
    page = text_of(signed_in(cast["david"]).get(reverse("authorise", args=[sent.case.reference])))
    assert "You corrected a crime in this case: someone else must decide it." in page
    assert "Record your decision" not in page


def born(case: Case, day: date, by: User) -> None:
    """Another decision about the person, on which their date of birth is put right."""
    who = case.person
    details = person(existing=who, version=who.version, corrects=True, date_of_birth=day)
    nothing = decision(result="not_offered", disposal="", not_offered_reason="evidence")
    record(by, person=details, decision=nothing, support=Support())


def test_a_child_taken_for_an_adult_is_recorded_and_their_other_case_put_to_a_rank(
    cast: Cast, signed_in: SignIn
) -> None:
    """The next officer could not record a child of 15, until a stranger's case was ended; or it stood as an adult's."""
    case = record(cast["amara"])
    born(case, date(2011, 3, 4), cast["callum"])
    case.person.refresh_from_db()
    assert (case.person.date_of_birth, Case.objects.count()) == (date(2011, 3, 4), 2)
    assert "Nobody may authorise this as it stands. An appropriate adult" in case_page(cast, case)
    sergeant, address = signed_in(cast["carol"]), reverse("authorise", args=[case.reference])
    assert address in text_of(sergeant.get(reverse("authorisation_list")))
    assert address in text_of(sergeant.get("/"))
    page = text_of(sergeant.get(address))
    assert "Do not authorise it: what was agreed then ends" in page
    assert 'value="authorise"' not in page
    answer = {"decision": "authorise", "evidence_met": "on", "rationale": "It was fair.", "seen": "1"}
    assert "nobody may authorise this as it stands" in text_of(sergeant.post(address, answer))
    with pytest.raises(Refused, match="Nobody may authorise this"):
        deciding.authorise(evidence_met=True, case=case, rationale="It was fair.", seen=1, by=cast["carol"])
    assert Authorisation.objects.get(case=case).state == Authorisation.State.WAITING
    assert sergeant.post(address, answer | {"decision": "refuse"}).status_code == 302
    case.refresh_from_db()
    assert case.closed_at is not None
    assert "Record a new decision for this person" in case_page(cast, case)


def test_what_was_closed_when_a_birth_was_corrected_is_asked_once_it_is_opened_again(cast: Cast) -> None:
    """Closed by mistake, corrected to a child of 15, undone: an adult's agreement went on, and nobody was asked."""
    case = record(cast["amara"])
    one = case.agreement.conditions.get()
    support.settle_condition(condition=one, state="done", evidence="Seen.", version=one.version, by=cast["amara"])
    born(case, date(2011, 3, 4), cast["callum"])
    assert not Authorisation.objects.filter(case=case).exists(), "nothing is left to be decided of a closed case"
    undoing.undo(undoable=case.undoables.get(), by=cast["amara"])
    assert Authorisation.objects.get(case=case).state == Authorisation.State.WAITING
    assert "Nobody may authorise this as it stands. An appropriate adult" in case_page(cast, case)


def test_support_that_a_partner_opens_again_is_asked_too(cast: Cast, sent: Referral) -> None:
    """A navigator undoes the end of the support, who may read nothing of what police are asked."""
    taken = partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])
    for one in sent.case.agreement.conditions.all():
        support.settle_condition(condition=one, state="done", evidence="Seen.", version=one.version, by=cast["george"])
    closing.close_referral(referral=taken, result="completed", note="", version=taken.version, by=cast["george"])
    assert Case.objects.get().closed_at is not None
    born(sent.case, date(2011, 3, 4), cast["callum"])
    with unit_of_work("undo", user=cast["george"]):
        undoing.undo(undoable=Undoable.objects.get(referral=taken), by=cast["george"])
    assert Authorisation.objects.get(case=sent.case).state == Authorisation.State.WAITING


def test_a_birth_put_right_again_may_be_authorised(cast: Cast) -> None:
    """The correction was the mistake: an agreement that is lawful after all would have to be ended."""
    case = record(cast["amara"])
    born(case, date(2011, 3, 4), cast["callum"])
    case.person.refresh_from_db()
    born(case, date(2001, 3, 4), cast["callum"])
    deciding.authorise(evidence_met=True, case=case, rationale="It stands.", seen=2, by=cast["carol"])
    assert Authorisation.objects.get(case=case).state == Authorisation.State.GIVEN


def test_a_birth_put_right_has_an_open_case_decided_again(cast: Cast) -> None:
    """An inspector agreed to what was offered to somebody of 15, and they are 14."""
    kid = person(date_of_birth=date(2011, 3, 4))
    case = record(cast["amara"], person=kid, crimes=[crime("criminal-damage")])
    deciding.authorise(evidence_met=True, case=case, rationale="Fair.", seen=0, by=cast["david"])
    sign(case)
    born(case, date(2011, 7, 4), cast["amara"])
    assert Authorisation.objects.get(case=case).state == Authorisation.State.WAITING
    page = case_page(cast, case)
    assert "Date of birth corrected" in page
    assert "date of birth: 4 March 2011, now 4 July 2011" in page


def test_a_birth_put_right_that_changes_nothing_asks_nobody(cast: Cast) -> None:
    """A day mistyped would send every open case of somebody of thirty back to a sergeant."""
    case = record(cast["amara"])
    born(case, date(2001, 3, 5), cast["amara"])
    assert not Authorisation.objects.filter(case=case).exists()


def test_an_area_put_right_bars_nobody(cast: Cast, sent: Referral) -> None:
    """Nothing is decided on the area: an inspector who mends a spelling may still decide."""
    to_indictable(sent.case, cast["amara"])
    correct(sent.case, cast["david"], area="Harbour")
    deciding.authorise(
        evidence_met=True,
        case=sent.case,
        rationale="A. Prosecutor agrees.",
        prosecutor=by_prosecutor(),
        seen=sent.case.corrections.count(),
        by=cast["david"],
    )
    assert Authorisation.objects.get().state == Authorisation.State.GIVEN


def test_nobody_authorises_a_crime_that_changed_since_they_read_it(
    cast: Cast, signed_in: SignIn, sent: Referral
) -> None:
    """The authoriser would sign for an offence that was never on their page."""
    to_indictable(sent.case, cast["amara"])
    client, address = signed_in(cast["david"]), reverse("authorise", args=[sent.case.reference])
    assert 'name="seen" value="1"' in text_of(client.get(address))
    correct(sent.case, cast["amara"], committed_on=date(2026, 6, 1))
    answer = {
        "decision": "authorise",
        "evidence_met": "on",
        "rationale": "A. Prosecutor agrees.",
        **PROSECUTOR,
        "seen": "1",
    }
    response = client.post(address, answer)
    assert response.status_code == 422
    assert "A crime in this case has changed since you opened this page" in text_of(response)
    assert "A. Prosecutor agrees." in text_of(response)
    assert Authorisation.objects.get().state == Authorisation.State.WAITING
    assert client.post(address, answer | {"seen": "2"}).status_code == 302


@pytest.mark.parametrize("seen", ["", "²", "9" * 40, "-1"])
def test_an_odd_number_of_corrections_breaks_nothing(cast: Cast, signed_in: SignIn, sent: Referral, seen: str) -> None:
    """Nobody decides on a crime that they have not read, and no number that is none ends in an error page."""
    to_indictable(sent.case, cast["amara"])
    answer = {
        "decision": "authorise",
        "evidence_met": "on",
        "rationale": "A. Prosecutor agrees.",
        **PROSECUTOR,
        "seen": seen,
    }
    client, address = signed_in(cast["david"]), reverse("authorise", args=[sent.case.reference])
    page = text_of(client.post(address, answer))
    assert "Your browser did not say what this page had shown you" in page
    assert "A. Prosecutor agrees." in page
    assert Authorisation.objects.get().state == Authorisation.State.WAITING
    assert client.post(address, answer | {"seen": "1"}).status_code == 302


def test_what_a_rank_set_aside_before_keeps_who_did_it(cast: Cast, signed_in: SignIn, version: SchemeVersion) -> None:
    """A second authority would put its own name, or a refusal, on what another set aside weeks before."""
    rule = Finding("scheme.repeat", "not_met", "blocks", "On it before.", "s", override_by="inspector")
    judged = Judged(Plan("offered_accepted"), (rule.asked_aside("Closed by no fault."),))
    referral = refer(cast["amara"], version, answers=ANSWERS, crimes=[crime("criminal-damage")], judged=judged)
    deciding.authorise(
        evidence_met=True,
        case=referral.case,
        rationale="Seen the note.",
        seen=referral.case.corrections.count(),
        by=cast["david"],
    )
    to_indictable(referral.case, cast["amara"])
    hold(cast["ian"], *cast["david"].roles.all())
    deciding.refuse(
        case=Case.objects.get(),
        rationale="The prosecutor charges.",
        prosecutor=by_prosecutor(),
        seen=Case.objects.get().corrections.count(),
        by=User.objects.get(pk=cast["ian"].pk),
    )
    finding = referral.case.assessments.earliest("pk").findings[0]["set_aside"]
    assert (finding["decision"], finding["by"], finding["because"]) == ("set_aside", "David Mbeki", "Seen the note.")
    page = text_of(signed_in(cast["carol"]).get(reverse("case_page", args=[referral.case.reference])))
    assert "Rule set aside" in page
    assert "Set aside by David Mbeki, 10 June 2026: Seen the note." in page


def test_authority_for_one_date_is_not_authority_for_another(cast: Cast) -> None:
    """A sergeant accepted a plan that ends two days too late: not one that ends a month too late."""
    late = condition(due_on=date(2026, 8, 25))
    case = record(
        cast["amara"],
        answers=ANSWERS,
        crimes=[crime("common-assault", committed_on=date(2026, 3, 20))],
        decision=decision(disposal="conditional_caution"),
        support=Support(conditions=[late]),
    )
    deciding.authorise(
        evidence_met=True,
        case=case,
        rationale="Two days are no matter.",
        seen=case.corrections.count(),
        by=cast["carol"],
    )
    correct(case, cast["amara"], committed_on=date(2026, 2, 26))
    waiting = Authorisation.objects.get()
    assert waiting.state == Authorisation.State.WAITING
    assert any("latest safe day of 29 July 2026" in reason for reason in waiting.reasons)


def test_a_penalty_above_what_the_true_offence_allows_does_not_stand(cast: Cast) -> None:
    """£100 is lawful for an either-way offence, and unlawful for a summary-only one."""
    penalty = condition("I will pay a financial penalty. (£100)", kind="financial_penalty", object="punitive")
    case = record(
        cast["amara"],
        answers=ANSWERS,
        crimes=[crime("criminal-damage")],
        decision=decision(disposal="conditional_caution"),
        support=Support(conditions=[penalty]),
    )
    with pytest.raises(Refused, match=r"£100\.00 is more than the £50\.00"):
        correct(case, cast["amara"], offence=Offence.objects.get(code="common-assault"))
    assert not Correction.objects.exists()


def test_the_provider_reads_of_the_crime_as_it_stands(cast: Cast, signed_in: SignIn, sent: Referral) -> None:
    """A navigator would work on with a person about an offence that they did not commit."""
    accepted = partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])
    offence = Offence.objects.get(code="theft-from-a-shop")
    correct(sent.case, cast["amara"], offence=offence)
    page = text_of(signed_in(cast["george"]).get(reverse("referral_page", args=[sent.reference])))
    assert offence.group in page
    assert Event.objects.get(kind="referral.corrected").recipients == ["Harbour Trust"]
    with pytest.raises(Outdated):
        partner.assign(referral=accepted, navigator=cast["hugh"], version=accepted.version, by=cast["hugh"])


def test_a_prosecutors_decision_says_whose_it_is(cast: Cast, signed_in: SignIn, sent: Referral) -> None:
    """Disputed a year later, nobody could ask whoever decided; an inspector would answer for it alone."""
    to_indictable(sent.case, cast["amara"])
    client, address = signed_in(cast["david"]), reverse("authorise", args=[sent.case.reference])
    bare = {"decision": "authorise", "evidence_met": "on", "rationale": "Agreed.", "seen": "1"}
    page = text_of(client.post(address, bare))
    for words in ("Enter the name of the prosecutor", "Enter the day on which", "Enter the prosecution service’s"):
        assert words in page
    early = text_of(client.post(address, bare | PROSECUTOR | {"prosecutor_on": "9 June 2025"}))
    assert "between the day it was put to them and today" in early
    assert client.post(address, bare | PROSECUTOR).status_code == 302
    case_page = text_of(client.get(reverse("case_page", args=[sent.case.reference])))
    assert "Prosecutor: Ada Lawson, 10 June 2026 (CPS/1/26)" in case_page


def test_a_prosecutors_decision_without_a_name_is_refused(cast: Cast, sent: Referral) -> None:
    """By whatever way it comes."""
    to_indictable(sent.case, cast["amara"])
    with pytest.raises(Refused, match="which prosecutor"):
        deciding.authorise(
            evidence_met=True, case=sent.case, rationale="Agreed.", seen=sent.case.corrections.count(), by=cast["david"]
        )


def test_another_prosecutor_is_no_second_sending(cast: Cast, sent: Referral) -> None:
    """A name put right would be answered with "Authorised", and the wrong one stay on the record."""
    to_indictable(sent.case, cast["amara"])
    given: dict[str, Any] = {"case": sent.case, "rationale": "Agreed.", "by": cast["david"]}
    given["seen"] = sent.case.corrections.count()
    deciding.authorise(evidence_met=True, **given, prosecutor=by_prosecutor())
    deciding.authorise(evidence_met=True, **given, prosecutor=by_prosecutor())
    with pytest.raises(Outdated):
        deciding.authorise(evidence_met=True, **given, prosecutor=replace(by_prosecutor(), name="Ada Lawsno"))


def test_a_prosecutor_decides_no_sooner_than_they_were_asked(cast: Cast, sent: Referral) -> None:
    """What they decided of another offence would be taken for their decision on this one."""
    with clock.set_to(clock.now() + timedelta(days=3)):
        to_indictable(sent.case, cast["amara"])
        earlier = replace(by_prosecutor(), decided_on=clock.today() - timedelta(days=1))
        with pytest.raises(Refused, match="between the day it was put to them"):
            deciding.authorise(
                evidence_met=True,
                case=sent.case,
                rationale="Agreed.",
                prosecutor=earlier,
                seen=sent.case.corrections.count(),
                by=cast["david"],
            )
