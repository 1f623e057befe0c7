"""The life of a release: every state with every step, who may take it, and what nobody may get round."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from diversion import clock
from diversion.accounts.models import Organisation
from diversion.refusals import Refused
from reporting.actions import releases as making
from reporting.actions.release_checks import judge_table, send_verdict
from reporting.door import NotThroughTheDoor, drafted, released
from reporting.models import Release, ReleaseCheck
from reporting.releases.lifecycle import TRANSITIONS, WHO, Step
from reporting.suppression.release import read
from tests.conftest import Cast
from tests.factories.facts import live
from tests.factories.releases import Q1, agree, left, let_go, object_to

S = Release.State
GENDER = [("gender",)]


@pytest.fixture
def force(cast: Cast, frozen: datetime) -> Organisation:
    """Two groups, large enough that nothing has to be hidden."""
    avonford = cast["ian"].organisation
    for gender, offered in (("Male", 80), ("Female", 60)):
        day = {"happened_on": Q1["start"], "gender": gender}
        live(avonford, offered, **day)
        live(avonford, 30, **day, decision="not_offered", disposal="not_offered")
        live(avonford, 20, **day, decision="offered_declined")
    return avonford


def declared(force: Organisation, cast: Cast) -> Release:
    return making.declare(force=force, audience="published", **Q1, tables=GENDER, by=cast["ian"])


def drawn_up(force: Organisation, cast: Cast) -> Release:
    return making.make_release(force=force, audience="published", **Q1, tables=GENDER, by=cast["ian"])


def in_state(state: str, force: Organisation, cast: Cast) -> Release:
    """A release that its people have brought to ``state``."""
    if state in (S.DECLARED, S.IMPOSSIBLE, S.PREVIEW):
        release = declared(force, cast)
        if state == S.IMPOSSIBLE:
            making.fail(release, "Too few.")
        if state == S.PREVIEW:
            making.work_out_declared(release.pk)
    elif state in (S.RELEASED, S.WITHDRAWN):
        release = left(force, cast, tables=GENDER)
        if state == S.WITHDRAWN:
            making.withdraw(release=release, why="A group was miscounted.", by=cast["ian"])
    else:
        release = drawn_up(force, cast)
        if state == S.HIDING:
            agree(release, cast["rosa"], hide=[{"measure": "offered in 2026 Q1", "at": {"gender": "Male"}}])
            agree(release, cast["samir"])
        if state == S.RETURNED:
            object_to(release, cast["rosa"])
            agree(release, cast["samir"])
        if state == S.DISCARDED:
            making.discard(release=release, by=cast["ian"])
    release.refresh_from_db()
    assert release.state == state
    return release


STEPS: dict[Step, tuple[str, Callable[..., Any]]] = {
    Step.COUNT_AGAIN: ("ian", making.count_again),
    Step.FREEZE: ("ian", making.freeze_draft),
    Step.DISCARD: ("ian", making.discard),
    Step.WITHDRAW: ("ian", lambda release, by: making.withdraw(release=release, why="Wrong.", by=by)),
    Step.JUDGE: ("rosa", lambda release, by: judge_table(release=release, table="1", agrees=True, by=by)),
}


@pytest.mark.parametrize("state", list(S))
def test_each_step_is_taken_where_the_table_says_and_nowhere_else(
    state: Release.State, force: Organisation, cast: Cast
) -> None:
    """A step taken from the wrong state would let a draft out, or take back what has left without a word."""
    assert STEPS.keys() == WHO.keys()
    release = in_state(state, force, cast)
    for step, (who, take) in STEPS.items():
        with transaction.atomic():
            if (state, step) in TRANSITIONS:
                take(release=release, by=cast[who])
                assert Release.objects.get().state == TRANSITIONS[state, step]
            else:
                with pytest.raises(Refused, match="has changed since"):
                    take(release=release, by=cast[who])
                assert Release.objects.get().state == state
            transaction.set_rollback(True)


def test_the_table_leads_from_the_first_state_to_every_other(force: Organisation, cast: Cast) -> None:
    """A state that nothing leads to is a page that nobody can reach."""
    reached = {S.DECLARED}
    for _round in S:
        reached |= {after for (before, _step), after in TRANSITIONS.items() if before in reached}
    assert reached == set(S)


@pytest.mark.parametrize("step", list(STEPS))
def test_a_role_lets_somebody_take_a_step_whatever_the_state(step: Step, force: Organisation, cast: Cast) -> None:
    """Whoever may check must not make, nor the other way about; another force's people neither."""
    release = drawn_up(force, cast)
    who, take = STEPS[step]
    for other in {"ian", "rosa", "amara", "noel", "hana"} - {who}:
        with pytest.raises(PermissionDenied):
            take(release=release, by=cast[other])


