"""Rules that have changed since a case was decided: said to whoever decides it, and for a version of all it touches."""

import html
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases import rulebook
from cases.models import Case, PolicyVersion
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from referrals.actions import schemes
from referrals.actions.deciding import Support
from referrals.actions.versions import VersionDetails
from tests.conftest import Cast
from tests.factories.cases import condition, crime, decision, person, record
from tests.factories.ground import adopt_scheme
from tests.factories.policies import rewritten, sign_both

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
SINCE = "Rules have changed since"
INSPECTOR = "Damage is for an inspector to decide here."


def text_of(response: Any) -> str:
    return " ".join(html.unescape(response.content.decode()).split())


def page_of(client: Client, name: str, *args: str) -> str:
    return text_of(client.get(reverse(name, args=args)))


def caution(cast: Cast, offence: str, **changes: Any) -> Case:
    return record(
        cast["amara"],
        decision=decision(disposal="simple_caution"),
        support=Support(),
        crimes=[crime(offence)],
        **changes,
    )


def disposals_with(cast: Cast, code: str, criterion: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The disposals of the force's policy, with one more criterion for one of them, or without that one."""
    policy = rulebook.live_policy(cast["elin"].organisation, clock.today())[0].model_dump()
    found = [one for one in policy["disposals"] if criterion or one["disposal"] != code]
    more = (criterion,) if criterion else ()
    return [one | {"criteria": (*one["criteria"], *more)} if one["disposal"] == code else one for one in found]


def damage(**changes: Any) -> dict[str, Any]:
    return {
        "id": "damage",
        "severity": "needs_authority",
        "rank": "inspector",
        "reason": INSPECTOR,
        "sources": [{"key": "Force order 12", "tag": "known"}],
        "test": {"kind": "offence", "not_groups": ["criminal_damage"]},
    } | changes


def test_the_authoriser_reads_what_has_changed_for_this_case_and_for_no_other(cast: Cast, signed_in: SignIn) -> None:
    """A sergeant would authorise on Tuesday what the force gave to inspectors on Monday, and nobody would know."""
    case, other = caution(cast, "criminal-damage"), caution(cast, "theft-from-a-shop", person=person(given_names="Kit"))
    carol, elin = signed_in(cast["carol"]), Client()
    assert SINCE not in page_of(carol, "authorise", case.reference)
    draft = rewritten(cast, disposals=disposals_with(cast, "simple_caution", damage()))
    elin.force_login(cast["elin"])
    listed = page_of(elin, "policy_agreements", draft.reference)
    assert case.reference in listed
    assert other.reference not in listed
    assert SINCE not in page_of(carol, "authorise", case.reference)  # a draft is no rule yet
    with clock.set_to(clock.now() + timedelta(days=1)):
        sign_both(draft, cast)
        page = page_of(carol, "authorise", case.reference)
        told = page.partition(SINCE)[2].partition("</section>")[0]
        for words in ("Who has to decide", "Was: Sergeant", "Is now: Inspector", "New: ", INSPECTOR, "Force order 12"):
            assert words in told
        assert SINCE not in page_of(carol, "authorise", other.reference)
        amara = Client()
        amara.force_login(cast["amara"])
        assert INSPECTOR in page_of(amara, "case_page", case.reference)
        live = PolicyVersion.objects.get(pk=draft.pk)
        assert "Open agreements that it touches" in page_of(elin, "policy_version", live.reference)
        listed = page_of(elin, "policy_agreements", live.reference)
        assert case.reference in listed
        assert INSPECTOR in listed
        assert other.reference not in listed
        shown = Event.objects.filter(kind="rules.touched_shown").latest("pk")
        assert f"cases.case:{case.pk}" in shown.subjects
        assert f"cases.case:{other.pk}" not in shown.subjects


def test_a_resolution_that_is_offered_no_more_names_what_is_in_its_place(cast: Cast, signed_in: SignIn) -> None:
    """Whoever decides would give what the force has taken out of its policy."""
    case = caution(cast, "criminal-damage")
    draft = rewritten(cast, disposals=disposals_with(cast, "simple_caution", None))
    with clock.set_to(clock.now() + timedelta(days=1)):
        sign_both(draft, cast)
        told = page_of(signed_in(cast["carol"]), "authorise", case.reference).partition(SINCE)[2]
        assert "Removed: it is not offered any more" in told
        assert "In its place: " in told


def test_conditions_that_a_scheme_words_otherwise_are_told_as_they_were_and_are(cast: Cast, signed_in: SignIn) -> None:
    """The hub would rewrite a condition and never learn whose agreement holds the old words."""
    version = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    old = version.rules.conditions[0]
    support = Support(scheme_version=version, conditions=[condition(old.wording, kind=old.type), condition()])
    case = record(cast["amara"], support=support, crimes=[crime("possession-of-cannabis")])
    elin = signed_in(cast["elin"])
    slug = version.scheme.slug
    assert "None: of no open case" in page_of(elin, "scheme_agreements", slug)
    with clock.set_to(clock.now() + timedelta(days=1)):
        again = version.rules.model_copy(
            update={
                "conditions": tuple(
                    one.model_copy(update={"wording": "I will ring within two days."}) if one is old else one
                    for one in version.rules.conditions
                )
            }
        )
        details = VersionDetails(version.provider, clock.today(), again, areas=version.areas)
        schemes.add_version(scheme=version.scheme, version=details, by=cast["elin"])
        listed = page_of(elin, "scheme_agreements", slug)
        assert case.reference in listed
        assert f"Was: {old.wording}" in listed
        assert "Is now: I will ring within two days." in listed
        assert SINCE in page_of(elin, "case_page", case.reference)
        schemes.end_scheme(scheme=version.scheme, last_day=clock.today(), by=cast["elin"])
    with clock.set_to(clock.now() + timedelta(days=3)):
        assert "Removed: it is not offered any more" in page_of(elin, "scheme_agreements", slug)
