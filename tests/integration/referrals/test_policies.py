"""The policy editor's pages: from a draft to a live version, and on to another force."""

import html
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases import rulebook
from cases.eligibility.policy import Policy
from cases.models import PolicyVersion
from diversion import clock
from diversion.accounts.models import Role, User
from diversion.audit.models import Event
from diversion.refusals import Refused
from referrals.actions import scheme_rules
from referrals.models import Scheme, SchemeVersion
from tests.conftest import Cast
from tests.factories.cases import crime, record
from tests.factories.ground import adopt_scheme, hold, rank

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
TODAY = date(2026, 6, 10)
RESOLUTION = "disposal:community_resolution"


@pytest.fixture
def live(cast: Cast) -> PolicyVersion:
    return rulebook.live_version(cast["elin"].organisation, TODAY)


@pytest.fixture
def elin(cast: Cast, signed_in: SignIn) -> Client:
    return signed_in(cast["elin"])


@pytest.fixture
def draft(elin: Client, live: PolicyVersion) -> PolicyVersion:
    response = elin.post(reverse("policy_draft", args=[live.reference]))
    return PolicyVersion.objects.get(reference=response["Location"].rstrip("/").rpartition("/")[2])


def text_of(response: Any) -> str:
    return " ".join(html.unescape(response.content.decode()).split())


def as_shown(page: Any) -> dict[str, Any]:
    """What the page of a scheme's terms would send if nothing on it were changed."""
    conditions = page.context["conditions"]
    forms = [page.context["form"], conditions.management_form, *conditions.forms]
    return {
        field.html_name: field.value() for form in forms for field in form if field.value() not in (None, "", False)
    }


def newcomer(cast: Cast, role: str, key: str = "ben") -> User:
    """Somebody new at the force of ``key``."""
    user = User.objects.create(
        email=f"{role}@{key}.example", full_name=f"New {role}", organisation=cast[key].organisation
    )
    return hold(rank(user, "inspector"), Role.objects.get(slug=role))


def criteria(draft: PolicyVersion, key: str = RESOLUTION) -> dict[str, Any]:
    draft.refresh_from_db()
    options = Policy.model_validate(draft.document).options(TODAY)
    return {each.id: each for option in options if option.key == key for each in option.criteria}


def about(draft: PolicyVersion, **changes: Any) -> dict[str, Any]:
    draft.refresh_from_db()
    values = {
        "revision": draft.revision,
        "name": "Avonford policy",
        "label": "2",
        "review_date": "2027-06-01",
        "notes": "Children aged 10 to 17 are left to their own resolutions.",
    }
    return values | changes


def age_form(draft: PolicyVersion, **changes: Any) -> dict[str, Any]:
    draft.refresh_from_db()
    values = {
        "revision": draft.revision,
        "kind": "age",
        "test_minimum": "18",
        "test_maximum": "25",
        "test_on": "disposal",
        "reason": "The resolution is for people aged 18 to 25.",
        "severity": "blocks",
        "sources": "force policy (proposal)",
    }
    return {name: value for name, value in (values | changes).items() if value is not None}


def url(name: str, draft: PolicyVersion, *rest: str) -> str:
    return reverse(name, args=[draft.reference, *rest])


def answers(born: str) -> dict[str, Any]:
    return {
        "date_of_birth": born,
        "sex": "female",
        "ethnicity": "B1",
        "admission": "admitted",
        "evidence": "charge_standard",
        "origin": "street",
        "earlier_outcomes": "none",
        "result": "offered_accepted",
        "crimes": [
            {
                "offence": "theft-from-a-shop",
                "committed_on": "2026-06-07",
                "victim_kind": "business",
                "victim_stance": "agrees",
            }
        ],
    }


def test_the_list_shows_what_is_live_and_what_is_drafted(elin: Client, cast: Cast, draft: PolicyVersion) -> None:
    """A coordinator could not tell which policy officers work by."""
    adopt_scheme("checkpoint", cast)
    page = text_of(elin.get(reverse("policy_list")))
    assert "Default policy, version 1" in page
    assert "Not yet approved" in page
    assert "Default policy, version 2" in page
    assert "Checkpoint" in page


