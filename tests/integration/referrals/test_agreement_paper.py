"""The agreement on paper: what the person takes home, and nothing that is not theirs to carry about."""

import html
import re
from collections.abc import Callable
from datetime import date, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from cases.models import Case
from diversion.accounts.models import User
from diversion.audit.models import Event
from referrals.actions import deciding, partner, places, slots, support
from referrals.actions.deciding import Support
from referrals.models import Appointment, Scheme, SchemeVersion, Slot
from tests.conftest import NOW, Cast
from tests.factories.cases import condition, crime, decision, person, record, refer, sign
from tests.factories.decisions import posted
from tests.factories.ground import adopt_scheme
from tests.factories.policies import choose
from tests.factories.schemes import rewrite

pytestmark = pytest.mark.usefixtures("frozen")
SignIn = Callable[[User], Client]


def paper(client: Client, case: Case) -> str:
    response = client.get(reverse("agreement_paper", args=[case.reference]))
    assert response.status_code == 200
    return " ".join(html.unescape(response.content.decode()).split())


@pytest.fixture
def amara(cast: Cast, signed_in: SignIn) -> Client:
    return signed_in(cast["amara"])


@pytest.fixture
def booked(cast: Cast, version: SchemeVersion) -> Case:
    """Referred with a first appointment tomorrow at Harbour House."""
    moment = NOW.replace(hour=13, minute=0) + timedelta(days=1)
    slots.offer_slots(
        scheme=version.scheme, moments=[moment], place="Harbour House, 21 Quay Street", places=1, by=cast["elin"]
    )
    support = Support(
        scheme_version=version, slot=Slot.objects.get(), conditions=[condition(), condition("I will come.")]
    )
    return record(cast["amara"], crimes=[crime("possession-of-cannabis")], support=support)


def test_the_paper_says_when_and_where_to_go_and_whom_to_ring(
    amara: Client, cast: Cast, booked: Case, version: SchemeVersion
) -> None:
    """More than half of the people of one scheme never arrived at a first appointment."""
    places.change_telephone(scheme=version.scheme, telephone="01632 960 121", by=cast["elin"])
    page = paper(amara, booked)
    for words in ("Thursday 11 June 2026 at 2pm", "Harbour House, 21 Quay Street", "Telephone: 01632 960 121"):
        assert words in page
    assert (
        reverse("agreement_paper", args=[booked.reference])
        in amara.get(reverse("case_page", args=[booked.reference])).content.decode()
    )
    assert Event.objects.filter(kind="agreement.shown", actor_id=cast["amara"].pk).count() == 1


def test_without_an_appointment_or_a_number_there_is_room_to_write_one(
    amara: Client, cast: Cast, version: SchemeVersion
) -> None:
    """A paper that says nothing is worse than one with a line to fill in."""
    Scheme.objects.update(telephone="")
    page = paper(amara, refer(cast["amara"], version).case)
    assert "You hear from your" in page
    assert 'Telephone: <span class="app-blank">' in page


def test_in_short_sentences_it_says_the_same_in_large_print(
    amara: Client, cast: Cast, booked: Case, version: SchemeVersion
) -> None:
    """Who reads with difficulty would sign what they cannot check at home; what is left out they could not keep."""
    places.change_telephone(scheme=version.scheme, telephone="01632 960 121", by=cast["elin"])
    address = reverse("agreement_paper", args=[booked.reference])
    page = " ".join(html.unescape(amara.get(address, {"easy": ""}).content.decode()).split())
    told = ("Day: Thursday 11 June 2026.", "Time: 2pm.", "Place: Harbour House, 21 Quay Street.", "01632 960 121")
    conditions = [one.wording for one in booked.agreement.conditions.all()]
    rights = ("You can ask to stop.", "complaint", booked.reference, "They do not see what you talk about.")
    assert [words for words in (*told, *conditions, *rights) if words not in page] == []
    pdf = PdfReader(BytesIO(amara.get(address + ".pdf", {"easy": ""}).content))
    usual = PdfReader(BytesIO(amara.get(address + ".pdf").content))
    assert "Time: 2pm." in " ".join(page.extract_text() for page in pdf.pages)
    assert len(pdf.pages) > len(usual.pages)


