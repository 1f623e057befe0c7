"""Every scheme of the library, and one that a coordinator has just made, from the first page to the last.

One story for all of them: what differs between schemes is data, here as in the service.
"""

import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.eligibility.schemes import load_scheme_library
from cases.models import Allegation, Case, OutboxEntry, PolicyVersion
from diversion.accounts.models import Role
from diversion.audit.models import Event
from referrals.models import Condition, Contact, Facilitation, HelpContact, HelpRequest, Referral, SchemeVersion
from referrals.models.agreement import FOR_POLICE
from referrals.models.facilitation import FACILITATED
from referrals.schemes.sessions import sessions_of
from tests.conftest import Cast
from tests.factories.cases import let_stand
from tests.factories.decisions import crime
from tests.factories.ground import adopt_scheme, hold
from tests.factories.helping import typed
from tests.factories.schemes import SHARING
from tests.integration.referrals.journeys import CANNABIS, CHARGEABLE, CHILD, Journey, later, outcomes, text_of
from tests.integration.referrals.test_explaining import ABUSE, MINIMUM_STANDARDS
from tests.integration.referrals.test_schemes import rules

pytestmark = pytest.mark.usefixtures("frozen")

ROOT = Path(__file__).parents[3]
LIBRARY = {one.slug: one for one in load_scheme_library()}
HELPING = [slug for slug, one in LIBRARY.items() if one.versions[-1].without_offence]
ASKING = [slug for slug in LIBRARY if slug not in HELPING]

KNIFE = {"offence": "possession-of-a-bladed-article", "victim_kind": "none", "victim_stance": None}
HARMED = {"victim_kind": "person", "victim_name": "Zenobia Quillfeather"}
#: What is said of somebody whom the scheme is for, where that is not an adult who took something from a shop.
SAID: dict[str, dict[str, Any]] = {
    "cara": {**crime(0, **ABUSE), **MINIMUM_STANDARDS},
    "checkpoint-plus": {"sex": "female"},
    "drug-diversion": {**crime(0, **CANNABIS), "admission": "no_comment"},
    "drug-diversion-youth": {**crime(0, **CANNABIS), **CHILD},
    "youth-knife-plan": {**crime(0, **KNIFE), **CHILD},
}
#: The Home Office outcome of whoever kept it.
KEPT = {
    "cara": "3",
    "checkpoint": "22",
    "checkpoint-plus": "8",
    "checkpoint-surrey": "8",
    "drug-diversion": "8",
    "drug-diversion-youth": "8",
    "pathfinder": "8",
    "pathways": "22",
    "wy-community-payback": "3",
    "wy-conditional-caution": "3",
    "youth-knife-plan": "23",
}


def established(slug: str, client: Client, cast: Cast) -> Journey:
    """The way through a scheme that Avonford runs already."""
    adopt_scheme(slug, cast, provider="hugh")
    return Journey(client, cast, slug)


def said_of(version: SchemeVersion, said: dict[str, Any]) -> dict[str, Any]:
    """What the officer answers: the scheme's first resolution, its hours, and a meeting with whoever was harmed."""
    found: dict[str, Any] = {**CHARGEABLE, "disposal": version.rules.disposal_modes[0], **said}
    for one in version.condition_templates.filter(is_mandatory=True, kind="unpaid_work"):
        found[f"template-{one.pk}-quantity"] = str(one.minimum_hours or one.maximum_hours)
    if meeting := version.condition_templates.filter(kind__in=FACILITATED).first():
        name = f"template-{meeting.pk}"
        found |= crime(0, **HARMED) | {f"{name}-use": "on", f"{name}-due_on": "2026-07-20"}
    return found


