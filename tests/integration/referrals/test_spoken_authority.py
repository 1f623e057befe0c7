"""Authority by radio or telephone: entered by the officer, confirmed by whoever gave it, and never silent if not."""

import html
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.barred import took_part
from cases.codes import DeclinedReason
from cases.models import Authorisation, Case, SpokenAuthority
from diversion import clock
from diversion.accounts.confirming import GOOD_FOR
from diversion.accounts.models import Team, User
from diversion.audit.models import Event
from diversion.demonstration.cast import PASSWORD
from diversion.refusals import Outdated, Refused
from referrals.actions import correcting as crime_correcting
from referrals.actions import deciding, explaining, partner, speaking, support
from referrals.actions.deciding import Support
from referrals.actions.speaking import Spoken
from referrals.models import Agreement, Condition, Referral
from referrals.queries.cases import CaseStatus, status_of
from reporting.models import Fact
from reporting.outbox import drain
from tests.conftest import NOW, Cast
from tests.factories.cases import condition, crime, decision, record, sign
from tests.factories.ground import adopt_scheme
from tests.factories.policies import begin_with
from tests.made_once import made_once

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
State = Authorisation.State
DEFERRED = decision(disposal="deferred_charge")
TYPED = "She took ten minutes over these words."
IN_TIME, TOO_LATE = timedelta(hours=23), timedelta(hours=25)


@made_once
def allowed(cast: Cast) -> None:
    begin_with(cast["elin"].organisation, spoken_authority=True)


@made_once
def waiting(cast: Cast, allowed: None) -> Case:
    """A deferred charge without a partner, which a sergeant decides."""
    return record(cast["amara"], decision=DEFERRED, support=Support(conditions=[condition()]))


def said(named: User, **changes: Any) -> Spoken:
    values = {"channel": "radio", "said_at": clock.now() - timedelta(minutes=5), "words": "Yes, go ahead."}
    return Spoken(named=named, **(values | changes))


def entered(case: Case, cast: Cast, **changes: Any) -> SpokenAuthority:
    named = changes.pop("named", cast["carol"])
    return speaking.enter_spoken(case=case, spoken=said(named, **changes), by=cast["amara"])


def state_of(case: Case) -> str:
    return Authorisation.objects.get(case=case).state


def text_of(response: Any) -> str:
    return " ".join(html.unescape(response.content.decode()).split())


def posted(**changes: Any) -> dict[str, str]:
    return {"channel": "radio", "time": "10:15am", "words": "Yes, go ahead."} | changes


def answered(spoken: SpokenAuthority, **changes: Any) -> dict[str, str]:
    """As the page sends it that showed this authority, in a case of which no crime was corrected."""
    page = {"authority": str(spoken.pk), "seen": "0"}
    return page | {"answer": "confirm", "evidence_met": "on", "reason": "First offence"} | changes


def correct(case: Case, by: User, **changes: Any) -> None:
    one = case.allegations.get()
    values = {"committed_on": one.committed_on, "offence": one.offence, "area": "", "reason": "Mistyped."}
    crime_correcting.correct_crime(allegation=one, seen=case.corrections.count(), by=by, **(values | changes))


def test_off_by_default(cast: Cast, signed_in: SignIn) -> None:
    """A force that never chose it would find that its proposals were authorised by hearsay."""
    case = record(cast["amara"], decision=DEFERRED)
    amara = signed_in(cast["amara"])
    assert "Enter authority given" not in text_of(amara.get(reverse("case_page", args=[case.reference])))
    assert "policy does not let" in text_of(amara.get(reverse("spoken_authority", args=[case.reference])))
    with pytest.raises(Refused, match="policy does not let"):
        entered(case, cast)


