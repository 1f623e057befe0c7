"""Drafting, signing and putting live a force's rules. Two people answer for each version; what they signed stays."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from cases import rulebook
from cases.eligibility.editing import in_area
from cases.eligibility.policy import Policy
from cases.law.dates import long_date
from cases.models import PolicySignature, PolicyVersion
from diversion import access, audit, clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused
from diversion.unit_of_work import read_again

State, Kind = PolicyVersion.State, PolicyVersion.Kind
OPEN = (State.DRAFT, State.AWAITING)
KEEPERS = (Permission.MANAGE_SCHEMES, Permission.SIGN_POLICY)


@transaction.atomic
def start_draft(*, base: PolicyVersion, by: User) -> PolicyVersion:
    """A draft of the next version, beginning as ``base`` stands (live, withdrawn or still being signed)."""
    access.check(by, Permission.MANAGE_SCHEMES)
    own = PolicyVersion.objects.visible_to(by).get(pk=base.pk)
    setup = {} if own.state == State.LIVE else own.setup  # what is live has been set up
    if setup and PolicyVersion.objects.filter(force=own.force, scheme=own.scheme, state__in=OPEN).exists():
        raise Refused(f"{own.name} is drafted already: go on with that draft.")
    return new_draft(
        force=own.force,
        document=rulebook.policy_of(own),
        kind=own.kind,
        scheme=own.scheme,
        setup=setup,
        author=by,
        by=by,
    )


def new_draft(
    *,
    force: Organisation,
    document: Policy,
    kind: str,
    by: User,
    scheme: str = "",
    setup: Mapping[str, Any] | None = None,
    author: User | None = None,
    copied_from: str = "",
    notes: str = "",
) -> PolicyVersion:
    """Make a draft for ``force``. Called by the actions, which have checked who may."""
    latest = _live(force, kind, scheme).order_by("-valid_from").first()
    review = max(document.review_date, rulebook.year_from_today())
    name = rulebook.next_version(latest.version if latest else document.version)[:20]
    draft = PolicyVersion.objects.create(
        force=force,
        kind=kind,
        scheme=scheme,
        name=document.name,
        version=name,
        document=_as_json(document, force=force, version=name, starts_on=clock.today(), review=review),
        setup=dict(setup or {}),
        review_date=review,
        copied_from=copied_from,
        notes=notes,
        author=author,
    )
    _log("policy.drafted", draft, by)
    return draft


@transaction.atomic
def save_document(*, version: PolicyVersion, document: Policy, revision: int, by: User) -> PolicyVersion:
    """Keep a changed document of a draft. A preview of what it was before no longer counts."""
    draft = _open_draft(version, revision, by)
    draft.document = document.model_dump(mode="json")
    return _saved(draft, "document", by=by)


@transaction.atomic
def describe(
    *, version: PolicyVersion, name: str, label: str, review_date: date, notes: str, revision: int, by: User
) -> PolicyVersion:
    """Name a draft (``label`` is its version), say what changed and when it is to be looked at again."""
    draft = _open_draft(version, revision, by)
    if review_date <= clock.today():
        raise Refused("The review date has passed: choose a day to come.")
    draft.name, draft.version, draft.review_date, draft.notes = name, label, review_date, notes
    return _saved(draft, "name", "version", "review_date", "notes", by=by, keeps_preview=True)


@transaction.atomic
def choose_setup(*, version: PolicyVersion, setup: Mapping[str, Any], revision: int, by: User) -> PolicyVersion:
    """Change what else a scheme needs in order to run (its provider, its places, its conditions)."""
    draft = _open_draft(version, revision, by)
    draft.setup = dict(setup)
    return _saved(draft, "setup", by=by, keeps_preview=True)


@transaction.atomic
def keep_preview(*, version: PolicyVersion, preview: Mapping[str, Any], by: User) -> PolicyVersion:
    """Keep what a version would have changed among past decisions, for those who are to sign it."""
    access.check(by, *KEEPERS)
    kept = PolicyVersion.objects.visible_to(by).select_for_update().get(pk=version.pk)
    if kept.revision != version.revision:
        raise Outdated("This draft")
    kept.preview, kept.previewed_at = dict(preview), clock.now()
    kept.save(update_fields=["preview", "previewed_at"])
    _log("policy.preview_kept", kept, by)
    return kept


@transaction.atomic
def sign(
    *,
    version: PolicyVersion,
    revision: int,
    by: User,
    starts_on: date | None = None,
    puts_live: Callable[[PolicyVersion], None] | None = None,
) -> PolicyVersion:
    """Sign: the first signature fixes the document and the day it starts, the second puts it live from that day.

    The second is another person's than the author's and the first signatory's. Where the day has passed by then, the
    version starts on the day of the second signature. ``puts_live`` does what else has to happen then; a scheme's
    criteria need it (referrals.actions.scheme_rules).
    """
    access.check(by, *KEEPERS)
    locked = PolicyVersion.objects.visible_to(by).select_for_update().get(pk=version.pk)
    if locked.state == State.DRAFT:
        return _sign_first(locked, revision, starts_on or clock.today(), by)
    if locked.state != State.AWAITING:
        raise Outdated("This version")
    access.check(by, Permission.SIGN_POLICY)
    if locked.author_id == by.pk or locked.signatures.filter(by=by).exists():
        raise Refused("You drafted or signed this version: the second signature must be another person’s.")
    if locked.kind == Kind.SCHEME and puts_live is None:
        raise ValueError(
            "A scheme's criteria go live with the scheme: sign them with referrals.actions.scheme_rules.sign."
        )
    _signature(locked, by)
    return _go_live(locked, puts_live, by)


@transaction.atomic
def withdraw(*, version: PolicyVersion, by: User) -> PolicyVersion:
    """Withdraw a draft, or a version that waits for its second signature. A live version is replaced instead."""
    access.check(by, *KEEPERS)
    locked = PolicyVersion.objects.visible_to(by).select_for_update().get(pk=version.pk)
    if locked.state not in (State.DRAFT, State.AWAITING):
        raise Outdated("This version")
    locked.state = State.WITHDRAWN
    locked.save(update_fields=["state"])
    _log("policy.withdrawn", locked, by)
    return locked


@transaction.atomic
def copy_to(*, version: PolicyVersion, force: Organisation, by: User) -> PolicyVersion:
    """Copy a live version to another force, where it arrives as a draft for that force's own people. Only rules go."""
    access.check(by, Permission.MANAGE_SCHEMES)
    own = PolicyVersion.objects.visible_to(by).get(pk=version.pk)
    if own.state != State.LIVE:
        raise Refused("Only a live version can be copied: a draft has not been signed by anybody.")
    if own.kind == Kind.SCHEME:
        raise ValueError(
            "A scheme is copied with what it needs to run: see referrals.actions.scheme_rules.copy_scheme."
        )
    return arrive(document=rulebook.policy_of(own), kind=own.kind, origin=f"{own.force}: {own}", force=force, by=by)


