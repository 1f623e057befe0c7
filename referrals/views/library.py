"""The library of schemes: those that other forces run, with their rules and sources, to take over with a date."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cases.eligibility.schemes import SchemeDefinition, load_scheme_library
from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt
from diversion.requests import SignedInRequest
from referrals.actions import schemes
from referrals.forms.running import AdoptForm
from referrals.queries import schemes as queries


@requires(Permission.MANAGE_SCHEMES)
def library_list(request: SignedInRequest) -> HttpResponse:
    own = {scheme.slug for scheme in queries.schemes_for_list(by=request.user)}
    entries = [{"definition": one, "adopted": one.slug in own} for one in load_scheme_library()]
    return render(request, "referrals/library_list.html", {"entries": entries})


@requires(Permission.MANAGE_SCHEMES)
def library_adopt(request: SignedInRequest, slug: str) -> HttpResponse:
    definition = _definition(slug)
    form = AdoptForm(request.POST or None, initial={"area": request.user.organisation.slug})
    if request.method == "POST" and attempt(
        form, lambda: schemes.adopt(definition=definition, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, _("%(scheme)s is now a scheme of your force.") % {"scheme": definition.name})
        return redirect("scheme_page", slug)
    status = INVALID if request.method == "POST" else 200
    return render(request, "referrals/library_adopt.html", {"definition": definition, "form": form}, status=status)


def _definition(slug: str) -> SchemeDefinition:
    for definition in load_scheme_library():
        if definition.slug == slug:
            return definition
    raise Http404
