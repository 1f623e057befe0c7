"""The coordinator's pages: a scheme is added, changed and ended in the browser, with dates."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.eligibility.criteria import Criterion
from cases.eligibility.schemes import load_scheme_library
from cases.models import PolicyVersion
from diversion.accounts.models import Organisation, User
from diversion.audit.models import Event
from diversion.refusals import Refused
from referrals.actions import partner, scheme_rules, schemes
from referrals.actions.deciding import Support
from referrals.actions.versions import VersionDetails
from referrals.models import Scheme, SchemeVersion, SharingAgreement, Slot
from referrals.models.scheme import FOR_HELP
from referrals.queries import schemes as queries
from tests.conftest import NOW, Cast
from tests.factories.cases import condition, crime, record, refer
from tests.factories.ground import adopt_scheme
from tests.factories.schemes import SHARING, put_live, rewrite

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("frozen")


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.fixture
def coordinator(cast: Cast, signed_in: SignIn) -> Client:
    return signed_in(cast["elin"])


@pytest.fixture
def harbour(cast: Cast) -> Organisation:
    return cast["hugh"].organisation


@pytest.fixture
def scheme(cast: Cast) -> Scheme:
    return adopt_scheme("drug-diversion", cast, provider="hugh")


def rules(provider: Organisation, /, **changes: Any) -> dict[str, Any]:
    """What the form of a scheme sends; by default one condition."""
    values: dict[str, Any] = {
        "name": "Young adults",
        "provider": provider.pk,
        "disposals": ["community_resolution"],
        "admissions": ["admitted", "accepts_responsibility"],
        "min_age": "18",
        "max_age": "25",
        "duration": "12",
        "duration_unit": "weeks",
        "min_conditions": "1",
        "max_conditions": "3",
        "capacity": "20",
        "worker_title": "keyworker",
        "confidentiality": "enforceable",
        "conditions-TOTAL_FORMS": "1",
        "conditions-INITIAL_FORMS": "0",
        "conditions-0-wording": "I will meet my keyworker.",
        "conditions-0-kind": "attend_navigator",
        "conditions-0-object": "rehabilitative",
        "conditions-0-due_days": "28",
        "conditions-0-is_mandatory": "on",
    }
    return values | changes


def drafted(client: Client, data: dict[str, Any]) -> PolicyVersion:
    """The draft of a scheme that is added with ``data``."""
    response = client.post("/schemes/add", data)
    assert response.status_code == 302, text_of(response)
    draft = PolicyVersion.objects.get(scheme="young-adults")
    assert response["Location"] == reverse("policy_version", args=[draft.reference])
    return draft


def add(client: Client, cast: Cast, data: dict[str, Any]) -> Scheme:
    """A scheme added in the browser, and signed by two people."""
    return put_live(drafted(client, data), cast)


def test_a_scheme_added_in_the_browser_is_open_to_officers_once_two_have_signed(
    coordinator: Client, cast: Cast, harbour: Organisation
) -> None:
    """Pilots would need a programmer, and would not stay; or one person alone would say who is diverted."""
    draft = drafted(coordinator, rules(harbour))
    assert not Scheme.objects.exists()
    assert reverse("policy_version", args=[draft.reference]) in text_of(coordinator.get("/schemes/"))
    put_live(draft, cast)
    assert "Drafted, and not open yet" not in text_of(coordinator.get("/schemes/"))
    coordinator.post(
        reverse("scheme_sharing", args=["young-adults"]),
        SHARING | {"provider": harbour.pk, "document": "ISA 7", "from_day": "2026-06-01"},
    )
    [version] = queries.open_schemes(by=cast["amara"])
    assert (version.scheme.name, version.capacity, version.worker_title) == ("Young adults", 20, "keyworker")
    [template] = version.condition_templates.all()
    assert (template.wording, template.is_mandatory, template.due_days) == ("I will meet my keyworker.", True, 28)
    assert refer(cast["amara"], version).provider == harbour


def test_ages_typed_are_the_criterion_that_decides(coordinator: Client, cast: Cast, harbour: Organisation) -> None:
    """Two rules about one age would one day disagree, over a person's head."""
    add(coordinator, cast, rules(harbour))
    criteria = {one["test"]["kind"]: Criterion.model_validate(one) for one in SchemeVersion.objects.get().criteria}
    age = criteria["age"]
    assert (age.test.minimum, age.test.maximum, age.severity) == (18, 25, "blocks")  # type: ignore[union-attr]
    assert age.reason == "The scheme is for people aged 18 to 25."
    assert criteria["admission"].test.any_of == ("admitted", "accepts_responsibility")  # type: ignore[union-attr]
    assert "force policy" in text_of(coordinator.get("/scheme/young-adults/"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "Enter the name of the scheme"),
        ({"provider": ""}, "Choose who delivers the scheme"),
        ({"min_age": "30"}, "The highest age must be the lowest age or more"),
        ({"min_age": "old"}, "Lowest age must be a whole number"),
        ({"max_age": "200"}, "Highest age must be 120 or less"),
        ({"admissions": []}, "Choose at least one: choose all if nothing is asked"),
        ({"duration": ""}, "Enter how long the agreement lasts, or choose “no fixed end”"),
        ({"max_conditions": "0"}, "The most conditions must be the fewest conditions or more"),
        ({"disposals": ["youth_caution"]}, "Youth caution is for people aged 10 to 17"),
        ({"worker_title": ""}, "Enter what the worker is called"),
        ({"conditions-0-wording": ""}, "Enter the wording, or remove this condition"),
        ({"conditions-0-due_days": "0"}, "Days to do it must be 1 or more"),
    ],
)
def test_a_mistake_says_how_to_mend_it_and_keeps_the_rest(
    changes: dict[str, Any], words: str, coordinator: Client, harbour: Organisation
) -> None:
    """A long form typed twice is a scheme never added."""
    response = coordinator.post("/schemes/add", rules(harbour, areas="The old town", **changes))
    assert response.status_code == 422
    page = text_of(response)
    assert words in page
    assert "The old town" in page
    assert "<title>Error: " in page.replace("<title> ", "<title>")
    assert not PolicyVersion.objects.filter(kind="scheme").exists()


