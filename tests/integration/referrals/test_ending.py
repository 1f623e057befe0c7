"""How a case ended: the letter, the certificate, the text for the record, and what the person says of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case
from diversion import clock
from diversion.audit.models import Event
from referrals.actions import closing, deciding, partner, support
from referrals.actions.deciding import Support
from referrals.models import Appointment, Condition, PersonFeedback, Referral
from tests.conftest import Cast
from tests.factories.breaches import broken
from tests.factories.cases import by_prosecutor, crime, decision, let_stand, person, record, refer
from tests.factories.ground import adopt_scheme
from tests.factories.schemes import rewrite
from tests.integration.referrals.test_corrected_then_decided import to_indictable

pytestmark = pytest.mark.usefixtures("frozen")


def client_of(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast[who])
    return client


def page_of(cast: Cast, who: str, name: str, reference: str) -> str:
    return " ".join(client_of(cast, who).get(reverse(name, args=[reference])).content.decode().split())


def helped(cast: Cast, *, shared: str = "enforceable", **changes: Any) -> Referral:
    """Somebody who came once; george helps."""
    scheme = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    scheme = rewrite(scheme, confidentiality=shared)
    sent = refer(cast["amara"], scheme, decision=decision(**changes))
    sent = partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])
    met = Appointment.objects.create(referral=sent, starts_at=sent.decided_at, place="Harbour House")
    support.record_attendance(appointment=met, attendance="attended", version=1, by=cast["george"])
    return Referral.objects.get(pk=sent.pk)


def ended(referral: Referral, cast: Cast, result: str) -> Referral:
    for one in Condition.objects.filter(agreement__referral=referral, state="open"):
        Condition.objects.filter(pk=one.pk).update(due_on=referral.decided_at.date())
        one.refresh_from_db()
        state = "done" if result == "completed" else "not_done"
        support.settle_condition(condition=one, state=state, evidence="Seen", version=one.version, by=cast["george"])
    now = Referral.objects.get(pk=referral.pk)
    closed = closing.close_referral(referral=now, result=result, note="", version=now.version, by=cast["george"])
    let_stand(closed.case)
    return closed


def test_on_the_day_it_is_signed_the_paper_and_the_text_come_first(cast: Cast) -> None:
    """The officer would look for the paper down the page, and write up the occurrence from memory."""
    case = helped(cast).case
    page = page_of(cast, "amara", "case_page", case.reference)
    places = [page.index(one) for one in ("Next: hand the agreement over", "Print it for the person", 'id="crimes"')]
    assert places == sorted(places)
    text = page_of(cast, "amara", "case_ending", case.reference)
    for words in ("open.", "no outcome yet.", "resolution, decided by Amara Okafor", "Condition: ", "once it has"):
        assert words in text
    waits = record(cast["amara"], person=person(given_names="Bo"), decision=decision(disposal="deferred_charge"))
    text = page_of(cast, "amara", "case_ending", waits.reference)
    assert "decided by" not in text, "nothing is decided before a rank has"
    with clock.set_to(clock.now() + timedelta(days=1)):
        page = page_of(cast, "amara", "case_page", case.reference)
    assert "Next: hand the agreement over" not in page
    assert page.index("Text for the record system") < page.index("Print it for the person")


def test_who_kept_it_gets_a_letter_and_a_certificate_and_the_record_its_text(cast: Cast) -> None:
    """Nobody would have it in writing that it is over, and an officer would type the closing into two systems."""
    referral = ended(helped(cast), cast, "completed")
    case = Case.objects.get(pk=referral.case_id)
    letter = page_of(cast, "amara", "case_ending", case.reference)
    for words in (
        "You have done what you agreed to. It ended on 10 June 2026, and you do not go to court for it.",
        f"{case.reference}, closed on 10 June 2026.",
        "outcome 8, Community resolution",
        "Attended 1 of 1 appointment.",
    ):
        assert words in letter
    assert "Letter to the person" in page_of(cast, "amara", "case_page", case.reference)
    paper = page_of(cast, "george", "certificate", referral.reference)
    main = paper.partition("<main")[2]
    assert "has completed a programme of support with Harbour Trust, from 10 June 2026 to 10 June 2026." in main
    assert "1 meeting was attended." in main
    for told in (referral.offence_category, "Drug diversion", case.reference):
        assert told not in main


@pytest.mark.parametrize(
    ("way", "follows", "said"),
    [
        ("finalise", {"result": "failed_no_action", "outcome": "16", "reason": "No."}, "Nothing more follows from it"),
        ("prosecute", {"result": "failed_prosecuted"}, "you are told of that in another letter"),
    ],
)
def test_who_did_not_keep_it_is_told_what_follows_and_gets_no_certificate(
    way: str, follows: dict[str, str], said: str, cast: Cast
) -> None:
    """A letter that thanks somebody who is about to be charged would be believed."""
    referral = ended(helped(cast, disposal="deferred_summons"), cast, "not_completed")
    case = Case.objects.get(pk=referral.case_id)
    assert "there is a letter once it has ended" in page_of(cast, "amara", "case_ending", case.reference)
    broken(case, cast, way)
    closing.decide_after_failure(case=case, by=cast["amara"], **follows)
    let_stand(case)
    letter = page_of(cast, "amara", "case_ending", case.reference)
    assert said in letter
    assert "You have done what you agreed to" not in letter
    assert "There is a certificate once" in page_of(cast, "george", "certificate", referral.reference)


def test_whose_partner_declined_is_not_thanked_for_what_nobody_let_them_do(cast: Cast) -> None:
    """The letter said that they had done it, and that there was no court: of a crime without an outcome."""
    scheme = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    sent = refer(cast["amara"], scheme)
    partner.decline(referral=sent, reason="risk", note="", version=sent.version, by=cast["hugh"])
    closing.decide_after_failure(case=sent.case, result="failed_no_action", reason="No place.", by=cast["amara"])
    let_stand(sent.case)
    letter = page_of(cast, "amara", "case_ending", sent.case.reference)
    assert "The help that was part of it could not be given. That is not your fault. Nothing more follows" in letter
    assert "You have done what you agreed to" not in letter


def test_who_had_nothing_left_to_do_is_not_said_to_have_done_it(cast: Cast) -> None:
    """A condition that was called off is neither kept nor broken."""
    case = record(cast["amara"])
    one = Condition.objects.get()
    support.settle_condition(condition=one, state="cancelled", evidence="", version=1, by=cast["amara"])
    let_stand(case)
    letter = page_of(cast, "amara", "case_ending", case.reference)
    assert "You do not have to do what you agreed to any more." in letter
    assert "You have done what you agreed to" not in letter


def test_whose_authority_was_refused_after_they_signed_gets_no_letter(cast: Cast) -> None:
    """They were told in writing that there is no court, days before they were charged."""
    case = record(cast["amara"], answers={"evidence": "charge_standard"}, crimes=[crime("criminal-damage")])
    to_indictable(case, cast["amara"])
    deciding.refuse(case=case, rationale="Charge.", seen=1, prosecutor=by_prosecutor(), by=cast["david"])
    page = page_of(cast, "amara", "case_ending", case.reference)
    assert "What was agreed was not authorised" in page
    assert "you do not go to court" not in page


def test_of_voluntary_support_police_have_no_letter_and_the_person_a_certificate_all_the_same(cast: Cast) -> None:
    """A letter from the police would say that the support has ended, and whether it was completed."""
    referral = ended(helped(cast, shared="voluntary"), cast, "completed")
    page = page_of(cast, "amara", "case_ending", referral.case.reference)
    assert "police do not know how it ended" in page
    for told in ("Attended", "Completed", "Done"):
        assert told not in page.partition("<main")[2]
    assert "has completed a programme" in page_of(cast, "george", "certificate", referral.reference)


def test_a_case_with_no_agreement_has_no_letter(cast: Cast) -> None:
    """Somebody of whom nothing was asked would be thanked for doing it."""
    given = decision(result="not_offered", disposal="", not_offered_reason="evidence")
    case = record(cast["amara"], decision=given, support=Support())
    assert "Nobody agreed to anything" in page_of(cast, "amara", "case_ending", case.reference)


def test_what_the_person_says_is_the_managers_and_never_the_workers_nor_the_police_s(cast: Cast) -> None:
    """Nobody says that they were treated badly to whoever treated them so, or to the police."""
    referral = helped(cast)
    george, address = client_of(cast, "george"), reverse("person_feedback", args=[referral.reference])
    assert "Choose an answer" in george.post(address, {"version": 0}).content.decode()
    said = {"version": 0, "respect": "no", "helped": "partly", "better": "Marked words."}
    for _twice in range(2):
        assert george.post(address, said).status_code == 302
    assert PersonFeedback.objects.get().better == "Marked words."
    assert Event.objects.filter(kind="feedback.noted").count() == 1
    worker = page_of(cast, "george", "referral_page", referral.reference) + george.get(address).content.decode()
    assert "They have answered" in worker
    manager = page_of(cast, "hugh", "referral_page", referral.reference)
    assert "Marked words." in manager
    referral = ended(referral, cast, "completed")
    police = "".join(page_of(cast, who, name, referral.case.reference) for who in ("amara", "carol", "elin")
                     for name in ("case_page", "case_ending"))  # fmt: skip
    for mark in ("Marked words.", "They have answered"):
        assert mark not in police
    assert "Marked words." not in worker
    for elsewhere in ("hana", "fatima", "lena", "yusuf"):
        assert client_of(cast, elsewhere).post(address, said).status_code in (403, 404)
    anew = said | {"version": 1, "better": "Marked anew."}
    assert george.post(address, anew).status_code == 302
    assert (PersonFeedback.objects.get().better, PersonFeedback.objects.get().version) == ("Marked anew.", 2)
    stale = george.post(address, said | {"better": "From the page before."})
    assert stale.status_code == 422
    assert "From the page before." in stale.content.decode()