def test_the_list_takes_the_same_number_of_queries_for_many(
    elin: Client, cast: Cast, live: PolicyVersion, django_assert_max_num_queries: Any
) -> None:
    """The page would slow down as drafts gather."""
    for _number in range(12):
        elin.post(reverse("policy_draft", args=[live.reference]))
    with django_assert_max_num_queries(24):
        elin.get(reverse("policy_list"))


def test_an_overdue_review_is_said_in_words(elin: Client, live: PolicyVersion) -> None:
    """A policy would run on for years after somebody promised to look at it."""
    session = elin.session
    session.set_expiry(timedelta(days=3 * 365))
    session.save()
    with clock.set_to(clock.now() + timedelta(days=365)):
        page = text_of(elin.get(reverse("policy_version", args=[live.reference])))
    assert "1 April 2027: overdue by 70 days" in page


def test_a_version_reads_as_plain_english(elin: Client, live: PolicyVersion) -> None:
    """A hub inspector would have to read JSON to know what officers may offer."""
    page = text_of(elin.get(reverse("policy_version", args=[live.reference])))
    assert "Community resolution: 20 rules" in page
    assert "The person admits the offence or accepts responsibility, without a full admission" in page
    assert "Needs: Inspector" in page
    assert "[unsure]" in page


def test_a_criterion_is_added_changed_and_removed(elin: Client, draft: PolicyVersion) -> None:
    """The editor's whole purpose; what was saved must be what was typed."""
    add = url("criterion_add", draft, RESOLUTION)
    assert "What it looks at" in text_of(elin.get(add))
    assert "Youngest age" in text_of(elin.get(f"{add}?kind=age"))
    assert elin.post(add, age_form(draft)).status_code == 302
    added = criteria(draft)["age"]
    assert (added.test.minimum, added.test.maximum, str(added.severity)) == (18, 25, "blocks")
    edit = url("criterion_edit", draft, RESOLUTION, "age")
    assert "The resolution is for people aged 18 to 25." in text_of(elin.get(edit))
    changed = age_form(draft, test_maximum="30", severity="needs_authority", rank="inspector", sources="X1 (unsure)")
    assert elin.post(edit, changed).status_code == 302
    now = criteria(draft)["age"]
    assert (now.test.maximum, str(now.rank), now.unsure) == (30, "inspector", True)
    assert elin.get(url("criterion_remove", draft, RESOLUTION, "age")).status_code == 200
    response = elin.post(url("criterion_remove", draft, RESOLUTION, "age"), {"revision": now and draft.revision})
    assert response.status_code == 302
    assert "age" not in criteria(draft)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"test_minimum": "40"}, "The minimum age is above the maximum"),
        ({"test_minimum": "forty"}, "Youngest age must be a whole number"),
        ({"test_minimum": "", "test_maximum": ""}, "An age test needs a minimum, a maximum or both"),
        ({"reason": "Short"}, "Say the reason in a whole sentence"),
        ({"severity": "needs_authority"}, "Choose who has to agree"),
        ({"sources": "YJLC (perhaps)"}, "say in brackets found, known, proposal or unsure"),
        ({"sources": ""}, "Enter at least one source"),
    ],
)
def test_a_mistake_is_explained_and_nothing_typed_is_lost(
    elin: Client, draft: PolicyVersion, change: dict[str, str], message: str
) -> None:
    """A coordinator would retype a long criterion, or learn only that it is wrong."""
    given = age_form(draft, question="How old are they?", **change)
    response = elin.post(url("criterion_add", draft, RESOLUTION), given)
    page = text_of(response)
    assert response.status_code == 422
    assert message in page
    assert "How old are they?" in page
    assert re.search(r"<title>\s*Error: ", page)
    assert "age" not in criteria(draft)


