"""Needs and the answers for monitoring: recorded by the provider, optional, and never changed behind anybody's back."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from cases.eligibility.codes import NEEDS
from diversion import clock
from diversion.audit.models import Event
from diversion.data_use import Erasure, Sensitivity
from diversion.refusals import Outdated, Refused
from referrals.actions import closing, needs, partner
from referrals.actions.needs import OutcomeDetails
from referrals.codes import NeedDomain
from referrals.models import MonitoringAnswers, NeedLevel, NeedOutcome, NeedReview, Referral
from tests.conftest import Cast
from tests.factories.cases import refer
from tests.factories.ground import adopt_scheme
from tests.made_once import made_once

pytestmark = pytest.mark.usefixtures("frozen")
TODAY = date(2026, 6, 10)
LEVELS = {"drugs": 3, "accommodation": 2, "alcohol": 0}


@made_once
def referral(cast: Cast) -> Referral:
    """Accepted by Harbour Trust; george helps."""
    version = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    sent = refer(cast["amara"], version)
    return partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])


def review(referral: Referral, cast: Cast, levels: dict[str, int] | None = None, **changes: Any) -> NeedReview | None:
    values: dict[str, Any] = {"point": "start", "levels": LEVELS if levels is None else levels, "version": 0}
    return needs.review_needs(referral=referral, **(values | {"by": cast["george"]} | changes))


def met(**changes: Any) -> OutcomeDetails:
    values: dict[str, Any] = {"domain": "drugs", "result": "met", "service": "Harbour clinic", "met_on": TODAY}
    return OutcomeDetails(**(values | changes))


def levels_of(referral: Referral, point: str = "start") -> dict[str, int]:
    return dict(NeedLevel.objects.filter(review__referral=referral, review__point=point).values_list("domain", "level"))


def test_a_need_nobody_asked_about_is_unknown_and_not_none(referral: Referral, cast: Cast) -> None:
    """Sixteen zeros where three questions were asked would make every service look needless."""
    review(referral, cast)
    assert levels_of(referral) == LEVELS


def test_a_review_sent_twice_is_one_and_says_so_once(referral: Referral, cast: Cast) -> None:
    """A double click would be told "somebody has changed this" about their own click."""
    first, second = review(referral, cast), review(referral, cast)
    assert first == second
    assert Event.objects.filter(kind="needs.reviewed").count() == 1


def test_a_correction_replaces_the_levels_and_keeps_the_day(referral: Referral, cast: Cast) -> None:
    """Corrected in July, a need found in June would seem to be found in July, and met before."""
    review(referral, cast)
    with clock.set_to(datetime(2026, 7, 1, 9, tzinfo=UTC)):
        corrected = review(referral, cast, {"drugs": 1}, version=1)
    assert corrected is not None
    assert (levels_of(referral), corrected.reviewed_on, corrected.version) == ({"drugs": 1}, TODAY, 2)


def test_of_two_navigators_the_second_is_told(referral: Referral, cast: Cast) -> None:
    """What a colleague recorded a minute ago would vanish unseen."""
    review(referral, cast)
    with pytest.raises(Outdated):
        review(referral, cast, {"drugs": 1}, by=cast["hugh"])
    assert levels_of(referral) == LEVELS


def test_a_review_recorded_by_mistake_is_taken_back(referral: Referral, cast: Cast) -> None:
    """An end recorded in the middle would stand in the figures for ever."""
    review(referral, cast, point="end")
    assert review(referral, cast, {}, point="end", version=1) is None
    assert not NeedReview.objects.exists()


@pytest.mark.parametrize(
    "changes", [{"point": "later"}, {"levels": {"drugs": 4}}, {"levels": {"chess": 1}}, {"levels": {"drugs": -1}}]
)
def test_no_other_words_and_levels(referral: Referral, cast: Cast, changes: dict[str, Any]) -> None:
    """A level of 4 of 3 would be averaged into the figures."""
    with pytest.raises(Refused):
        review(referral, cast, **changes)


@pytest.mark.parametrize(("domain", "level"), [("drugs", 4), ("chess", 1)])
def test_the_database_holds_the_words_too(referral: Referral, cast: Cast, domain: str, level: int) -> None:
    """A repair by hand must not be able to write what no page can show."""
    found = review(referral, cast, {"alcohol": 1})
    with pytest.raises(IntegrityError), transaction.atomic():
        NeedLevel.objects.create(review=found, domain=domain, level=level)


def test_what_came_of_needs_is_recorded_at_once_and_changed_by_one(referral: Referral, cast: Cast) -> None:
    """Which service met it, and when, is what the figure of needs met rests on."""
    review(referral, cast)
    both = [met(), met(domain="accommodation", result="declined", service="", met_on=None)]
    needs.record_outcomes(referral=referral, outcomes=both, by=cast["george"])
    needs.record_outcomes(referral=referral, outcomes=both, by=cast["george"])
    rows = dict(NeedOutcome.objects.values_list("domain", "result"))
    assert rows == {"drugs": "met", "accommodation": "declined"}
    assert Event.objects.filter(kind="needs.outcomes_recorded").count() == 1
    with pytest.raises(Outdated):
        needs.record_outcomes(referral=referral, outcomes=[met(service="Another")], by=cast["hugh"])
    taken_back = [met(result="", service="", met_on=None, version=1)]
    needs.record_outcomes(referral=referral, outcomes=taken_back, by=cast["george"])
    assert set(NeedOutcome.objects.values_list("domain", flat=True)) == {"accommodation"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"domain": "gambling"}, "No review has found"),
        ({"domain": "alcohol"}, "No review has found"),
        ({"met_on": date(2026, 6, 9)}, "between the day it was found, 10 June 2026"),
        ({"met_on": date(2026, 6, 11)}, "and today"),
        ({"met_on": None}, "Give the day"),
        ({"result": "not_met"}, "only where it was"),
        ({"result": "perhaps"}, "Choose what came"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_of_it_kept(
    referral: Referral, cast: Cast, changes: dict[str, Any], words: str
) -> None:
    """A need met before it was found gives a negative time, and a better figure than anybody earned."""
    review(referral, cast)
    good = met(domain="accommodation", result="partly", met_on=None)
    with pytest.raises(Refused, match=words), transaction.atomic():
        needs.record_outcomes(referral=referral, outcomes=[good, met(**changes)], by=cast["george"])
    assert not NeedOutcome.objects.exists()


@pytest.mark.parametrize(
    "levels", [{"accommodation": 2}, {"drugs": 0, "accommodation": 2}, {}], ids=["unasked", "none", "no review"]
)
def test_what_came_of_a_need_never_hangs_on_no_review(referral: Referral, cast: Cast, levels: dict[str, int]) -> None:
    """A need that nobody found would stand as met in the figures, on a page that no longer shows it."""
    review(referral, cast)
    needs.record_outcomes(referral=referral, outcomes=[met()], by=cast["george"])
    with pytest.raises(Refused, match=r"“Drugs.*a review has to find it"), transaction.atomic():
        review(referral, cast, levels, version=1)
    assert levels_of(referral) == LEVELS

    needs.record_outcomes(
        referral=referral, outcomes=[met(result="", service="", met_on=None, version=1)], by=cast["george"]
    )
    review(referral, cast, levels, version=1)
    assert levels_of(referral) == levels


def test_a_need_is_never_left_met_before_any_review_found_it(referral: Referral, cast: Cast) -> None:
    """Found at the start, met, and the start taken back: only the end finds it, weeks after it was met."""
    review(referral, cast)
    needs.record_outcomes(referral=referral, outcomes=[met()], by=cast["george"])
    with clock.set_to(datetime(2026, 7, 1, 9, tzinfo=UTC)):
        review(referral, cast, {"drugs": 1}, point="end")
        with pytest.raises(Refused, match="met on 10 June 2026, and no review would have found it"):
            review(referral, cast, {}, version=1)


def answer(referral: Referral, cast: Cast, **changes: Any) -> MonitoringAnswers:
    values: dict[str, Any] = {"disability": "yes", "care_experience": "not_said", "version": 0, "by": cast["george"]}
    return needs.record_answers(referral=referral, **(values | changes))


def test_the_two_answers_are_recorded_once_and_corrected_by_version(referral: Referral, cast: Cast) -> None:
    """Two people asking at once must not overwrite what the person told one of them."""
    assert answer(referral, cast) == answer(referral, cast)
    with pytest.raises(Outdated):
        answer(referral, cast, disability="no")
    corrected = answer(referral, cast, disability="no", version=1)
    assert (corrected.disability, corrected.care_experience, corrected.version) == ("no", "not_said", 2)
    with pytest.raises(Refused, match="one of the answers"):
        answer(referral, cast, disability="perhaps", version=2)


@pytest.mark.parametrize("who", ["amara", "fatima", "hana", "elin", "lena"])
def test_nobody_but_the_provider_s_workers_records_them(referral: Referral, cast: Cast, who: str) -> None:
    """Health told to a charity in confidence is nobody else's to write, and so to learn by trying."""
    for act in (
        lambda: review(referral, cast, by=cast[who]),
        lambda: needs.record_outcomes(referral=referral, outcomes=[met()], by=cast[who]),
        lambda: answer(referral, cast, by=cast[who]),
    ):
        with pytest.raises((Refused, PermissionDenied)):
            act()
    assert not NeedReview.objects.exists()
    assert not MonitoringAnswers.objects.exists()


