"""What a page shows once a partner has declined, or an agreement was not kept."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case, Person
from diversion.accounts.models import User
from referrals.actions import partner, referring, support
from referrals.actions.deciding import Support
from referrals.models import Condition, Referral, SchemeVersion
from tests.conftest import Cast
from tests.factories.breaches import broken
from tests.factories.cases import condition, decision, record, refer
from tests.factories.ground import adopt_scheme
from tests.factories.schemes import open_to_all, rewrite

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]


@pytest.fixture
def returned(cast: Cast, sent: Referral) -> Referral:
    return partner.decline(
        referral=sent, reason="risk", note="Ring Hugh about Tuesdays", version=sent.version, by=cast["hugh"]
    )


def page_of(case: Case) -> str:
    return reverse("case_page", args=[case.reference])


def test_the_officer_reads_why_it_came_back_and_has_three_ways_on(
    cast: Cast, returned: Referral, signed_in: SignIn
) -> None:
    """The officer would send the person somewhere just as wrong, or have no way to finish the case."""
    page = signed_in(cast["amara"]).get(page_of(returned.case)).content.decode()
    for words in ("Ring Hugh about Tuesdays", "refer to another scheme", "decide what follows", "What came of it"):
        assert words in page


def test_of_a_voluntary_scheme_no_note_is_asked_and_none_is_shown(
    cast: Cast, sent: Referral, signed_in: SignIn
) -> None:
    """A partner would write to the officer what the officer never reads, or what is not theirs to read."""
    for version in SchemeVersion.objects.all():
        rewrite(version, confidentiality="voluntary")
    client, address = signed_in(cast["hugh"]), reverse("referral_page", args=[sent.reference])
    assert "Note for the officer" not in client.get(address).content.decode()
    data = {"version": sent.version, "reason": "risk", "note": "Not for police"}
    answer = client.post(reverse("referral_decline", args=[sent.reference]), data, follow=True)
    assert "and not why" in answer.content.decode()
    assert Referral.objects.get().decline_note == ""


def test_whoever_declined_reads_the_person_no_more(cast: Cast, returned: Referral, signed_in: SignIn) -> None:
    """A provider that does not help somebody would follow their new telephone number for ever."""
    Person.objects.update(telephone="07700 900999")
    page = signed_in(cast["hugh"]).get(reverse("referral_page", args=[returned.reference])).content.decode()
    assert returned.reference in page
    for words in ("07700 900999", returned.case.person.family_name, "Text only", "Note for"):
        assert words not in page


def test_the_next_partner_does_not_read_what_the_officer_saw(cast: Cast, returned: Referral, signed_in: SignIn) -> None:
    """An officer writes how they know that it was done, and with it the victim's name."""
    one = Condition.objects.filter(agreement__case=returned.case).first()
    seen = {"state": "done", "evidence": "Vera Victim rang me", "version": 1, "by": cast["amara"]}
    support.settle_condition(condition=one, **seen)
    scheme = open_to_all(adopt_scheme("pathfinder", cast, provider="hana").versions.latest("valid_from"))
    case = Case.objects.get(pk=returned.case_id)
    again = referring.refer_again(case=case, scheme_version=scheme, slot=None, by=cast["amara"])
    partner.accept(referral=again, navigator=cast["fatima"], version=again.version, by=cast["hana"])
    theirs = signed_in(cast["fatima"]).get(reverse("referral_page", args=[again.reference])).content.decode()
    assert one.wording_for_partner in theirs
    assert "Vera Victim" not in theirs
    assert "Vera Victim rang me" in signed_in(cast["amara"]).get(page_of(case)).content.decode()


def test_a_decision_after_failure_keeps_what_was_typed(cast: Cast, signed_in: SignIn) -> None:
    """An officer would have to choose the outcome and write the reason again, or see neither asked."""
    case = record(
        cast["amara"], decision=decision(disposal="deferred_summons"), support=Support(conditions=[condition()])
    )
    one = case.agreement.conditions.get()
    support.settle_condition(condition=one, state="not_done", evidence="", version=1, by=cast["amara"])
    broken(case, cast, "finalise")
    client, address = signed_in(cast["amara"]), reverse("case_decide", args=[case.reference])
    answer = client.post(address, {"result": "failed_no_action", "reason": "Witness moved"})
    assert answer.status_code == 422
    assert "Witness moved" in answer.content.decode()
    assert client.post(address, {"result": "failed_no_action", "reason": "x", "outcome": "16"}).status_code == 302


def test_deciding_where_nothing_was_offered_is_refused_in_words(cast: Cast, signed_in: SignIn) -> None:
    """An officer with an old page open would get the page that says the service is broken."""
    case = record(
        cast["amara"],
        decision=decision(result="not_offered", disposal="", not_offered_reason="evidence"),
        support=Support(),
    )
    address = reverse("case_decide", args=[case.reference])
    assert signed_in(cast["amara"]).post(address, {"result": "failed_no_action"}).status_code == 422


def test_one_contact_sent_on_two_referrals_is_refused_in_words(cast: Cast, accepted: Referral) -> None:
    """A navigator with two tabs would get the page of a fault, or a contact on the wrong person."""
    other = refer(cast["amara"], accepted.scheme_version)
    twin = other.case
    other = partner.accept(referral=other, navigator=cast["george"], version=other.version, by=cast["hugh"])
    details = {"submission": twin.submission, "channel": "telephone", "reached": True, "note": "", "by": cast["george"]}
    support.record_contact(referral=accepted, **details)
    with pytest.raises(support.Outdated):
        support.record_contact(referral=other, **details)
