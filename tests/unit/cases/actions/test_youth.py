"""The duty to tell youth justice of a child with a knife: made and ended with the record, told, taken, reported on."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from cases.actions import youth
from cases.actions.correcting import correct_allegation
from cases.models import Case, ChildAssessment, Offence, OutboxEntry, Person, YouthDuty
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.refusals import Outdated, Refused
from referrals.actions.deciding import Support
from tests.conftest import NOW, Cast
from tests.factories.cases import condition, crime, decision, person, record
from tests.factories.youth import BORN, KNIFE, another_worker, child_with_knife, duty_of, serve
from tests.made_once import made_once

pytestmark = pytest.mark.usefixtures("frozen")

TODAY = date(2026, 6, 10)


def an_agreement() -> dict[str, Any]:
    return {"decision": decision(), "support": Support(conditions=[condition()])}


def correct(case: Case, offence: str, *, by: User, seen: int = 0) -> None:
    allegation = case.allegations.get()
    correct_allegation(
        allegation=allegation,
        committed_on=allegation.committed_on,
        offence=Offence.objects.get(code=offence),
        area="",
        reason="Mistyped.",
        seen=seen,
        by=by,
    )


def born(case: Case, day: date, *, by: User) -> None:
    """Correct the date of birth, as the officer does with the next decision about the same person."""
    who = Person.objects.get(pk=case.person_id)
    record(
        by,
        decision=decision(result="not_offered", disposal="", not_offered_reason="public_interest"),
        person=person(
            given_names=who.given_names,
            family_name=who.family_name,
            date_of_birth=day,
            existing=who,
            version=who.version,
            corrects=True,
        ),
    )


@made_once
def duty(cast: Cast) -> YouthDuty:
    """Kim, 15, of whom Avonford Youth Justice was told; the case is open, with a condition to be done."""
    serve(cast)
    return duty_of(child_with_knife(cast["amara"], **an_agreement()))


@pytest.mark.parametrize(
    "decided",
    [
        {"result": "not_offered", "disposal": "", "not_offered_reason": "too_serious"},
        {"result": "not_offered", "disposal": "", "not_offered_reason": "public_interest"},
        {"result": "offered_declined", "declined_reason": "solicitor"},
        {},
    ],
    ids=["nothing offered", "charged", "declined", "accepted"],
)
def test_the_duty_is_made_whatever_was_decided(cast: Cast, decided: dict[str, Any]) -> None:
    """Children who are charged, or decline, would be the ones whom nobody tells youth justice of."""
    case = child_with_knife(cast["amara"], decision=decision(**decided))
    made = duty_of(case)
    assert (made.kind, made.due_on, made.is_waiting) == ("child_knife", date(2026, 6, 11), True)
    assert made.made_at == NOW


@pytest.mark.parametrize(
    ("about", "is_made"),
    [
        ({"person": person(date_of_birth=date(2008, 6, 11))}, True),
        ({"person": person(date_of_birth=date(2008, 6, 10))}, False),
        ({"crimes": "theft-from-a-shop"}, False),
        ({"crimes": "possession-of-an-offensive-weapon"}, True),
    ],
    ids=["17 still", "18 today", "no knife", "a weapon"],
)
def test_it_follows_from_age_and_offence(cast: Cast, about: dict[str, Any], is_made: bool) -> None:
    """Youth justice would be told of adults, or of every child, or not of the last day of childhood."""
    if code := about.pop("crimes", None):
        about["crimes"] = [crime(code)]
    assert YouthDuty.objects.filter(case=child_with_knife(cast["amara"], **about)).exists() is is_made


def test_an_offence_that_the_catalogue_calls_one_about_a_knife_counts(cast: Cast) -> None:
    """A force's own entry in another group would hide a child with a knife."""
    Offence.objects.filter(code="theft-from-a-shop").update(is_knife=True)
    assert duty_of(child_with_knife(cast["amara"], crimes=[crime("theft-from-a-shop")]))


def test_before_the_guidance_there_is_none(cast: Cast) -> None:
    """A case recorded late would be called overdue by a rule of after its day."""
    with clock.set_to(datetime(2026, 2, 11, 12, tzinfo=UTC)):
        case = child_with_knife(cast["amara"])
    assert not case.youth_duties.exists()