def walk(way: Journey, said: dict[str, Any]) -> Case:
    """From the decision to the last page, each step by whoever takes it; the case as it is then."""
    case = way.record(**said)
    referral = way.accept(case)
    way.reach(referral, "Marked words of the worker")
    way.meet(referral, times=sessions_of(referral).asked or 1)
    assert Referral.objects.get(pk=referral.pk).state == "started"
    for allegation in case.allegations.filter(victim__kind="person", case__agreement__conditions__kind__in=FACILITATED):
        facilitate(way, allegation)
    with later(weeks=18):
        way.do_all(referral)
        closed = way.close(referral, "completed")
        assert closed.status_code == 302, text_of(closed)
        let_stand(case)
        wait_for_police(way, referral)
        paper = text_of(way.as_("george").get(reverse("certificate", args=[referral.reference])))
        assert "has completed a programme of support with Harbour Trust" in paper
        letter = text_of(way.as_("amara").get(reverse("case_ending", args=[case.reference])))
        assert "You have done what you agreed to." in letter
        page = way.case_page(case)
    assert Contact.objects.get().note == "Marked words of the worker"
    met = Condition.objects.filter(agreement__case=case, kind__in=FACILITATED)
    assert {(one.state, one.by_facilitator) for one in met} <= {("done", True)}
    assert "Marked words" not in page + letter
    assert "Completed" in page
    return Case.objects.get(pk=case.pk)


def wait_for_police(way: Journey, referral: Referral) -> None:
    """The partner has done its part; what it cannot vouch for stands on the officer's first page, and is settled."""
    waits = way.to_do(referral)
    assert {one.kind for one in waits} <= {*FOR_POLICE}
    assert (Case.objects.get(pk=referral.case_id).closed_at is None) == waits.exists()
    assert ("Settle what was agreed" in text_of(way.as_("amara").get("/"))) == waits.exists()
    way.do_all_for_police(referral)
    let_stand(referral.case)


def facilitate(way: Journey, allegation: Allegation) -> None:
    """Whoever was harmed would like it; who leads it says that it was held. Nobody else says anything of it."""
    hold(way.cast["jo"], Role.objects.get(slug="facilitator"))
    where = [allegation.case.reference, allegation.pk]
    wishes = {"version": "0", "letter": "yes", "meeting": "yes", "sharing": "yes"}
    coordinator = way.as_("vera")
    assert coordinator.post(reverse("victim_wishes", args=where), wishes).status_code == 302
    named = coordinator.post(reverse("facilitator_name", args=where), {"facilitator": way.cast["jo"].pk})
    assert named.status_code == 302, text_of(named)
    led = Facilitation.objects.get(allegation=allegation)
    leader, page = way.as_("jo"), reverse("facilitation_page", args=[led.pk])
    for one, form in leader.get(page).context["conditions"]:
        came = {"version": one.version, "came": form.fields["came"].choices[0][0]}
        address = reverse("facilitation_settle", args=[led.pk, one.pk])
        assert leader.post(address, came).status_code == 302


@pytest.mark.parametrize("slug", ASKING)
def test_a_scheme_runs_from_the_decision_to_the_certificate(slug: str, client: Client, cast: Cast) -> None:
    """A coordinator who adopts it would find in the tenth week that some step of it cannot be taken."""
    way = established(slug, client, cast)
    case = walk(way, said_of(way.version, SAID.get(slug, {})))
    assert (outcomes(case), case.closed_at is not None) == ([KEPT[slug]], True)


@pytest.mark.parametrize("slug", HELPING)
def test_help_runs_from_the_first_word_to_the_end_and_police_see_none_of_it(
    slug: str, client: Client, cast: Cast
) -> None:
    """Nobody would be sent to a service that tells police who came, nor work in one that cannot close a record."""
    way = established(slug, client, cast)
    sent = way.as_("amara").post(reverse("get_help"), typed(service=str(way.version.pk)))
    assert sent.status_code == 302, text_of(sent)
    asked = HelpRequest.objects.get()
    steps: list[tuple[str, str, dict[str, Any]]] = [
        ("hugh", "help_take_up", {"worker": cast["george"].pk}),
        ("george", "help_contact", {"submission": uuid.uuid4(), "kind": "spoke", "note": "Marked words"}),
        ("george", "help_close", {"reason": "helped"}),
    ]
    for who, name, data in steps:
        asked.refresh_from_db()
        done = way.as_(who).post(reverse(name, args=[asked.reference]), {"version": asked.version, **data})
        assert done.status_code == 302, text_of(done)
    asked.refresh_from_db()
    assert (asked.state, HelpContact.objects.get().note) == ("closed", "Marked words")
    assert not [model for model in (Case, Referral, OutboxEntry) if model.objects.exists()]
    marks = ("Robin", "Marked", "900321", asked.reference, "George Tate")
    for who in ("carol", "elin", "jo", "amara"):
        police = way.as_(who)
        read = [text_of(police.get(reverse(page))) for page in ("case_list", "get_help", "access_log", "clock_board")]
        assert not [(mark, who) for mark in marks for page in read if mark in page]
    assert police.get(reverse("help_page", args=[asked.reference])).status_code == 404
    told = Event.objects.filter(organisation_id=cast["amara"].organisation_id, kind__startswith="help.")
    assert set(told.values_list("kind", flat=True)) == {"help.sent"}