def test_tests_are_joined_turned_round_and_taken_apart(elin: Client, draft: PolicyVersion) -> None:
    """Rules such as "an adult, or the youth justice service was asked" could not be written."""
    elin.post(url("criterion_add", draft, RESOLUTION), age_form(draft))
    join = url("part_join", draft, RESOLUTION, "age", "whole", "any_of")
    assert "Aged 18 to 25" in text_of(elin.get(join))
    draft.refresh_from_db()
    flag = {"revision": draft.revision, "kind": "flag", "test_fact": "yjs_consulted", "test_expected": "true"}
    assert elin.post(join, flag).status_code == 302
    test = criteria(draft)["age"].test
    assert (test.kind, [part.kind for part in test.tests]) == ("any_of", ["age", "flag"])
    page = text_of(elin.get(url("criterion_edit", draft, RESOLUTION, "age")))
    assert "At least one of several tests" in page
    edited = {"revision": draft.revision, "test_minimum": "16", "test_maximum": "", "test_on": "offence"}
    assert elin.post(url("part_edit", draft, RESOLUTION, "age", "0"), edited).status_code == 302
    draft.refresh_from_db()
    turned = url("part_change", draft, RESOLUTION, "age", "1", "not")
    assert elin.post(turned, {"revision": draft.revision}).status_code == 302
    test = criteria(draft)["age"].test
    assert (test.tests[0].minimum, test.tests[1].kind) == (16, "not")
    words = age_form(draft, reason="Sixteen or over, or the youth justice service said no.", kind=None)
    assert elin.post(url("criterion_edit", draft, RESOLUTION, "age"), words).status_code == 302
    assert criteria(draft)["age"].test == test
    for place in ("1", "0"):
        draft.refresh_from_db()
        out = elin.post(url("part_change", draft, RESOLUTION, "age", place, "remove"), {"revision": draft.revision})
        assert out.status_code == (302 if place == "1" else 422)


def test_the_last_criterion_stays(elin: Client, draft: PolicyVersion) -> None:
    """An option without criteria would be open to everybody."""
    key = "disposal:community_caution"
    names = list(criteria(draft, key))
    for name in names:
        draft.refresh_from_db()
        response = elin.post(url("criterion_remove", draft, key, name), {"revision": draft.revision})
    assert response.status_code == 422
    assert "This is the last criterion" in text_of(response)
    assert len(criteria(draft, key)) == 1


def test_two_people_editing_do_not_overwrite(elin: Client, draft: PolicyVersion) -> None:
    """The second save would silently undo the first."""
    stale = age_form(draft)
    elin.post(url("criterion_add", draft, RESOLUTION), stale)
    response = elin.post(url("criterion_add", draft, RESOLUTION), {**stale, "test_maximum": "99"})
    assert response.status_code == 422
    assert "has changed since you opened this page" in text_of(response)


def test_the_preview_counts_and_is_logged(elin: Client, cast: Cast, draft: PolicyVersion, client: Client) -> None:
    """Signatories would not know whom a change touches; reading a year of answers would leave no trace."""
    for born in ("2004-01-01", "1980-01-01", "1975-01-01"):
        record(cast["amara"], answers=answers(born), crimes=[crime()])
    record(cast["amara"], crimes=[crime()]).assessments.update(answers={"admission": "admitted"})
    elin.post(url("criterion_add", draft, RESOLUTION), age_form(draft))
    draft.refresh_from_db()
    response = elin.post(url("policy_preview", draft), {"revision": draft.revision})
    assert response.status_code == 302
    draft.refresh_from_db()
    assert draft.preview is not None
    # The two older people surely, the one with no date of birth perhaps; the young one stays as she was.
    assert draft.preview["changed"]["decisions"] == 4
    assert draft.preview["changed"]["low"] <= 2
    assert draft.preview["changed"]["high"] == 3
    event = Event.objects.get(kind="policy.previewed")
    assert len(event.subjects) == 4
    client.force_login(cast["david"])
    page = text_of(client.get(url("policy_preview", draft)))
    assert "of last year’s 4 decisions" in page
    assert "exact counts, some of them of very few people. Not for release" in page
    assert "Not known for 1 of 4 decisions (25%)" in page