def test_entered_then_signed_at_once_then_confirmed(cast: Cast, waiting: Case, signed_in: SignIn) -> None:
    """At the roadside the person leaves before a sergeant is at a desk; the sergeant still answers for it."""
    amara, address = signed_in(cast["amara"]), reverse("spoken_authority", args=[waiting.reference])
    assert address in text_of(amara.get(reverse("case_page", args=[waiting.reference])))
    response = amara.post(address, posted(named=str(cast["carol"].pk)))
    assert response["Location"] == reverse("case_explain", args=[waiting.reference])
    spoken = SpokenAuthority.objects.get()
    assert (spoken.named, spoken.rank, spoken.entered_by) == (cast["carol"], "sergeant", cast["amara"])
    assert spoken.confirm_by - spoken.said_at == timedelta(hours=24)
    assert "is not confirmed yet" in text_of(amara.get(reverse("case_page", args=[waiting.reference])))
    sign(waiting)
    carol = signed_in(cast["carol"])
    confirm = reverse("confirm_authority", args=[waiting.reference])
    for page in ("home", "authorisation_list"):
        assert f'href="{confirm}"' in text_of(carol.get(reverse(page)))
    assert carol.get(reverse("authorise", args=[waiting.reference]))["Location"] == confirm
    assert "The person signed on 10 June 2026" in text_of(carol.get(confirm))
    answer = answered(spoken)
    for _ in range(2):  # a browser that had no answer sends the same once more
        assert carol.post(confirm, answer).status_code == 302
    authorisation = Authorisation.objects.get()
    assert (authorisation.state, authorisation.decided_by) == (State.GIVEN, cast["carol"])
    assert authorisation.decided_at == max(spoken.said_at, authorisation.asked_at)
    kinds = list(
        Event.objects.filter(kind__startswith="authority.").order_by("at", "pk").values_list("kind", flat=True)
    )
    assert [one for one in kinds if one in ("authority.spoken", "authority.confirmed")] == [
        "authority.spoken",
        "authority.confirmed",
    ]
    assert "not confirmed" not in text_of(carol.get(reverse("home")))


def test_the_sergeants_password_is_asked(cast: Cast, waiting: Case, signed_in: SignIn) -> None:
    """Whoever passes by an open screen would confirm what the officer had made up."""
    carol, data = signed_in(cast["carol"]), answered(entered(waiting, cast))
    address = reverse("confirm_authority", args=[waiting.reference])
    with clock.set_to(NOW + GOOD_FOR):
        assert carol.post(address, data).status_code == 422
        assert state_of(waiting) == State.SPOKEN
        assert carol.post(address, data | {"password": PASSWORD}).status_code == 302
    assert state_of(waiting) == State.GIVEN


@pytest.mark.parametrize(
    ("who", "words"),
    [("amara", "Nobody authorises what they enter"), ("callum", "authorises nothing"), ("noel", "authorises nothing")],
)
def test_whoever_may_not_decide_on_the_page_cannot_be_named(
    cast: Cast, waiting: Case, signed_in: SignIn, who: str, words: str
) -> None:
    """The radio would give a constable the power of a sergeant, or the officer their own authority."""
    with pytest.raises(Refused, match=words):
        speaking.enter_spoken(case=waiting, spoken=said(cast[who]), by=cast["amara"])
    response = signed_in(cast["amara"]).post(
        reverse("spoken_authority", args=[waiting.reference]), posted(named=str(cast[who].pk))
    )
    assert response.status_code == 422
    assert "Yes, go ahead." in text_of(response)
    assert state_of(waiting) == State.WAITING


def test_a_sergeant_is_not_named_where_an_inspector_decides(cast: Cast, waiting: Case, signed_in: SignIn) -> None:
    """Whoever answers the radio would decide what was taken out of their hands."""
    Authorisation.objects.update(rank="inspector")
    with pytest.raises(Refused, match="does not hold the rank of inspector"):
        entered(waiting, cast)
    form = text_of(signed_in(cast["amara"]).get(reverse("spoken_authority", args=[waiting.reference])))
    assert "David Mbeki, inspector 907" in form
    assert "Carol Singh" not in form


def test_no_caution_by_radio(cast: Cast, allowed: None) -> None:
    """A caution is a criminal record: nobody gives one on a word over the air."""
    case = record(cast["amara"], decision=decision(disposal="simple_caution"), support=Support())
    with pytest.raises(Refused, match="A caution is not authorised by radio"):
        entered(case, cast)


@pytest.mark.parametrize("ago", [timedelta(hours=13), timedelta(minutes=-1)])
def test_only_what_was_said_in_this_shift(cast: Cast, waiting: Case, ago: timedelta) -> None:
    """Authority of last week, or of an hour to come, was given for something else."""
    with pytest.raises(Refused, match="at most 12 hours ago"):
        entered(waiting, cast, said_at=clock.now() - ago)