def test_it_leaves_when_two_agree_and_its_file_is_what_they_saw(force: Organisation, cast: Cast) -> None:
    """What is published must be, to the byte, what two people answered for."""
    draft = drawn_up(force, cast)
    release = let_go(draft, cast)
    assert {check.sha256 for check in release.checks.all()} == {draft.sha256} == {release.sha256}
    assert released(release)["name"] == release.name


def test_a_draft_does_not_leave_by_the_door_of_releases(force: Organisation, cast: Cast) -> None:
    """A page that took a draft for a release would publish what nobody has checked."""
    draft = drawn_up(force, cast)
    with pytest.raises(NotThroughTheDoor, match="two people have checked"):
        released(draft)
    assert drafted(draft, by=cast["rosa"])["name"] == draft.name
    for who in ("amara", "noel", "hana"):
        with pytest.raises(PermissionDenied):
            drafted(draft, by=cast[who])
    gone = left(force, cast, name="gone", tables=GENDER)
    making.withdraw(release=gone, why="Wrong.", by=cast["ian"])
    gone.refresh_from_db()
    with pytest.raises(NotThroughTheDoor, match="withdrawn"):
        released(gone)


def test_nobody_checks_what_they_made_themselves(force: Organisation, cast: Cast) -> None:
    """One person who makes and checks is one person."""
    from diversion.accounts.actions.roles import grant
    from diversion.accounts.models import Role

    grant(user=cast["ian"], role=Role.objects.get(slug="checker"), by=None)
    with pytest.raises(Refused, match="You made this release"):
        judge_table(release=drawn_up(force, cast), table="1", agrees=True, by=cast["ian"])


def test_one_person_is_not_two(force: Organisation, cast: Cast) -> None:
    """A second verdict of the same person must not let it out."""
    draft = drawn_up(force, cast)
    agree(draft, cast["rosa"])
    with pytest.raises(Refused, match="You have sent your verdict"):
        send_verdict(release=draft, by=cast["rosa"])
    assert Release.objects.get().state == S.DRAFT


def test_the_database_lets_nothing_out_that_two_have_not_checked(force: Organisation, cast: Cast) -> None:
    """A fault in the code, or somebody at the database, would publish a draft."""
    draft = drawn_up(force, cast)
    agree(draft, cast["rosa"])
    rows = Release.objects.filter(pk=draft.pk)
    with pytest.raises(DatabaseError, match="two people who did not make it"), transaction.atomic():
        rows.update(state=S.RELEASED, released_at=clock.now())
    whole = {field.name: getattr(draft, field.name) for field in Release._meta.fields if field.name != "id"}
    whole |= {"name": "another", "reference": "RL-0", "state": S.RELEASED, "released_at": clock.now()}
    with pytest.raises(DatabaseError, match="begins as a draft"), transaction.atomic():
        Release.objects.create(**whole)
    sent = ReleaseCheck.objects.filter(release=draft)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        sent.update(agrees=False)


def test_every_table_is_judged_before_a_verdict_is_sent(force: Organisation, cast: Cast) -> None:
    """A table that nobody looked at would leave with the others."""
    tables = [("gender",), ("age_band",)]
    draft = making.make_release(force=force, audience="published", **Q1, tables=tables, by=cast["ian"])
    judge_table(release=draft, table="1", agrees=True, by=cast["rosa"])
    with pytest.raises(Refused, match="Judge every table first: 1 "):
        send_verdict(release=draft, by=cast["rosa"])
    with pytest.raises(Refused, match="Say why"):
        judge_table(release=draft, table="2", agrees=False, by=cast["rosa"])
    with pytest.raises(Refused, match="no such table"):
        judge_table(release=draft, table="9", agrees=True, by=cast["rosa"])