def test_who_may_not_drill_down_previews_rounded(elin: Client, cast: Cast, draft: PolicyVersion) -> None:
    """Three people of one age are three people whom a colleague can name."""
    elin.post(url("policy_preview", draft), {"revision": draft.revision})
    draft.refresh_from_db()
    assert draft.preview is not None
    counts = {"decisions": 314, "low": 14, "high": 65}
    groups = {"age": [{"group": "18 to 24", **counts}, {"group": "Unknown", "decisions": 3, "low": 1, "high": 3}]}
    option = {"key": "x", "title": "X", "wider": counts, "narrower": counts | {"low": 3, "high": 7}}
    place = {"scheme": "S", "before": counts, "after": None, "capacity": 7, "capacity_a_month": 2.5, "referred": 3}
    draft.preview |= {"changed": counts, "groups": groups, "options": [option], "places": [place]}
    draft.save(update_fields=["preview"])
    page = text_of(elin.get(url("policy_preview", draft)))
    assert "at least about 10, at most about 70 of last year’s decisions, about 310" in page
    assert "rounded to the nearest 10" in page
    assert "Not known for fewer than 10 of about 310 decisions." in page
    cells = re.findall(r"<t[dh][^>]*>\s*([^<]+?)\s*<", page)
    assert "about 310" in cells
    assert not {"314", "14", "65", "3", "1"} & set(cells)
    assert "7" in cells  # the scheme's places: nobody is counted by them
    assert "about 70" in text_of(elin.get(url("policy_version", draft)))


def test_from_draft_to_live(elin: Client, cast: Cast, draft: PolicyVersion, client: Client) -> None:
    """The whole path: described, previewed, signed by the author, signed by an inspector, live."""
    elin.post(url("criterion_add", draft, RESOLUTION), age_form(draft))
    assert "Preview it on past cases before it is signed" in text_of(elin.get(url("policy_version", draft)))
    assert elin.post(url("policy_describe", draft), about(draft)).status_code == 302
    draft.refresh_from_db()
    elin.post(url("policy_preview", draft), {"revision": draft.revision})
    page = text_of(elin.get(url("policy_version", draft)))
    assert "It applies from" in page
    assert "Added:" in page
    unticked = elin.post(url("policy_sign", draft), {"revision": draft.revision, "starts_on": "2026-06-11"})
    assert unticked.status_code == 422
    assert "Tick the box to sign" in text_of(unticked)
    signature = {"revision": draft.revision, "starts_on": "2026-06-11", "agreed": "on"}
    assert elin.post(url("policy_sign", draft), signature).status_code == 302
    assert "The second signature is an inspector’s" in text_of(elin.get(url("policy_version", draft)))
    client.force_login(cast["david"])
    assert client.post(url("policy_sign", draft), {"revision": draft.revision, "agreed": "on"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.valid_from, str(draft)) == ("live", date(2026, 6, 11), "Avonford policy, version 2")
    page = text_of(client.get(url("policy_version", draft)))
    assert "David Mbeki" in page
    assert "Inspector" in page


def test_a_scheme_is_drafted_signed_and_given_a_new_dated_version(cast: Cast, elin: Client, client: Client) -> None:
    """Referrals would be judged by criteria that nobody signed, or the scheme would lose its provider on the way."""
    scheme = adopt_scheme("checkpoint", cast)
    before = scheme.versions.latest("valid_from")
    assert elin.get(reverse("scheme_rules", args=["checkpoint"])).status_code == 200
    response = elin.post(reverse("scheme_draft", args=["checkpoint"]))
    draft = PolicyVersion.objects.get(reference=response["Location"].rstrip("/").rpartition("/")[2])
    key = "scheme:checkpoint"
    age = next(each for each in criteria(draft, key).values() if each.test.kind == "age")
    given = age_form(draft, kind=None, test_minimum="21", test_maximum="", reason=age.reason)
    assert elin.post(url("criterion_edit", draft, key, age.id), given).status_code == 302
    elin.post(url("policy_describe", draft), about(draft, name="Checkpoint", label="4"))
    draft.refresh_from_db()
    elin.post(url("policy_preview", draft), {"revision": draft.revision})
    elin.post(url("policy_sign", draft), {"revision": draft.revision, "starts_on": "2026-06-11", "agreed": "on"})
    client.force_login(cast["david"])
    assert client.post(url("policy_sign", draft), {"revision": draft.revision, "agreed": "on"}).status_code == 302
    after = scheme.versions.latest("valid_from")
    before.refresh_from_db()
    assert (after.valid_from, before.valid_to) == (date(2026, 6, 11), date(2026, 6, 10))
    assert (after.min_age, after.provider, after.capacity) == (21, before.provider, before.capacity)
    assert [one.wording for one in after.condition_templates.all()] == [
        one.wording for one in before.condition_templates.all()
    ]


def scheme_draft(elin: Client, slug: str) -> PolicyVersion:
    """A draft of a scheme's rules that is ready to be signed."""
    response = elin.post(reverse("scheme_draft", args=[slug]))
    draft = PolicyVersion.objects.get(reference=response["Location"].rstrip("/").rpartition("/")[2])
    elin.post(url("policy_describe", draft), about(draft, name="Checkpoint", label="4"))
    draft.refresh_from_db()
    elin.post(url("policy_preview", draft), {"revision": draft.revision})
    draft.refresh_from_db()
    return draft


def test_a_scheme_with_rules_of_today_says_from_when_new_ones_can_apply(
    cast: Cast, elin: Client, client: Client
) -> None:
    """The first of two people would sign a day that the second can never put live, and be told so by nobody."""
    version = adopt_scheme("checkpoint", cast).versions.latest("valid_from")
    SchemeVersion.objects.filter(pk=version.pk).update(valid_from=TODAY)
    draft = scheme_draft(elin, "checkpoint")
    page = text_of(elin.get(url("policy_version", draft)))
    assert "Other rules begin on 10 June 2026: these can apply from 11 June 2026 on." in page
    assert 'value="11 June 2026"' in page

    signature = {"revision": draft.revision, "agreed": "on"}
    refused = elin.post(url("policy_sign", draft), signature | {"starts_on": "2026-06-10"})
    assert (refused.status_code, draft.signatures.count()) == (422, 0)
    assert "must be on or after 11 June 2026" in text_of(refused)
    with pytest.raises(Refused, match="these can apply from 11 June 2026 on"):
        scheme_rules.sign(version=draft, revision=draft.revision, by=cast["elin"])

    assert elin.post(url("policy_sign", draft), signature | {"starts_on": "2026-06-11"}).status_code == 302
    client.force_login(cast["david"])
    assert client.post(url("policy_sign", draft), signature).status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.valid_from) == ("live", date(2026, 6, 11))


