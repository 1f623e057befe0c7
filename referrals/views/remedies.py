"""The community remedy document: what victims choose from, as the force's planner enters it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cases.actions.remedies import publish_remedies
from cases.models import RemedyDocument
from diversion import clock
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt
from diversion.design_system.forms import hide_errors
from diversion.design_system.repeating import resized
from diversion.design_system.wording import long_date
from diversion.requests import SignedInRequest
from referrals.forms.remedies import RemedyActionFormSet, RemedyDocumentForm, typed_actions
from referrals.presenters.remedies import document_in_words

POLICE = Organisation.Kind.POLICE_FORCE
PREFIX = "actions"


@requires(Permission.MANAGE_SCHEMES, Permission.SIGN_POLICY, kind=POLICE)
def remedy_documents(request: SignedInRequest) -> HttpResponse:
    """The document that applies, the next one, and those before."""
    today, documents = clock.today(), list(RemedyDocument.objects.of(request.user.organisation))
    now = RemedyDocument.objects.in_force(request.user.organisation, today)
    context = {
        "now": document_in_words(now) if now else None,
        "next": [document_in_words(one) for one in documents if not one.has_begun(today)],
        "earlier": [one for one in documents if one.has_begun(today) and one != now],
        "manages": request.user.can(Permission.MANAGE_SCHEMES),
    }
    return render(request, "referrals/policies/remedies.html", context)


@requires(Permission.MANAGE_SCHEMES, kind=POLICE)
def remedy_document_add(request: SignedInRequest) -> HttpResponse:
    """Enter the next document, begun from the newest one."""
    newest = RemedyDocument.objects.filter(force=request.user.organisation).order_by("-pk").first()
    data, changed = resized(request.POST, PREFIX) if request.method == "POST" else (None, False)
    form = RemedyDocumentForm(data, newest=newest)
    initial = [one._asdict() for one in newest.choices] if newest and data is None else None
    actions: Any = RemedyActionFormSet(data, prefix=PREFIX, initial=initial)
    if request.method == "POST" and not changed and all([form.is_valid(), actions.is_valid()]):

        def act() -> None:
            publish_remedies(**form.cleaned_data, actions=typed_actions(actions), by=request.user)

        if attempt(form, act):
            day = long_date(form.cleaned_data["valid_from"])
            messages.success(request, _("Victims choose from this document from %(day)s.") % {"day": day})
            return redirect("remedy_documents")
    if changed:
        hide_errors(form, actions)
    status = INVALID if request.method == "POST" and not changed else 200
    context = {"form": form, "actions": actions}
    return render(request, "referrals/policies/remedies_add.html", context, status=status)
