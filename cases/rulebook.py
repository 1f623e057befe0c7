"""The rules in force: a force's live policy, and the default of a new force."""

from datetime import date, timedelta
from functools import lru_cache

from django.db import transaction
from django.db.models import QuerySet

from cases.eligibility.base import Same
from cases.eligibility.policy import Policy, load_policy
from cases.law.settings import LawSettings
from cases.models import PolicyVersion
from diversion import audit, clock
from diversion.accounts.models import Organisation
from diversion.unit_of_work import once
from diversion.written import written

DEFAULT_MARK = "default, not yet approved by the force"
MOST_LABEL = 110


def live_policy(force: Organisation, on: date) -> tuple[Policy, str]:
    """The policy of ``force`` on a day, and its name and version as they stand on a decision.

    A force that has none yet gets the default one, marked as not approved.
    """
    version = live_version(force, on)
    return policy_of(version), label_of(version)


def live_version(force: Organisation, on: date) -> PolicyVersion:
    """The version of the force's policy that is live on a day; the default is set up where there is none."""
    return once(("live policy", force.pk, on), lambda: _live_version(force, on))


def _live_version(force: Organisation, on: date) -> PolicyVersion:
    return next(iter(_live_versions(force=force.pk, on=on)), None) or ensure_policy(force)


@written(force=int, on=date)
def _live_versions(*, force: int, on: date) -> QuerySet[PolicyVersion]:
    versions = PolicyVersion.objects.filter(force=force, kind=PolicyVersion.Kind.POLICY)
    return versions.live_on(on).defer("document")[:1]


def settings_of(force: Organisation, on: date) -> LawSettings:
    """What the force chose, in the policy of the day, where the law leaves it a choice."""
    return live_policy(force, on)[0].settings


def first_day(version: PolicyVersion) -> date:
    """The first day from which a version that is not live yet can be: today, or the day after the latest live began."""
    live = PolicyVersion.objects.filter(force=version.force_id, kind=version.kind, scheme=version.scheme)
    days = live.filter(state=PolicyVersion.State.LIVE).order_by("-valid_from").values_list("valid_from", flat=True)
    latest = days.first()
    return max(clock.today(), latest + timedelta(days=1)) if latest else clock.today()


def policy_of(version: PolicyVersion) -> Policy:
    """The document of a version, with the days that count.

    Of a live one the same object each time: what is worked out of it is kept by that (`cases.eligibility.base.Same`).
    """
    document = _read(version)
    days = (version.valid_from or document.valid_from, version.valid_to)
    return _on_days(Same(document), *days) if version.state == PolicyVersion.State.LIVE else _with_days(document, *days)


@lru_cache(maxsize=256)
def _on_days(document: Same[Policy], valid_from: date, valid_to: date | None) -> Policy:
    return _with_days(document.it, valid_from, valid_to)


def _with_days(document: Policy, valid_from: date, valid_to: date | None) -> Policy:
    return document.model_copy(update={"valid_from": valid_from, "valid_to": valid_to})


# By reference and revision. A signed document never changes (the database refuses it), and is asked on every page where
# somebody is recorded: it is fetched and read once a process. One whose signing was rolled back, and which was edited
# after that, has another revision.
_READ: dict[tuple[str, int], Policy] = {}


def _read(version: PolicyVersion) -> Policy:
    if version.state != PolicyVersion.State.LIVE:
        return Policy.model_validate(version.document)
    key = (version.reference, version.revision)
    if key not in _READ:
        _READ[key] = Policy.model_validate(version.document)
    return _READ[key]


def label_of(version: PolicyVersion) -> str:
    """ "Default policy, version 1 (default, not yet approved by the force)"."""
    mark = f" ({DEFAULT_MARK})" if version.is_default else ""
    return f"{str(version)[: MOST_LABEL - len(mark)]}{mark}"


@transaction.atomic
def ensure_policy(force: Organisation) -> PolicyVersion:
    """Give ``force`` the default policy where it has none; its schemes' criteria stand with the schemes."""
    Organisation.objects.select_for_update().get(pk=force.pk)
    live = PolicyVersion.objects.filter(force=force, kind=PolicyVersion.Kind.POLICY, state=PolicyVersion.State.LIVE)
    if first := live.order_by("valid_from").first():
        return first
    default = load_policy().model_copy(update={"schemes": (), "force": force.slug})
    version = PolicyVersion.objects.create(
        force=force,
        name=default.name,
        version=default.version,
        document=default.model_dump(mode="json"),
        state=PolicyVersion.State.LIVE,
        valid_from=default.valid_from,
        review_date=default.review_date,
        is_default=True,
        notes="Set up by the service so that nobody works without a policy. The force has not approved it yet.",
    )
    audit.record("policy.default_set_up", audit.Nature.ADMINISTRATION, by=None, subjects=[version])
    return version


def ensure_policies() -> int:
    """The default policy for every force that has none; how many forces there are."""
    forces = list(Organisation.objects.filter(kind=Organisation.Kind.POLICE_FORCE))
    for force in forces:
        ensure_policy(force)
    return len(forces)


def next_version(name: str) -> str:
    """The version after ``name``: "2" after "1", "3.2" after "3.1"; else "2"."""
    head, dot, last = name.rpartition(".")
    return f"{head}{dot}{int(last) + 1}" if last.isdigit() else "2"


def year_from_today() -> date:
    """When new rules are to be looked at again, unless somebody says otherwise."""
    return clock.today() + timedelta(days=365)
