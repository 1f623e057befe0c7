"""A scheme's criteria on their way: drafted, signed by two people, live as the scheme's next dated version."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from cases.actions import policies
from cases.eligibility.criteria import Criterion
from cases.eligibility.editing import criteria_of
from cases.eligibility.policy import Policy
from cases.law.dates import long_date
from cases.models import PolicyVersion
from diversion import access, audit, clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.refusals import Refused
from referrals.actions.schemes import TemplateDetails
from referrals.models import ConditionTemplate, Scheme, SchemeVersion, Slot
from referrals.queries.policies import first_day
from referrals.schemes.document import document_of, open_version

DAY = timedelta(days=1)
# Rules of a version that stand beside its criteria and go with a scheme from one version, or force, to the next.
CARRIED = (
    *("disposals", "admissions", "min_age", "max_age", "areas", "entry_window_months", "duration", "duration_unit"),
    *("min_conditions", "max_conditions", "capacity", "worker_title", "confidentiality", "repeat_policy", "notes"),
    "sources",
)


@transaction.atomic
def start_scheme_draft(*, scheme: Scheme, by: User) -> PolicyVersion:
    """A draft of the scheme's next criteria, beginning as they stand today (or last stood)."""
    access.check(by, Permission.MANAGE_SCHEMES)
    version = open_version(Scheme.objects.visible_to(by).get(pk=scheme.pk))
    document = document_of(version)
    return policies.new_draft(
        force=by.organisation, document=document, kind="scheme", scheme=scheme.slug, author=by, by=by
    )


@transaction.atomic
def copy_scheme(*, scheme: Scheme, force: Organisation, by: User) -> PolicyVersion:
    """Copy a scheme's rules to another force, as a draft there; who delivers it is for that force to choose."""
    access.check(by, Permission.MANAGE_SCHEMES)
    own = Scheme.objects.visible_to(by).get(pk=scheme.pk)
    version = open_version(own)
    if not version.is_open(clock.today()):
        raise Refused("This scheme is not open today: only rules that are live can be copied.")
    return policies.arrive(
        document=document_of(version),
        kind="scheme",
        scheme=own.slug,
        setup=_setup(version),
        origin=f"{own.force}: {own.name}, rules from {version.valid_from:%-d %B %Y}",
        force=force,
        by=by,
    )


@transaction.atomic
def choose_provider(*, version: PolicyVersion, provider: Organisation, capacity: int | None, by: User) -> PolicyVersion:
    """Say who delivers a scheme that this force does not have yet, and how many people it takes at a time."""
    chosen = {**version.setup, "provider": provider.slug, "capacity": capacity}
    return policies.choose_setup(version=version, setup=chosen, by=by)


@transaction.atomic
def sign(*, version: PolicyVersion, revision: int, by: User, starts_on: date | None = None) -> PolicyVersion:
    """Sign a policy or a scheme's criteria; with the second signature a scheme gets its next dated version."""
    if version.kind == PolicyVersion.Kind.SCHEME and needs_provider(version):
        raise Refused("Choose who delivers this scheme here before it is signed.")
    _check_first_day(version, starts_on)

    def puts_live(signed: PolicyVersion) -> None:
        if signed.kind == PolicyVersion.Kind.SCHEME:
            _put_live(signed, by)

    return policies.sign(version=version, revision=revision, by=by, starts_on=starts_on, puts_live=puts_live)


def _check_first_day(version: PolicyVersion, starts_on: date | None) -> None:
    """Before anybody signs, whichever signature it is: what nobody can put live is signed by nobody."""
    earliest = first_day(version)
    if version.state == PolicyVersion.State.AWAITING:
        if words := overtaken(version):
            raise Refused(words)
    elif (starts_on or clock.today()) < earliest and earliest > clock.today():
        began, first = long_date(earliest - DAY), long_date(earliest)
        raise Refused(f"Other rules begin on {began}: these can apply from {first} on.")


def overtaken(version: PolicyVersion) -> str:
    """Why a version that waits for its second signature can get none any more; "" where it can."""
    earliest = first_day(version)
    return "" if max(version.valid_from or clock.today(), clock.today()) >= earliest else _overtaken(earliest)


