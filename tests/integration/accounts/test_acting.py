"""Acting ranks: given by two people, good for authorising on their days alone, and said wherever they were used."""

import html
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from cases.models import Authorisation, Case, SpokenAuthority
from diversion import clock
from diversion.accounts import permits
from diversion.accounts.actions import approvals, users
from diversion.accounts.models import AccountRequest, Role, User
from diversion.audit.models import Event
from diversion.refusals import Refused
from referrals.actions import deciding, speaking
from referrals.actions.deciding import Support
from referrals.actions.speaking import Spoken
from tests.conftest import NOW, Cast
from tests.factories.cases import condition, decision, record, sign
from tests.factories.policies import begin_with

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
FIRST, LAST = date(2026, 6, 10), date(2026, 6, 12)


def text_of(response: Any) -> str:
    return " ".join(html.unescape(response.content.decode()).split())


def asked(cast: Cast, **changes: Any) -> AccountRequest:
    """Callum, a constable, is to act as a sergeant from today for three days."""
    values = {"rank": "sergeant", "acting_from": FIRST, "acting_until": LAST} | changes
    return users.ask_acting(user=cast["callum"], **values, by=cast["kit"])


def acting(cast: Cast, **changes: Any) -> User:
    approvals.approve(request=asked(cast, **changes), by=cast["jo"])
    return as_it_stands(cast["callum"])


def as_it_stands(user: User) -> User:
    return User.objects.get(pk=user.pk)


def proposed(cast: Cast) -> Case:
    """A deferred charge of amara's, which a sergeant decides."""
    deferred = decision(disposal="deferred_charge")
    return record(cast["amara"], decision=deferred, support=Support(conditions=[condition()]))


def test_two_people_give_it_and_it_ends_by_its_date(cast: Cast, signed_in: SignIn) -> None:
    """A constable who stood in for a sergeant last summer would authorise for ever."""
    waiting, callum, queue = proposed(cast), cast["callum"], reverse("authorisation_list")
    data = {"rank": "sergeant", "acting_from": "10 6 2026", "acting_until": "12 6 2026"}
    assert signed_in(cast["kit"]).post(reverse("user_acting", args=[callum.pk]), data).status_code == 302
    assert not as_it_stands(callum).acting_rank, "nobody has agreed"
    request = AccountRequest.objects.get()
    with pytest.raises(Refused, match="A second person"):
        approvals.approve(request=request, by=cast["kit"])
    jo = signed_in(cast["jo"])
    assert "Sergeant, 10 June 2026 to 12 June 2026" in text_of(jo.get(reverse("account_requests")))
    assert jo.post(reverse("account_request", args=[request.pk]), {"decision": "approve"}).status_code == 302
    page = text_of(signed_in(callum).get(queue))
    assert waiting.reference in page
    assert "(Acting sergeant)" in page
    kept = text_of(signed_in(cast["kit"]).get(reverse("user_page", args=[callum.pk])))
    assert "Counts today. Sergeant, 10 June 2026 to 12 June 2026" in kept
    with clock.set_to(NOW + timedelta(days=3)):
        assert signed_in(callum).get(queue).status_code == 403
        assert as_it_stands(callum).authorising_rank == "constable"


def test_log_page_and_agreement_say_acting(cast: Cast, signed_in: SignIn) -> None:
    """Read a year later, a constable would have authorised a deferred charge."""
    case, callum = proposed(cast), acting(cast)
    answer = {"seen": "0", "decision": "authorise", "evidence_met": "on", "rationale": "Right."}
    signed_in(callum).post(reverse("authorise", args=[case.reference]), answer)
    authorisation = Authorisation.objects.get()
    assert (authorisation.decided_by, authorisation.decided_as) == (callum, "acting sergeant")
    assert Event.objects.get(kind="authorisation.given").detail == {"acting": "sergeant"}
    sign(case)
    with clock.set_to(NOW + timedelta(days=20)):
        for name in ("case_page", "agreement_paper"):
            page = text_of(signed_in(cast["amara"]).get(reverse(name, args=[case.reference])))
            assert "Callum Reid, acting sergeant" in page, name


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rank": "constable"}, "above their own"),
        ({"acting_from": date(2026, 6, 9)}, "begins today"),
        ({"acting_until": date(2026, 6, 9)}, "The last day is before"),
        ({"acting_until": date(2026, 12, 9)}, "92 days at the most"),
    ],
    ids=["no higher", "of days past", "days crossed", "too long"],
)
def test_what_is_no_acting_rank(cast: Cast, changes: dict[str, Any], words: str) -> None:
    """Given for days past, it would make lawful what was not; without an end it would be a rank by the back door."""
    with pytest.raises(Refused, match=words):
        asked(cast, **changes)