def test_the_service_of_the_force_is_told_at_once(cast: Cast, duty: YouthDuty) -> None:
    """A day would pass until somebody remembered to telephone."""
    service = cast["yusuf"].organisation
    assert (duty.service, duty.notified_at, duty.notified_by) == (service, NOW, cast["amara"])
    told = Event.objects.get(kind="youth_duty.sent")
    assert (told.nature, told.recipients, told.actor_id) == ("disclosure", [service.name], cast["amara"].pk)
    assert f"cases.person:{duty.case.person_id}" in told.subjects


def test_with_several_services_the_officer_chooses(cast: Cast) -> None:
    """A child of the other town would be in the wrong service's list."""
    serve(cast)
    other = another_worker().organisation
    youth.link_service(service=other, valid_from=TODAY, by=cast["elin"])
    found = duty_of(child_with_knife(cast["amara"]))
    assert (found.service, found.notified_at) == (None, None)
    youth.tell(duty=found, service=other, version=1, by=cast["amara"])
    assert duty_of(found.case).service == other
    assert Event.objects.filter(kind="youth_duty.sent", recipients=[other.name]).count() == 1


def test_somebody_without_a_sign_in_here_is_told_and_the_clock_stops(cast: Cast) -> None:
    """The officer who telephoned in time would be late for ever."""
    found = duty_of(child_with_knife(cast["amara"]))
    told = youth.tell(duty=found, told_whom=" Anna Bell, Northmoor YJS ", version=1, by=cast["amara"])
    assert (told.told_whom, told.is_waiting, told.stopped_on) == ("Anna Bell, Northmoor YJS", False, TODAY)


@pytest.mark.parametrize("both", [True, False])
def test_telling_names_one_of_the_two(cast: Cast, both: bool) -> None:
    """Nobody could say afterwards who knew of the child."""
    found = duty_of(child_with_knife(cast["amara"]))
    service = serve(cast).service
    values: dict[str, Any] = {"service": service, "told_whom": "Anna"} if both else {"told_whom": "  "}
    with pytest.raises(Refused, match="one of the two"):
        youth.tell(duty=found, version=1, by=cast["amara"], **values)


def test_a_service_that_does_not_serve_the_force_cannot_be_told(cast: Cast) -> None:
    """A child's name would go to a service with which nothing is agreed."""
    found = duty_of(child_with_knife(cast["amara"]))
    with pytest.raises(Refused, match="does not serve your force"):
        youth.tell(duty=found, service=another_worker().organisation, version=1, by=cast["amara"])
    assert not YouthDuty.objects.filter(service__isnull=False).exists()


def test_a_correction_ends_what_no_longer_applies_and_deletes_nothing(cast: Cast, duty: YouthDuty) -> None:
    """The record would deny that a service was ever told of this child."""
    correct(duty.case, "theft-from-a-shop", by=cast["carol"])
    duty.refresh_from_db()
    assert (duty.ended_reason, duty.ended_by, duty.ended_at) == ("corrected", cast["carol"], NOW)
    assert not YouthDuty.objects.visible_to(cast["yusuf"]).exists()


def test_a_correction_that_brings_a_knife_to_light_makes_the_duty_from_that_day(cast: Cast) -> None:
    """Nobody would be told; or the officer would be a week late on the day on which it came to light."""
    case = child_with_knife(cast["amara"], crimes=[crime("theft-from-a-shop")], **an_agreement())
    with clock.set_to(NOW + timedelta(days=7)):
        correct(case, KNIFE, by=cast["amara"])
    assert duty_of(case).due_on == date(2026, 6, 18)


def test_corrected_there_and_back_there_are_two_rows(cast: Cast, duty: YouthDuty) -> None:
    """A mistaken correction would free everybody of the duty."""
    correct(duty.case, "theft-from-a-shop", by=cast["amara"])
    correct(duty.case, KNIFE, by=cast["amara"], seen=1)
    assert [one.is_live for one in YouthDuty.objects.filter(case=duty.case).order_by("pk")] == [False, True]


def test_a_corrected_date_of_birth_ends_and_makes_duties_in_every_case_of_the_person(
    cast: Cast, duty: YouthDuty
) -> None:
    """A young man of 19 would stay in a list of children; a child who gave a false age would be in none."""
    born(duty.case, date(2005, 1, 1), by=cast["amara"])
    duty.refresh_from_db()
    assert duty.ended_reason == "corrected"
    born(duty.case, BORN, by=cast["amara"])
    assert duty_of(duty.case).pk != duty.pk