def test_each_condition_stands_with_its_last_day(amara: Client, cast: Cast) -> None:
    """Nobody can keep what they were not told."""
    case = record(cast["amara"], support=Support(conditions=[condition("I will write a letter.")]))
    page = paper(amara, case)
    assert "I will write a letter. <strong>By " in page
    assert "If you cannot keep it, say so" in page
    assert "Where you go first" not in page


def test_nothing_waiting_or_refused_is_handed_over(amara: Client, cast: Cast) -> None:
    """Somebody would sign what nobody had authority to offer (CJA 2003 s.23)."""
    case = record(cast["amara"], decision=decision(disposal="conditional_caution"))
    page = paper(amara, case)
    assert "This waits for authority" in page
    assert "Your agreement" not in page
    deciding.authorise(
        evidence_met=True, case=case, rationale="A first time.", seen=case.corrections.count(), by=cast["carol"]
    )
    assert "explain it to the person first" in paper(amara, case)
    nothing = record(cast["amara"], decision=decision(result="not_offered", disposal="", not_offered_reason="evidence"),
                     support=Support(conditions=[]))  # fmt: skip
    assert "Nobody has agreed to anything in this case" in paper(amara, nothing)


def test_a_child_s_agreement_has_a_line_for_the_adult(amara: Client, cast: Cast) -> None:
    """A child would sign alone."""
    child = record(cast["amara"], person=person(date_of_birth=date(2011, 1, 1)))
    deciding.authorise(
        evidence_met=True, case=child, rationale="Proportionate.", seen=child.corrections.count(), by=cast["david"]
    )
    sign(child)
    assert "Appropriate adult" in paper(amara, child)
    assert "Appropriate adult" not in paper(amara, record(cast["amara"], person=person(family_name="Older")))


def test_words_about_the_record_are_printed_once_the_force_approves_them(amara: Client, cast: Cast) -> None:
    """Published pages conflict: a force must not find words of ours under its own name."""
    case = record(cast["amara"])
    assert "your force has not approved the words yet" in paper(amara, case)
    choose(cast, record_words_approved=True)
    later = paper(amara, record(cast["amara"], person=person(family_name="Later")))
    assert "there is nothing to become spent" in later
    assert "not approved the words yet" not in later


def test_no_victim_stands_on_it(amara: Client) -> None:
    """A paper left on a bus would name the person harmed."""
    response = amara.post(reverse("record_decision"), posted(**crime_with_victim()))
    assert response.status_code == 302
    assert "Zuleika" not in paper(amara, Case.objects.get())


def crime_with_victim() -> dict[str, Any]:
    return {"crimes-0-victim_kind": "person", "crimes-0-victim_name": "Zuleika Marsh"}


def test_another_team_and_a_partner_find_nothing(cast: Cast, signed_in: SignIn, booked: Case) -> None:
    """The paper is a case on a page."""
    address = reverse("agreement_paper", args=[booked.reference])
    assert signed_in(cast["ben"]).get(address).status_code == 404
    assert signed_in(cast["hugh"]).get(address).status_code in (403, 404)


@pytest.mark.parametrize("number", ["ring me", "<b>1</b>", "12"])
def test_a_number_that_nobody_can_ring_is_refused(number: str, cast: Cast, signed_in: SignIn, booked: Case) -> None:
    """It would be printed on every agreement from then on."""
    elin, scheme = signed_in(cast["elin"]), Scheme.objects.get()
    response = elin.post(reverse("scheme_telephone", args=[scheme.slug]), {"telephone": number})
    assert response.status_code == 422
    assert "like 01632 960 001" in response.content.decode()
    assert (
        elin.post(reverse("scheme_telephone", args=[scheme.slug]), {"telephone": "+44 1632 960001"}).status_code == 302
    )
    scheme.refresh_from_db()
    assert scheme.telephone == "+44 1632 960001"