def test_another_condition_is_added_without_a_script(coordinator: Client, harbour: Organisation) -> None:
    """Without JavaScript a scheme would end at one condition."""
    response = coordinator.post("/schemes/add", rules(harbour, **{"conditions-add": "1"}))
    assert response.status_code == 200
    page = text_of(response)
    assert "I will meet my keyworker." in page
    assert 'name="conditions-1-wording"' in page
    assert "There is a problem" not in page
    assert not PolicyVersion.objects.filter(kind="scheme").exists()


def test_the_same_name_twice_is_one_scheme(coordinator: Client, cast: Cast, harbour: Organisation) -> None:
    """A double click would give officers the same scheme twice to choose from."""
    draft = drafted(coordinator, rules(harbour))
    response = coordinator.post("/schemes/add", rules(harbour))
    assert response.status_code == 422
    assert "Young adults is drafted already" in text_of(response)
    put_live(draft, cast)
    response = coordinator.post("/schemes/add", rules(harbour))
    assert response.status_code == 422
    assert "Your force has Young adults already" in text_of(response)
    assert (Scheme.objects.count(), PolicyVersion.objects.filter(kind="scheme").count()) == (1, 1)


def test_a_draft_of_a_new_scheme_is_the_only_one_and_is_signed_as_it_stands(
    coordinator: Client, cast: Cast, harbour: Organisation
) -> None:
    """The second signature would put another draft's provider and places live, and drop what was signed."""
    first = drafted(coordinator, rules(harbour))
    coordinator.post(reverse("policy_withdraw", args=[first.reference]))
    again = reverse("policy_draft", args=[first.reference])
    assert coordinator.post(again).status_code == 302
    twice = coordinator.post(again)
    assert (twice.status_code, "is drafted already" in text_of(twice)) == (422, True)
    draft = PolicyVersion.objects.get(state="draft")
    Scheme.objects.create(force=cast["elin"].organisation, slug="young-adults", name="Young adults")
    with pytest.raises(Refused, match="has Young adults by now"):
        scheme_rules.sign(version=draft, revision=draft.revision, by=cast["elin"])