def test_a_date_of_birth_after_the_decision_means_nobody(cast: Cast, duty: YouthDuty) -> None:
    """A slip of the pen in one case would be an error page in another."""
    Person.objects.filter(pk=duty.case.person_id).update(date_of_birth=TODAY + timedelta(days=1))
    youth.follow(case=Case.objects.get(pk=duty.case_id), by=cast["amara"])
    duty.refresh_from_db()
    assert not duty.is_live


def test_recording_the_same_submission_twice_makes_one_duty(cast: Cast, duty: YouthDuty) -> None:
    """A double click would tell youth justice of two children."""
    child_with_knife(cast["amara"], submission=duty.case.submission)
    assert YouthDuty.objects.count() == 1


def test_the_service_acknowledges_and_the_clock_stops(cast: Cast, duty: YouthDuty) -> None:
    """Officers would go on to be reminded of what has been done."""
    youth.acknowledge(duty=duty, version=1, by=cast["yusuf"])
    assert (duty.acknowledged_by, duty.stopped_on, duty.is_waiting) == (cast["yusuf"], TODAY, False)
    assert duty not in YouthDuty.objects.waiting()


def test_a_second_click_is_the_same_step(cast: Cast, duty: YouthDuty) -> None:
    """Whoever clicked twice would be told that somebody else had been there."""
    for _ in range(2):
        youth.acknowledge(duty=duty, version=1, by=cast["yusuf"])
    assert Event.objects.filter(kind="youth_duty.acknowledged").count() == 1


def test_who_comes_second_is_told(cast: Cast, duty: YouthDuty) -> None:
    """One worker would write over what another has just reported."""
    youth.report_not_kept(duty=duty, note="Did not come.", version=1, by=cast["yusuf"])
    with pytest.raises(Outdated):
        youth.report_not_kept(duty=duty, note="Came late.", version=1, by=cast["yusuf"])
    duty.refresh_from_db()
    assert duty.not_kept_note == "Did not come."


def test_a_plan_not_kept_is_reported_with_what_was_not_kept(cast: Cast, duty: YouthDuty) -> None:
    """The officer would decide on a prosecution without knowing why."""
    with pytest.raises(Refused, match="what was not kept"):
        youth.report_not_kept(duty=duty, note=" ", version=1, by=cast["yusuf"])
    youth.report_not_kept(duty=duty, note="Missed three meetings.", version=1, by=cast["yusuf"])
    assert (duty.not_kept_by, duty.acknowledged_by) == (cast["yusuf"], cast["yusuf"])


def test_police_note_what_a_service_without_sign_ins_tells_them(cast: Cast) -> None:
    """What came by telephone would be nowhere."""
    found = duty_of(child_with_knife(cast["amara"]))
    with pytest.raises(Refused, match="who in youth justice was told"):
        youth.report_not_kept(duty=found, note="No plan.", version=1, by=cast["amara"])
    youth.tell(duty=found, told_whom="Anna Bell", version=1, by=cast["amara"])
    youth.report_not_kept(duty=found, note="Anna Bell: did not come.", version=2, by=cast["amara"])
    assert found.not_kept_by == cast["amara"]
    assert found.acknowledged_at is None


def test_police_do_not_speak_for_a_service_that_can_itself(cast: Cast, duty: YouthDuty) -> None:
    """An officer could write that a child does not keep a plan of which the service knows better."""
    for act in (
        lambda: youth.report_not_kept(duty=duty, note="He says so.", version=1, by=cast["amara"]),
        lambda: youth.finish(duty=duty, reason="kept", version=1, by=cast["amara"]),
    ):
        with pytest.raises(Refused, match="says this itself"):
            act()


@pytest.mark.parametrize(
    ("reason", "words"),
    [("corrected", "what came of it"), ("", "what came of it"), ("not_kept", "Report first"), ("kept", "Nobody")],
)
def test_an_end_needs_its_steps(cast: Cast, duty: YouthDuty, reason: str, words: str) -> None:
    """A child would go from the list whom nobody had seen."""
    with pytest.raises(Refused, match=words):
        youth.finish(duty=duty, reason=reason, version=1, by=cast["yusuf"])
    assert YouthDuty.objects.live().count() == 1


