"""Drafting, signing and putting live a force's policy."""

from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction

from cases import rulebook
from cases.actions import policies as actions
from cases.eligibility.editing import without_criterion
from cases.models import PolicyVersion
from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.audit.models import Event
from diversion.refusals import Outdated, Refused
from tests.conftest import Cast
from tests.factories.ground import hold

pytestmark = pytest.mark.usefixtures("frozen")

TODAY = date(2026, 6, 10)
COUNTS = {"decisions": 0}


def drafted(cast: Cast, by: str = "elin") -> PolicyVersion:
    """A draft without the gravity criterion, previewed and described: ready to be signed."""
    user = cast[by]
    draft = actions.start_draft(base=rulebook.live_version(user.organisation, TODAY), by=user)
    return ready(draft, user)


def ready(draft: PolicyVersion, user: User) -> PolicyVersion:
    document = without_criterion(rulebook.policy_of(draft), "disposal:community_resolution", "gravity")
    draft = actions.save_document(version=draft, document=document, revision=draft.revision, by=user)
    draft = actions.describe(
        version=draft,
        name=draft.name,
        label=draft.version,
        review_date=date(2027, 6, 1),
        notes="A gravity score alone no longer asks for a sergeant.",
        revision=draft.revision,
        by=user,
    )
    return actions.keep_preview(version=draft, preview=COUNTS, by=user)


def signed_twice(cast: Cast, starts_on: date = TODAY) -> PolicyVersion:
    draft = drafted(cast)
    once = actions.sign(version=draft, revision=draft.revision, starts_on=starts_on, by=cast["elin"])
    return actions.sign(version=once, revision=once.revision, by=cast["david"])


@pytest.mark.django_db
def test_a_force_without_a_policy_gets_the_default_one_once() -> None:
    """An officer of a new force would work without any policy, or under two."""
    force = Organisation.objects.create(slug="new", name="New", kind=Organisation.Kind.POLICE_FORCE)
    assert rulebook.ensure_policy(force) == rulebook.ensure_policy(force)
    policy, label = rulebook.live_policy(force, TODAY)
    assert PolicyVersion.objects.filter(force=force).count() == 1
    assert label == "Default policy, version 1 (default, not yet approved by the force)"
    assert policy.disposals
    assert policy.schemes == ()


def test_two_signatures_by_two_people_put_a_draft_live(cast: Cast) -> None:
    """One person alone could change what every officer may offer."""
    version = signed_twice(cast)
    assert version.state == PolicyVersion.State.LIVE
    assert [str(signature.by) for signature in version.signatures.all()] == ["Elin Rees", "David Mbeki"]
    policy, label = rulebook.live_policy(cast["elin"].organisation, TODAY)
    assert label == "Default policy, version 2"
    assert "gravity" not in [criterion.id for criterion in policy.disposals[0].criteria]


def test_the_version_before_ends_the_day_before(cast: Cast) -> None:
    """Two policies on one day would make the record of a decision ambiguous."""
    version = signed_twice(cast, TODAY + timedelta(days=5))
    before = PolicyVersion.objects.get(is_default=True, force=version.force)
    assert before.valid_to == TODAY + timedelta(days=4)
    force = cast["elin"].organisation
    assert rulebook.live_version(force, TODAY + timedelta(days=4)) == before
    assert rulebook.live_version(force, TODAY + timedelta(days=5)) == version


def test_the_author_cannot_sign_second(cast: Cast) -> None:
    """A coordinator with a second role could pass their own draft."""
    draft = drafted(cast)
    once = actions.sign(version=draft, revision=draft.revision, starts_on=TODAY, by=cast["david"])
    role = cast["david"].roles.get()
    hold(cast["elin"], role, *cast["elin"].roles.all())
    for key in ("elin", "david"):
        with pytest.raises(Refused, match="must be another person"):
            actions.sign(version=once, revision=once.revision, by=cast[key])


def test_a_coordinator_cannot_give_the_second_signature(cast: Cast) -> None:
    """The named signatory is of rank, not a colleague of the author."""
    draft = drafted(cast)
    once = actions.sign(version=draft, revision=draft.revision, starts_on=TODAY, by=cast["david"])
    with pytest.raises(PermissionDenied):
        actions.sign(version=once, revision=once.revision, by=cast["elin"])