def test_what_is_signed_says_how_the_scheme_is_to_run(coordinator: Client, cast: Cast, harbour: Organisation) -> None:
    """The second person would sign conditions, a length and a provider that nobody showed them."""
    draft = drafted(coordinator, rules(harbour))
    page = text_of(coordinator.get(reverse("policy_version", args=[draft.reference])))
    for words in ("How the scheme is to run", "I will meet my keyworker.", "12 weeks", harbour.name, "1 to 3"):
        assert words in page


def test_terms_of_a_draft_are_changed_until_it_is_signed(
    coordinator: Client, cast: Cast, harbour: Organisation
) -> None:
    """A slip in a condition would mean typing the whole scheme again, or signing the slip."""
    draft = drafted(coordinator, rules(harbour))
    address = reverse("scheme_terms", args=[draft.reference])
    page = coordinator.get(address)
    assert page.context["form"]["worker_title"].value() == "keyworker"
    changed = rules(harbour, revision=draft.revision, worker_title="coach", min_age="30")
    assert coordinator.post(address, changed).status_code == 302
    stale = coordinator.post(address, changed)
    assert (stale.status_code, "has changed" in text_of(stale)) == (422, True)
    draft.refresh_from_db()
    version = put_live(draft, cast).versions.get()
    assert (version.worker_title, version.min_age, version.max_age) == ("coach", 18, 25)
    assert coordinator.get(address).status_code == 404


def test_new_rules_from_a_date_leave_the_old_ones_to_their_referrals(
    coordinator: Client, cast: Cast, scheme: Scheme, harbour: Organisation
) -> None:
    """Somebody's agreement would change after they signed it."""
    old = scheme.versions.latest("valid_from")
    referral = refer(cast["amara"], old)
    page = coordinator.get("/scheme/drug-diversion/rules")
    assert page.context["form"]["worker_title"].value() == old.worker_title
    assert len(page.context["conditions"].forms) == old.condition_templates.count()
    changed = rules(harbour, valid_from="2026-07-01", min_age="18", max_age="")
    assert coordinator.post("/scheme/drug-diversion/rules", changed).status_code == 302
    old.refresh_from_db()
    referral.refresh_from_db()
    assert old.valid_to == date(2026, 6, 30)
    assert referral.scheme_version == old
    assert scheme.versions.latest("valid_from").valid_from == date(2026, 7, 1)


def test_appointments_stay_with_the_provider_that_keeps_them(cast: Cast, scheme: Scheme, harbour: Organisation) -> None:
    """Officers would send somebody to one partner at the address and time of another, and lose a booked one."""
    old = scheme.versions.latest("valid_from")
    for day in (40, 90):
        Slot.objects.create(version=old, starts_at=NOW + timedelta(days=day), place="Harbour")
    for provider, day, goes in ((harbour, date(2026, 7, 1), 2), (cast["hana"].organisation, date(2026, 8, 1), 0)):
        version = VersionDetails(provider, day, old.rules)
        added = schemes.add_version(scheme=scheme, version=version, by=cast["elin"])
        assert Slot.objects.filter(version=added).count() == goes
    assert {slot.version.provider for slot in Slot.objects.all()} == {harbour}


