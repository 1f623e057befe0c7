"""Who may authorise where there is domestic abuse: somebody whose training counts that day."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Authorisation, Case
from diversion.accounts.models import Training, User
from diversion.refusals import Refused
from referrals.actions import deciding
from tests.conftest import Cast
from tests.factories.cases import crime, decision, record
from tests.factories.policies import choose

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("frozen")
TODAY = date(2026, 6, 10)


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def waiting(cast: Cast, *, abuse: bool = True) -> Case:
    """A conditional caution that waits for an inspector."""
    found = crime(is_domestic_abuse=abuse)
    case = record(cast["amara"], crimes=[found], decision=decision(disposal="conditional_caution"))
    Authorisation.objects.filter(case=case).update(rank="inspector")
    return case


def authorise(case: Case, by: User) -> str:
    """What came of it: "given", or Refused."""
    deciding.authorise(
        evidence_met=True,
        case=case,
        rationale="A first time, and an approved programme.",
        seen=case.corrections.count(),
        by=by,
    )
    return str(Authorisation.objects.get(case=case).state)


@pytest.fixture
def untrained(cast: Cast) -> User:
    Training.objects.filter(user=cast["david"]).delete()
    return cast["david"]


def test_somebody_without_training_does_not_decide_on_domestic_abuse(
    cast: Cast, untrained: User, signed_in: SignIn
) -> None:
    """Control and fear would be weighed by somebody who never learned to see them."""
    case = waiting(cast)
    with pytest.raises(Refused, match="no training of yours counts today"):
        authorise(case, untrained)
    page = text_of(signed_in(untrained).get(reverse("authorise", args=[case.reference])))
    assert "ask your administrator to record yours" in page
    assert "Say why" not in page


def test_refusing_and_other_cases_ask_no_training(cast: Cast, untrained: User) -> None:
    """Nobody trained on duty, and the person would wait for a refusal that anybody of the rank can give."""
    assert authorise(waiting(cast, abuse=False), untrained) == "given"
    case = waiting(cast)
    deciding.refuse(case=case, rationale="The risk has not been assessed.", seen=case.corrections.count(), by=untrained)
    assert Authorisation.objects.get(case=case).state == "refused"


@pytest.mark.parametrize(("first", "last", "counts"), [(0, 0, True), (-400, -1, False), (1, 30, False)])
def test_a_mark_counts_from_its_first_day_to_its_last(
    first: int, last: int, counts: bool, cast: Cast, untrained: User
) -> None:
    """Training of ten years ago, or of next month, would pass for today's."""
    day = TODAY + timedelta(days=first)
    Training.objects.create(user=untrained, trained_on=day, counts_until=TODAY + timedelta(days=last))
    case = waiting(cast)
    if counts:
        assert authorise(case, untrained) == "given"
    else:
        with pytest.raises(Refused, match="no training of yours"):
            authorise(case, untrained)


def test_a_force_may_choose_otherwise(cast: Cast, untrained: User) -> None:
    """No source settles where the rule stands: a force without such training could decide on nothing."""
    choose(cast, domestic_abuse_training=False)
    assert authorise(waiting(cast), untrained) == "given"


def test_the_administrator_records_it(cast: Cast, untrained: User, signed_in: SignIn) -> None:
    """Whoever was trained would be told to ask, and nobody could do anything about it."""
    kit, address = signed_in(cast["kit"]), reverse("user_training", args=[untrained.pk])
    assert "None recorded" in text_of(kit.get(reverse("user_page", args=[untrained.pk])))
    assert kit.post(address, {"trained_on": "4 3 2026", "counts_until": "4 Mar 2029"}).status_code == 302
    assert "Trained on 4 March 2026, until 4 March 2029" in text_of(kit.get(reverse("user_page", args=[untrained.pk])))
    assert authorise(waiting(cast), untrained) == "given"


@pytest.mark.parametrize(
    ("trained_on", "counts_until", "words"),
    [
        ("", "4 3 2029", "Enter the day of the training"),
        ("11 6 2026", "4 3 2029", "must be today or in the past"),
        ("4 3 2026", "3 3 2026", "The last day on which it counts is before the training"),
        ("4 3 2026", "4 3 2099", "Training counts for ten years at the most"),
    ],
)
def test_a_mistake_says_how_to_mend_it(
    trained_on: str, counts_until: str, words: str, cast: Cast, untrained: User, signed_in: SignIn
) -> None:
    """A mark of a wrong year would let somebody decide for ten."""
    data = {"trained_on": trained_on, "counts_until": counts_until}
    response = signed_in(cast["kit"]).post(reverse("user_training", args=[untrained.pk]), data)
    assert response.status_code == 422
    assert words in text_of(response)
    assert counts_until in text_of(response)
    assert not Training.objects.filter(user=untrained).exists()


def test_nobody_marks_themselves_and_no_stranger_does(cast: Cast, signed_in: SignIn) -> None:
    """One account would make itself fit to decide."""
    data = {"trained_on": "4 3 2026", "counts_until": "4 3 2029"}
    own = signed_in(cast["kit"]).post(reverse("user_training", args=[cast["kit"].pk]), data)
    assert (own.status_code, "Nobody records their own training" in text_of(own)) == (422, True)
    assert signed_in(cast["kit"]).post(reverse("user_training", args=[cast["noel"].pk]), data).status_code == 404


def test_a_mark_made_by_mistake_is_taken_back_and_made_once(cast: Cast, untrained: User, signed_in: SignIn) -> None:
    """A slip in a year would let somebody decide for ten, with no way back but a programmer."""
    kit, address = signed_in(cast["kit"]), reverse("user_training", args=[untrained.pk])
    data = {"trained_on": "4 3 2026", "counts_until": "4 3 2036"}
    assert [kit.post(address, data).status_code for _ in range(2)] == [302, 422]
    mark = untrained.trainings.get()
    back = reverse("user_training_back", args=[untrained.pk, mark.pk])
    assert kit.get(back).status_code == 302
    assert untrained.trainings.exists()
    assert kit.post(back).status_code == 302
    assert not untrained.trainings.exists()
    assert kit.post(back).status_code == 404
