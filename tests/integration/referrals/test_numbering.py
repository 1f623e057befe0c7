"""A crime that the record system has not numbered yet: recorded, waiting where it is seen, closed once it has one."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from cases.actions import numbering
from cases.models import Allegation, Authorisation, Case, Crime
from cases.models.crime import stand_in
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.refusals import Refused
from referrals.actions import closing, deciding, partner, support
from referrals.actions.numbering import number_crime
from referrals.codes import CaseStatus
from referrals.models import Condition
from referrals.queries.cases import status_of
from tests.conftest import Cast
from tests.factories.breaches import broken
from tests.factories.cases import OFFENCES, crime, decision, person, record, refer, sign
from tests.factories.decisions import crime as typed_crime
from tests.factories.decisions import posted
from tests.factories.ground import adopt_scheme

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
WITHOUT = typed_crime(0, number="", no_number="on")


def settle(case: Case, state: str, by: User) -> None:
    one = Condition.objects.get(agreement__case=case)
    support.settle_condition(condition=one, state=state, evidence="Seen.", version=one.version, by=by)
    case.refresh_from_db()


def number_page(allegation: Allegation) -> str:
    return reverse("crime_number", args=[allegation.case.reference, allegation.pk])


@pytest.mark.parametrize("reader", ["amara", "elin"])
def test_it_is_recorded_waits_on_both_homes_and_closes_with_its_number(
    cast: Cast, signed_in: SignIn, reader: str
) -> None:
    """At the roadside there is no number yet; whoever must invent one, or forgets it, sends an outcome to no crime."""
    officer = signed_in(cast["amara"])
    response = officer.post(reverse("record_decision"), posted(**WITHOUT))
    assert response.status_code == 302, response.content.decode()[:3000]
    case = Case.objects.get()
    allegation = case.allegations.get()
    assert allegation.crime.awaits_number
    home = signed_in(cast[reader]).get(reverse("home")).content.decode()
    assert "Waiting for a crime number" in home
    assert number_page(allegation) in home

    settle(case, "done", cast["amara"])
    assert (case.closed_at, status_of(case)) == (None, CaseStatus.UNNUMBERED)
    assert "Next: enter the crime number" in officer.get(reverse("case_page", args=[case.reference])).content.decode()

    wrong = officer.post(number_page(allegation), {"number": ""})
    assert (wrong.status_code, "Enter the crime number" in wrong.content.decode()) == (422, True)
    page = officer.post(number_page(allegation), {"number": "av/77/26"}, follow=True).content.decode()
    assert "The crime number is recorded, and the case is closed." in page
    allegation = case.allegations.select_related("crime").get()
    assert (allegation.crime.number, allegation.outcome) == ("AV/77/26", "8")
    assert case.assessments.get().answers["crimes"][0]["number"] == "AV/77/26"
    assert Event.objects.filter(kind="crime.numbered").count() == 1
    assert "Waiting for a crime number" not in officer.get(reverse("home")).content.decode()


def test_what_was_not_kept_is_decided_only_with_a_number(cast: Cast) -> None:
    """A charge on a crime that nobody can find is lost between two systems."""
    case = record(cast["amara"], crimes=[crime(number=stand_in())], decision=decision(disposal="deferred_charge"))
    deciding.authorise(
        evidence_met=True, case=case, rationale="Proportionate.", seen=case.corrections.count(), by=cast["carol"]
    )
    sign(case)
    settle(case, "not_done", cast["amara"])
    assert status_of(case) == CaseStatus.NOT_KEPT
    with pytest.raises(Refused, match="has no number yet: enter it"):
        closing.decide_after_failure(case=case, result="failed_prosecuted", by=cast["amara"])
    number_crime(allegation=case.allegations.get(), number="AV/1/26", by=cast["amara"])
    broken(case, cast)
    case = closing.decide_after_failure(case=case, result="failed_prosecuted", by=cast["amara"])
    assert case.closed_at is not None


def test_a_partner_closes_and_the_case_waits_for_its_number(cast: Cast) -> None:
    """A partner's part is done however the force numbers its crimes; the outcome goes to the crime once it has one."""
    version = adopt_scheme("drug-diversion", cast).versions.latest("valid_from")
    answers = {"facts": {"gravity_score": 2, "small_quantity": True, "offence_area": "avonford"}}
    cannabis = crime(OFFENCES[version.scheme.slug], number=stand_in())
    referral = refer(cast["amara"], version, crimes=[cannabis], answers=answers)
    partner.accept(referral=referral, navigator=cast["fatima"], version=referral.version, by=cast["hana"])
    for one in referral.agreement.conditions.all():
        support.settle_condition(condition=one, state="done", evidence="Seen.", version=one.version, by=cast["fatima"])
    referral.refresh_from_db()
    closing.close_referral(referral=referral, result="completed", note="", version=referral.version, by=cast["fatima"])
    case = Case.objects.get()
    assert (case.closed_at, status_of(case)) == (None, CaseStatus.UNNUMBERED)
    case = number_crime(allegation=case.allegations.get(), number="AV/3/26", by=cast["amara"])
    assert case.closed_at is not None
    assert case.allegations.get().outcome == "8"