def test_rules_left_as_they_were_keep_their_sources(coordinator: Client, scheme: Scheme, harbour: Organisation) -> None:
    """“Where does this rule come from?” would be lost with the first change of a telephone number."""
    old = scheme.versions.latest("valid_from")
    coordinator.post("/scheme/drug-diversion/rules", rules(harbour, valid_from="2026-07-01"))
    new = scheme.versions.latest("valid_from")
    assert new != old
    assert new.criteria == old.criteria


def test_who_may_enter_is_changed_by_two_people_and_not_here(
    coordinator: Client, scheme: Scheme, harbour: Organisation
) -> None:
    """One coordinator could shut a group of people out of a scheme, and nobody would have seen whom."""
    old = scheme.versions.latest("valid_from")
    page = text_of(coordinator.get("/scheme/drug-diversion/rules"))
    assert reverse("scheme_rules", args=[scheme.slug]) in page
    assert "Aged 18 or over" in page
    assert 'name="min_age"' not in page
    typed = rules(harbour, valid_from="2026-08-01", min_age="30", max_age="31", admissions=["admitted"])
    assert coordinator.post("/scheme/drug-diversion/rules", typed | {"entry_window_months": "1"}).status_code == 302
    new = scheme.versions.latest("valid_from")
    assert new != old
    for name in ("min_age", "max_age", "admissions", "entry_window_months", "criteria"):
        assert getattr(new, name) == getattr(old, name), name


def test_new_rules_must_begin_later(coordinator: Client, scheme: Scheme, harbour: Organisation) -> None:
    """Rules that begin before those in force would rewrite what was decided under them."""
    response = coordinator.post("/scheme/drug-diversion/rules", rules(harbour, valid_from="2019-01-01"))
    assert response.status_code == 422
    assert "new ones must begin later" in text_of(response)


def test_a_scheme_ends_on_a_date(coordinator: Client, cast: Cast, scheme: Scheme) -> None:
    """Officers would go on referring to a scheme that nobody pays for."""
    address = reverse("scheme_end", args=[scheme.slug])
    assert coordinator.post(address, {"last_day": "2026-06-09"}).status_code == 302
    assert not queries.open_schemes(by=cast["amara"])
    assert "Ended" in text_of(coordinator.get("/schemes/"))
    assert coordinator.post(address, {"last_day": "1999-01-01"}).status_code == 422


def test_appointments_are_offered_week_by_week_on_the_wall_clock(
    coordinator: Client, cast: Cast, scheme: Scheme
) -> None:
    """When the clocks go back, half past two stays half past two."""
    data = {"day": "2026-10-22", "time": "2:30pm", "place": "Harbour House", "places": "2", "weeks": "2"}
    assert coordinator.post(reverse("scheme_slots", args=[scheme.slug]), data).status_code == 302
    found = [slot.starts_at.isoformat() for slot in Slot.objects.order_by("starts_at")]
    assert found == ["2026-10-22T13:30:00+00:00", "2026-10-29T14:30:00+00:00"]
    assert coordinator.post(reverse("scheme_slots", args=[scheme.slug]), data).status_code == 302
    assert Slot.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"day": "2026-06-09"}, "That time has passed"),
        ({"weeks": "0"}, "For how many weeks must be 1 or more"),
        ({"places": ""}, "Enter a number: How many people"),
        ({"time": ""}, "Enter a time"),
    ],
)
def test_an_appointment_that_cannot_be_kept_is_not_offered(
    changes: dict[str, str], words: str, coordinator: Client, scheme: Scheme
) -> None:
    """Somebody would be sent to a door that nobody opens."""
    data = {"day": "2026-06-22", "time": "14:30", "place": "The annexe", "places": "1", "weeks": "1"} | changes
    response = coordinator.post(reverse("scheme_slots", args=[scheme.slug]), data)
    assert response.status_code == 422
    assert words in text_of(response)
    assert "The annexe" in text_of(response)
    assert not Slot.objects.exists()