def test_no_two_at_once_and_none_for_who_manages_users(cast: Cast) -> None:
    """Of two ranks on one day nobody could say which was meant; an administrator would open cases."""
    acting(cast)
    with pytest.raises(Refused, match="on some of these days already"):
        asked(cast, rank="inspector", acting_from=LAST, acting_until=LAST)
    with pytest.raises(Refused, match="manages a force"):
        approvals.check_acting(cast["kit"], "sergeant", FIRST, LAST)
    callum, roles = as_it_stands(cast["callum"]), [Role.objects.get(slug="administrator")]
    details = users.UserDetails(callum.full_name, callum.rank, callum.collar_number, callum.team, roles)
    with pytest.raises(Refused, match="end the acting rank first"):
        users.change_user(user=callum, details=details, by=cast["kit"])


def test_ended_early_and_with_the_account(cast: Cast, signed_in: SignIn) -> None:
    """The sergeant is back a day early, or the constable has left: nobody must wait for the date."""
    case, first = proposed(cast), acting(cast).account_requests.get()
    end = reverse("user_acting_end", args=[cast["callum"].pk, first.pk])
    assert signed_in(cast["kit"]).post(end).status_code == 302
    with pytest.raises(PermissionDenied):
        deciding.authorise(
            evidence_met=True,
            case=case,
            rationale="Right.",
            seen=case.corrections.count(),
            by=as_it_stands(cast["callum"]),
        )
    assert acting(cast).acting_rank == "sergeant"
    users.disable_user(user=cast["callum"], by=cast["kit"])
    assert not as_it_stands(cast["callum"]).acting_rank


def test_the_database_turns_no_acting_rank_into_a_rank(cast: Cast) -> None:
    """An approval for three days would be good as a permit for a sergeant's rank for ever."""
    request = acting(cast).account_requests.get()
    leave = permits.Leave(permits.Grounds.SECOND_PERSON, cast["jo"], request)
    with pytest.raises(DatabaseError, match="No second person"), transaction.atomic():
        permits.allow_rank(cast["callum"], "sergeant", leave)
    with pytest.raises(DatabaseError, match="decided once"), transaction.atomic():
        AccountRequest.objects.update(acting_until=LAST + timedelta(days=300))


def test_acting_by_radio(cast: Cast, signed_in: SignIn) -> None:
    """Whoever stands in for the sergeant is who answers the radio; and that they acted is kept with it."""
    begin_with(cast["elin"].organisation, spoken_authority=True)
    case, said = proposed(cast), Spoken(cast["callum"], "radio", clock.now(), "Go ahead.")
    with pytest.raises(Refused, match="authorises nothing"):
        speaking.enter_spoken(case=case, spoken=said, by=cast["amara"])
    said = Spoken(acting(cast), "radio", clock.now(), "Go ahead.")
    page = text_of(signed_in(cast["amara"]).get(reverse("spoken_authority", args=[case.reference])))
    assert "Callum Reid, acting sergeant 2077" in page
    spoken = speaking.enter_spoken(case=case, spoken=said, by=cast["amara"])
    speaking.confirm_spoken(
        evidence_met=True,
        spoken=spoken,
        answer="I said so.",
        seen=spoken.authorisation.case.corrections.count(),
        by=as_it_stands(cast["callum"]),
    )
    assert Authorisation.objects.get().decided_as == "acting sergeant"


def test_by_radio_the_rank_counts_that_they_held_when_they_spoke(cast: Cast, signed_in: SignIn) -> None:
    """A constable's word of last night would be a sergeant's this morning; and a sergeant's would be nobody's."""
    begin_with(cast["elin"].organisation, spoken_authority=True)
    case, before, callum = proposed(cast), clock.now(), cast["callum"]
    with clock.set_to(NOW + timedelta(minutes=1)):
        acting(cast, acting_until=FIRST)
        said = Spoken(as_it_stands(callum), "radio", before, "Go ahead.")
        with pytest.raises(Refused, match="authorises nothing"):
            speaking.enter_spoken(case=case, spoken=said, by=cast["amara"])
    with clock.set_to(NOW + timedelta(hours=14)):  # half past midnight
        assert not as_it_stands(callum).acting_rank
        given = {"named": str(callum.pk), "channel": "radio", "time": "11:30pm", "words": "Go ahead."}
        address = reverse("spoken_authority", args=[case.reference])
        assert signed_in(cast["amara"]).post(address, given).status_code == 302
    spoken = SpokenAuthority.objects.get()
    assert (spoken.named, spoken.rank, spoken.is_acting) == (callum, "sergeant", True)