def test_shortly_after_midnight_the_time_is_of_yesterday(cast: Cast, waiting: Case, signed_in: SignIn) -> None:
    """Typed at ten past midnight, "11:50pm" would be refused as still to come."""
    with clock.set_to(datetime.fromisoformat("2026-06-11T00:10:00+01:00")):
        signed_in(cast["amara"]).post(
            reverse("spoken_authority", args=[waiting.reference]), posted(named=str(cast["carol"].pk), time="11:50pm")
        )
    assert SpokenAuthority.objects.get().said_at == datetime.fromisoformat("2026-06-10T23:50:00+01:00")


def test_denied_it_waits_again_and_says_so(cast: Cast, waiting: Case, signed_in: SignIn) -> None:
    """Authority that nobody gave must not stand in silence; nor may it be entered from another sergeant."""
    spoken = entered(waiting, cast)
    sign(waiting)
    speaking.deny_spoken(
        spoken=spoken,
        answer="I was asked about another person.",
        seen=spoken.authorisation.case.corrections.count(),
        by=cast["carol"],
    )
    assert (state_of(waiting), status_of(waiting)) == (State.WAITING, CaseStatus.WAITING)
    home = text_of(signed_in(cast["amara"]).get(reverse("home")))
    assert "Not confirmed: waits for a decision" in home
    queue = signed_in(cast["david"])
    assert "I was asked about another person." in text_of(queue.get(reverse("authorise", args=[waiting.reference])))
    with pytest.raises(Refused, match="has signed this already"):
        speaking.enter_spoken(case=waiting, spoken=said(cast["david"]), by=cast["amara"])
    assert Agreement.objects.exists()
    deciding.authorise(
        evidence_met=True,
        case=waiting,
        rationale="Right all the same.",
        seen=waiting.corrections.count(),
        by=cast["david"],
    )
    decided = text_of(signed_in(cast["amara"]).get(reverse("case_page", args=[waiting.reference])))
    assert "Not confirmed" in decided
    assert "waits for a decision" not in decided
    assert "Not confirmed" not in text_of(signed_in(cast["amara"]).get(reverse("home")))


def test_nobody_else_confirms_before_the_time_has_ended(cast: Cast, waiting: Case, signed_in: SignIn) -> None:
    """An inspector would answer for words that they never said; and after it, somebody must be able to decide."""
    spoken = entered(waiting, cast)
    with clock.set_to(NOW + IN_TIME), pytest.raises(Refused, match="Carol Singh confirms this"):
        speaking.confirm_spoken(
            evidence_met=True,
            spoken=spoken,
            answer="Fine.",
            seen=spoken.authorisation.case.corrections.count(),
            by=cast["david"],
        )
    with clock.set_to(NOW + TOO_LATE):
        for who in ("amara", "carol"):
            assert "Not confirmed in time" in text_of(signed_in(cast[who]).get(reverse("home"))), who
        assert "Not confirmed in time" in text_of(signed_in(cast["david"]).get(reverse("authorisation_list")))
        speaking.confirm_spoken(
            evidence_met=True,
            spoken=spoken,
            answer="I decide it.",
            seen=spoken.authorisation.case.corrections.count(),
            by=cast["david"],
        )
        authorisation = Authorisation.objects.get()
        assert (authorisation.decided_by, authorisation.decided_at) == (cast["david"], clock.now())


def test_a_higher_rank_stops_the_offer_before_it_is_confirmed(cast: Cast, sent: Case, signed_in: SignIn) -> None:
    """An inspector who reads what was offered over the radio could only watch it being signed until tomorrow."""
    spoken, address = SpokenAuthority.objects.get(), reverse("confirm_authority", args=[sent.reference])
    david, answer = signed_in(cast["david"]), {"stop": "1", "reason": "He is wanted.", "seen": "0"}
    page = text_of(david.get(address))
    assert "Carol Singh confirms this" in page
    assert "Stop the offer" in page
    same = signed_in(cast["carol"]).post(address, answer | {"authority": str(spoken.pk)})
    assert "Only somebody of a higher rank than Carol Singh stops this" in text_of(same)
    for _ in range(2):  # sent once more by a browser that had no answer
        assert signed_in(cast["david"]).post(address, answer | {"authority": str(spoken.pk)}).status_code == 302
    sent.refresh_from_db()
    assert (state_of(sent), sent.closed_at is not None, sent.allegations.get().outcome) == (State.REFUSED, True, "")
    assert Referral.objects.get().state == Referral.State.WITHDRAWN
    told = text_of(signed_in(cast["amara"]).get(reverse("case_page", args=[sent.reference])))
    assert "Offer stopped before it was confirmed" in told
    assert "Not authorised by David Mbeki, inspector." in told
    assert "He is wanted." in told
    assert (
        "nothing is agreed, and nothing is to be done. What the person agreed to on 10 June 2026 does not hold" in told
    )
    assert "Not to be done." in told
    for untrue in ("To do.", "left)", "Print it for the person", "Agreed on"):
        assert untrue not in told, untrue


