"""The coordinator's and the signatories' pages: versions of the policy and of schemes' criteria, from draft to live."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.actions import policies as actions
from cases.eligibility.comparing import criterion_changes
from cases.eligibility.policy import Policy
from cases.models import PolicyVersion
from diversion import clock
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt
from diversion.design_system.wording import long_date
from diversion.refusals import Refused
from diversion.requests import SignedInRequest
from referrals.actions import scheme_rules as scheme_actions
from referrals.forms.criteria import RevisionForm
from referrals.forms.law_settings import LawSettingsForm
from referrals.forms.policies import DescribeForm, SecondSignForm, SignForm
from referrals.judging import previews
from referrals.presenters import policies as words
from referrals.presenters import previews as preview_words
from referrals.presenters import schemes as scheme_words
from referrals.queries import policies as queries
from referrals.queries.touched import may_touch

POLICE = Organisation.Kind.POLICE_FORCE
ON_A_PAGE = 25
State = PolicyVersion.State


@requires(Permission.MANAGE_SCHEMES, Permission.SIGN_POLICY, kind=POLICE)
def policy_list(request: SignedInRequest) -> HttpResponse:
    """What is live, what is on its way, and what has ended."""
    today = clock.today()
    signed = queries.signed_versions(by=request.user)
    page = Paginator(queries.earlier_policies(by=request.user), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "live": [_listed(version, today) for version in queries.policies_for_list(by=request.user)],
        "drafts": [_listed(version, today) for version in queries.drafts_for_list(by=request.user)],
        "schemes": [
            {"rules": each, "signed": _listed(signed[each.scheme.slug], today) if each.scheme.slug in signed else None}
            for each in queries.schemes_for_list(by=request.user)
        ],
        "page": page,
        "earlier": [_listed(version, today) for version in page.object_list],
    }
    return render(request, "referrals/policies/list.html", context)


def _listed(version: PolicyVersion, today: Any) -> dict[str, Any]:
    status, colour = words.status_of(version, today)
    return {
        "version": version,
        "status": status,
        "colour": colour,
        "review": words.review_in_words(version.review_date, today),
    }


@requires(Permission.MANAGE_SCHEMES, Permission.SIGN_POLICY, kind=POLICE)
def policy_version(request: SignedInRequest, reference: str) -> HttpResponse:
    """One version in plain English, what it changes, and what can be done with it."""
    return show_version(request, queries.open_policy(reference=reference, by=request.user))


def show_version(
    request: SignedInRequest, version: PolicyVersion, *, form: Any = None, status: int = 200
) -> HttpResponse:
    """The version's page, with the form whose errors are to be shown, if any."""
    today, user = clock.today(), request.user
    document = Policy.model_validate(version.document)
    manages = user.can(Permission.MANAGE_SCHEMES)
    editable = version if version.state == State.DRAFT and manages else None
    changes = previews.changes_of(version, today) if version.state in queries.OPEN else []
    wanted = {request.GET.get("option", ""), *(change.key for change in changes)}
    options = words.options_of(document, today)
    preview = previews.shown(version, by=user)
    state, colour = words.status_of(version, today)
    context = {
        "version": version,
        "status": state,
        "colour": colour,
        "rows": words.version_rows(version, today),
        "changes": words.change_rows(criterion_changes(changes)) + _settings_changed(version, document, today),
        "settings": words.settings_rows(document) if version.kind == PolicyVersion.Kind.POLICY else [],
        "is_open": version.state in queries.OPEN,
        "may_touch": may_touch(version),
        "options": [
            {
                "option": option,
                "table": words.criteria_table(option, editable=editable),
                "is_open": len(options) == 1 or option.key in wanted,
            }
            for option in options
        ],
        "editable": editable,
        "manages": manages,
        "sentence": preview_words.preview_sentence(preview) if preview else "",
        "planned": scheme_words.PlannedInWords(version) if queries.is_new_scheme(version) else None,
        "sign_form": _sign_form(version, form, request),
        "obstacle": _obstacle(version, user),
        "forms": [form] if form is not None else [],
    }
    return render(request, "referrals/policies/version.html", context, status=status)


def _settings_changed(version: PolicyVersion, document: Policy, today: date) -> list[dict[str, Any]]:
    if version.kind != PolicyVersion.Kind.POLICY or version.state not in queries.OPEN:
        return []
    return words.settings_changes(previews.live_before(version, today), document)


def _sign_form(version: PolicyVersion, form: Any, request: SignedInRequest) -> Any:
    if isinstance(form, SignForm | SecondSignForm):
        return form
    initial = {"revision": version.revision}
    if version.state == State.DRAFT:
        return SignForm(initial=initial, first_day=queries.first_day(version), request=request)
    return SecondSignForm(initial=initial, request=request) if version.state == State.AWAITING else None


def _obstacle(version: PolicyVersion, user: Any) -> str:
    """Why this user cannot sign it now; "" where they can."""
    if version.state == State.DRAFT and scheme_actions.needs_provider(version):
        return _("Choose who delivers this scheme here before it is signed.")
    if version.state == State.DRAFT and version.previewed_at is None:
        return _("Preview it on past cases before it is signed.")
    if version.state == State.DRAFT and not version.notes.strip():
        return _("Say what changed and why before it is signed.")
    if version.state == State.AWAITING and not user.can(Permission.SIGN_POLICY):
        return _("The second signature is an inspector’s or a superintendent’s.")
    signed = {signature.by_id for signature in version.signatures.all()}
    if version.state == State.AWAITING and (user.pk in signed or user.pk == version.author_id):
        return _("You drafted or signed this version: the second signature must be another person’s.")
    return scheme_actions.overtaken(version) if version.state == State.AWAITING else ""