def test_a_cancelled_appointment_gives_way_to_the_one_planned_for_it(amara: Client, cast: Cast, booked: Case) -> None:
    """The paper would send somebody to a door that nobody opens."""
    referral = partner.accept(
        referral=booked.referrals.get(),
        navigator=cast["george"],
        version=booked.referrals.get().version,
        by=cast["hugh"],
    )
    first = referral.appointments.get()
    later = first.starts_at + timedelta(hours=3)
    support.plan_appointment(referral=referral, starts_at=later, place="Elsewhere House", by=cast["george"])
    Appointment.objects.filter(pk=first.pk).update(
        attendance="cancelled_by_provider", recorded_at=NOW, recorded_by=cast["george"]
    )
    page = paper(amara, booked)
    assert "Thursday 11 June 2026 at 5pm" in page
    assert "Elsewhere House" in page
    assert "Harbour House, 21 Quay Street" not in page


def test_nothing_is_handed_over_of_what_has_ended(amara: Client, cast: Cast, version: SchemeVersion) -> None:
    """A live agreement would be printed, with a telephone, for somebody whom the partner has turned away."""
    declined = refer(cast["amara"], version)
    partner.decline(referral=declined, reason="risk", note="", version=declined.version, by=cast["hugh"])
    assert "The partner does not help any more" in paper(amara, declined.case)
    done = record(cast["amara"], person=person(family_name="Done"))
    one = done.agreement.conditions.get()
    support.settle_condition(condition=one, state="done", evidence="Seen.", version=one.version, by=cast["amara"])
    assert "This case is closed: nothing is left to do" in paper(amara, done)


def test_voluntary_help_promises_nothing_about_the_case(amara: Client, cast: Cast) -> None:
    """ "You do not go to court" is no promise that a scheme beside the case can make."""
    rewritten = rewrite(adopt_scheme("divert", cast, provider="hugh").versions.latest("valid_from"), on_success={})
    referral = refer(cast["amara"], rewritten, decision=decision(disposal="none"), origin="custody")
    page = paper(amara, referral.case)
    assert "it decides nothing about what you are said to have done" in page
    assert "go to court" not in page


def test_an_adult_who_was_helped_to_follow_has_a_line_for_the_helper(amara: Client) -> None:
    """Somebody vulnerable would sign alone."""
    assert amara.post(reverse("record_decision"), posted(follow=["appropriate_adult"])).status_code == 302
    assert "Appropriate adult" in paper(amara, Case.objects.get())


def printed(client: Client, case: Case) -> str:
    """What stands on the paper itself."""
    return paper(client, case).partition("<main")[2].partition("</main>")[0]


def test_the_paper_tells_nothing_of_what_became_of_a_voluntary_appointment(amara: Client, cast: Cast) -> None:
    """Printed or not, it would tell police whether somebody still goes to support that is none of their business."""
    divert = adopt_scheme("divert", cast, provider="hugh").versions.latest("valid_from")
    moment = NOW.replace(hour=13, minute=0) + timedelta(days=1)
    slots.offer_slots(scheme=divert.scheme, moments=[moment], place="Harbour House", places=1, by=cast["elin"])
    given = Support(scheme_version=divert, slot=Slot.objects.get())
    case = record(cast["amara"], decision=decision(disposal="none"), support=given, origin="custody")
    sent = case.referrals.get()
    referral = partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])
    before = printed(amara, case)
    assert "Harbour House" in before
    referral.appointments.update(attendance="cancelled_by_person", recorded_at=NOW, recorded_by=cast["george"])
    later = NOW + timedelta(days=3)
    support.plan_appointment(referral=referral, starts_at=later, place="Elsewhere House", by=cast["george"])
    assert printed(amara, case) == before