def _overtaken(earliest: date) -> str:
    return (
        f"Other rules begin on {long_date(earliest - DAY)}, and were not there when this was first signed: withdraw it,"
        f" and sign one that applies from {long_date(earliest)} on."
    )


def needs_provider(version: PolicyVersion) -> bool:
    """Whether the force does not have this scheme yet and nobody has been chosen to deliver it."""
    has_it = Scheme.objects.filter(force=version.force, slug=version.scheme).exists()
    return version.kind == PolicyVersion.Kind.SCHEME and not has_it and not version.setup.get("provider")


def _put_live(version: PolicyVersion, by: User) -> None:
    """The scheme's next version. The two signatures are the authority, whatever else the second signatory may do."""
    scheme = Scheme.objects.select_for_update().filter(force=version.force, slug=version.scheme).first()
    starts_on = version.valid_from or clock.today()
    if scheme is None:
        scheme, provider, values, templates = _newly_arrived(version)
        before = None
    else:
        before = open_version(scheme)
        latest = scheme.versions.latest("valid_from")
        if latest.valid_from >= starts_on:  # added by somebody else at this very moment
            raise Refused(_overtaken(latest.valid_from + DAY))
        provider, values, templates = before.provider, _carried(before), _templates(before)
        scheme.versions.exclude(valid_to__lt=starts_on).update(valid_to=starts_on - timedelta(days=1))
    criteria = criteria_of(Policy.model_validate(version.document), f"scheme:{version.scheme}")
    values |= {"criteria": [criterion.model_dump(mode="json") for criterion in criteria], **_fields_of(criteria)}
    added = SchemeVersion.objects.create(scheme=scheme, provider=provider, valid_from=starts_on, **values)
    rows = (ConditionTemplate(version=added, order=order, **vars(one)) for order, one in enumerate(templates))
    ConditionTemplate.objects.bulk_create(rows)
    if before:
        midnight = datetime.combine(starts_on, time.min, clock.LONDON)
        Slot.objects.filter(version=before, starts_at__gte=midnight).update(version=added)
    audit.record("scheme.changed", audit.Nature.ADMINISTRATION, by=by, subjects=[scheme])


def _newly_arrived(version: PolicyVersion) -> tuple[Scheme, Organisation, dict[str, Any], list[TemplateDetails]]:
    setup = version.setup
    scheme = Scheme.objects.create(
        force=version.force, slug=version.scheme, name=version.name, modelled_on=version.copied_from[:150]
    )
    values = {**setup["values"], "capacity": setup.get("capacity"), "areas": version.force.slug}
    templates = [TemplateDetails(**one) for one in setup["templates"]]
    return scheme, Organisation.objects.get(slug=setup["provider"]), values, templates


def _carried(version: SchemeVersion) -> dict[str, Any]:
    return {name: getattr(version, name) for name in CARRIED}


def _fields_of(criteria: tuple[Criterion, ...]) -> dict[str, Any]:
    """The version's own fields that repeat what its criteria say, as they now say it."""
    ages = [criterion.test for criterion in criteria if criterion.test.kind == "age"]
    windows = [criterion.test.window for criterion in criteria if criterion.test.kind == "entry_window"]
    said = [criterion.test.any_of for criterion in criteria if criterion.test.kind == "admission"]
    found: dict[str, Any] = {
        "min_age": max((age.minimum for age in ages if age.minimum is not None), default=None),
        "max_age": min((age.maximum for age in ages if age.maximum is not None), default=None),
        "entry_window_months": next((span.amount for span in windows if span.unit == "months"), None),
    }
    return found | ({"admissions": list(said[0])} if said else {})


def _setup(version: SchemeVersion) -> dict[str, Any]:
    values = {name: value for name, value in _carried(version).items() if name not in ("capacity", "areas")}
    return {"values": values, "templates": [vars(template) for template in _templates(version)]}


def _templates(version: SchemeVersion) -> list[TemplateDetails]:
    names = ("kind", "object", "wording", "is_mandatory", "due_days")
    return [
        TemplateDetails(**{name: getattr(template, name) for name in names})
        for template in version.condition_templates.all()
    ]
