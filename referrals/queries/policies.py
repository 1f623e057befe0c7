"""Reading versions of the rules. They hold no person's data; the preview reads the answers, and logs that itself."""

from datetime import date, timedelta

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from cases.models import PolicyVersion
from cases.rulebook import ensure_policy
from cases.rulebook import first_day as first_live_day
from diversion import clock
from diversion.accounts.models import User
from referrals.models import Scheme, SchemeVersion

OPEN = (PolicyVersion.State.DRAFT, PolicyVersion.State.AWAITING)


def open_policy(*, reference: str, by: User) -> PolicyVersion:
    """A version with its signatures; 404 for another force's."""
    rows = PolicyVersion.objects.visible_to(by).select_related("force", "author")
    return get_object_or_404(rows.prefetch_related("signatures__by"), reference=reference)


def first_day(version: PolicyVersion) -> date:
    """The first day from which a version can apply: a scheme's own rules of today, or to come, have their day first."""
    earliest = first_live_day(version)
    rules = SchemeVersion.objects.filter(scheme__force=version.force_id, scheme__slug=version.scheme)
    began = rules.order_by("-valid_from").values_list("valid_from", flat=True).first()
    return max(earliest, began + timedelta(days=1)) if began else earliest


def is_new_scheme(version: PolicyVersion) -> bool:
    """Whether it is a scheme that the force does not have yet."""
    has_it = Scheme.objects.filter(force=version.force_id, slug=version.scheme).exists()
    return version.kind == PolicyVersion.Kind.SCHEME and not has_it


def new_schemes(*, by: User) -> list[PolicyVersion]:
    """Schemes that are being drafted or wait for a signature, of those that the force does not have yet."""
    rows = PolicyVersion.objects.visible_to(by).filter(state__in=OPEN, kind=PolicyVersion.Kind.SCHEME)
    own = Scheme.objects.filter(force=by.organisation).values("slug")
    return list(rows.exclude(scheme__in=own).order_by("name"))


def policies_for_list(*, by: User) -> list[PolicyVersion]:
    """Versions of the force's policy that are live or will be, the one in force first; the default if there is none."""
    ensure_policy(by.organisation)
    today = clock.today()
    rows = PolicyVersion.objects.visible_to(by).filter(kind=PolicyVersion.Kind.POLICY, state=PolicyVersion.State.LIVE)
    return list(rows.exclude(valid_to__lt=today).order_by("valid_from").prefetch_related("signatures__by"))


def drafts_for_list(*, by: User) -> list[PolicyVersion]:
    """Everything that is being drafted or waits for a signature, the newest first."""
    return list(PolicyVersion.objects.visible_to(by).filter(state__in=OPEN).select_related("author"))


def earlier_policies(*, by: User) -> QuerySet[PolicyVersion]:
    """Versions that have ended or were withdrawn, the newest first."""
    rows = PolicyVersion.objects.visible_to(by)
    return (
        rows.exclude(state__in=OPEN)
        .exclude(state="live", valid_to__isnull=True)
        .exclude(state="live", valid_to__gte=clock.today())
    )


def schemes_for_list(*, by: User) -> list[SchemeVersion]:
    """The force's schemes by the version open today."""
    versions = SchemeVersion.objects.open_on(clock.today()).filter(scheme__force=by.organisation)
    return list(versions.select_related("scheme", "provider").order_by("scheme__name"))


def signed_versions(*, by: User) -> dict[str, PolicyVersion]:
    """The signed version behind each scheme's criteria, by the scheme's short name, where there is one."""
    rows = PolicyVersion.objects.visible_to(by).filter(kind="scheme").live_on(clock.today())
    return {row.scheme: row for row in rows}


def open_scheme_rules(*, slug: str, by: User) -> Scheme:
    """A scheme of ``by``'s force; 404 for another's."""
    return get_object_or_404(Scheme.objects.filter(force=by.organisation).select_related("force"), slug=slug)