def test_no_appointment_after_the_scheme_has_ended(coordinator: Client, scheme: Scheme) -> None:
    """The provider would wait for people whom nobody may refer."""
    coordinator.post(reverse("scheme_end", args=[scheme.slug]), {"last_day": "2026-06-30"})
    data = {"day": "2026-07-02", "time": "14:30", "place": "Here", "places": "1", "weeks": "1"}
    response = coordinator.post(reverse("scheme_slots", args=[scheme.slug]), data)
    assert response.status_code == 422
    assert "does not run on 2 July 2026" in text_of(response)


def test_a_booked_appointment_is_not_taken_back(
    coordinator: Client, cast: Cast, scheme: Scheme, frozen: datetime
) -> None:
    """Somebody would come to an appointment that is gone."""
    version = scheme.versions.latest("valid_from")
    slots = [Slot.objects.create(version=version, starts_at=frozen + timedelta(days=n), place="Here") for n in (1, 2)]
    agreed = [condition(), condition("I will keep my appointments.")]
    cannabis = [crime("possession-of-cannabis")]
    record(cast["amara"], crimes=cannabis, support=Support(version, slots[0], agreed))
    addresses = [reverse("scheme_slot_withdraw", args=[scheme.slug, slot.pk]) for slot in slots]
    assert [coordinator.post(address).status_code for address in addresses] == [422, 302]
    assert list(Slot.objects.all()) == [slots[0]]


def test_an_appointment_whose_person_was_declined_is_free_and_can_be_taken_back(
    coordinator: Client, cast: Cast, scheme: Scheme, frozen: datetime
) -> None:
    """A place that no one will come to must be offered to the next person, or given back to the partner's diary."""
    version = scheme.versions.latest("valid_from")
    slot = Slot.objects.create(version=version, starts_at=frozen + timedelta(days=1), place="Here")
    agreed = [condition(), condition("I will keep my appointments.")]
    case = record(cast["amara"], crimes=[crime("possession-of-cannabis")], support=Support(version, slot, agreed))
    page = f"/scheme/{scheme.slug}/"
    assert "1 of 1 booked" in text_of(coordinator.get(page))
    assert list(queries.free_slots([version])) == []

    sent = case.referrals.get()
    partner.decline(referral=sent, reason="risk", note="", version=sent.version, by=cast["hugh"])
    assert "0 of 1 booked" in text_of(coordinator.get(page))
    assert list(queries.free_slots([version])) == [slot]
    withdrawn = coordinator.post(reverse("scheme_slot_withdraw", args=[scheme.slug, slot.pk]))
    assert withdrawn.status_code == 302
    assert not Slot.objects.exists()
    assert sent.appointments.get().starts_at == slot.starts_at


def test_the_page_says_how_full_the_scheme_is(coordinator: Client, cast: Cast, scheme: Scheme) -> None:
    """Officers would refer to a scheme without room, and people would wait."""
    refer(cast["amara"], scheme.versions.latest("valid_from"))
    assert "1 of 30" in text_of(coordinator.get("/schemes/"))
    assert "People now: 1 of 30." in text_of(coordinator.get("/scheme/drug-diversion/"))


