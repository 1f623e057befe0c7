"""The coordinator's pages: schemes, their dated rules, their appointments and the sharing agreements behind them."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cases.models import PolicyVersion
from diversion import clock
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt
from diversion.design_system.forms import hide_errors, resized
from diversion.design_system.wording import long_date
from diversion.requests import SignedInRequest
from referrals.actions import places, scheme_rules, schemes, slots
from referrals.forms.running import CapacityForm, EndForm, SharingForm, SlotForm, TelephoneForm
from referrals.forms.schemes import ConditionsFormSet, NewRulesForm, PlannedForm, RulesForm, SchemeForm, templates_of
from referrals.forms.weekly import published
from referrals.models import Scheme, SchemeVersion, Slot
from referrals.presenters import schemes as words
from referrals.queries import schemes as queries
from referrals.queries.managing import ends_before_long, going_on_after, sharing_until
from referrals.queries.policies import is_new_scheme, new_schemes, open_policy
from referrals.schemes.document import planned_version

ON_A_PAGE = 25
SLOTS_SHOWN = 60
FEW_SLOTS = 6  # are shown at once; more are folded away


@requires(Permission.MANAGE_SCHEMES)
def scheme_list(request: SignedInRequest) -> HttpResponse:
    page = Paginator(queries.schemes_for_list(by=request.user), ON_A_PAGE).get_page(request.GET.get("page"))
    shared, free = queries.shared_for(by=request.user), queries.free_places(by=request.user)
    until = sharing_until(by=request.user)
    rows = [
        words.SchemeInWords(one, clock.today(), shared=shared, places=free, until=until) for one in page.object_list
    ]
    context = {"page": page, "table": words.scheme_table(rows), "drafted": new_schemes(by=request.user)}
    return render(request, "referrals/scheme_list.html", context)


@requires(Permission.MANAGE_SCHEMES)
def scheme_page(request: SignedInRequest, slug: str) -> HttpResponse:
    return _show_scheme(request, queries.open_scheme(slug=slug, by=request.user))


@requires(Permission.MANAGE_SCHEMES)
def scheme_add(request: SignedInRequest) -> HttpResponse:
    data, changed = _sent(request)
    form = SchemeForm(data, initial={"valid_from": clock.today()})
    conditions: Any = ConditionsFormSet(data, prefix="conditions")
    if request.method == "POST" and not changed and _both_valid(form, conditions):
        made: list[PolicyVersion] = []

        def act() -> None:
            terms = form.details(conditions.details())
            made.append(scheme_rules.draft_scheme(name=form.cleaned_data["name"], terms=terms, by=request.user))

        if attempt(form, act):
            return drafted(request, made[0])
    return _show_rules(request, form, conditions, changed=changed, title=_("Add a scheme"))


def drafted(request: SignedInRequest, draft: PolicyVersion) -> HttpResponse:
    """On to the draft of a new scheme, which says what is to be done before it opens."""
    told = _("%(scheme)s is drafted. It opens once it has been previewed on past cases and two people have signed it.")
    messages.success(request, told % {"scheme": draft.name})
    return redirect("policy_version", draft.reference)


@requires(Permission.MANAGE_SCHEMES, kind=Organisation.Kind.POLICE_FORCE)
def scheme_terms(request: SignedInRequest, reference: str) -> HttpResponse:
    """How a scheme that is being drafted is to run: who delivers it, its length, its conditions."""
    draft = open_policy(reference=reference, by=request.user)
    if not is_new_scheme(draft):
        raise Http404
    planned = planned_version(draft)
    data, changed = _sent(request)
    form = PlannedForm(data, latest=planned, revision=draft.revision)
    initial = templates_of(planned) if data is None else None
    conditions: Any = ConditionsFormSet(data, prefix="conditions", initial=initial)
    if request.method == "POST" and not changed and _both_valid(form, conditions):

        def act() -> None:
            terms, revision = form.details(conditions.details()), form.cleaned_data["revision"]
            scheme_rules.change_terms(version=draft, terms=terms, revision=revision, by=request.user)

        if attempt(form, act):
            return redirect("policy_version", reference)
    title = _("What the scheme asks, and who delivers it")
    return _show_rules(request, form, conditions, changed=changed, title=title, latest=planned, draft=draft)


@requires(Permission.MANAGE_SCHEMES)
def rules_add(request: SignedInRequest, slug: str) -> HttpResponse:
    """New rules from a date on, begun from the newest ones."""
    scheme = queries.open_scheme(slug=slug, by=request.user)
    latest = scheme.versions.all()[0]
    data, changed = _sent(request)
    form = NewRulesForm(data, latest=latest)
    initial = templates_of(latest) if data is None else None
    conditions: Any = ConditionsFormSet(data, prefix="conditions", initial=initial)
    if request.method == "POST" and not changed and _both_valid(form, conditions):

        def act() -> None:
            schemes.add_version(scheme=scheme, version=form.details(conditions.details()), by=request.user)

        if attempt(form, act):
            day = long_date(form.cleaned_data["valid_from"])
            messages.success(request, _("The new rules apply from %(day)s.") % {"day": day})
            return redirect("scheme_page", slug)
    title = _("New rules from a date")
    return _show_rules(request, form, conditions, changed=changed, title=title, latest=latest)


@requires(Permission.MANAGE_SCHEMES)
def scheme_end(request: SignedInRequest, slug: str) -> HttpResponse:
    scheme = queries.open_scheme(slug=slug, by=request.user)
    form = EndForm(request.POST)
    if not attempt(form, lambda: schemes.end_scheme(scheme=scheme, by=request.user, **form.cleaned_data)):
        return _again(request, scheme, end=form)
    day = long_date(form.cleaned_data["last_day"])
    messages.success(request, _("Nobody is referred after %(day)s. Agreements under way run on.") % {"day": day})
    return redirect("scheme_page", slug)


@requires(Permission.MANAGE_SCHEMES)
def scheme_capacity(request: SignedInRequest, slug: str) -> HttpResponse:
    scheme = queries.open_scheme(slug=slug, by=request.user)
    form = CapacityForm(request.POST, auto_id="capacity-%s")
    if not attempt(form, lambda: places.change_capacity(scheme=scheme, by=request.user, **form.cleaned_data)):
        return _again(request, scheme, capacity=form)
    messages.success(
        request,
        _("%(scheme)s now takes %(n)d people at a time.") % {"scheme": scheme.name, "n": form.cleaned_data["capacity"]},
    )
    return redirect("scheme_page", slug)


@requires(Permission.MANAGE_SCHEMES)
def scheme_telephone(request: SignedInRequest, slug: str) -> HttpResponse:
    scheme = queries.open_scheme(slug=slug, by=request.user)
    form = TelephoneForm(request.POST)

    def act() -> None:
        until, number = form.cleaned_data["money_until"], form.cleaned_data["telephone"]
        if number != scheme.telephone:
            places.change_telephone(scheme=scheme, telephone=number, by=request.user)
        if until != scheme.money_until:
            places.change_money(scheme=scheme, until=until, by=request.user)

    if not attempt(form, act):
        return _again(request, scheme, telephone=form)
    messages.success(request, _("Saved. The number is printed on every agreement from now on."))
    return redirect("scheme_page", slug)


@requires(Permission.MANAGE_SCHEMES)
def slots_offer(request: SignedInRequest, slug: str) -> HttpResponse:
    scheme = queries.open_scheme(slug=slug, by=request.user)
    form = SlotForm(request.POST)

    def act() -> None:
        given = form.cleaned_data
        slots.offer_slots(
            scheme=scheme, moments=form.moments(), place=given["place"], places=given["places"], by=request.user
        )

    if not attempt(form, act):
        return _again(request, scheme, slot=form)
    messages.success(request, published(form.left_out))
    return redirect("scheme_page", slug)


@requires(Permission.MANAGE_SCHEMES)
def slot_withdraw(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    scheme = queries.open_scheme(slug=slug, by=request.user)
    form = Form(request.POST)  # holds nothing but what the action may say against it

    def act() -> None:
        slots.withdraw_slot(scheme=scheme, slot=Slot(pk=pk), by=request.user)

    if request.method != "POST" or not attempt(form, act):
        return _again(request, scheme, withdraw=form)
    messages.success(request, _("The appointment is taken back."))
    return redirect("scheme_page", slug)


@requires(Permission.MANAGE_SCHEMES)
def sharing_agree(request: SignedInRequest, slug: str) -> HttpResponse:
    scheme = queries.open_scheme(slug=slug, by=request.user)
    form = SharingForm(request.POST)

    def act() -> None:
        schemes.agree_sharing(force=request.user.organisation, by=request.user, **form.cleaned_data)

    if not attempt(form, act):
        return _again(request, scheme, sharing=form)
    words_ = {"provider": form.cleaned_data["provider"]}
    messages.success(request, _("The sharing agreement with %(provider)s is recorded.") % words_)
    return redirect("scheme_page", slug)


def _sent(request: SignedInRequest) -> tuple[QueryDict | None, bool]:
    """What was posted, if anything, and whether it only added or removed a condition."""
    return resized(request.POST, "conditions") if request.method == "POST" else (None, False)


def _both_valid(form: RulesForm, conditions: Any) -> bool:
    """Both are asked, so that every mistake on the page is told at once."""
    return all([form.is_valid(), conditions.is_valid()])


def _show_rules(
    request: SignedInRequest,
    form: RulesForm,
    conditions: Any,
    *,
    changed: bool,
    title: str,
    latest: SchemeVersion | None = None,
    draft: PolicyVersion | None = None,
) -> HttpResponse:
    if changed:
        hide_errors(form, conditions)
    context = {"form": form, "conditions": conditions, "title": title, "draft": draft}
    if latest:
        context |= {"scheme": latest.scheme, "who_may_enter": _who_may_enter(latest)}
    status = INVALID if request.method == "POST" and not changed else 200
    return render(request, "referrals/scheme_rules.html", context, status=status)


def _who_may_enter(version: SchemeVersion) -> list[dict[str, str]]:
    """What the policy editor changes, and this page only shows."""
    facts = words.facts_of(version)
    labels = {
        "ages": _("Ages"),
        "admissions": _("Admission"),
        "window": _("Age of the offence"),
        "repeat": _("Coming back"),
    }
    return [{"key": label, "value": facts[name]} for name, label in labels.items()]


def _show_scheme(request: SignedInRequest, scheme: Scheme, *, status: int = 200, **bound: Form) -> HttpResponse:
    shared, free = queries.shared_for(by=request.user), queries.free_places(by=request.user)
    in_words = words.SchemeInWords(scheme, clock.today(), shared=shared, places=free)
    version = in_words.shown
    slots = list(queries.slots_to_come(scheme)[:SLOTS_SHOWN])
    today = {"from_day": clock.today(), "provider": version.provider_id if version else None}
    last = ends_before_long(scheme, version.provider, by=request.user) if version else None
    going_on = going_on_after(scheme, last, by=request.user) if last else []
    context = {
        "scheme": in_words,
        "last": last,
        "going_on": words.going_on_table(going_on, last) if going_on and last else None,
        "rules": words.VersionInWords(version) if version else None,
        "others": [words.VersionInWords(one) for one in in_words.others],
        "slots": slots,
        "slots_are_few": len(slots) <= FEW_SLOTS,
        "agreements": queries.agreements_with(version.provider, by=request.user) if version else [],
        "wrong": list(bound.values()),
        "end": bound.get("end") or EndForm(),
        "capacity": bound.get("capacity") or CapacityForm(auto_id="capacity-%s"),
        "telephone": bound.get("telephone")
        or TelephoneForm(initial={"telephone": scheme.telephone, "money_until": scheme.money_until}),
        "slot": bound.get("slot") or SlotForm(),
        "sharing": bound.get("sharing") or SharingForm(initial=today),
    }
    return render(request, "referrals/scheme_page.html", context, status=status)


def _again(request: SignedInRequest, scheme: Scheme, **bound: Form) -> HttpResponse:
    """The page as it is now, with what was typed and what is wrong with it. A GET has typed nothing."""
    if request.method != "POST":
        return redirect("scheme_page", scheme.slug)
    fresh = queries.open_scheme(slug=scheme.slug, by=request.user)
    return _show_scheme(request, fresh, status=INVALID, **bound)