@requires(Permission.MANAGE_SCHEMES, kind=POLICE)
@require_POST
def policy_draft(request: SignedInRequest, reference: str) -> HttpResponse:
    """Start a draft of the next version from this one."""
    base = queries.open_policy(reference=reference, by=request.user)
    form, made = RevisionForm({"revision": base.revision}), []
    if not attempt(form, lambda: made.append(actions.start_draft(base=base, by=request.user))):
        return show_version(request, base, form=form, status=INVALID)
    messages.success(request, _("This is a new draft. Nothing changes for anybody until two people have signed it."))
    return redirect("policy_version", made[0].reference)


@requires(Permission.MANAGE_SCHEMES, kind=POLICE)
def policy_describe(request: SignedInRequest, reference: str) -> HttpResponse:
    """Name, version, review date and reasons of a draft."""
    version = queries.open_policy(reference=reference, by=request.user)
    initial = {
        "revision": version.revision,
        "name": version.name,
        "label": version.version,
        "review_date": version.review_date,
        "notes": version.notes,
    }
    form = DescribeForm(posted(request), initial=initial)

    def act() -> None:
        actions.describe(version=version, by=request.user, **form.cleaned_data)

    if request.method == "POST" and attempt(form, act):
        return redirect("policy_version", reference)
    context = {"version": version, "form": form, "title": _("Name, review date and reasons")}
    return render(request, "referrals/policies/form.html", context, status=status_of(request))


@requires(Permission.MANAGE_SCHEMES, kind=POLICE)
def policy_settings(request: SignedInRequest, reference: str) -> HttpResponse:
    """What the force chooses, in a draft, where the law leaves it a choice."""
    version = queries.open_policy(reference=reference, by=request.user)
    if version.kind != PolicyVersion.Kind.POLICY:
        raise Http404
    policy = Policy.model_validate(version.document)
    form = LawSettingsForm(posted(request), policy=policy, initial={"revision": version.revision})

    def act() -> None:
        revision = form.cleaned_data["revision"]
        actions.save_document(version=version, document=form.chosen(), revision=revision, by=request.user)

    if request.method == "POST" and attempt(form, act):
        return redirect("policy_version", reference)
    context = {"version": version, "form": form, "title": _("What the force chooses")}
    return render(request, "referrals/policies/form.html", context, status=status_of(request))


@requires(Permission.MANAGE_SCHEMES, Permission.SIGN_POLICY, kind=POLICE)
def policy_preview(request: SignedInRequest, reference: str) -> HttpResponse:
    """What the version would have changed among past decisions; POST counts it anew and keeps it."""
    version = queries.open_policy(reference=reference, by=request.user)
    form = RevisionForm(posted(request))
    if request.method == "POST" and attempt(form, lambda: _count(version, request)):
        return redirect("policy_preview", reference)
    preview = previews.shown(version, by=request.user)
    context = {
        "version": version,
        "form": form,
        "preview": preview,
        "sentence": preview_words.preview_sentence(preview) if preview else "",
        "given": preview_words.given_sentences(preview) if preview else [],
        "marking": preview_words.marking(preview) if preview else "",
        "groups": preview_words.group_tables(preview) if preview else [],
        "options": preview_words.option_table(preview) if preview else None,
        "places": preview_words.places_table(preview) if preview and preview["places"] else None,
        "may_count": version.state in queries.OPEN,
    }
    return render(request, "referrals/policies/preview.html", context, status=status_of(request))


def _count(version: PolicyVersion, request: SignedInRequest) -> None:
    if version.state not in queries.OPEN:
        raise Refused(_("This version is not a draft any more: its preview stays as it was."))
    previews.count(version, by=request.user)


@requires(Permission.MANAGE_SCHEMES, Permission.SIGN_POLICY, kind=POLICE)
@require_POST
def policy_sign(request: SignedInRequest, reference: str) -> HttpResponse:
    """Sign a draft, or sign it second: then it is live."""
    version = queries.open_policy(reference=reference, by=request.user)
    first = version.state == State.DRAFT
    if first:
        form: Any = SignForm(request.POST, first_day=queries.first_day(version), request=request)
    else:
        form = SecondSignForm(request.POST, request=request)

    def act() -> None:
        given = {name: form.cleaned_data.get(name) for name in ("revision", "starts_on")}
        signed = scheme_actions.sign(version=version, by=request.user, **given)
        if signed.state == State.LIVE:
            day = long_date(signed.valid_from)
            messages.success(request, _("Signed. %(version)s is live from %(day)s.") % {"version": signed, "day": day})
        else:
            messages.success(request, _("Signed. It waits for the second signature, of another person."))

    if attempt(form, act):
        return redirect("policy_version", reference)
    return show_version(request, version, form=form, status=INVALID)


@requires(Permission.MANAGE_SCHEMES, Permission.SIGN_POLICY, kind=POLICE)
@require_POST
def policy_withdraw(request: SignedInRequest, reference: str) -> HttpResponse:
    """Take a draft, or a version that waits for a signature, off the table."""
    version = queries.open_policy(reference=reference, by=request.user)
    form = RevisionForm({"revision": version.revision})
    if attempt(form, lambda: actions.withdraw(version=version, by=request.user)):
        messages.success(request, _("%(version)s is withdrawn.") % {"version": version})
        return redirect("policy_list")
    return show_version(request, version, form=form, status=INVALID)


def status_of(request: SignedInRequest) -> int:
    """What a page answers: 422 where something was sent and is shown again."""
    return INVALID if request.method == "POST" else 200


def posted(request: SignedInRequest) -> Any:
    """What was sent, even if it is nothing at all; None when the page is only opened."""
    return request.POST if request.method == "POST" else None