@pytest.mark.parametrize("key", ["amara", "carol", "hana", "lena"])
def test_nobody_else_drafts_signs_or_withdraws(cast: Cast, key: str) -> None:
    """An officer, or a provider, could change the rules they work under."""
    draft = drafted(cast)
    calls = (
        lambda: actions.start_draft(base=draft, by=cast[key]),
        lambda: actions.sign(version=draft, revision=draft.revision, by=cast[key]),
        lambda: actions.withdraw(version=draft, by=cast[key]),
        lambda: actions.copy_to(version=draft, force=cast["ben"].organisation, by=cast[key]),
        lambda: actions.keep_preview(version=draft, preview=COUNTS, by=cast[key]),
    )
    for call in calls:
        with pytest.raises(PermissionDenied):
            call()


def test_what_was_signed_is_not_edited(cast: Cast) -> None:
    """The second signatory would sign something other than what the first one did."""
    draft = drafted(cast)
    once = actions.sign(version=draft, revision=draft.revision, starts_on=TODAY, by=cast["elin"])
    with pytest.raises(Refused, match="never changes"):
        actions.save_document(version=once, document=rulebook.policy_of(once), revision=once.revision, by=cast["elin"])


def test_the_database_refuses_to_change_what_was_signed(cast: Cast) -> None:
    """A bulk update or a repair by hand could rewrite the policy under past decisions."""
    version = signed_twice(cast)
    rows = PolicyVersion.objects.filter(pk=version.pk)
    for change in ({"document": {}}, {"state": "withdrawn"}, {"valid_from": date(2020, 1, 1)}, {"name": "Other"}):
        with pytest.raises(InternalError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(InternalError), transaction.atomic():
        PolicyVersion.objects.filter(pk=version.pk)._raw_delete("default")  # type: ignore[attr-defined]


def test_the_database_refuses_two_live_policies_on_one_day(cast: Cast) -> None:
    """Two coordinators signing at once could each put a policy live for the same days."""
    version = signed_twice(cast)
    with pytest.raises(IntegrityError, match="one_live_policy_a_force_and_day"), transaction.atomic():
        PolicyVersion.objects.create(
            force=version.force,
            name="Twin",
            version="9",
            document=version.document,
            state="live",
            valid_from=TODAY + timedelta(days=30),
            review_date=version.review_date,
        )


def test_a_later_start_than_the_live_one_is_asked_for(cast: Cast) -> None:
    """A version that starts before the live one would rewrite what applied to decisions already made."""
    signed_twice(cast)
    draft = drafted(cast)
    with pytest.raises(Refused, match="is live from 10 June 2026: this one can start on 11 June 2026 or later"):
        actions.sign(version=draft, revision=draft.revision, starts_on=TODAY, by=cast["elin"])
    with pytest.raises(Refused, match="first day has passed"):
        actions.sign(version=draft, revision=draft.revision, starts_on=date(2026, 1, 1), by=cast["elin"])


def test_a_late_second_signature_starts_the_version_that_day(cast: Cast) -> None:
    """The version would otherwise have been live before anybody had approved it."""
    draft = drafted(cast)
    once = actions.sign(version=draft, revision=draft.revision, starts_on=TODAY, by=cast["elin"])
    with clock.set_to(clock.now() + timedelta(days=3)):
        live = actions.sign(version=once, revision=once.revision, by=cast["david"])
    assert live.valid_from == TODAY + timedelta(days=3)
    assert rulebook.policy_of(live).valid_from == TODAY + timedelta(days=3)


def test_a_draft_is_previewed_and_explained_before_it_is_signed(cast: Cast) -> None:
    """People would sign what nobody had looked at; an edit makes an older preview worthless."""
    elin = cast["elin"]
    draft = actions.start_draft(base=rulebook.live_version(elin.organisation, TODAY), by=elin)
    with pytest.raises(Refused, match="Preview it on past cases first"):
        actions.sign(version=draft, revision=draft.revision, by=elin)
    draft = actions.keep_preview(version=draft, preview=COUNTS, by=elin)
    with pytest.raises(Refused, match="Say what changed and why"):
        actions.sign(version=draft, revision=draft.revision, by=elin)
    edited = ready(draft, elin)
    edited = actions.save_document(
        version=edited, document=rulebook.policy_of(edited), revision=edited.revision, by=elin
    )
    assert edited.preview is None


def test_two_people_never_overwrite_each_other(cast: Cast) -> None:
    """The second would silently undo the first one's criterion."""
    elin = cast["elin"]
    draft = actions.start_draft(base=rulebook.live_version(elin.organisation, TODAY), by=elin)
    seen, document = draft.revision, rulebook.policy_of(draft)
    actions.save_document(version=draft, document=document, revision=seen, by=elin)
    with pytest.raises(Outdated):
        actions.save_document(version=draft, document=document, revision=seen, by=elin)


def test_a_draft_can_be_withdrawn_and_begun_from_again(cast: Cast) -> None:
    """A version with a mistake in it would wait for its second signature for ever."""
    draft = drafted(cast)
    once = actions.sign(version=draft, revision=draft.revision, starts_on=TODAY, by=cast["elin"])
    gone = actions.withdraw(version=once, by=cast["david"])
    assert gone.state == PolicyVersion.State.WITHDRAWN
    again = actions.start_draft(base=gone, by=cast["elin"])
    assert again.document["disposals"] == gone.document["disposals"]
    assert not again.signatures.exists()
    with pytest.raises(Outdated):
        actions.withdraw(version=gone, by=cast["elin"])


def test_a_copy_arrives_as_a_draft_of_the_other_force(cast: Cast) -> None:
    """One force's signatures would put a policy live in another, or its drafts would be open to it."""
    version, northmoor = signed_twice(cast), cast["ben"].organisation
    copy = actions.copy_to(version=version, force=northmoor, by=cast["elin"])
    assert (copy.force, copy.state, copy.author, copy.preview) == (northmoor, "draft", None, None)
    assert copy.copied_from == "Avonford Police: Default policy, version 2"
    assert not copy.signatures.exists()
    assert not PolicyVersion.objects.visible_to(cast["elin"]).filter(pk=copy.pk).exists()
    event = Event.objects.get(kind="policy.copied")
    assert event.recipients == ["Northmoor Police"]


def test_only_a_live_version_is_copied_and_only_to_a_force(cast: Cast) -> None:
    """An unsigned draft would travel under the name of the force; a provider is no force."""
    with pytest.raises(Refused, match="Only a live version"):
        actions.copy_to(version=drafted(cast), force=cast["ben"].organisation, by=cast["elin"])
    live = rulebook.live_version(cast["elin"].organisation, TODAY)
    for key in ("hana", "elin"):
        with pytest.raises(Refused, match="another police force"):
            actions.copy_to(version=live, force=cast[key].organisation, by=cast["elin"])


def test_another_forces_version_is_out_of_reach(cast: Cast) -> None:
    """A coordinator could sign or read another force's drafts by its number."""
    live = rulebook.live_version(cast["ben"].organisation, TODAY)
    for act in (
        lambda: actions.start_draft(base=live, by=cast["elin"]),
        lambda: actions.withdraw(version=live, by=cast["elin"]),
        lambda: actions.sign(version=live, revision=1, by=cast["david"]),
    ):
        with pytest.raises(PolicyVersion.DoesNotExist):
            act()


@pytest.mark.django_db(transaction=True)
def test_a_change_without_its_event_is_no_change(cast: Cast) -> None:
    """The log would say nothing of who changed the rules."""
    draft = drafted(cast)
    with patch("cases.actions.policies.audit.record", side_effect=RuntimeError), pytest.raises(RuntimeError):
        actions.withdraw(version=draft, by=cast["elin"])
    draft.refresh_from_db()
    assert draft.state == PolicyVersion.State.DRAFT


def test_each_step_leaves_its_event(cast: Cast) -> None:
    """The information manager could not say who changed a rule, and when."""
    signed_twice(cast)
    kinds = set(Event.objects.filter(kind__startswith="policy.").values_list("kind", flat=True))
    steps = {"drafted", "changed", "preview_kept", "signed", "live"}
    assert kinds == {"policy.default_set_up", *(f"policy.{step}" for step in steps)}