def test_nobody_is_sent_under_an_agreement_for_something_else(
    coordinator: Client, cast: Cast, scheme: Scheme, harbour: Organisation
) -> None:
    """What a charity was given under one law it would use under another, and the person was told neither."""
    page, record = "/scheme/drug-diversion/", reverse("scheme_sharing", args=[scheme.slug])
    assert "are not on record: record it again" in text_of(coordinator.get(page))
    known = SharingAgreement.objects.get()
    sent = {"provider": harbour.pk, "document": known.document, "from_day": "2020-01-01"}
    refused = coordinator.post(record, sent)
    assert (refused.status_code, "Choose under which law data is shared" in text_of(refused)) == (422, True)
    assert coordinator.post(record, SHARING | sent | {"regime": "uk_gdpr"}).status_code == 302
    known.refresh_from_db()
    assert (SharingAgreement.objects.count(), known.regime, known.purpose) == (1, "uk_gdpr", SHARING["purpose"])
    assert "under UK GDPR alone" not in text_of(coordinator.get("/schemes/"))  # no decision, and no help: nobody
    assert "No live sharing agreement: nobody can be referred" in text_of(coordinator.get("/schemes/"))
    version = scheme.versions.latest("valid_from")
    with pytest.raises(Refused, match="under UK GDPR alone"):
        refer(cast["amara"], version)
    coordinator.post(record, SHARING | sent | {"regime": "part_3", "document": "ISA 8"})
    assert refer(cast["amara"], version).provider == harbour
    rewrite(version, without_offence=True, confidentiality="voluntary")
    listed = text_of(coordinator.get("/schemes/"))
    assert [words for words in ("nobody can be referred", "is not offered") if words in listed] == []
    SharingAgreement.objects.filter(document="ISA 8").update(regime="uk_gdpr")
    assert "under UK GDPR alone: nobody can be referred by a decision" in text_of(coordinator.get("/schemes/"))
    coordinator.post(record, SHARING | sent | {"regime": "part_3", "document": "ISA 8"})
    assert SharingAgreement.objects.get(document="ISA 8").regime == "part_3"  # a slip is corrected, and not doubled
    assert queries.shared_with(by=cast["elin"], under=FOR_HELP) == {harbour.pk}
    known.delete()
    assert "for law enforcement alone: help with no offence alleged is not offered" in text_of(coordinator.get(page))
    assert queries.shared_with(by=cast["elin"], under=FOR_HELP) == set()


def test_without_a_sharing_agreement_the_page_says_so(coordinator: Client, scheme: Scheme) -> None:
    """The first officer to find out would be standing beside the person."""
    assert "No live sharing agreement" not in text_of(coordinator.get("/scheme/drug-diversion/"))
    SharingAgreement.objects.all().delete()
    assert "No live sharing agreement" in text_of(coordinator.get("/scheme/drug-diversion/"))
    assert "No live sharing agreement: nobody can be referred" in text_of(coordinator.get("/schemes/"))


def test_every_scheme_of_the_library_can_be_taken_over_and_read(
    coordinator: Client, cast: Cast, harbour: Organisation
) -> None:
    """A scheme that a force runs elsewhere must be a matter of two clicks, with its sources."""
    entries = coordinator.get("/schemes/library/").context["entries"]
    assert len(entries) == len(load_scheme_library()) == 14
    for entry in entries:
        slug = entry["definition"].slug
        address = reverse("library_adopt", args=[slug])
        assert coordinator.get(address).status_code == 200
        response = coordinator.post(address, {"provider": harbour.pk, "area": "avonford", "capacity": "9"})
        assert response.status_code == 302, slug
        draft = PolicyVersion.objects.get(scheme=slug)
        assert coordinator.get(reverse("policy_version", args=[draft.reference])).status_code == 200, slug
        put_live(draft, cast)
        assert coordinator.get(reverse("scheme_page", args=[slug])).status_code == 200, slug
        assert coordinator.get(reverse("scheme_rules_add", args=[slug])).status_code == 200, slug


def test_taking_over_twice_is_refused_with_a_way_on(coordinator: Client, scheme: Scheme, harbour: Organisation) -> None:
    """Two schemes of one name could not be told apart."""
    response = coordinator.post(
        reverse("library_adopt", args=[scheme.slug]), {"provider": harbour.pk, "area": "avonford"}
    )
    assert response.status_code == 422
    assert "give it new rules from a date" in text_of(response)


def test_an_area_of_signs_alone_is_refused(coordinator: Client, harbour: Organisation) -> None:
    """No address of anybody would ever be in it."""
    taken = {"provider": harbour.pk, "area": "-", "capacity": "9"}
    response = coordinator.post(reverse("library_adopt", args=["lead"]), taken)
    assert (response.status_code, "Area must hold letters or numbers" in text_of(response)) == (422, True)


