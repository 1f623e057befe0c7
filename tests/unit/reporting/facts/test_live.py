"""Live cases become facts through the outbox, and their later changes correct the figures."""

from datetime import date

import pytest
from django.db import OperationalError

from cases.models import Case, OutboxEntry, Person
from referrals.actions import closing, deciding, partner, support
from referrals.models import Referral
from reporting import outbox
from reporting.facts import live
from reporting.models import Fact
from tests.conftest import Cast
from tests.factories.cases import crime, decision, person, record, refer, sign
from tests.factories.ground import adopt_scheme

pytestmark = pytest.mark.usefixtures("frozen")


def fact_of(case: Case) -> Fact:
    outbox.drain()
    return Fact.objects.get(case_id=case.pk)


def test_a_decision_is_counted_in_the_right_groups(cast: Cast) -> None:
    """A person counted under another's age, ethnicity or sex makes every rate of both groups wrong."""
    case = record(cast["amara"], person=person(ethnicity_officer_defined="IC1", sex="female"))
    fact = fact_of(case)
    assert (fact.force, fact.source, fact.month) == (cast["amara"].organisation, "live", date(2026, 6, 1))
    assert (fact.age, fact.age_band, fact.gender) == (25, "25-34", "Female")
    assert (fact.ethnicity_self_code, fact.ethnicity_self_group) == ("B1", "Black")
    assert fact.ethnicity_officer_group == "White"
    assert (fact.considered, fact.diverted, fact.disposal) == (True, True, "community_resolution")


def test_the_age_is_the_age_at_the_earliest_offence(cast: Cast) -> None:
    """Someone who turned 18 before the decision offended as a child, and is counted as one."""
    young = person(date_of_birth=date(2008, 6, 8))
    case = record(cast["amara"], person=young, crimes=[crime(committed_on=date(2026, 6, 7))])
    assert fact_of(case).age_band == "10-17"


@pytest.mark.parametrize("reason", ["N1", "N4", "to_be_asked"])
def test_who_did_not_say_is_unknown_and_never_guessed(cast: Cast, reason: str) -> None:
    """The officer's view must not fill the gap: that would hide who was not asked."""
    unsaid = person(ethnicity_self_defined="", ethnicity_not_stated=reason, ethnicity_officer_defined="IC3")
    fact = fact_of(record(cast["amara"], person=unsaid))
    assert (fact.ethnicity_self_group, fact.ethnicity_officer_group) == ("Unknown", "Black")


@pytest.mark.parametrize(
    "choice",
    [
        {"result": "not_offered", "disposal": "", "not_offered_reason": "history"},
        {"result": "offered_declined", "declined_reason": "solicitor"},
    ],
)
def test_not_offered_and_declined_are_considered_and_not_diverted(cast: Cast, choice: dict[str, str]) -> None:
    """Leaving them out would make every rate 100%: inspectors ask who is not offered."""
    fact = fact_of(record(cast["amara"], decision=decision(**choice)))
    assert (fact.considered, fact.diverted) == (True, False)


def test_what_waits_for_authority_is_not_diverted_yet(cast: Cast) -> None:
    """An offer that the sergeant refuses never reached the person; and nobody has agreed before they have signed."""
    case = record(cast["amara"], decision=decision(disposal="deferred_charge"))
    assert not fact_of(case).diverted
    deciding.authorise(
        evidence_met=True, case=case, rationale="Proportionate.", seen=case.corrections.count(), by=cast["carol"]
    )
    case = Case.objects.get(pk=case.pk)
    assert (fact_of(case).diverted, fact_of(case).disposal) == (False, "waiting_for_authority")
    sign(case)
    case = Case.objects.get(pk=case.pk)
    assert fact_of(case).diverted


def test_stage_dates_follow_the_referral(cast: Cast) -> None:
    """Drop-off between offer and first appointment is the first thing schemes ask about."""
    version = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    referral = refer(cast["amara"], version)
    assert fact_of(referral.case).scheme == "Drug diversion"
    partner.accept(referral=referral, navigator=cast["george"], version=referral.version, by=cast["hugh"])
    appointment = support.plan_appointment(
        referral=referral, starts_at=referral.sent_at, place="Here", by=cast["george"]
    )
    support.record_attendance(appointment=appointment, attendance="attended", version=1, by=cast["george"])
    referral.refresh_from_db()
    closing.close_referral(
        referral=referral, result="not_completed", note="", version=referral.version, by=cast["george"]
    )
    fact = fact_of(referral.case)
    day = date(2026, 6, 10)
    assert (fact.referred_on, fact.started_on, fact.closed_on) == (day, day, day)
    assert fact.result == Referral.Result.NOT_COMPLETED


def test_draining_twice_counts_once(cast: Cast) -> None:
    """A task that is delivered twice must not count anybody twice."""
    case = record(cast["amara"])
    assert outbox.drain() == 1
    assert outbox.drain() == 0
    OutboxEntry.objects.create(case=case)
    assert outbox.drain() == 1
    assert Fact.objects.filter(case_id=case.pk).count() == 1


def test_a_fact_that_cannot_be_written_leaves_the_outbox_full(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that dies half-way must not lose the change."""
    record(cast["amara"])

    def fail(case_ids: object) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(outbox, "refresh", fail)
    before = OutboxEntry.objects.count()
    with pytest.raises(OperationalError):
        outbox.drain()
    assert OutboxEntry.objects.count() == before > 0


def test_one_bad_record_does_not_stop_the_others(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A single record that cannot be counted must not freeze the figures of every force; it stays in the outbox."""
    good, bad = record(cast["amara"]), record(cast["ben"])

    def refuse(case: Case) -> Fact:
        if case.pk == bad.pk:
            raise ValueError("cannot be")
        return original(case)

    original = live.fact_of
    monkeypatch.setattr(live, "fact_of", refuse)
    outbox.drain()
    assert list(Fact.objects.values_list("case_id", flat=True)) == [good.pk]
    assert set(OutboxEntry.objects.values_list("case_id", flat=True)) == {bad.pk}


def test_a_corrected_date_of_birth_after_the_offence_is_doubtful_not_fatal(cast: Cast) -> None:
    """Somebody's date of birth is corrected years later: their old case must still be counted, as of unknown age."""
    case = record(cast["amara"])
    Person.objects.filter(pk=case.person_id).update(date_of_birth=date(2026, 6, 9))
    fact = fact_of(case)
    assert (fact.age, fact.age_band, fact.quality) == (None, "Unknown", "age_impossible")


@pytest.mark.parametrize(
    ("choice", "shown"),
    [
        ({"result": "offered_declined", "declined_reason": "solicitor"}, "declined"),
        ({"result": "not_offered", "disposal": "", "not_offered_reason": "history"}, "not_offered"),
        ({"disposal": "deferred_charge"}, "waiting_for_authority"),
    ],
)
def test_only_what_was_issued_is_counted_as_issued(cast: Cast, choice: dict[str, str], shown: str) -> None:
    """A table "by outcome" that held declined offers would say that people got what they never had."""
    assert fact_of(record(cast["amara"], decision=decision(**choice))).disposal == shown


def test_a_referral_declined_by_the_partner_diverts_nobody(cast: Cast) -> None:
    """With no resolution issued, somebody whom the partner turned away got nothing at all."""
    version = adopt_scheme("divert", cast, provider="hana").versions.latest("valid_from")
    referral = refer(cast["amara"], version, decision=decision(disposal="none"), origin="custody")
    assert fact_of(referral.case).diverted
    partner.decline(referral=referral, reason="no_capacity", note="", version=referral.version, by=cast["hana"])
    assert not fact_of(referral.case).diverted