def test_what_ended_is_seen_by_police_and_no_more_by_the_service(cast: Cast, duty: YouthDuty) -> None:
    """A service would keep children in its list whom it has no business with any more."""
    youth.acknowledge(duty=duty, version=1, by=cast["yusuf"])
    youth.finish(duty=duty, reason="kept", version=2, by=cast["yusuf"])
    assert not YouthDuty.objects.visible_to(cast["yusuf"]).exists()
    assert YouthDuty.objects.visible_to(cast["amara"]).get() == duty
    [trace] = YouthDuty.objects.traces_for(cast["yusuf"], since=TODAY)
    assert trace == {"reference": duty.reference, "ended_at": NOW, "ended_reason": "kept"}


def test_only_the_service_that_was_told_sees_the_child(cast: Cast, duty: YouthDuty) -> None:
    """Another service, a provider or another force would read of a child that is none of theirs."""
    stranger = another_worker()
    for who in (stranger, cast["ben"], cast["mina"], cast["hana"], cast["lena"], cast["kit"]):
        assert not YouthDuty.objects.visible_to(who).exists(), who
        assert not YouthDuty.objects.traces_for(who, since=TODAY).exists(), who
    for who in (cast["yusuf"], cast["amara"], cast["elin"]):
        assert YouthDuty.objects.visible_to(who).get() == duty
    with pytest.raises(Outdated):
        youth.acknowledge(duty=duty, version=1, by=stranger)


def test_a_service_sees_nothing_once_it_serves_the_force_no_more(cast: Cast, duty: YouthDuty) -> None:
    """What was agreed has ended, and the names would still be on its screens."""
    youth.end_link(link=cast["elin"].organisation.youth_services.get(), last_day=TODAY, by=cast["elin"])
    assert YouthDuty.objects.visible_to(cast["yusuf"]).exists()
    with clock.set_to(NOW + timedelta(days=1)):
        assert not YouthDuty.objects.visible_to(cast["yusuf"]).exists()
        assert duty_of(child_with_knife(cast["amara"])).service is None


def test_a_disabled_worker_sees_nothing(cast: Cast, duty: YouthDuty) -> None:
    """Whoever has left would go on reading."""
    cast["yusuf"].is_active = False
    assert not YouthDuty.objects.visible_to(cast["yusuf"]).exists()


@pytest.mark.parametrize("who", ["yusuf", "hana", "lena", "kit"])
def test_only_police_tell(cast: Cast, who: str) -> None:
    """Anybody could send a child's name to a service."""
    found = duty_of(child_with_knife(cast["amara"]))
    with pytest.raises(PermissionDenied):
        youth.tell(duty=found, told_whom="Anna", version=1, by=cast[who])


@pytest.mark.parametrize("who", ["amara", "elin", "hana", "lena"])
def test_only_the_service_acknowledges(cast: Cast, duty: YouthDuty, who: str) -> None:
    """An officer could stop their own clock."""
    with pytest.raises(PermissionDenied):
        youth.acknowledge(duty=duty, version=1, by=cast[who])


@pytest.mark.parametrize("who", ["amara", "yusuf"])
def test_the_assessment_is_noted_by_police_or_the_service(cast: Cast, duty: YouthDuty, who: str) -> None:
    """Nobody could show that a child was assessed before a decision."""
    said = {"done_on": TODAY, "done_by": " R. Lind ", "reference": " CV-118 "}
    kept = youth.record_assessment(case=duty.case, version=0, by=cast[who], **said)
    assert (kept.done_by, kept.reference, kept.recorded_by) == ("R. Lind", "CV-118", cast[who])
    assert youth.record_assessment(case=duty.case, version=0, by=cast[who], **said) == kept
    assert Event.objects.filter(kind="child_assessment.noted").count() == 1


