"""Who is told of a breach: the coordinator where nobody decides it, youth justice where it is about a child."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import YouthDuty
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.notifications.tasks import tell
from referrals.actions import breaching, partner
from referrals.models import Breach
from tests.conftest import Cast
from tests.factories.breaches import broken
from tests.factories.cases import decision, person, refer
from tests.factories.ground import adopt_scheme

pytestmark = pytest.mark.usefixtures("frozen")
SignIn = Callable[[User], Client]


@pytest.fixture
def breach(cast: Cast) -> Breach:
    """Zebedee Quill will not go on, George says: asked on Wednesday 10 June, his side is heard until the 17th."""
    scheme = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    who = person(given_names="Zebedee", family_name="Quill")
    sent = refer(cast["amara"], scheme, decision=decision(disposal="deferred_summons"), person=who)
    taken = partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])
    return breaching.put_breach(referral=taken, trigger="stopped", seen=0, by=cast["george"])


def test_a_decision_that_is_late_reaches_whoever_coordinates(
    breach: Breach, cast: Cast, frozen: datetime, mailoutbox: list[Any], signed_in: SignIn
) -> None:
    """While it waits nothing is overdue, nobody's list asks for it, and the day to charge goes by."""
    heading = "Was the agreement kept? Not decided yet"
    with clock.set_to(frozen + timedelta(days=9)):  # Friday 19 June: the last day
        assert tell("breach_late") == 0
        assert heading not in signed_in(cast["elin"]).get(reverse("home")).content.decode()
    with clock.set_to(frozen + timedelta(days=12)):
        assert (tell("breach_late"), tell("breach_late")) == (1, 0)
        home = signed_in(cast["elin"]).get(reverse("home")).content.decode()
        assert heading in home
        assert reverse("breach_page", args=[breach.pk]) in home
        assert heading not in signed_in(cast["amara"]).get(reverse("home")).content.decode()
        [mail] = mailoutbox
        words = f"{mail.subject} {mail.body}"
        assert mail.to == [cast["elin"].email]
        assert "19 June 2026" in words
        assert not [mark for mark in ("Zebedee", "Quill", "Drug", "Harbour", "George", "stopped") if mark in words]
        broken(breach.case, cast)
        assert heading not in signed_in(cast["elin"]).get(reverse("home")).content.decode()


def test_youth_justice_hears_in_time_of_a_child_whom_they_were_told_of(
    breach: Breach, cast: Cast, mailoutbox: list[Any]
) -> None:
    """Police decide with youth justice heard: who learns of it afterwards was not. Who was never told hears nothing."""
    duty = {"case": breach.case, "kind": "child_knife", "due_on": clock.today()}
    told = YouthDuty.objects.create(**duty)
    assert tell("breach_child") == 0
    now = {"service": cast["yusuf"].organisation, "notified_at": clock.now(), "notified_by": cast["amara"]}
    YouthDuty.objects.filter(pk=told.pk).update(**now)
    assert (tell("breach_child"), tell("breach_child")) == (1, 0)
    [mail] = mailoutbox
    words = f"{mail.subject} {mail.body}"
    assert mail.to == [cast["yusuf"].email]
    assert told.reference in words
    marks = ("Zebedee", "Quill", "Drug", "Harbour", "stopped", breach.case.reference)
    assert not [mark for mark in marks if mark in words]
    event = Event.objects.get(kind="breach.youth_justice_told")
    assert (event.recipients, event.organisation_id) == ([cast["yusuf"].full_name], breach.case.force_id)