def test_a_scheme_made_a_minute_ago_runs_with_its_own_rule_on_earlier_outcomes(client: Client, cast: Cast) -> None:
    """Pilots would wait for a programmer, and be over before one came."""
    way = Journey(client, cast, "second-chance")
    coordinator, provider = way.as_("elin"), cast["hugh"].organisation
    made = coordinator.post(reverse("scheme_add"), rules(provider, name="Second chance", max_age="40"))
    draft = PolicyVersion.objects.get(scheme="second-chance")
    assert made["Location"] == reverse("policy_version", args=[draft.reference])
    history = {
        "revision": draft.revision,
        "kind": "history",
        "test_outcomes": ["simple_caution", "conviction"],
        "test_within_months": "12",
        "test_maximum": "0",
        "test_unengaged": "false",
        "reason": "The person was cautioned or convicted in the last 12 months.",
        "severity": "blocks",
        "sources": "force policy (proposal)",
    }
    added = coordinator.post(reverse("criterion_add", args=[draft.reference, "scheme:second-chance"]), history)
    assert added.status_code == 302, text_of(added)
    draft.refresh_from_db()
    about = {"revision": draft.revision, "name": draft.name, "label": draft.version, "notes": "A pilot.",
             "review_date": "2027-06-01"}  # fmt: skip
    assert coordinator.post(reverse("policy_describe", args=[draft.reference]), about).status_code == 302
    draft.refresh_from_db()
    way.sign(draft)
    shared = SHARING | {"provider": provider.pk, "document": "ISA 9", "from_day": "2026-06-01"}
    assert way.as_("elin").post(reverse("scheme_sharing", args=["second-chance"]), shared).status_code == 302
    said = said_of(way.version, {})
    earlier = {"earlier-TOTAL_FORMS": "1", "earlier-INITIAL_FORMS": "0", "earlier-0-outcome": "simple_caution"}
    assert "cautioned or convicted in the last 12 months" in way.stopped(
        **said | earlier | {"earlier_outcomes": "caution", "earlier-0-on": "1 3 2026", "earlier-0-similar": "false"}
    )
    long_ago = earlier | {"earlier_outcomes": "caution", "earlier-0-on": "1 3 2024", "earlier-0-similar": "false"}
    case = walk(way, said | long_ago)
    assert outcomes(case) == ["8"]


def test_no_code_knows_a_scheme_by_its_name() -> None:
    """The one that needs its own line of code is the one that a coordinator cannot change, nor copy."""
    names = [re.escape(word) for slug, one in LIBRARY.items() for word in (slug, one.name) if word not in EVERYDAY]
    known = re.compile(rf"""["'](?:{"|".join(names)})["']""")
    found = {
        f"{path.relative_to(ROOT)}:{number}"
        for top in ("cases", "referrals", "reporting", "diversion", "templates", "static/src")
        for path in (ROOT / top).rglob("*")
        if path.suffix in (".py", ".html", ".mjs", ".js", ".txt") and not DATA & set(path.relative_to(ROOT).parts)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if known.search(line)
    }
    assert found == set()


#: A made-up force adopts schemes by name; and these say of what is no scheme what a scheme is called as well.
DATA = {"demonstration", "data", "migrations"}
EVERYDAY = {"lead"}