def test_a_signature_that_other_rules_have_overtaken_is_not_asked_for(cast: Cast, elin: Client, client: Client) -> None:
    """An inspector would sign what cannot be, and nobody would learn that it has to be begun again."""
    scheme = adopt_scheme("checkpoint", cast)
    draft = scheme_draft(elin, "checkpoint")
    elin.post(url("policy_sign", draft), {"revision": draft.revision, "starts_on": "2026-06-10", "agreed": "on"})
    SchemeVersion.objects.filter(pk=scheme.versions.latest("valid_from").pk).update(valid_from=date(2026, 6, 12))
    client.force_login(cast["david"])
    words = "withdraw it, and sign one that applies from 13 June 2026 on"
    assert words in text_of(client.get(url("policy_version", draft)))
    answer = client.post(url("policy_sign", draft), {"revision": draft.revision, "agreed": "on"})
    assert (answer.status_code, words in text_of(answer), draft.signatures.count()) == (422, True, 1)


def test_a_scheme_copied_to_another_force_waits_for_that_force(cast: Cast, elin: Client, client: Client) -> None:
    """A scheme would open in a force whose people never agreed to it, or carry another force's cases with it."""
    adopt_scheme("checkpoint", cast)
    northmoor = cast["ben"].organisation
    assert elin.get(reverse("scheme_copy", args=["checkpoint"])).status_code == 200
    assert elin.post(reverse("scheme_copy", args=["checkpoint"]), {"force": northmoor.pk}).status_code == 302
    copy = PolicyVersion.objects.get(force=northmoor, kind="scheme")
    assert (copy.state, copy.preview) == ("draft", None)
    assert elin.get(url("policy_version", copy)).status_code == 404
    assert not Scheme.objects.filter(force=northmoor).exists()
    areas = [each.test.any_of for each in criteria(copy, "scheme:checkpoint").values() if each.test.kind == "area"]
    assert set(areas) <= {("northmoor",)}
    coordinator, inspector = newcomer(cast, "coordinator"), newcomer(cast, "inspector")
    client.force_login(coordinator)
    assert "Choose who delivers this scheme here" in text_of(client.get(url("policy_version", copy)))
    provider = cast["hana"].organisation
    page = client.get(url("scheme_terms", copy))
    chosen = client.post(url("scheme_terms", copy), as_shown(page) | {"provider": provider.pk, "capacity": "25"})
    assert chosen.status_code == 302, text_of(chosen)
    copy.refresh_from_db()
    client.post(url("policy_describe", copy), about(copy, name="Checkpoint", label="1"))
    copy.refresh_from_db()
    client.post(url("policy_preview", copy), {"revision": copy.revision})
    client.post(url("policy_sign", copy), {"revision": copy.revision, "starts_on": "2026-06-10", "agreed": "on"})
    client.force_login(inspector)
    assert client.post(url("policy_sign", copy), {"revision": copy.revision, "agreed": "on"}).status_code == 302
    version = SchemeVersion.objects.get(scheme__force=northmoor)
    assert (version.provider, version.capacity, version.scheme.slug) == (provider, 25, "checkpoint")
    assert version.scheme.modelled_on.startswith("Avonford Police: Checkpoint")
    assert version.condition_templates.exists()


