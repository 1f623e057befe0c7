"""Each role's pages in a browser: no axe violation, and nothing that scrolls sideways, at 1280 and 360 pixels."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cases import actions
from cases.models import Offence
from diversion import clock
from diversion.accounts.models import Role, User
from referrals.actions import breaching, evidence, partner, replying, support
from referrals.actions.correcting import correct_crime
from referrals.actions.deciding import Support
from referrals.actions.facilitating import name_facilitator
from referrals.actions.rescinding import AskedBack, ask_rescission
from referrals.actions.reviewing import NewOffence, tell_of_offence
from referrals.actions.victims import keep_wishes
from referrals.models import Facilitation, Referral
from reporting import outbox
from tests.browser.conftest import Visitor
from tests.conftest import Cast
from tests.factories import check_ins
from tests.factories.cases import condition, crime, decision, person, record, refer
from tests.factories.complaints import complain
from tests.factories.files import picture
from tests.factories.ground import hold

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]

GALLERY = ("/gallery/", "/gallery/fields/", "/gallery/fields/filled/", "/gallery/fields/wrong/", "/gallery/figures/")
PAGES = {
    "amara": (
        "/cases/{waiting}/amend",
        "/cases/{waiting}/withdraw",
        "/cases/{closed}/rescind",
        "/cases/{kept}/new-offence",
        "/decisions/new",
        "/",
        "/cases/",
        "/cases/{case}/",
        "/cases/{case}/crimes/{crime}/correct",
        "/cases/{asked}/",
        "/notices/",
    ),
    "carol": (
        "/",
        "/cases/{asked}/",
        "/cases/{back}/rescission",
        "/cases/{kept}/new-offence/{alleged}",
        "/authorisations/",
        "/authorisations/{waiting}/",
        "/monitoring/team",
        "/monitoring/team/cases?figure=offered_of_considered%3Aof",
        "/monitoring/alone",
        "/away/",
        "/on-call/",
    ),
    "george": (
        "/referrals/{helped}/",
        "/appointments/",
        "/check-ins/",
        "/check-ins/questions/",
        "/a/{token}",
        "/a/{reply}",
        "/a/never",
    ),
    "elin": (
        "/policies/community-remedy/",
        "/policies/community-remedy/add",
        "/cases/",
        "/cases/{case}/person",
        "/schemes/",
        "/scheme/drug-diversion/agreements",
        "/offences/",
        "/offences/add",
        "/offences/{offence}/",
    ),
    "jo": (
        "/messages/",
        "/your-account/",
        *(f"/your-account/second-factor/{one}" for one in ("", "app", "passkey", "codes")),
    ),
    "hugh": (
        "/facilitating/",
        "/facilitating/{led}/",
        "/inbox/",
        "/managing/",
        "/caseload/",
        "/caseload/session/{meeting}/",
        "/referrals/{referral}/",
        "/referrals/",
    ),
    "ian": (
        "/monitoring/schemes",
        "/monitoring/what-works",
        "/monitoring/schedules",
        "/monitoring/schedules/add",
        "/monitoring/",
        "/monitoring/left-out",
        "/monitoring/teams",
        "/monitoring/victims",
        "/monitoring/?by=gender&measure=started",
    ),
    "david": (
        "/authorisations/{waiting}/prosecutor",
        "/breaches/{breach}/",
        "/monitoring/panels",
        "/monitoring/cases?figure=offered_of_considered%3Aof",
    ),
    "petra": ("/panels/",),
    "lena": ("/",),
    "vera": ("/victims/", "/cases/{case}/victims/{crime}/"),
}


def asked_how(helped: Referral, cast: Cast) -> str:
    """The token of a link by which somebody says how they are; what they said before waits for their worker."""
    check_ins.desk(cast["hugh"], "ring")
    question = check_ins.question(cast["george"], cast["hugh"])
    check_ins.question(cast["hugh"], None, words="Did you sleep?")
    plan = check_ins.plan(helped, cast["george"], question)
    check_ins.answered(plan, answers={str(question.pk): "no"})
    _one, token = check_ins.sent(plan, days=7)
    return token


def reminded(helped: Referral, cast: Cast) -> str:
    """The token of a link by which somebody says that they come to an appointment."""
    at = clock.now() + timedelta(hours=40)
    meeting = support.plan_appointment(referral=helped, starts_at=at, place="Harbour House", by=cast["george"])
    return replying.link_for(meeting, "en").rpartition("/")[2]


def led_by(who: User, cast: Cast) -> Facilitation:
    """A letter that ``who`` leads between a victim and somebody whom nobody helps."""
    hold(who, *Role.objects.filter(slug__in=["partner-manager", "provider-facilitator"]))
    about = {"victim_kind": "person", "victim_name": "Vic Tim"}
    letter = Support(conditions=[condition("I will write a letter.", kind="apology", object="reparative")])
    about_it: dict[str, Any] = {"support": letter, "decision": decision(rationale="No scheme fits.")}
    case = record(cast["amara"], person=person(given_names="Ed"), crimes=[crime(**about)], **about_it)
    one = case.allegations.get()
    keep_wishes(allegation=one, said={"letter": "yes", "sharing": "yes"}, seen=0, by=cast["vera"])
    return name_facilitator(allegation=one, facilitator=who, by=cast["vera"])


def test_what_anybody_may_open(site: Cast, visit: Visit) -> None:
    """Someone who reads with a screen reader, or on a telephone, must be able to sign in and read the notices."""
    visitor = visit()
    for path in ("/accounts/login/", "/accounts/password/reset/", "/accessibility", "/privacy", *GALLERY):
        visitor.go(path).check()


def test_each_role_s_pages(site: Cast, visit: Visit) -> None:
    """A page that a colleague cannot use shuts them out of their work."""
    scheme = next(
        scheme for scheme in site["elin"].organisation.schemes.all() if scheme.slug == "drug-diversion"
    ).versions.latest("valid_from")
    chosen = decision(rationale="This scheme is what helps here.")
    referral = refer(site["amara"], scheme, decision=chosen)
    enforced = decision(disposal="deferred_summons", rationale="This scheme is what helps here.")
    helped = refer(site["amara"], scheme, decision=enforced, person=person(given_names="Bo"))
    helped = partner.accept(referral=helped, navigator=site["george"], version=helped.version, by=site["hugh"])
    meets = {"starts_at": clock.now() - timedelta(hours=1), "place": "Harbour House"}
    meeting = support.plan_appointment(referral=helped, **meets, by=site["george"])
    agreed = {"referral": helped, "condition": helped.agreement.conditions.earliest("pk")}
    evidence.attach_evidence(**agreed, content=picture(), by=site["george"])
    breach = breaching.put_breach(referral=helped, trigger="stopped", seen=0, by=site["george"])
    held = decision(disposal="deferred_charge", rationale="No scheme fits.")
    waiting = record(site["amara"], decision=held)
    asked = record(site["amara"], person=person(given_names="Ada"), decision=held)
    actions.ask(case=asked, question="Has the shop been asked?", by=site["carol"])
    complain(asked, site["amara"])
    nothing = decision(result="not_offered", not_offered_reason="evidence", disposal="")
    with clock.set_to(clock.now() - timedelta(days=29)):  # too long ago to be withdrawn
        closed, back = (
            record(site["amara"], person=person(given_names=one), decision=nothing, support=Support())
            for one in ("Cal", "Dee")
        )
    why = AskedBack("other", "The film shows another.")
    ask_rescission(case=back, why=why, seen=back.version, by=site["amara"])
    allegation = referral.case.allegations.get()
    correct_crime(
        allegation=allegation,
        committed_on=clock.today(),
        offence=allegation.offence,
        area="Town",
        reason="Mistyped",
        seen=0,
        by=site["amara"],
    )
    outbox.drain()
    names = {"case": referral.case.reference, "waiting": waiting.reference, "referral": referral.reference}
    names |= {"asked": asked.reference, "crime": str(allegation.pk), "offence": str(allegation.offence_id)}
    names |= {"closed": closed.reference, "back": back.reference}
    kept = record(site["amara"], person=person(given_names="Eve"), decision=decision(rationale="He paid."))
    told = NewOffence(Offence.objects.get(code="arson", owner=None), clock.today(), "AV/8/26", is_sure=True)
    alleged = tell_of_offence(case=kept, told=told, by=site["amara"])
    names |= {"kept": kept.reference, "alleged": str(alleged.pk)}
    names |= {"led": str(led_by(site["hugh"], site).pk)}
    names |= {"token": asked_how(helped, site), "reply": reminded(helped, site)}
    names |= {"meeting": str(meeting.pk), "helped": helped.reference, "breach": str(breach.pk)}
    for who, paths in PAGES.items():
        visitor = visit(site[who])
        for path in paths:
            visitor.go(path.format(**names)).check()
