"""Needs and answers on their way into the figures: whole of enforceable schemes, and nothing of voluntary ones."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import OutboxEntry
from diversion import clock
from referrals.actions import needs, partner
from referrals.models import Referral, SchemeVersion
from reporting import measures, outbox
from reporting.measures import NoMeasure
from reporting.models import NeedFact, StageFact
from tests.conftest import NOW, Cast
from tests.factories.cases import person, refer
from tests.factories.ground import adopt_scheme
from tests.factories.schemes import rewrite

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def version(cast: Cast) -> SchemeVersion:
    return adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")


def helped(cast: Cast, version: SchemeVersion, name: str = "Price") -> Referral:
    sent = refer(cast["amara"], version, person=person(family_name=name))
    return partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])


def tell_everything(referral: Referral, cast: Cast) -> None:
    """Reviewed on 10 June, met on the 20th, reviewed again on the 30th; disabled, and never in care."""
    george = cast["george"]
    levels = {"drugs": 3, "accommodation": 2, "alcohol": 0}
    needs.review_needs(referral=referral, point="start", levels=levels, version=0, by=george)
    needs.record_answers(referral=referral, disability="yes", care_experience="no", version=0, by=george)
    with clock.set_to(datetime(2026, 6, 20, 9, tzinfo=UTC)):
        met = needs.OutcomeDetails("drugs", "met", "Clinic", date(2026, 6, 20))
        needs.record_outcomes(referral=referral, outcomes=[met], by=george)
    with clock.set_to(datetime(2026, 6, 30, 9, tzinfo=UTC)):
        needs.review_needs(referral=referral, point="end", levels={"drugs": 1, "gambling": 2}, version=0, by=george)


def told(referral: Referral) -> dict[str, tuple[object, ...]]:
    outbox.drain()
    columns = ("domain", "at_start", "at_latest", "at_end", "outcome", "days_to_met")
    rows = NeedFact.objects.filter(fact__case_id=referral.case_id).values_list(*columns)
    return {str(domain): tuple(rest) for domain, *rest in rows}


def test_each_need_asked_about_is_one_row(cast: Cast, version: SchemeVersion) -> None:
    """A need lost between the wheel and the figures was met by nobody."""
    referral = helped(cast, version)
    tell_everything(referral, cast)
    assert told(referral) == {
        "drugs": (3, 1, 1, "met", 10),
        "accommodation": (2, 2, None, "", None),
        "alcohol": (0, 0, None, "", None),
        "gambling": (None, 2, 2, "", None),
    }
    stage = StageFact.objects.get(fact__case_id=referral.case_id)
    assert (stage.disability, stage.care_experience) == ("yes", "no")


def test_a_correction_corrects_the_figures(cast: Cast, version: SchemeVersion) -> None:
    """A review taken back must not stand in the figures for ever."""
    referral = helped(cast, version)
    tell_everything(referral, cast)
    told(referral)
    needs.review_needs(referral=referral, point="end", levels={}, version=1, by=cast["george"])
    assert told(referral)["drugs"] == (3, 3, None, "met", 10)
    assert "gambling" not in told(referral)


def test_nobody_asked_is_unknown(cast: Cast, version: SchemeVersion) -> None:
    """Silence counted as "no" would hide everybody whom nobody asked."""
    referral = helped(cast, version)
    assert told(referral) == {}
    stage = StageFact.objects.get(fact__case_id=referral.case_id)
    assert (stage.disability, stage.care_experience) == ("unknown", "unknown")


def test_nothing_that_a_voluntary_scheme_recorded_reaches_the_force(cast: Cast, version: SchemeVersion) -> None:
    """The force knows whom it sent there: of one person in a month it would read the health from an exact count."""
    in_confidence = rewrite(version, confidentiality="voluntary")
    sent = [helped(cast, in_confidence, f"Price {number}") for number in range(3)]
    for referral in sent:
        tell_everything(referral, cast)
        assert told(referral) == {}
    answers = set(StageFact.objects.values_list("disability", "care_experience"))
    assert answers == {("unknown", "unknown")}
    force = sent[0].case.force
    with clock.set_to(NOW + timedelta(days=60)):
        found = measures.compute(force, date(2026, 4, 1), date(2026, 6, 30), ["need"], source="live")
        assert found["people"] == 0
        assert [row["denominator"] for row in found["rows"]] == [0, 0]


def test_few_people_of_an_enforceable_scheme_are_not_told_either(cast: Cast, version: SchemeVersion) -> None:
    """Levels are not in what a provider returns to police, and figures of two people would return them."""
    for number in range(2):
        tell_everything(helped(cast, version, f"Price {number}"), cast)
    outbox.drain()
    assert NeedFact.objects.exists()
    force = cast["amara"].organisation
    with clock.set_to(NOW + timedelta(days=60)), pytest.raises(NoMeasure, match="fewer than 10 people"):
        measures.compute(force, date(2026, 4, 1), date(2026, 6, 30), ["need"], source="live")


def test_needs_cost_no_query_for_each_person(cast: Cast, version: SchemeVersion) -> None:
    """A force's outbox after a weekend must not take a query for each need in it."""

    def queries() -> int:
        OutboxEntry.objects.bulk_create([OutboxEntry(case=each.case) for each in Referral.objects.all()])
        with CaptureQueriesContext(connection) as captured:
            outbox.drain()
        return len(captured)

    tell_everything(helped(cast, version), cast)
    outbox.drain()
    few = queries()
    for number in range(4):
        tell_everything(helped(cast, version, f"Shah {number}"), cast)
    outbox.drain()
    assert queries() == few