def test_the_officer_in_the_case_never_confirms(cast: Cast, waiting: Case) -> None:
    """A sergeant who takes the case over, or who entered it, would authorise their own."""
    spoken = entered(waiting, cast)
    Case.objects.filter(pk=waiting.pk).update(officer=cast["carol"])
    with pytest.raises(Refused, match="You are the officer"):
        speaking.confirm_spoken(
            evidence_met=True,
            spoken=spoken,
            answer="Fine.",
            seen=spoken.authorisation.case.corrections.count(),
            by=cast["carol"],
        )


def test_the_case_does_not_close_before_it_is_confirmed(cast: Cast, waiting: Case) -> None:
    """The crimes would have an outcome by an authority that nobody answers for."""
    spoken = entered(waiting, cast)
    sign(waiting)
    done = Condition.objects.get()
    support.settle_condition(condition=done, state="done", evidence="Seen.", version=done.version, by=cast["amara"])
    waiting.refresh_from_db()
    assert (waiting.closed_at, status_of(waiting)) == (None, CaseStatus.UNCONFIRMED)
    drain()
    assert Fact.objects.get(case_id=waiting.pk).disposal == "waiting_for_authority"
    speaking.confirm_spoken(
        evidence_met=True,
        spoken=spoken,
        answer="Right.",
        seen=spoken.authorisation.case.corrections.count(),
        by=cast["carol"],
    )
    waiting.refresh_from_db()
    assert waiting.closed_at is not None
    assert waiting.allegations.get().outcome
    drain()
    assert Fact.objects.get(case_id=waiting.pk).disposal == "deferred_charge"


@made_once
def sent(cast: Cast, allowed: None) -> Case:
    """One with a partner, signed under authority that Carol Singh has not confirmed."""
    version = adopt_scheme("checkpoint", cast).versions.latest("valid_from")
    plan = Support(scheme_version=version, conditions=[condition(), condition("I will keep my appointments.")])
    case = record(cast["amara"], decision=DEFERRED, support=plan)
    entered(case, cast)
    assert Referral.objects.get().state == Referral.State.HELD
    return sign(case)


def test_the_referral_goes_once_signed(sent: Case) -> None:
    """The first appointment would be missed while the sergeant is off duty."""
    assert Referral.objects.get(case=sent).state == Referral.State.SENT


AUTHORISE = partial(deciding.authorise, evidence_met=True)


@pytest.mark.parametrize(("act", "state"), [(deciding.refuse, "withdrawn"), (AUTHORISE, "sent")])
def test_denied_nobody_answers_its_referral(cast: Cast, sent: Case, act: Callable[..., None], state: str) -> None:
    """A partner would take on somebody, and read their name, in a case that is refused and closed."""
    speaking.deny_spoken(
        spoken=SpokenAuthority.objects.get(),
        answer="Not for this.",
        seen=SpokenAuthority.objects.get().authorisation.case.corrections.count(),
        by=cast["carol"],
    )
    referral = Referral.objects.get(case=sent)
    assert referral.state == Referral.State.HELD
    with pytest.raises(Outdated):
        partner.accept(referral=referral, navigator=None, version=referral.version, by=cast["hugh"])
    act(case=sent, rationale="I have read it.", seen=0, by=cast["david"])
    referral.refresh_from_db()
    assert referral.state == state


def test_refused_no_referral_stays_with_a_partner(cast: Cast, sent: Case) -> None:
    """One that was on its way by any other road would outlive its case."""
    speaking.deny_spoken(
        spoken=SpokenAuthority.objects.get(),
        answer="Not for this.",
        seen=SpokenAuthority.objects.get().authorisation.case.corrections.count(),
        by=cast["carol"],
    )
    Referral.objects.filter(case=sent).update(state=Referral.State.SENT)
    deciding.refuse(case=sent, rationale="I have read it.", seen=sent.corrections.count(), by=cast["david"])
    assert Referral.objects.get(case=sent).state == Referral.State.WITHDRAWN


