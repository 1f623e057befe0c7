"""Rules that go from one force to another, and a scheme's rules as they stand."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.actions import policies as actions
from cases.models import PolicyVersion
from diversion import clock
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.attempts import attempt
from diversion.requests import SignedInRequest
from referrals.actions import scheme_rules as scheme_actions
from referrals.forms.policies import CopyForm
from referrals.presenters import policies as words
from referrals.queries import policies as queries
from referrals.schemes.document import document_of, open_version
from referrals.views.policies import posted, status_of

POLICE = Organisation.Kind.POLICE_FORCE


@requires(Permission.MANAGE_SCHEMES, kind=POLICE)
def policy_copy(request: SignedInRequest, reference: str) -> HttpResponse:
    """Give a live policy to another force, where it is a draft."""
    version = queries.open_policy(reference=reference, by=request.user)
    form = CopyForm(posted(request), by=request.user)

    def act() -> None:
        force = form.cleaned_data["force"]
        if version.kind == PolicyVersion.Kind.SCHEME:
            scheme = queries.open_scheme_rules(slug=version.scheme, by=request.user)
            scheme_actions.copy_scheme(scheme=scheme, force=force, by=request.user)
        else:
            actions.copy_to(version=version, force=force, by=request.user)

    return _copied(request, form, act, title=str(version), back=version.reference)


@requires(Permission.MANAGE_SCHEMES, Permission.SIGN_POLICY, kind=POLICE)
def scheme_rules(request: SignedInRequest, slug: str) -> HttpResponse:
    """A scheme's criteria as they stand, in plain English."""
    scheme = queries.open_scheme_rules(slug=slug, by=request.user)
    rules_now = open_version(scheme)
    option = words.options_of(document_of(rules_now), rules_now.valid_from)[0]
    context = {
        "scheme": scheme,
        "rules": rules_now,
        "is_live": rules_now.is_open(clock.today()),
        "signed": queries.signed_versions(by=request.user).get(slug),
        "table": words.criteria_table(option),
        "manages": request.user.can(Permission.MANAGE_SCHEMES),
    }
    return render(request, "referrals/policies/scheme.html", context)


@requires(Permission.MANAGE_SCHEMES, kind=POLICE)
@require_POST
def scheme_draft(request: SignedInRequest, slug: str) -> HttpResponse:
    """Start a draft of a scheme's next criteria."""
    scheme = queries.open_scheme_rules(slug=slug, by=request.user)
    draft = scheme_actions.start_scheme_draft(scheme=scheme, by=request.user)
    messages.success(request, _("This is a new draft. Nothing changes for anybody until two people have signed it."))
    return redirect("policy_version", draft.reference)


@requires(Permission.MANAGE_SCHEMES, kind=POLICE)
def scheme_copy(request: SignedInRequest, slug: str) -> HttpResponse:
    """Give a scheme's live rules to another force, where they are a draft."""
    scheme = queries.open_scheme_rules(slug=slug, by=request.user)
    form = CopyForm(posted(request), by=request.user)

    def act() -> None:
        scheme_actions.copy_scheme(scheme=scheme, force=form.cleaned_data["force"], by=request.user)

    return _copied(request, form, act, title=scheme.name, slug=slug)


def _copied(request: SignedInRequest, form: CopyForm, act: Any, *, title: str, **context: str) -> HttpResponse:
    if request.method == "POST" and attempt(form, act):
        told = {"what": title, "force": form.cleaned_data["force"]}
        messages.success(request, _("%(what)s is with %(force)s as a draft, for its own people to sign.") % told)
        return redirect("policy_list")
    given = {"form": form, "title": _("Copy %(what)s to another force") % {"what": title}, **context}
    return render(request, "referrals/policies/copy.html", given, status=status_of(request))
