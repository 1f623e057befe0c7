"""Every option of the force is kept with each decision, whatever was decided; and who may read it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.eligibility.assess import assess
from cases.eligibility.criteria import Criterion
from cases.eligibility.kept import KeptOption
from cases.eligibility.policy import Policy
from cases.models import Assessment, Case, Catalogue, Offence
from diversion.accounts.models import User
from diversion.demonstration import schemes
from referrals.judging.facts import CaseFacts
from referrals.judging.options import STEPS, assess_options
from referrals.management.commands.assess import policy_of
from referrals.models import Scheme, SchemeVersion
from reporting import outbox
from reporting.models import StageFact
from tests.conftest import Cast
from tests.factories.cases import person, record
from tests.factories.decisions import crime, posted
from tests.factories.ground import adopt_scheme
from tests.factories.schemes import open_to_all
from tests.integration.referrals.test_policy_at_recording import UNDER_30, put_live, sign
from tests.made_once import made_once

pytestmark = pytest.mark.usefixtures("frozen")

TODAY = date(2026, 6, 10)
NOTHING = {"result": "not_offered", "not_offered_reason": "public_interest", "disposal": None, "conditions-0-kind": ""}
NO_EVIDENCE = {**NOTHING, "not_offered_reason": "evidence", "evidence": "insufficient"}
CANNABIS = {"offence": "possession-of-cannabis", "victim_kind": None, "victim_name": None, "victim_stance": None}
Kept = dict[str, dict[str, Any]]


@pytest.fixture
def officer(cast: Cast, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(cast["amara"])


@made_once
def drug_diversion(cast: Cast) -> SchemeVersion:
    return adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")


def kept(client: Client, data: dict[str, Any]) -> Kept:
    """The options kept with the decision that ``data`` records, by key."""
    response = client.post(reverse("record_decision"), data)
    assert response.status_code == 302, response.content.decode()
    return {option["key"]: option for option in Assessment.objects.latest("pk").options}


def eligibility(case: Case) -> str:
    outbox.drain()
    return StageFact.objects.get(fact__case_id=case.pk).eligibility


@pytest.mark.parametrize(
    "decided",
    [
        {},
        NOTHING,
        {"result": "offered_declined", "declined_reason": "distrust", "conditions-0-kind": ""},
    ],
    ids=["accepted", "not offered", "declined"],
)
def test_each_kind_of_decision_keeps_every_option(
    officer: Client, drug_diversion: SchemeVersion, decided: dict[str, Any]
) -> None:
    """Told only of what was offered, nobody could see who was not diverted and might have been."""
    options = kept(officer, posted(**decided))
    assert {"disposal:community_resolution", "disposal:outcome_22", "scheme:drug-diversion"} <= set(options)
    resolution, scheme = options["disposal:community_resolution"], options["scheme:drug-diversion"]
    assert resolution["possible"][0] == "eligible"
    assert "ineligible" not in resolution["possible"]
    assert (scheme["kind"], scheme["status"], scheme["criteria"]) == ("scheme", "ineligible", ["drug-possession"])
    assert eligibility(Case.objects.get()) == "eligible"


def test_a_scheme_chosen_is_one_option_among_all(officer: Client, drug_diversion: SchemeVersion) -> None:
    """The options must not be those of the proposal under another name."""
    options = kept(officer, posted(drug_diversion, **crime(0, **CANNABIS)))
    assert options["scheme:drug-diversion"]["status"] == "eligible"
    assert options["disposal:simple_caution"]["kind"] == "disposal"


def test_a_person_whom_every_rule_turned_away_is_ineligible(officer: Client) -> None:
    """Counted as eligible and not offered, they would accuse an officer who had no choice."""
    options = kept(officer, posted(**NO_EVIDENCE, admission="denied"))
    assert {option["status"] for option in options.values()} == {"ineligible"}
    assert options["disposal:outcome_22"]["criteria"] == ["evidence"]
    assert eligibility(Case.objects.get()) == "ineligible"


def test_what_is_not_asked_of_whoever_is_offered_nothing_leaves_nothing_unknown(officer: Client) -> None:
    """Whoever was offered nothing would be less known than the rest."""
    unsaid = {"crimes-0-victim_stance": None}
    kept(officer, posted(**NOTHING, **unsaid))
    assert eligibility(Case.objects.get()) == "eligible"


def test_a_child_is_not_ruled_out_by_what_follows_an_offer(officer: Client) -> None:
    """Boxes left empty because nothing was offered would make every child ineligible."""
    options = kept(officer, posted(**NOTHING, date_of_birth="2011-01-01"))
    assert "ineligible" not in options["disposal:community_resolution"]["possible"]
    assert options["disposal:simple_caution"]["criteria"][0] == "adult"


def test_the_law_closes_an_option_that_the_policy_forgot(officer: Client, cast: Cast) -> None:
    """A policy that says nothing of evidence would make people eligible for what nobody may lawfully offer them."""
    consent = Criterion.model_validate(
        {
            "id": "ours",
            "reason": "They do not agree.",
            "sources": [{"key": "force policy"}],
            "test": {"kind": "consent"},
        }
    )

    def says_little(policy: Policy) -> Policy:
        little = (one.model_copy(update={"criteria": (consent,)}) for one in policy.disposals)
        return policy.model_copy(update={"disposals": tuple(little)})

    sign(cast, says_little)
    options = kept(officer, posted(**NO_EVIDENCE))
    assert {one["status"] for one in options.values()} == {"ineligible"}
    assert options["disposal:community_resolution"]["criteria"] == ["law.evidence"]
    assert eligibility(Case.objects.get()) == "ineligible"


@pytest.mark.parametrize(
    ("answers", "status", "criteria"),
    [
        ({"admission": "denied", "evidence": "insufficient"}, "ineligible", ["disposal"]),
        ({}, "eligible", []),
    ],
)
def test_a_scheme_is_no_more_open_than_the_resolutions_it_goes_with(
    officer: Client,
    cast: Cast,
    drug_diversion: SchemeVersion,
    answers: dict[str, Any],
    status: str,
    criteria: list[str],
) -> None:
    """Somebody whom no resolution could be given would count as eligible for the scheme that goes with them."""
    open_to_all(drug_diversion)
    scheme = kept(officer, posted(**NOTHING | {"not_offered_reason": "risk"}, **answers))["scheme:drug-diversion"]
    assert (scheme["status"], scheme["criteria"]) == (status, criteria)


def test_a_later_policy_rewrites_no_option(officer: Client, cast: Cast) -> None:
    """Yesterday's decisions would be judged by tomorrow's rules."""
    kept(officer, posted(**NOTHING))
    before = Assessment.objects.get().options
    put_live(cast, test=UNDER_30, severity="blocks", reason="Only people up to 20 get this resolution.")
    later = kept(officer, posted(**NOTHING, family_name="Okoro", **{"crimes-0-number": "AV/9/26"}))
    assert Assessment.objects.order_by("pk")[0].options == before
    assert later["disposal:community_resolution"]["criteria"] == ["ours"]


def test_an_option_kept_is_what_the_command_prints_of_the_same_facts(officer: Client, cast: Cast) -> None:
    """Two answers to one question, and a force would believe neither."""
    schemes.set_up(cast["elin"])
    options = kept(officer, posted(**NOTHING))
    assessment = Assessment.objects.get()
    offences = Catalogue(one.offence for one in assessment.case.allegations.select_related("offence"))
    (facts,) = CaseFacts.of(assessment.answers, offences, TODAY).crimes
    printed = assess({**facts, **STEPS}, policy_of("avonford", TODAY), TODAY)
    assert {one.key: one.status for one in printed.options} == {key: one["status"] for key, one in options.items()}
    assert sum(one["kind"] == "scheme" for one in options.values()) == Scheme.objects.count()


def test_an_earlier_place_on_the_scheme_counts_against_its_limit(cast: Cast) -> None:
    """Our own records know that the person has been there: the option was not open."""
    adopt_scheme("checkpoint", cast)
    theft = Offence.objects.get(code="theft-from-a-shop")
    answers = {
        "date_of_birth": "2001-03-04",
        "admission": "admitted",
        "evidence": "charge_standard",
        "crimes": [{"offence": theft.code, "committed_on": "2026-06-07", "victim_kind": "business"}],
    }

    def option(known: list[dict[str, Any]]) -> KeptOption:
        force = cast["amara"].organisation
        found = assess_options(answers, force=force, offences=Catalogue([theft]), at=TODAY, known_earlier=known)
        return next(one for one in found if one.key == "scheme:checkpoint")

    been = {"outcome": "scheme", "scheme": "checkpoint", "date": date(2026, 5, 1)}
    elsewhere = {**been, "scheme": "pathfinder"}
    assert [option([]).is_closed, option([elsewhere]).is_closed, option([been]).is_closed] == [False, False, True]
    assert option([been]).criteria == ("repeat",)
    assert option([elsewhere]) == option([])


def test_answers_that_contradict_one_another_keep_no_option(cast: Cast) -> None:
    """A date of birth of two centuries ago must neither stop the recording nor count as somebody."""
    answers = {"date_of_birth": "1801-01-01", "crimes": [{"offence": "", "committed_on": "2026-06-07"}]}
    assert assess_options(answers, force=cast["amara"].organisation, offences=Catalogue([]), at=TODAY) == []


def test_a_scheme_whose_rules_cannot_be_read_stops_no_recording(
    officer: Client, drug_diversion: SchemeVersion, caplog: pytest.LogCaptureFixture
) -> None:
    """One bad record of a scheme that nobody chose would stop every officer of the force."""
    broken = drug_diversion.document | {"criteria": [{"id": "broken"}]}
    SchemeVersion.objects.filter(pk=drug_diversion.pk).update(document=broken)
    assert kept(officer, posted()) == {}
    assert "The schemes of avonford cannot be read" in caplog.text


def test_more_schemes_and_more_crimes_cost_no_query_more(officer: Client, cast: Cast) -> None:
    """A force with twelve schemes would wait twelve times."""
    force, answers = cast["amara"].organisation, {"date_of_birth": "2001-03-04", "crimes": [{}, {"offence": "x"}]}

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert assess_options(answers, force=force, offences=Catalogue([]), at=TODAY)
        return len(found)

    queries()  # the first sets up the default policy
    few = queries()
    schemes.set_up(cast["elin"])
    assert (few, queries()) == (2, 2)


def test_the_supervisor_sees_what_was_open_and_the_officer_s_form_does_not(
    officer: Client, cast: Cast, drug_diversion: SchemeVersion
) -> None:
    """Whoever reviews a refusal must see the alternatives; whoever decides must not be steered by a list."""
    kept(officer, posted(**NOTHING))
    case = Case.objects.get()
    assert "Rules allowed" not in officer.get(reverse("record_decision")).content.decode()
    officer.force_login(cast["carol"])
    page = officer.get(reverse("case_page", args=[case.reference])).content.decode()
    assert "Rules allowed" in page
    assert "Community resolution" in page
    officer.force_login(cast["ben"])
    assert officer.get(reverse("case_page", args=[case.reference])).status_code == 404


def test_what_was_open_is_not_said_of_an_offer_nor_of_an_earlier_record(officer: Client, cast: Cast) -> None:
    """An offer speaks for itself, and of old records nothing was kept."""
    earlier = record(cast["amara"], person=person(family_name="Old"))
    kept(officer, posted())
    for case in (earlier, Case.objects.latest("pk")):
        assert "Rules allowed" not in officer.get(reverse("case_page", args=[case.reference])).content.decode()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ""),
        ({"without_scheme": "no_action"}, "no_action"),
        ({"without_scheme": "no_action", **NOTHING, "scheme": None}, ""),
    ],
)
def test_what_would_have_happened_without_the_scheme_is_kept_where_one_was_offered(
    officer: Client, drug_diversion: SchemeVersion, changes: dict[str, Any], expected: str
) -> None:
    """Asked of everybody it is noise; never asked, a scheme that nets the blameless looks like a success."""
    kept(officer, posted(drug_diversion, **crime(0, **CANNABIS), **changes))
    case = Case.objects.get()
    outbox.drain()
    assert case.decision.without_scheme == expected
    assert StageFact.objects.get(fact__case_id=case.pk).without_scheme == expected
    page = officer.get(reverse("case_page", args=[case.reference])).content.decode()
    assert ("No further action" in page) is bool(expected)


def test_no_scheme_no_answer_about_it(officer: Client) -> None:
    """An answer left from a scheme that was taken off again would count as one of its offers."""
    kept(officer, posted(without_scheme="no_action"))
    assert Case.objects.get().decision.without_scheme == ""


def test_the_question_is_closed_until_somebody_opens_it(officer: Client, drug_diversion: SchemeVersion) -> None:
    """One more open question on the roadside page is one that everybody pays for."""
    page = officer.post(reverse("record_decision"), posted(drug_diversion, show="1")).content.decode()
    before, question, _ = page.partition("Without this scheme, what would have happened?")
    assert question
    assert before.rstrip().rpartition("<details")[2].partition(">")[0] == ' class="govuk-details"'