POSTS = ["scheme_rules_add", "scheme_end", "scheme_sharing", "scheme_slots"]


@pytest.mark.parametrize("name", ["scheme_page", *POSTS])
def test_another_forces_scheme_is_not_there(name: str, cast: Cast, scheme: Scheme, signed_in: SignIn) -> None:
    """Northmoor's coordinator must not end Avonford's scheme, nor learn that it exists."""
    from diversion.accounts.actions.roles import grant
    from diversion.accounts.models import Role

    grant(user=cast["ben"], role=Role.objects.get(slug="coordinator"), by=None)
    client = signed_in(User.objects.get(pk=cast["ben"].pk))
    assert client.post(reverse(name, args=[scheme.slug]), {"last_day": "2026-06-30"}).status_code == 404
    scheme.versions.get(valid_to=None)


@pytest.mark.parametrize("who", ["amara", "hugh", "jo", "lena"])
@pytest.mark.parametrize("name", ["scheme_list", "scheme_add", "library_list"])
def test_only_a_coordinator_manages_schemes(who: str, name: str, cast: Cast, signed_in: SignIn) -> None:
    """Rules would change without anybody answering for them."""
    assert signed_in(cast[who]).get(reverse(name)).status_code == 403


def test_each_change_is_in_the_log(coordinator: Client, cast: Cast, harbour: Organisation) -> None:
    """Who changed the rules, and when?"""
    add(coordinator, cast, rules(harbour))
    coordinator.post("/scheme/young-adults/rules", rules(harbour, valid_from="2026-08-01"))
    coordinator.post("/scheme/young-adults/end", {"last_day": "2026-12-31"})
    kinds = Event.objects.filter(actor_id=cast["elin"].pk, kind__startswith="scheme.").order_by("pk")
    assert list(kinds.values_list("kind", flat=True)) == ["scheme.changed", "scheme.ended"]
    signed = Event.objects.filter(kind__in=["policy.drafted", "policy.signed", "policy.live", "scheme.added"])
    assert [(one.kind, one.actor_id) for one in signed.order_by("pk")] == [
        ("policy.drafted", cast["elin"].pk),
        ("policy.signed", cast["elin"].pk),
        ("policy.signed", cast["david"].pk),
        ("scheme.added", cast["david"].pk),
        ("policy.live", cast["david"].pk),
    ]


def test_more_schemes_need_no_more_queries(coordinator: Client, cast: Cast, django_assert_max_num_queries: Any) -> None:
    """The list would slow down with each scheme."""
    counts = []
    for slugs in (["checkpoint", "lead"], ["pathfinder", "divert", "pathways", "drug-diversion"]):
        for slug in slugs:
            adopt_scheme(slug, cast, provider="hugh")
        with django_assert_max_num_queries(40) as captured:
            coordinator.get("/schemes/")
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_scheme_taken_over_speaks_of_the_force_s_own_area(cast: Cast) -> None:
    """Somebody in Avonford must not be refused for not living in County Durham, nor be told so."""
    for definition in load_scheme_library():
        criteria = json.dumps([version.criteria for version in _adopted(definition, cast).versions.all()])
        for place in ("Durham", "Surrey", "Cumbria", "West Yorkshire.", "Thames Valley.", "London.", "Seattle"):
            assert f"in {place}" not in criteria, (definition.slug, place)
        for area in definition.areas:
            assert f'"any_of": ["{area}"' not in criteria, (definition.slug, area)


def _adopted(definition: Any, cast: Cast) -> Scheme:
    draft = scheme_rules.adopt(
        definition=definition, provider=cast["hana"].organisation, area="avonford", by=cast["elin"]
    )
    return put_live(draft, cast)
