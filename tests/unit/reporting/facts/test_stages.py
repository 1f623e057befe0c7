"""The stages of live cases: what the funnel, the harms and the adjusted figures rest on."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cases.eligibility.kept import KeptOption
from cases.models import Case, OutboxEntry
from diversion import clock
from referrals.actions import closing, deciding, partner, support
from referrals.models import Referral
from referrals.schemes.length import end_of
from reporting import outbox
from reporting.facts.stages import by_options, eligibility
from reporting.models import Fact, StageFact
from tests.conftest import Cast
from tests.factories.breaches import broken
from tests.factories.cases import crime, decision, person, record, refer
from tests.factories.ground import adopt_scheme
from tests.factories.schemes import rewrite

pytestmark = pytest.mark.usefixtures("frozen")
MET = {"result": "met", "severity": "blocks"}
UNMET = {"result": "not_met", "severity": "blocks"}
WARNED = {"result": "not_met", "severity": "warns"}
OPEN = {"result": "unknown", "severity": "blocks"}
OPEN_WARNING = {"result": "unknown", "severity": "warns"}


def stages(case: Case) -> StageFact:
    outbox.drain()
    return StageFact.objects.get(fact__case_id=case.pk)


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([], "unknown"),
        ([MET, OPEN_WARNING], "eligible"),
        ([MET, WARNED], "eligible"),
        ([MET, OPEN], "unknown"),
        ([MET, UNMET, OPEN], "ineligible"),
        ([MET], "eligible"),
    ],
)
def test_eligibility_is_what_the_kept_findings_say_and_no_more(findings: list[dict[str, Any]], expected: str) -> None:
    """Guessing who was eligible would make the rate of offers whatever the guesser likes."""
    assert eligibility(findings) == expected


def kept(*possible: str) -> KeptOption:
    status = "undetermined" if len(possible) > 1 else possible[0].partition(":")[0]
    return KeptOption(key="disposal:x", kind="disposal", title="X", status=status, possible=possible)


YES, NO = kept("eligible"), kept("ineligible")
RANK, SOME_RANK = kept("needs_authority:inspector"), kept("eligible", "needs_authority:sergeant")
UNSURE = kept("eligible", "ineligible")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([NO, YES], "eligible"),
        ([NO, RANK], "eligible"),
        ([NO, UNSURE, SOME_RANK], "eligible"),
        ([NO, NO], "ineligible"),
        ([NO, UNSURE], "unknown"),
        ([UNSURE, UNSURE], "unknown"),
    ],
)
def test_one_open_option_makes_somebody_eligible_and_only_none_ineligible(
    options: list[KeptOption], expected: str
) -> None:
    """The denominator of every offer: too wide it hides who was passed over, too narrow it accuses."""
    assert by_options(options) == expected


def keeping(case: Case, *options: KeptOption, findings: Sequence[dict[str, Any]] = ()) -> Case:
    """The case with other options and findings kept with its decision: those of another day, or of none."""
    kept_with = {"options": [one.model_dump(mode="json") for one in options], "findings": list(findings)}
    case.assessments.update(**kept_with)
    return case


def test_the_options_kept_count_before_the_findings_and_old_cases_keep_theirs(cast: Cast) -> None:
    """A new reading must not rewrite what was counted of cases that have no options."""
    old = keeping(record(cast["amara"]), findings=[MET])
    new = keeping(record(cast["amara"], person=person(family_name="Okoro")), NO, findings=[MET])
    assert (stages(old).eligibility, stages(new).eligibility) == ("eligible", "ineligible")
    nothing = decision(result="not_offered", disposal="", not_offered_reason="history")
    passed_over = keeping(record(cast["amara"], decision=nothing, person=person(family_name="Webb")), YES, NO)
    assert stages(passed_over).eligibility == "eligible"


def test_a_decision_carries_what_its_figures_are_adjusted_for(cast: Cast) -> None:
    """A rate compared without offence and history blames, or excuses, the wrong thing."""
    earlier = [{"outcome": "simple_caution", "date": "2025-01-05", "similar": False}]
    answers = {"earlier": earlier, "facts": {"gravity_score": 2}}
    crimes = [crime(area="Harbourside")]
    row = stages(record(cast["amara"], crimes=crimes, earlier_outcomes="caution", answers=answers))
    assert (row.origin, row.offence_group, row.area, row.history) == ("street", "Theft", "Harbourside", "caution")
    assert (row.eligibility, row.gravity, row.decision, row.authority) == (
        "eligible",
        2,
        "offered_accepted",
        "waiting",
    )


def test_how_a_referral_ended_and_by_when_it_should_have(cast: Cast) -> None:
    """Somebody whom the partner turned away must not wait in the figures, and a cohort needs to know who is due."""
    version = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    referral = refer(cast["amara"], version)
    end = end_of(version, date(2026, 6, 10))
    assert end
    open_ = stages(referral.case)
    assert (open_.ending, open_.ended_on, open_.due_by) == ("", None, end + timedelta(weeks=4))
    partner.decline(referral=referral, reason="no_capacity", note="", version=referral.version, by=cast["hugh"])
    declined = stages(referral.case)
    assert (declined.ending, declined.ended_on) == ("declined", date(2026, 6, 10))


def test_nothing_after_the_referral_to_a_voluntary_scheme_is_told(cast: Cast) -> None:
    """Police hear nothing more of somebody who wanted help: a count of one would tell whether that person came."""
    referral = failed(cast)
    rewrite(referral.scheme_version, confidentiality="voluntary")
    row = stages(referral.case)
    fact = Fact.objects.get(case_id=referral.case_id)
    assert (row.ending, row.due_by, row.first_appointment_on, row.charged) == ("not_told", None, None, None)
    assert row.ended_on is None
    assert fact.referred_on is not None
    assert (fact.started_on, fact.closed_on, fact.result) == (None, None, "")


def test_history_nobody_checked_is_unknown_not_none(cast: Cast) -> None:
    """Counted as "first time", those whom nobody looked up would look better than they may be."""
    nothing = decision(result="not_offered", disposal="", not_offered_reason="history")
    assert stages(record(cast["amara"], earlier_outcomes="not_checked", decision=nothing)).history == "unknown"


def failed(cast: Cast) -> Referral:
    """A referral that the partner closed as not completed."""
    version = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    referral = refer(cast["amara"], version, decision=decision(disposal="deferred_summons"))
    if referral.state == Referral.State.HELD:
        deciding.authorise(
            evidence_met=True,
            case=referral.case,
            rationale="Proportionate.",
            seen=referral.case.corrections.count(),
            by=cast["david"],
        )
        referral.refresh_from_db()
    partner.accept(referral=referral, navigator=cast["george"], version=referral.version, by=cast["hugh"])
    meeting = support.plan_appointment(referral=referral, starts_at=clock.now(), place="Here", by=cast["george"])
    support.record_attendance(appointment=meeting, attendance="attended", version=1, by=cast["george"])
    referral.refresh_from_db()
    closing.close_referral(
        referral=referral, result="not_completed", note="", version=referral.version, by=cast["george"]
    )
    return referral


def test_a_charge_after_an_agreement_not_kept_is_counted_once_somebody_decided(cast: Cast) -> None:
    """Counted at once it would accuse people of whom nothing is decided; never counted, the harm stays unseen."""
    case = failed(cast).case
    row = stages(case)
    assert (row.charged, row.first_appointment_on, row.ended_on) == (None, date(2026, 6, 10), date(2026, 6, 10))
    broken(case, cast)
    closing.decide_after_failure(case=Case.objects.get(pk=case.pk), result="failed_prosecuted", by=cast["amara"])
    assert stages(case).charged is True


def test_a_new_decision_about_somebody_tells_on_the_earlier_one(cast: Cast) -> None:
    """Who came back is known only from a later case: the earlier fact must hear of it without being changed itself."""
    first = record(cast["amara"])
    assert stages(first).next_decision_on is None
    with clock.set_to(datetime(2026, 9, 1, 9, tzinfo=UTC)):
        again = person(existing=first.person)
        second = record(cast["amara"], person=again)
        assert stages(first).next_decision_on == date(2026, 9, 1)
        assert stages(second).next_decision_on is None


def test_refused_authority_is_seen_again_in_the_figures(cast: Cast) -> None:
    """A reversal that the figures do not follow leaves them wrong for ever."""
    case = record(cast["amara"], decision=decision(disposal="deferred_charge"))
    assert stages(case).authority == "waiting"
    deciding.refuse(
        case=case, rationale="Charge is in the public interest.", seen=case.corrections.count(), by=cast["carol"]
    )
    assert stages(case).authority == "refused"


def test_many_cases_cost_no_query_each(cast: Cast, django_assert_max_num_queries: Any) -> None:
    """A force's outbox after a weekend must not take a query for each person in it."""
    for number in range(6):
        record(cast["amara"], person=person(family_name=f"Price {number}"))
    OutboxEntry.objects.all().delete()
    OutboxEntry.objects.bulk_create([OutboxEntry(case=case) for case in Case.objects.all()])
    with django_assert_max_num_queries(24):
        outbox.drain()
    assert Fact.objects.count() == StageFact.objects.count() == 6
