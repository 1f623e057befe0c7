"""The library of schemes: those that other forces run, with their rules and sources, to take over with a date."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from cases.eligibility.schemes import SchemeDefinition, load_scheme_library
from cases.models import PolicyVersion
from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt
from diversion.requests import SignedInRequest
from referrals.actions import scheme_rules
from referrals.forms.running import AdoptForm
from referrals.queries import schemes as queries
from referrals.queries.policies import new_schemes
from referrals.views.schemes import drafted


@requires(Permission.MANAGE_SCHEMES)
def library_list(request: SignedInRequest) -> HttpResponse:
    own = {scheme.slug for scheme in queries.schemes_for_list(by=request.user)}
    drafts = {draft.scheme: draft for draft in new_schemes(by=request.user)}
    entries = [
        {"definition": one, "adopted": one.slug in own, "draft": drafts.get(one.slug)} for one in load_scheme_library()
    ]
    return render(request, "referrals/library_list.html", {"entries": entries})


@requires(Permission.MANAGE_SCHEMES)
def library_adopt(request: SignedInRequest, slug: str) -> HttpResponse:
    definition = _definition(slug)
    form = AdoptForm(request.POST or None, initial={"area": request.user.organisation.slug})
    made: list[PolicyVersion] = []

    def act() -> None:
        made.append(scheme_rules.adopt(definition=definition, by=request.user, **form.cleaned_data))

    if request.method == "POST" and attempt(form, act):
        return drafted(request, made[0])
    status = INVALID if request.method == "POST" else 200
    return render(request, "referrals/library_adopt.html", {"definition": definition, "form": form}, status=status)


def _definition(slug: str) -> SchemeDefinition:
    for definition in load_scheme_library():
        if definition.slug == slug:
            return definition
    raise Http404