def test_nothing_to_do_has_no_empty_list(amara: Client, cast: Cast) -> None:
    """ "What you do", and nothing under it, looks like a page that was lost."""
    divert = adopt_scheme("divert", cast, provider="hugh").versions.latest("valid_from")
    given = Support(scheme_version=divert)
    case = record(cast["amara"], decision=decision(disposal="none"), support=given, origin="custody")
    assert not case.agreement.conditions.exists()
    assert "What you do" not in paper(amara, case)


def pdf(client: Client, case: Case) -> PdfReader:
    response = client.get(reverse("agreement_pdf", args=[case.reference]))
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    return PdfReader(BytesIO(response.content))


def words_of(file: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in file.pages).split())


def test_the_file_says_what_the_page_says_and_can_be_read_aloud(
    amara: Client, cast: Cast, booked: Case, version: SchemeVersion
) -> None:
    """Somebody who cannot read print would be handed a picture of an agreement, or another one than they signed."""
    places.change_telephone(scheme=version.scheme, telephone="01632 960 121", by=cast["elin"])
    file, page = pdf(amara, booked), paper(amara, booked)
    for words in ("Thursday 11 June 2026 at 2pm", "Harbour House, 21 Quay Street", "Telephone: 01632 960 121"):
        assert words in words_of(file)
        assert words in page
    root = file.root_object
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"], "/StructTreeRoot" in root) == ("en-GB", True, True)
    assert file.metadata is not None
    assert file.metadata.title == "Your agreement"
    assert "pdfuaid:part" in file.xmp_metadata.stream.get_data().decode()


def test_the_log_knows_a_copy_that_somebody_brings(amara: Client, booked: Case) -> None:
    """Two papers disagree, and nobody can say which of them the police made."""
    address = reverse("agreement_pdf", args=[booked.reference])
    first, second = (amara.get(address).content for _ in range(2))
    kept = [event.detail["sha256"] for event in Event.objects.filter(kind="agreement.made")]
    assert kept == [sha256(first).hexdigest()] * 2
    assert first == second


def test_what_is_typed_is_never_an_instruction_and_no_letter_stops_it(amara: Client, cast: Cast) -> None:
    """A wording could read files of the server; or somebody with a name in another script goes without a paper."""
    wording = 'I will *write* #read("/etc/passwd") $x$ @me \\ to 漢\x07 <b>.'
    case = record(cast["amara"], support=Support(conditions=[condition(wording)]))
    assert 'I will *write* #read("/etc/passwd") $x$ @me \\ to [U+6F22][U+0007] <b>.' in words_of(pdf(amara, case))
    assert Event.objects.get(kind="agreement.made").detail["unprinted"] == ["U+0007", "U+6F22"]


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("I will\tgo\r\nto the shop.\r", "I will go to the shop."),
        ("I will \ufeffgo.", "I will go."),
        ("I will write to " + "W" * 120 + ".", "I will write to " + "W" * 120 + "."),
    ],
)
def test_odd_white_space_and_long_words_are_printed_whole(typed: str, printed: str, amara: Client, cast: Cast) -> None:
    """A mark that nobody sees would leave somebody without a paper; a word past its edge is one they cannot read."""
    case = record(cast["amara"], support=Support(conditions=[condition(typed)]))
    file = pdf(amara, case)
    assert printed.replace(" ", "") in re.sub("[ \u200b]", "", words_of(file))  # a long word may be broken anywhere
    rightmost: list[float] = []
    for page in file.pages:
        page.extract_text(visitor_text=lambda _t, _cm, tm, _f, _s: rightmost.append(tm[4]))
    assert max(rightmost) < float(file.pages[0].mediabox.width)


def test_there_is_no_file_where_there_is_no_agreement(amara: Client, cast: Cast) -> None:
    """Something unauthorised would be handed over and kept to."""
    waiting = record(cast["amara"], decision=decision(disposal="simple_caution"), support=Support())
    answer = amara.get(reverse("agreement_pdf", args=[waiting.reference]), follow=True)
    assert "waits for authority" in answer.content.decode()
    assert not Event.objects.filter(kind="agreement.made").exists()