def test_a_closed_referral_takes_no_more(referral: Referral, cast: Cast) -> None:
    """Figures of a year that is over would move."""
    closing.close_referral(
        referral=referral, result="not_completed", note="", version=referral.version, by=cast["george"]
    )
    with pytest.raises(Refused, match="not open"):
        review(referral, cast)


def test_the_log_tells_that_and_never_what(referral: Referral, cast: Cast) -> None:
    """The log is never erased: a need named in it would outlive the record, before the eyes of the police."""
    review(referral, cast)
    needs.record_outcomes(referral=referral, outcomes=[met()], by=cast["george"])
    answer(referral, cast)
    events = Event.objects.filter(kind__in=["needs.reviewed", "needs.outcomes_recorded", "monitoring.answered"])
    assert [event.detail for event in events] == [{}, {}, {}]
    assert all(f"cases.person:{referral.case.person_id}" in event.subjects for event in events)


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (NeedLevel, ("domain", "level")),
        (NeedOutcome, ("domain", "result", "service", "met_on")),
        (MonitoringAnswers, ("disability", "care_experience")),
    ],
)
def test_they_are_declared_sensitive_and_go_with_the_referral(model: Any, fields: tuple[str, ...]) -> None:
    """Health data without a purpose is held against the law (Data Protection Act 2018 s.35(8))."""
    uses = [model.data_use[field] for field in fields]
    assert {(one.sensitivity, one.erasure) for one in uses} == {(Sensitivity.SENSITIVE, Erasure.WITH_RECORD)}


def test_the_needs_are_those_that_schemes_ask_for() -> None:
    """A scheme for people who gamble, and a wheel that calls it otherwise, never find each other."""
    assert {code: str(label) for code, label in NeedDomain.choices} == NEEDS


def test_erasing_the_referral_erases_them(referral: Referral, cast: Cast) -> None:
    """A health answer that outlives the referral is kept for nobody."""
    review(referral, cast)
    needs.record_outcomes(referral=referral, outcomes=[met()], by=cast["george"])
    answer(referral, cast)
    referral.agreement.delete()
    referral.delete()
    for model in (NeedReview, NeedLevel, NeedOutcome, MonitoringAnswers):
        assert not model.objects.exists()