def test_a_number_does_not_close_what_waits_for_authority(cast: Cast) -> None:
    """A crime put right asks for a rank after the support is over: no outcome is recorded that nobody may give."""
    case = record(cast["amara"], crimes=[crime(number=stand_in())])
    settle(case, "done", cast["amara"])
    Authorisation.objects.create(case=case, rank="sergeant", reasons=["The crime was put right."])
    case = number_crime(allegation=case.allegations.get(), number="AV/4/26", by=cast["amara"])
    assert case.closed_at is None
    deciding.authorise(
        evidence_met=True, case=case, rationale="Proportionate.", seen=case.corrections.count(), by=cast["carol"]
    )
    assert Case.objects.get().closed_at is not None


def test_a_crime_that_is_on_record_already_becomes_the_same_crime(cast: Cast) -> None:
    """Two people of one theft are one crime, with one number; one person is not settled twice over it."""
    first = record(cast["amara"], crimes=[crime(number="AV/9/26")])
    second = record(
        cast["amara"],
        person=person(given_names="Kit"),
        crimes=[crime(number=stand_in(), victim_kind="business", victim_name="Hart")],
    )
    number_crime(allegation=second.allegations.get(), number="AV/9/26", by=cast["amara"])
    ours, theirs = first.allegations.get(), second.allegations.get()
    assert ours.crime == theirs.crime
    assert theirs.victim is not None
    assert theirs.victim.crime == ours.crime
    assert Crime.objects.count() == 1
    twin = record(
        cast["amara"],
        person=person(existing=first.person, version=first.person.version),
        crimes=[crime(number=stand_in())],
    )
    with pytest.raises(Refused, match="already has an open case"):
        number_crime(allegation=twin.allegations.get(), number="AV/9/26", by=cast["amara"])


def test_a_crime_without_a_number_is_of_one_case(cast: Cast, signed_in: SignIn) -> None:
    """A stand-in sent by hand tied two people's cases together, and neither crime could be numbered again."""
    theirs = record(cast["amara"], crimes=[crime(number=stand_in())]).allegations.get()
    sent = typed_crime(0, number="", no_number="on", recorded_as=theirs.crime.number)
    response = signed_in(cast["callum"]).post(reverse("record_decision"), posted(**sent))
    assert response.status_code == 422
    assert Case.objects.count() == 1


def test_two_cases_numbered_at_one_moment_are_of_one_crime(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two officers back from one job: the second one's page was an error."""
    first, second = (
        record(cast["amara"], person=person(given_names=name), crimes=[crime(number=stand_in())])
        for name in ("Kit", "Lee")
    )
    renamed = numbering._is_renamed

    def overtaken(ours: Crime, number: str) -> bool:
        monkeypatch.setattr(numbering, "_is_renamed", renamed)
        number_crime(allegation=first.allegations.get(), number=number, by=cast["amara"])
        return renamed(ours, number)

    monkeypatch.setattr(numbering, "_is_renamed", overtaken)
    number_crime(allegation=second.allegations.get(), number="AV/5/26", by=cast["amara"])
    assert first.allegations.get().crime == second.allegations.get().crime
    assert Crime.objects.get().number == "AV/5/26"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"number": ""}, "or tick “No number yet”"),
        ({"number": "AV/1/26", "no_number": "on"}, "Empty the crime number"),
        ({"number": "no number yet 7"}, "Tick “No number yet” instead"),
    ],
)
def test_a_number_or_that_there_is_none(cast: Cast, signed_in: SignIn, typed: dict[str, str], words: str) -> None:
    """An answer that says both, or neither, is told how to be mended."""
    response = signed_in(cast["amara"]).post(reverse("record_decision"), posted(**typed_crime(0, **typed)))
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Case.objects.exists()