def arrive(
    *,
    document: Policy,
    kind: str,
    origin: str,
    force: Organisation,
    by: User,
    scheme: str = "",
    setup: Mapping[str, Any] | None = None,
) -> PolicyVersion:
    """Put rules that come from another force down as a draft. Nobody there has written it yet, so it has no author."""
    if force.kind != Organisation.Kind.POLICE_FORCE or force == by.organisation:
        raise Refused("Choose another police force to copy it to.")
    if kind == Kind.POLICY:
        rulebook.ensure_policy(force)  # what the draft will be compared with
    moved = in_area(document, force.slug.replace("-", "_"))
    draft = new_draft(
        force=force, document=moved, kind=kind, scheme=scheme, setup=setup, copied_from=origin[:200], by=by
    )
    detail = {"from": origin[:200]}
    audit.record(
        "policy.copied", audit.Nature.ADMINISTRATION, by=by, subjects=[draft], recipients=[force.name], detail=detail
    )
    return draft


def _open_draft(version: PolicyVersion, revision: int, by: User) -> PolicyVersion:
    access.check(by, Permission.MANAGE_SCHEMES)
    draft = PolicyVersion.objects.visible_to(by).select_for_update().get(pk=version.pk)
    if draft.state != State.DRAFT:
        raise Refused("What has been signed never changes. Withdraw this version, or start a new draft from it.")
    if draft.revision != revision:
        raise Outdated("This draft")
    return draft