CELL = {"measure": "offered in 2026 Q1", "at": {"gender": "Male"}}


def hidden(release: Release) -> set[tuple[str, str]]:
    cells = [(table["measure"], cell) for table in release.document["tables"] for cell in table["cells"]]
    return {(measure, str(cell["at"])) for measure, cell in cells if cell.get("mark") == "[c]"}


def test_a_checker_hides_more_and_both_look_again(force: Organisation, cast: Cast) -> None:
    """Hidden alone a count is a subtraction away; and what leaves is what both of them saw."""
    draft = drawn_up(force, cast)
    before = hidden(draft)
    agree(draft, cast["rosa"], hide=[CELL])
    agree(draft, cast["samir"])
    making.work_out_declared(draft.pk)
    again = Release.objects.get()
    assert (again.state, again.round) == (S.DRAFT, 2)
    assert hidden(again) > before | {(CELL["measure"], str(CELL["at"]))}
    assert read([again.document]).too_narrow() == []
    with pytest.raises(Refused, match="has changed since"):
        judge_table(release=draft, table="1", agrees=True, by=cast["rosa"])
    release = let_go(again, cast)
    assert hidden(release) == hidden(again)


def test_what_is_hidden_at_a_check_stays_hidden_when_it_is_counted_again(force: Organisation, cast: Cast) -> None:
    """An author who counts again would show what a checker had hidden."""
    draft = drawn_up(force, cast)
    agree(draft, cast["rosa"], hide=[CELL])
    object_to(draft, cast["samir"])
    making.count_again(release=draft, by=cast["ian"])
    making.work_out_declared(draft.pk)
    again = Release.objects.get()
    assert again.state == S.PREVIEW
    assert (CELL["measure"], str(CELL["at"])) in hidden(again)


def test_only_what_is_shown_can_be_hidden_and_only_where_it_protects_somebody(force: Organisation, cast: Cast) -> None:
    """A figure that stands in an earlier release is known: hidden here it would only look safe."""
    left(force, cast, tables=GENDER)
    draft = drawn_up(force, cast)
    with pytest.raises(Refused, match="An earlier release shows that figure already"):
        judge_table(release=draft, table="1", agrees=True, hide=[CELL], by=cast["rosa"])
    nothing = {"measure": "offered in 2026 Q1", "at": {"gender": "Nobody"}}
    with pytest.raises(Refused, match="Only a figure that the table shows"):
        judge_table(release=draft, table="1", agrees=True, hide=[nothing], by=cast["rosa"])


def test_what_left_since_a_draft_was_frozen_sends_it_back(force: Organisation, cast: Cast) -> None:
    """Two drafts made side by side do not know of each other: what one hides the other may show."""
    first, second = declared(force, cast), declared(force, cast)
    for one in (first, second):
        making.work_out_declared(one.pk)
    for one in (first, second):
        making.freeze_draft(release=one, by=cast["ian"])
        one.refresh_from_db()
    let_go(first, cast)
    agree(second, cast["rosa"])
    agree(second, cast["samir"])
    second.refresh_from_db()
    assert second.state == S.RETURNED
    assert f"{first.name} has left" in second.problem


def test_a_withdrawn_release_is_reckoned_with_and_a_draft_that_never_left_is_not(
    force: Organisation, cast: Cast
) -> None:
    """Readers keep their copies of what has left; of a discarded draft there are none."""
    gone = left(force, cast, tables=GENDER)
    making.withdraw(release=gone, why="Wrong.", by=cast["ian"])
    dropped = making.make_release(force=force, audience="published", **Q1, tables=[("age_band",)], by=cast["ian"])
    making.discard(release=dropped, by=cast["ian"])
    draft = drawn_up(force, cast)
    assert [one["pk"] for one in draft.verdict["held"]] == [gone.pk]