def test_a_second_assessment_takes_the_place_of_the_first_with_open_eyes(cast: Cast, duty: YouthDuty) -> None:
    """Two people would each believe that their note stands."""
    said = {"done_on": TODAY, "done_by": "R. Lind", "reference": "CV-118"}
    youth.record_assessment(case=duty.case, version=0, by=cast["yusuf"], **said)
    with pytest.raises(Outdated):
        youth.record_assessment(case=duty.case, version=0, by=cast["amara"], **{**said, "reference": "CV-9"})
    youth.record_assessment(case=duty.case, version=1, by=cast["amara"], **{**said, "reference": "CV-9"})
    assert ChildAssessment.objects.get().reference == "CV-9"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"done_on": TODAY + timedelta(days=1)}, "in the future"),
        ({"done_on": BORN - timedelta(days=1)}, "born after"),
        ({"done_by": " "}, "who made"),
        ({"reference": ""}, "who made"),
    ],
)
def test_an_assessment_that_cannot_be_is_refused(
    cast: Cast, duty: YouthDuty, changes: dict[str, Any], words: str
) -> None:
    """A note that leads nowhere would count as an assessment."""
    said = {"done_on": TODAY, "done_by": "R. Lind", "reference": "CV-118", **changes}
    with pytest.raises(Refused, match=words):
        youth.record_assessment(case=duty.case, version=0, by=cast["yusuf"], **said)


def test_an_adult_is_not_assessed_as_a_child(cast: Cast) -> None:
    """A tool for children would be noted of somebody of 25."""
    with pytest.raises(Refused, match="for children"):
        youth.record_assessment(
            case=record(cast["amara"]), done_on=TODAY, done_by="R", reference="1", version=0, by=cast["amara"]
        )


@pytest.mark.parametrize("who", ["ben", "stranger"])
def test_nobody_else_notes_an_assessment(cast: Cast, duty: YouthDuty, who: str) -> None:
    """Another force, or another service, could write into this child's record."""
    by = another_worker() if who == "stranger" else cast[who]
    with pytest.raises(Outdated):
        youth.record_assessment(case=duty.case, done_on=TODAY, done_by="R", reference="1", version=0, by=by)


def test_a_link_is_made_and_ended_by_the_coordinator(cast: Cast) -> None:
    """An officer could open the force's children to a service of their choice."""
    service = cast["yusuf"].organisation
    with pytest.raises(PermissionDenied):
        youth.link_service(service=service, valid_from=TODAY, by=cast["amara"])
    with pytest.raises(Refused, match="no youth justice service"):
        youth.link_service(service=cast["hana"].organisation, valid_from=TODAY, by=cast["elin"])
    link = serve(cast)
    with pytest.raises(Refused, match="already"):
        youth.link_service(service=service, valid_from=TODAY, by=cast["elin"])
    with pytest.raises(Outdated):
        youth.end_link(link=link, last_day=TODAY, by=cast["mina"])
    with pytest.raises(Refused, match="before the first"):
        youth.end_link(link=link, last_day=date(2025, 1, 1), by=cast["elin"])


def test_each_step_leaves_its_event_and_its_row_in_the_outbox(cast: Cast, duty: YouthDuty) -> None:
    """A change would be in no log, and in no figure."""
    steps: dict[str, Callable[[], object]] = {
        "youth_duty.acknowledged": lambda: youth.acknowledge(duty=duty, version=1, by=cast["yusuf"]),
        "youth_duty.not_kept": lambda: youth.report_not_kept(duty=duty, note="No.", version=2, by=cast["yusuf"]),
        "youth_duty.ended": lambda: youth.finish(duty=duty, reason="not_kept", version=3, by=cast["yusuf"]),
    }
    for kind, step in steps.items():
        rows = OutboxEntry.objects.count()
        step()
        event = Event.objects.get(kind=kind)
        assert {f"cases.youthduty:{duty.pk}", f"cases.case:{duty.case_id}"} <= set(event.subjects)
        assert OutboxEntry.objects.count() == rows + 1, kind


@pytest.mark.parametrize(
    "values",
    [
        {"notified_at": None},
        {"told_whom": "Anna"},
        {"acknowledged_at": NOW},
        {"not_kept_note": "No."},
        {"ended_at": NOW},
        {"ended_reason": "kept"},
        {"service": None},
    ],
    ids=lambda values: next(iter(values)),
)
def test_the_database_refuses_half_a_step(duty: YouthDuty, values: dict[str, Any]) -> None:
    """Raw SQL could say that a child was taken on by nobody."""
    with pytest.raises(IntegrityError), transaction.atomic():
        YouthDuty.objects.filter(pk=duty.pk).update(**values)


def test_the_database_holds_one_live_duty_of_a_kind(duty: YouthDuty) -> None:
    """Two colleagues who correct at once would tell youth justice twice."""
    with pytest.raises(IntegrityError), transaction.atomic():
        YouthDuty.objects.create(case=duty.case, kind=duty.kind, due_on=TODAY)
