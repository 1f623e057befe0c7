"""Which open agreements a version of the rules touches, and what it puts in place of what was agreed."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cases.queries import log_shown
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.design_system.pagination import page_so_far
from diversion.requests import SignedInRequest
from referrals.presenters.changed import touched_table
from referrals.queries import policies, schemes, touched
from referrals.queries.touched import LOOKED_THROUGH, Touched

POLICE = Organisation.Kind.POLICE_FORCE
ON_A_PAGE = 25


@requires(Permission.MANAGE_SCHEMES, Permission.SIGN_POLICY, people=True, kind=POLICE)
def policy_agreements(request: SignedInRequest, reference: str) -> HttpResponse:
    """By a version of the policy, or of a scheme's criteria: live, or once it were."""
    version = policies.open_policy(reference=reference, by=request.user)
    found = touched.touched_by_policy(version, by=request.user)
    return _show(request, found, str(version), reverse("policy_version", args=[reference]))


@requires(Permission.MANAGE_SCHEMES, people=True, kind=POLICE)
def scheme_agreements(request: SignedInRequest, slug: str) -> HttpResponse:
    """By the rules of a scheme that apply today."""
    scheme = schemes.open_scheme(slug=slug, by=request.user)
    found = touched.touched_by_scheme(scheme, by=request.user)
    return _show(request, found, scheme.name, reverse("scheme_page", args=[slug]))


def _show(request: SignedInRequest, found: Touched, title: str, back: str) -> HttpResponse:
    page = page_so_far(lambda most: found[:most], ON_A_PAGE, request.GET.get("page"))
    rows = list(page.object_list)
    log_shown("rules.touched_shown", [case for case, _ in rows], by=request.user)
    context = {"page": page, "title": title, "back": back, "table": touched_table(rows) if rows else None}
    return render(request, "referrals/policies/touched.html", context | {"looked_through": LOOKED_THROUGH})
