"""The demonstration: the same tale each time, with something at every stage and the differences it was given."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from cases.models import Authorisation, Case, Decision, ProsecutorReferral, YouthDuty
from diversion import clock
from diversion.accounts.models import User
from diversion.demonstration import stages, telling
from diversion.demonstration.releases import TABLES
from referrals.models import (
    Appointment,
    CheckIn,
    ConditionChange,
    HelpRequest,
    NeedOutcome,
    NeedReview,
    Referral,
    SchemeVersion,
)
from reporting.models import Fact, NeedFact, Panel, PanelCase, Release, StageFact
from tests.factories.releases import attack

pytestmark = pytest.mark.django_db

#: By the tales, with two children; the stages that those leave empty are filled beside them.
TOLD = 200 + 5 + 60 + 2


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demonstration, told once for all of these tests and taken back after them."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(telling, "CASES", {"avonford": 200, "northmoor": 5})
        patch.setattr(telling, "LONG_AGO_CASES", {"avonford": 60, "northmoor": 0})
        call_command("seed_reference", verbosity=0)
        with clock.set_to(datetime(2026, 6, 10, 9, 30, tzinfo=UTC)):
            call_command("load_demonstration", verbosity=0)
        yield
        transaction.set_rollback(True)


def test_there_is_something_at_every_stage_and_it_is_counted(loaded: None) -> None:
    """Whoever tries the service out must find work in every queue, and figures that are not all alike."""
    states = set(Referral.objects.values_list("state", flat=True))
    assert {"sent", "accepted", "started", "closed"} <= states
    assert {"waiting", "given"} <= set(Authorisation.objects.values_list("state", flat=True))
    results = Counter(Decision.objects.values_list("result", flat=True))
    assert set(results) == {"offered_accepted", "offered_declined", "not_offered", "undecided"}
    assert Appointment.objects.filter(attendance="planned", starts_at__gt=datetime(2026, 6, 10, tzinfo=UTC)).exists()
    assert Fact.objects.filter(source="live").count() == Case.objects.count() > TOLD
    assert telling._count("avonford") == telling._every("avonford")  # whoever fills a stage takes no tale's place
    assert {"start", "end"} <= set(NeedReview.objects.values_list("point", flat=True))
    assert {"met", "not_met"} <= set(NeedOutcome.objects.values_list("result", flat=True))
    assert NeedFact.objects.filter(outcome="met", days_to_met__gt=0).exists()
    assert {"yes", "no", "unknown"} <= set(StageFact.objects.values_list("disability", flat=True))


def test_somebody_stands_at_every_stage_of_every_scheme(loaded: None) -> None:
    """Whoever tries a scheme out would find nobody to accept, to meet or to close in it."""
    wanted = {(state, result) for state, result, _back in stages.STAGES.values()}
    lacking = {}
    for version in SchemeVersion.objects.filter(scheme__force__slug="avonford", valid_to=None).select_related("scheme"):
        there = {"scheme_version__scheme": version.scheme}
        if version.without_offence:
            missing = set(stages.HELP) - set(HelpRequest.objects.filter(**there).values_list("state", flat=True))
        else:
            missing = wanted - set(Referral.objects.filter(**there).values_list("state", "result"))
        lacking |= {version.scheme.slug: missing} if missing else {}
    assert lacking == {}


def test_a_change_to_an_agreement_waits_and_one_is_decided(loaded: None) -> None:
    """Whoever signs in as the sergeant would not find what a navigator asks of them."""
    assert set(ConditionChange.objects.values_list("state", flat=True)) == {"waiting", "given"}


def test_somebody_answered_how_they_are_and_asks_to_be_rung(loaded: None) -> None:
    """A queue that is always empty shows a worker nothing of what people answer."""
    assert sorted(CheckIn.objects.values_list("mood", "wants_call")) == [("fair", False), ("low", True)]


def test_a_decision_is_with_a_prosecutor(loaded: None) -> None:
    """Whoever signs in as the inspector would find no referral whose answer to enter."""
    assert ProsecutorReferral.objects.waiting().count() == 1


def test_somebody_asks_for_help_and_somebody_is_helped(loaded: None, client: Client) -> None:
    """Whoever signs in as the worker would find an empty list of people asking for help."""
    client.force_login(User.objects.get(email="george@harbour.example"))
    with clock.set_to(datetime(2026, 6, 10, 9, 30, tzinfo=UTC)):
        page = client.get("/asking/").content.decode()
    assert "Robin" in page
    assert "Not seen, 9 Jun 2026" in page


def test_who_was_eligible_and_who_was_not_offered_can_be_told(loaded: None) -> None:
    """Whoever looks at the figures must meet eligible people who were passed over, and people of whom it is unknown."""
    told = set(StageFact.objects.values_list("decision", "eligibility"))
    assert {("offered_accepted", "eligible"), ("not_offered", "eligible"), ("not_offered", "unknown")} <= told
    assert {"", "no_action", "charge"} <= set(StageFact.objects.values_list("without_scheme", flat=True))


def test_loading_again_adds_no_case(loaded: None) -> None:
    """`make run` a second time keeps the data and doubles nothing."""
    before = Case.objects.count()
    with clock.set_to(datetime(2026, 6, 11, 9, 30, tzinfo=UTC)):
        call_command("load_demonstration", verbosity=0)
    assert Case.objects.count() == before


def test_the_dashboard_shows_a_flag_an_adjusted_ratio_and_what_it_cannot_tell(loaded: None, client: Client) -> None:
    """Whoever tries the service out must see what a finding looks like, and what stands beside it."""
    client.force_login(User.objects.get(email="david@avonford.example"))
    with clock.set_to(datetime(2026, 6, 10, 9, 30, tzinfo=UTC)):
        page = client.get("/monitoring/")
    flags = {row["flag"] for row in page.context["figures"]["comparison"]["rows"]}
    assert flags & {"look", "act"}
    assert "insufficient" in flags
    said = " ".join(page.context["finding"].beside)
    assert "who could be compared by offence and earlier outcomes it is" in said
    assert "which could reverse it" in said


def test_every_kind_of_case_and_referral_of_it_opens(loaded: None, client: Client) -> None:
    """A page that nobody opened in a test was an error page for whoever tried the service out."""
    shapes = Case.objects.filter(force__slug="avonford").values_list(
        *("reference", "decision__result", "decision__disposal", "authorisation__state", "referrals__state")
    )
    one_of_each = {tuple(shape): reference for reference, *shape in shapes}
    assert len(one_of_each) > 10
    client.force_login(User.objects.get(email="carol@avonford.example"))
    answers = {reference: client.get(f"/cases/{reference}/").status_code for reference in one_of_each.values()}
    assert {reference: code for reference, code in answers.items() if code != 200} == {}
    client.force_login(User.objects.get(email="hana@bridgeway.example"))
    sent = Referral.objects.filter(provider__slug="bridgeway", sent_at__isnull=False)
    one_in_each_state = dict(sent.values_list("state", "reference"))
    assert len(one_in_each_state) > 2
    for reference in one_in_each_state.values():
        assert client.get(f"/referrals/{reference}/").status_code == 200


def test_a_panel_has_found_and_has_cases_to_find_of(loaded: None, client: Client) -> None:
    """Whoever signs in as a member would find an empty page, and no officer a finding to learn from."""
    assert PanelCase.objects.exclude(action="").exists()
    client.force_login(User.objects.get(email="quentin@avonford-panel.example"))
    with clock.set_to(datetime(2026, 6, 10, 9, 30, tzinfo=UTC)):
        page = client.get(f"/panels/{Panel.objects.get().reference}/").content.decode()
    assert "Waits for you" in page
    assert "Appropriate with observations" in page


def test_suspects_nobody_considered_and_residents_are_told(loaded: None, client: Client) -> None:
    """Whoever tries the service out would find the page of who was left out without its first two tables."""
    client.force_login(User.objects.get(email="david@avonford.example"))
    with clock.set_to(datetime(2026, 6, 10, 9, 30, tzinfo=UTC)):
        page = client.get("/monitoring/left-out").content.decode()
    assert "Considered, of suspects in the outcome extract" in page
    assert "Made-up residents of a made-up area" in page


def test_who_reoffended_after_accepting_and_after_no_offer_can_be_told(loaded: None, client: Client) -> None:
    """Whoever opens "What works" would read that nobody was followed, and not see a finding with its grade."""
    client.force_login(User.objects.get(email="david@avonford.example"))
    with clock.set_to(datetime(2026, 6, 10, 9, 30, tzinfo=UTC)):
        page = client.get("/monitoring/what-works")
    after_a_year = page.context["figures"]["effect"][0]
    assert after_a_year["grade"] == "comparative"
    assert after_a_year["group"]["denominator"] >= 10
    assert after_a_year["comparator"]["denominator"] >= 10
    assert after_a_year["crude"]["ratio"] is not None
    assert "Nobody has been followed" not in page.content.decode()


def test_a_youth_justice_worker_has_a_child_to_acknowledge_and_one_who_is_overdue(loaded: None, client: Client) -> None:
    """Whoever signs in as the worker would find an empty list, and could not see what a clock looks like."""
    client.force_login(User.objects.get(email="yusuf@avonford-youth.example"))
    with clock.set_to(datetime(2026, 6, 10, 9, 30, tzinfo=UTC)):
        page = client.get("/youth/").content.decode()
        assert "Due Thu 11 Jun" in page
        assert "overdue" in page
        references = YouthDuty.objects.order_by("pk").values_list("reference", flat=True)[:4]
        assert [client.get(f"/youth/{reference}/").status_code for reference in references] == [200] * 4


def test_it_is_released_by_command_and_withstands_the_attack(loaded: None, tmp_path: Path) -> None:
    """The way an inspector's analyst takes it, on data of the shape that the service itself makes."""
    path = tmp_path / "release.json"
    period = ["--from=2026-01-01", "--to=2026-03-31", "--audience=published", f"--out={path}"]
    with clock.set_to(datetime(2026, 6, 10, 9, 30, tzinfo=UTC)):
        tables = [f"--table={','.join(names)}" for names in TABLES]  # as the releases that are there have them
        call_command("make_release", "--force=avonford", *period, *tables, verbosity=0)
        with pytest.raises(CommandError, match="There is no force 'nowhere'"):
            call_command("make_release", "--force=nowhere", *period)
    verdict = attack(path)
    assert verdict["hidden"] > 0
    assert verdict["too_narrow"] == 0
    assert Release.objects.latest("pk").sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