def test_a_live_policy_is_copied_and_a_draft_is_not(elin: Client, cast: Cast, live: PolicyVersion) -> None:
    """A force would get what nobody had signed."""
    northmoor = cast["ben"].organisation
    assert elin.post(url("policy_copy", live), {"force": northmoor.pk}).status_code == 302
    assert PolicyVersion.objects.filter(force=northmoor, state="draft", copied_from__contains="Avonford").exists()
    wrong = elin.post(url("policy_copy", live), {})
    assert wrong.status_code == 422
    assert "Choose the force to copy it to" in text_of(wrong)


def pages(draft: PolicyVersion) -> list[str]:
    name = "consent"
    return [
        url("policy_version", draft),
        url("policy_describe", draft),
        url("policy_preview", draft),
        url("policy_copy", draft),
        url("criterion_add", draft, RESOLUTION),
        url("criterion_edit", draft, RESOLUTION, name),
        url("criterion_remove", draft, RESOLUTION, name),
        url("part_edit", draft, RESOLUTION, name, "whole"),
        url("part_join", draft, RESOLUTION, name, "whole", "all_of"),
    ]


def test_every_page_opens_for_its_coordinator_and_for_nobody_elsewhere(
    elin: Client, cast: Cast, draft: PolicyVersion, client: Client
) -> None:
    """Another force could read a draft policy by its address."""
    for address in pages(draft):
        assert elin.get(address).status_code == 200, address
    client.force_login(newcomer(cast, "coordinator"))
    for address in pages(draft):
        assert client.get(address).status_code == 404, address
    for name in ("policy_draft", "policy_sign", "policy_withdraw"):
        assert client.post(url(name, draft), {"revision": 1}).status_code == 404


@pytest.mark.parametrize("key", ["amara", "carol", "ian"])
def test_a_colleague_without_the_right_is_told_so(
    elin: Client, cast: Cast, draft: PolicyVersion, client: Client, key: str
) -> None:
    """An officer could change the rules they work under."""
    client.force_login(cast[key])
    for address in [*pages(draft), reverse("policy_list")]:
        assert client.get(address).status_code == 403, address


def test_an_inspector_reads_and_signs_and_does_not_edit(
    elin: Client, cast: Cast, draft: PolicyVersion, client: Client
) -> None:
    """The second pair of eyes would write what they are to check."""
    client.force_login(cast["david"])
    page = text_of(client.get(url("policy_version", draft)))
    assert "Add a criterion" not in page
    assert "Start a draft" not in page
    assert client.get(url("criterion_edit", draft, RESOLUTION, "consent")).status_code == 403


def test_what_is_not_there_is_not_found(elin: Client, draft: PolicyVersion) -> None:
    """A mistyped address would be a server error."""
    for rest in (
        ("criterion_add", "disposal:nothing"),
        ("criterion_edit", RESOLUTION, "nothing"),
        ("part_edit", RESOLUTION, "consent", "7"),
        ("part_edit", RESOLUTION, "consent", "x"),
        ("part_join", RESOLUTION, "consent", "whole", "nothing"),
    ):
        assert elin.get(url(rest[0], draft, *rest[1:])).status_code == 404, rest


def test_withdrawing_takes_it_off_the_table(elin: Client, draft: PolicyVersion) -> None:
    """A mistaken draft would wait for signatures for ever; a live version is never withdrawn."""
    assert elin.post(url("policy_withdraw", draft)).status_code == 302
    draft.refresh_from_db()
    assert draft.state == "withdrawn"
    again = elin.post(url("policy_withdraw", draft))
    assert again.status_code == 422