def test_who_took_part_in_a_decision(cast: Cast, waiting: Case) -> None:
    """Whoever gave it by radio, or decided it once, would judge what the victim says against it."""
    assert not took_part(waiting, cast["carol"])
    spoken = entered(waiting, cast)
    assert took_part(waiting, cast["carol"])  # named
    speaking.deny_spoken(
        spoken=spoken, answer="Not for this.", seen=spoken.authorisation.case.corrections.count(), by=cast["carol"]
    )
    deciding.authorise(
        evidence_met=True,
        case=waiting,
        rationale="Right all the same.",
        seen=waiting.corrections.count(),
        by=cast["david"],
    )
    correct(waiting, cast["amara"], number="AV/9999/26")
    assert state_of(waiting) == State.WAITING  # the row names nobody any more
    had_part = {name for name, user in cast.items() if took_part(waiting, user)}
    assert had_part == {"amara", "carol", "david"}


def test_a_correction_overtakes_it(cast: Cast, waiting: Case) -> None:
    """Given of one crime, it would be confirmed of another."""
    spoken = entered(waiting, cast)
    correct(waiting, cast["amara"], number="AV/9999/26")
    spoken.refresh_from_db()
    assert (spoken.state, state_of(waiting)) == (SpokenAuthority.State.OVERTAKEN, State.WAITING)


def test_nobody_confirms_words_or_a_crime_that_they_have_not_read(cast: Cast, waiting: Case, signed_in: SignIn) -> None:
    """A sergeant would answer for what she never said, of a crime that her page did not show."""
    carol, address = signed_in(cast["carol"]), reverse("confirm_authority", args=[waiting.reference])
    first = entered(waiting, cast)
    correct(waiting, cast["amara"], committed_on=waiting.allegations.get().committed_on - timedelta(days=100))
    assert state_of(waiting) == State.SPOKEN  # a slip that asks nobody
    assert_kept(carol.post(address, answered(first, reason=TYPED)), "has changed since you opened this page")
    correct(waiting, cast["amara"], number="AV/9999/26")
    assert_kept(carol.post(address, answered(first, reason=TYPED, seen="2")), "Overtaken by a correction")
    second = entered(waiting, cast, words="Yes, to something that she never said.")
    overtaken, bare = answered(first, seen="2"), {"answer": "confirm", "evidence_met": "on"}
    assert_kept(carol.post(address, overtaken | {"reason": TYPED}), "has changed since you opened this page")
    assert_kept(carol.post(address, bare | {"reason": TYPED}), "did not say what this page had shown you")
    assert state_of(waiting) == State.SPOKEN
    assert carol.post(address, answered(second, seen="2")).status_code == 302


def test_a_decision_typed_while_authority_was_spoken_is_kept(cast: Cast, waiting: Case, signed_in: SignIn) -> None:
    """Whoever took ten minutes over a refusal has to see that it was not made, and why, and have its words."""
    entered(waiting, cast)
    refusal = {"decision": "refuse", "rationale": TYPED, "seen": "0"}
    with clock.set_to(NOW + GOOD_FOR):  # nor is the password asked for, or shown, where nothing can be done with it
        for answer in (refusal, refusal | {"password": "not their password"}):
            response = signed_in(cast["carol"]).post(reverse("authorise", args=[waiting.reference]), answer)
            assert_kept(response, "Carol Singh’s to confirm")
            assert "to confirm" in text_of(response).partition("What you typed")[0]  # the reason comes first
            assert "not their password" not in text_of(response)
            assert "Enter your password" not in text_of(response)
    assert state_of(waiting) == State.SPOKEN