def _saved(draft: PolicyVersion, *fields: str, by: User, keeps_preview: bool = False) -> PolicyVersion:
    draft.revision += 1
    draft.author = draft.author or by
    if not keeps_preview:
        draft.preview = draft.previewed_at = None
    draft.save(update_fields=[*fields, "revision", "author", "preview", "previewed_at"])
    _log("policy.changed", draft, by, fields=list(fields))
    return draft


def _sign_first(draft: PolicyVersion, revision: int, starts_on: date, by: User) -> PolicyVersion:
    if draft.revision != revision:
        raise Outdated("This draft")
    if draft.preview is None:
        raise Refused("Preview it on past cases first: whoever signs should know what it would have changed.")
    if not draft.notes.strip():
        raise Refused("Say what changed and why, under “Name, review date and reasons”, before it is signed.")
    if starts_on < clock.today():
        raise Refused(
            "The first day has passed: choose today or a day to come. Decisions already made stay as they are."
        )
    if draft.review_date <= starts_on:
        raise Refused("The review date is not after the first day: change one of them.")
    if _live(draft.force, draft.kind, draft.scheme).filter(name=draft.name, version=draft.version).exists():
        raise Refused(f"{draft} is live already: give this one another version.")
    _check_after_live(draft, starts_on)
    draft.valid_from, draft.state = starts_on, State.AWAITING
    document = Policy.model_validate(draft.document)
    draft.document = _as_json(
        document.model_copy(update={"name": draft.name}),
        force=draft.force,
        version=draft.version,
        starts_on=starts_on,
        review=draft.review_date,
    )
    draft.author = draft.author or by
    draft.save(update_fields=["valid_from", "state", "document", "author"])
    _signature(draft, by)
    return draft


def _go_live(version: PolicyVersion, puts_live: Callable[[PolicyVersion], None] | None, by: User) -> PolicyVersion:
    starts_on = max(version.valid_from or clock.today(), clock.today())
    _check_after_live(version, starts_on)
    before = _live(version.force, version.kind, version.scheme).exclude(valid_to__lt=starts_on)
    before.update(valid_to=starts_on - timedelta(days=1))
    version.valid_from, version.state = starts_on, State.LIVE
    version.save(update_fields=["valid_from", "state"])
    read_again()
    if puts_live:
        puts_live(version)
    _log("policy.live", version, by, starts_on=starts_on.isoformat())
    return version


def _check_after_live(version: PolicyVersion, starts_on: date) -> None:
    latest = _live(version.force, version.kind, version.scheme).order_by("-valid_from").first()
    if latest and latest.valid_from and latest.valid_from >= starts_on:
        since, earliest = long_date(latest.valid_from), long_date(rulebook.first_day(version))
        raise Refused(f"{latest} is live from {since}: this one can start on {earliest} or later.")


def _live(force: Organisation, kind: str, scheme: str) -> Any:
    return PolicyVersion.objects.filter(force=force, kind=kind, scheme=scheme, state=State.LIVE)


def _signature(version: PolicyVersion, by: User) -> None:
    titles = [by.get_rank_display()] if by.rank else []
    role = ", ".join([*titles, *by.roles.order_by("name").values_list("name", flat=True)])
    PolicySignature.objects.create(version=version, by=by, role=role[:150])
    _log("policy.signed", version, by)


def _as_json(document: Policy, *, force: Organisation, version: str, starts_on: date, review: date) -> dict[str, Any]:
    given = document.model_dump(mode="json")
    given |= {"force": force.slug, "version": version, "valid_from": starts_on.isoformat(), "valid_to": None}
    given |= {"review_date": review.isoformat(), "signatories": []}
    for entry in given["schemes"]:
        entry["versions"] = [
            {**entry["versions"][-1], "version": version, "valid_from": starts_on.isoformat(), "valid_to": None}
        ]
    return Policy.model_validate(given).model_dump(mode="json")


def _log(kind: str, version: PolicyVersion, by: User, **detail: Any) -> None:
    audit.record(kind, audit.Nature.ADMINISTRATION, by=by, subjects=[version], detail=detail)
