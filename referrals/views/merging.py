"""Two records of one person, from the page of a case: found, seen side by side, put together, and parted again."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cases.models import Case, Person, PersonMerge
from cases.queries import find_people, open_case
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt
from diversion.design_system.repeating import typed_number
from diversion.names.typed import read
from diversion.refusals import Refused, Unseen
from diversion.requests import SignedInRequest
from referrals.actions.merging import contact_since, merge_people, split_people
from referrals.forms.merging import MergeForm, OtherRecordForm, SplitForm
from referrals.forms.person import PersonForm
from referrals.presenters.merging import merge_rows, record_rows
from referrals.queries.merging import cases_of, merges_of, other_record, record_beside

POLICE = Organisation.Kind.POLICE_FORCE


@requires(Permission.MANAGE_SCHEMES, people=True, kind=POLICE)
def person_records(request: SignedInRequest, reference: str) -> HttpResponse:
    """The records of the person of a case. What is searched for is posted, so that no name stands in an address."""
    case = open_case(reference=reference, by=request.user)
    if "split" in request.POST:
        return _split(request, case)
    if "merge" in request.POST:
        return _merge(request, case)
    if "other" in request.POST:
        return _compare(request, case)
    search = OtherRecordForm(request.POST if request.method == "POST" else None)
    return _show(request, case, search=search, status=INVALID if search.is_bound and not search.is_valid() else 200)


def _compare(request: SignedInRequest, case: Case) -> HttpResponse:
    """The two records side by side; a refusal is told on the page, and 404 for a record that nothing led to."""
    try:
        other = other_record(_named(request, "other"), by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _show(request, case, status=INVALID)
    if other.pk == case.person_id:
        raise Http404
    return _show(request, case, merge=MergeForm(this=case.person, other=other))


def _merge(request: SignedInRequest, case: Case) -> HttpResponse:
    form = _beside(request, case)

    def act() -> PersonMerge:
        seen = {form.this.pk: _number(request, "seen_this"), form.other.pk: _number(request, "seen_other")}
        given = form.merged
        versions = (seen[given["kept"].pk], seen[given["other"].pk])
        return merge_people(**given, seen=versions, by=request.user)

    if not attempt(form, act):
        return _show(request, case, merge=form, status=INVALID)
    messages.success(request, _("Put together. Open cases were judged again: where a rank has to decide, it is asked."))
    return redirect("person_records", case.reference)


def _split(request: SignedInRequest, case: Case) -> HttpResponse:
    merge = next((one for one in merges_of(case.person) if one.pk == _named(request, "split")), None)
    if merge is None:
        raise Http404
    form = SplitForm(request.POST, auto_id=f"split-{merge.pk}-%s")
    if not attempt(form, lambda: split_people(merge=merge, because=form.cleaned_data["because"], by=request.user)):
        return _show(request, case, split=(merge.pk, form), status=INVALID)
    messages.success(request, _("Parted: what had moved is back, and cases recorded since stayed where they were."))
    if since := contact_since(merge):
        labels = ", ".join(str(PersonForm.base_fields[name].label).lower() for name in since)
        words = _("Changed since they were put together, and left as it is now: %(fields)s. Check it with the person.")
        messages.warning(request, words % {"fields": labels})
    return redirect("person_records", case.reference)


def _beside(request: SignedInRequest, case: Case) -> MergeForm:
    """The form that was sent, of the person of the case and the chosen record; 404 for one that nothing led to.

    Sent twice, the case may be with the chosen record by now: then it was of the one that was put to that.
    """
    this, other = case.person, record_beside(_named(request, "other"), by=request.user)
    if other is not None and other.pk == this.pk:
        this = next((one.merged for one in merges_of(other) if case.pk in one.cases and not one.split_at), other)
    if other is None or other.pk == this.pk:
        raise Http404
    return MergeForm(request.POST, this=this, other=other)


def _named(request: SignedInRequest, name: str) -> int:
    """The number that a button sends; 404 for what is none, since no page of ours sends that."""
    number = typed_number(request.POST.get(name), digits=18)
    if number is None:
        raise Http404
    return number


def _number(request: SignedInRequest, name: str) -> int:
    number = typed_number(request.POST.get(name), digits=18)
    if number is None:
        raise Unseen
    return number


def _show(
    request: SignedInRequest,
    case: Case,
    *,
    search: OtherRecordForm | None = None,
    merge: MergeForm | None = None,
    split: tuple[int, SplitForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = merge_rows(merges_of(case.person))
    for row in rows:
        pk = row["merge"].pk
        row["form"] = split[1] if split and split[0] == pk else SplitForm(auto_id=f"split-{pk}-%s")
    context = {
        "case": case,
        "search": search or OtherRecordForm(),
        "found": _found(request, case, search),
        "merge": merge,
        "this_rows": _rows(request, case.person),
        "other_rows": _rows(request, merge.other) if merge else [],
        "merges": rows,
        "wrong": [one for one in (search, merge, split[1] if split else None) if one is not None and one.is_bound],
    }
    return render(request, "referrals/person_records.html", context, status=status)


def _rows(request: SignedInRequest, person: Person) -> list[dict[str, Any]]:
    return record_rows(person, cases_of(person, by=request.user))


def _found(request: SignedInRequest, case: Case, search: OtherRecordForm | None) -> list[Person] | None:
    """Who answers the search but the person of the case; None where nobody was looked for."""
    text = search.cleaned_data.get("q") if search and search.is_bound and search.is_valid() else ""
    if not text:
        return None
    found = find_people(sought=read(text), by=request.user)
    return [one for one in found.people if one.pk != case.person_id]