def test_a_case_that_waits_for_a_named_officer_is_not_everybodys_to_read(
    cast: Cast, waiting: Case, signed_in: SignIn
) -> None:
    """A sergeant of another team would read a whole case in which nobody asks anything of her."""
    Case.objects.filter(pk=waiting.pk).update(team=Team.objects.exclude(pk=cast["carol"].team_id).first())
    spoken = entered(waiting, cast, named=cast["david"])
    carol = signed_in(cast["carol"])
    confirm, authorise = (reverse(name, args=[waiting.reference]) for name in ("confirm_authority", "authorise"))
    assert [carol.get(page).status_code for page in (confirm, authorise)] == [404, 404]
    refusal = {"decision": "refuse", "rationale": TYPED, "seen": "0"}
    for page, answer in ((confirm, answered(spoken, reason=TYPED)), (authorise, refusal)):
        response = carol.post(page, answer)
        assert_kept(response, "confirm")
        assert "Price" not in text_of(response)
    with clock.set_to(NOW + TOO_LATE):
        assert carol.get(confirm).status_code == 200  # then anybody of the rank may have to decide
    speaking.confirm_spoken(
        evidence_met=True,
        spoken=spoken,
        answer="Right.",
        seen=spoken.authorisation.case.corrections.count(),
        by=cast["david"],
    )
    assert carol.get(authorise).status_code == 404
    assert signed_in(cast["david"]).get(authorise).status_code == 200


def assert_kept(response: Any, why: str) -> None:
    """Nothing was done; the page says why, and has what was typed."""
    assert response.status_code == 422
    assert why in text_of(response)
    assert TYPED in text_of(response)


def test_declined_nobody_has_to_confirm_it(cast: Cast, allowed: None, signed_in: SignIn) -> None:
    """Denied afterwards, and then authorised, the case would wait for ever for somebody who has said no; and the
    victim would never be told."""
    harmed = crime("criminal-damage", victim_kind="person", victim_name="Zenobia Quillfeather")
    waiting = record(cast["amara"], decision=DEFERRED, crimes=[harmed], support=Support(conditions=[condition()]))
    spoken = entered(waiting, cast)
    declined = DeclinedReason.values[0]
    explaining.decline_when_explained(case=waiting, reason=declined, by=cast["amara"])
    waiting.refresh_from_db()
    assert (waiting.closed_at, status_of(waiting)) == (NOW, CaseStatus.CLOSED)
    assert (state_of(waiting), waiting.allegations.get().outcome) == (State.LAPSED, "")
    carol = signed_in(cast["carol"])
    assert "not confirmed" not in text_of(carol.get(reverse("home")))
    confirm = reverse("confirm_authority", args=[waiting.reference])
    assert_kept(carol.post(confirm, answered(spoken, answer="deny", reason=TYPED)), "the person declined")
    drain()
    fact = Fact.objects.get(case_id=waiting.pk)
    assert (fact.disposal, fact.stage.authority) == ("declined", "none")
    assert waiting.allegations.get().victim_duties.filter(kind="decision").exists()


def test_refused_after_everything_was_done(cast: Cast, waiting: Case, signed_in: SignIn) -> None:
    """An outcome would say that somebody had the power to offer it; without a word of what was done, the person would
    be asked to do it twice."""
    spoken = entered(waiting, cast)
    sign(waiting)
    done = Condition.objects.get()
    support.settle_condition(condition=done, state="done", evidence="Seen.", version=done.version, by=cast["amara"])
    speaking.deny_spoken(
        spoken=spoken, answer="I never said so.", seen=spoken.authorisation.case.corrections.count(), by=cast["carol"]
    )
    page = signed_in(cast["david"]).get(reverse("authorise", args=[waiting.reference]))
    assert "Everything that was agreed is recorded as done" in text_of(page)
    deciding.refuse(
        case=waiting, rationale="Not without asking the victim.", seen=waiting.corrections.count(), by=cast["david"]
    )
    waiting.refresh_from_db()
    assert (status_of(waiting), waiting.allegations.get().outcome) == (CaseStatus.REFUSED, "")
    page = text_of(signed_in(cast["amara"]).get(reverse("case_page", args=[waiting.reference])))
    assert "had done everything that they agreed to" in page
    assert "Record a new decision for this person" in page


def test_sent_twice_it_is_done_once(cast: Cast, waiting: Case) -> None:
    """A connection that breaks off at the roadside: the officer presses again."""
    first, again = entered(waiting, cast), entered(waiting, cast)
    assert first == again
    for _ in range(2):
        speaking.confirm_spoken(
            evidence_met=True,
            spoken=first,
            answer="Right.",
            seen=first.authorisation.case.corrections.count(),
            by=cast["carol"],
        )
    assert Event.objects.filter(kind="authority.confirmed").count() == 1
