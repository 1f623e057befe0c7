"""Editing a draft one criterion at a time. Each page is one small form; nothing needs a script."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from pydantic import TypeAdapter, ValidationError

from cases.actions import policies as actions
from cases.eligibility import editing
from cases.eligibility.base import explain
from cases.eligibility.criteria import AnyTest, Criterion
from cases.eligibility.policy import Policy
from cases.eligibility.wording import KIND_LABELS, in_words
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt
from diversion.refusals import Refused
from diversion.requests import SignedInRequest
from referrals.forms.criteria import CriterionForm, KindForm, RevisionForm, TestForm
from referrals.forms.criterion_tests import JOINED, MODELS
from referrals.queries import policies as queries
from referrals.views.policies import posted

POLICE = Organisation.Kind.POLICE_FORCE
ANY_TEST: TypeAdapter[Any] = TypeAdapter(AnyTest)
WHOLE = "whole"  # the path of a test that is not part of another


class Editing:
    """One option of one draft, as it is now, and the one way to change it."""

    def __init__(self, request: SignedInRequest, reference: str, key: str) -> None:
        self.request, self.key = request, key
        self.version = queries.open_policy(reference=reference, by=request.user)
        self.policy = Policy.model_validate(self.version.document)
        try:
            self.criteria = editing.criteria_of(self.policy, key)
        except KeyError as error:
            raise Http404 from error
        self.title = next(each.title for each in self.policy.options(self.policy.valid_from) if each.key == key)

    @property
    def initial(self) -> dict[str, Any]:
        return {"revision": self.version.revision}

    def save(self, document: Callable[[], Policy], revision: int) -> None:
        """Keep the document that ``document`` makes; Refused, with how to mend it, where it would not hold."""
        try:
            changed = document()
        except ValidationError as error:
            raise Refused(_in_words(error)) from error
        actions.save_document(version=self.version, document=changed, revision=revision, by=self.request.user)

    def save_criterion(self, criterion: Criterion, revision: int, *, replacing: str = "") -> None:
        self.save(lambda: editing.with_criterion(self.policy, self.key, criterion, replacing=replacing), revision)

    def back(self) -> HttpResponse:
        address = reverse("policy_version", args=[self.version.reference])
        return redirect(f"{address}?{urlencode({'option': self.key})}#{self.key.replace(':', '-')}")

    def show(self, template: str, **context: Any) -> HttpResponse:
        given = {"version": self.version, "key": self.key, "option_title": self.title}
        status = INVALID if self.request.method == "POST" else 200
        return render(self.request, f"referrals/policies/{template}.html", {**given, **context}, status=status)


class CriterionEditing(Editing):
    """One criterion of the option; 404 where there is none of that name."""

    def __init__(self, request: SignedInRequest, reference: str, key: str, name: str) -> None:
        super().__init__(request, reference, key)
        found = next((each for each in self.criteria if each.id == name), None)
        if found is None:
            raise Http404
        self.criterion = found

    def place(self, path: str) -> tuple[editing.Path, Any]:
        """Where a test stands and what it is; 404 where there is none."""
        try:
            where = () if path == WHOLE else tuple(int(part) for part in path.split("."))
            return where, editing.part_at(self.criterion.test, where)
        except (ValueError, KeyError) as error:
            raise Http404 from error

    def save_test(self, where: editing.Path, change: Callable[[Any], Any], revision: int) -> None:
        """Change the test at a place; the criterion is removed by itself, not by taking out its last test."""
        changed = editing.with_test(self.criterion.test, where, change)
        if changed is None:
            raise Refused(_("This is the only test of the criterion: remove the criterion instead."))
        criterion = self.criterion.model_copy(update={"test": changed})
        self.save_criterion(criterion, revision, replacing=self.criterion.id)

    def save_part(self, form: TestForm, where: editing.Path, change: Callable[[Any, Any], Any]) -> None:
        """Change the test at a place with the one that was typed; what is wrong with it stands at its fields."""
        try:
            given = ANY_TEST.validate_python(form.test_json)
        except ValidationError as error:
            form.explain(error)
            raise Refused(_("Mend the test, then save it again.")) from error
        self.save_test(where, lambda old: change(old, given), form.cleaned_data["revision"])

    def to_criterion(self) -> HttpResponse:
        return redirect("criterion_edit", self.version.reference, self.key, self.criterion.id)

    def show(self, template: str, **context: Any) -> HttpResponse:
        return super().show(template, criterion=self.criterion, **context)


def _in_words(error: ValidationError) -> str:
    if any(fault["type"] == "too_short" for fault in error.errors()):
        return _("This is the last criterion: an option without any would be open to everybody. Change it instead.")
    return explain(error)


@requires(Permission.MANAGE_SCHEMES, kind=POLICE)
def criterion_add(request: SignedInRequest, reference: str, key: str) -> HttpResponse:
    """First the kind, then its form."""
    edit = Editing(request, reference, key)
    kind = _kind(request)
    if not kind:
        return edit.show("kind", form=_chooser(request), title=_("Add a criterion"))
    taken = [each.id for each in edit.criteria]
    form = CriterionForm(posted(request), kind=kind, taken=taken, initial=edit.initial)
    if _is_saved(request, form, lambda: edit.save_criterion(form.criterion, form.cleaned_data["revision"])):
        return edit.back()
    return edit.show("criterion", form=form, kind=kind, kind_label=KIND_LABELS[kind], title=_("Add a criterion"))


@requires(Permission.MANAGE_SCHEMES, kind=POLICE)
def criterion_edit(request: SignedInRequest, reference: str, key: str, name: str) -> HttpResponse:
    """The words, the weight and, of a single test, the parameters."""
    edit = CriterionEditing(request, reference, key, name)
    kind = edit.criterion.test.kind
    form = CriterionForm(posted(request), kind=kind, criterion=edit.criterion, initial=edit.initial)

    def act() -> None:
        edit.save_criterion(form.criterion, form.cleaned_data["revision"], replacing=name)

    return edit.back() if _is_saved(request, form, act) else _show_criterion(edit, form)


def _show_criterion(edit: CriterionEditing, form: CriterionForm, refused: RevisionForm | None = None) -> HttpResponse:
    test = edit.criterion.test
    context = {"form": form, "refused": refused, "kind_label": KIND_LABELS[test.kind], "parts": _parts(test)}
    return edit.show("criterion", title=_("Change a criterion"), **context)


def _parts(test: Any, path: editing.Path = ()) -> list[dict[str, Any]]:
    """Every test of a criterion, those inside others included, as rows with their places."""
    row = {
        "path": ".".join(map(str, path)) or WHOLE,
        "depth": min(len(path), 3),
        "words": KIND_LABELS[test.kind] if test.kind in JOINED else in_words(test),
        "single": test.kind not in JOINED and any(name != "kind" for name in type(test).model_fields),
        "inner": bool(path),
    }
    return [row, *(each for place, part in enumerate(editing.parts_of(test)) for each in _parts(part, (*path, place)))]


@requires(Permission.MANAGE_SCHEMES, kind=POLICE)
def criterion_remove(request: SignedInRequest, reference: str, key: str, name: str) -> HttpResponse:
    """Ask, then take the criterion out of the draft."""
    edit = CriterionEditing(request, reference, key, name)
    form = RevisionForm(posted(request), initial=edit.initial)

    def act() -> None:
        edit.save(lambda: editing.without_criterion(edit.policy, key, name), form.cleaned_data["revision"])

    if _is_saved(request, form, act):
        return edit.back()
    return edit.show("remove", form=form, in_words=in_words(edit.criterion.test))


@requires(Permission.MANAGE_SCHEMES, kind=POLICE)
def part_edit(request: SignedInRequest, reference: str, key: str, name: str, path: str) -> HttpResponse:
    """The parameters of one test inside others."""
    edit = CriterionEditing(request, reference, key, name)
    where, test = edit.place(path)
    form = TestForm(posted(request), kind=test.kind, test=test, initial=edit.initial)
    if _is_saved(request, form, lambda: edit.save_part(form, where, lambda old, new: new)):
        return edit.to_criterion()
    return edit.show("part", form=form, kind_label=KIND_LABELS[test.kind], title=_("Change part of a test"))


@requires(Permission.MANAGE_SCHEMES, kind=POLICE)
def part_join(request: SignedInRequest, reference: str, key: str, name: str, path: str, how: str) -> HttpResponse:
    """Add a test that must be met as well (``all_of``), or one that will do instead (``any_of``)."""
    edit = CriterionEditing(request, reference, key, name)
    if how not in editing.JOINED:
        raise Http404
    where, test = edit.place(path)
    titles = {"all_of": _("Add a test that must be met as well"), "any_of": _("Add a test that will do instead")}
    kind, context = _kind(request), {"title": titles[how], "beside": in_words(test)}
    if not kind:
        return edit.show("kind", form=_chooser(request), **context)
    form = TestForm(posted(request), kind=kind, initial=edit.initial)
    if _is_saved(request, form, lambda: edit.save_part(form, where, lambda old, new: editing.joined(old, new, how))):
        return edit.to_criterion()
    return edit.show("part", form=form, kind=kind, kind_label=KIND_LABELS[kind], **context)


@requires(Permission.MANAGE_SCHEMES, kind=POLICE)
@require_POST
def part_change(request: SignedInRequest, reference: str, key: str, name: str, path: str, how: str) -> HttpResponse:
    """Turn a test round (``not``), or take it out of those it is joined with (``remove``)."""
    edit = CriterionEditing(request, reference, key, name)
    where, _test = edit.place(path)
    if how not in CHANGES or (how == "remove" and not where):
        raise Http404
    form = RevisionForm(request.POST)
    if attempt(form, lambda: edit.save_test(where, CHANGES[how], form.cleaned_data["revision"])):
        return edit.to_criterion()
    words = CriterionForm(kind=edit.criterion.test.kind, criterion=edit.criterion, initial=edit.initial)
    return _show_criterion(edit, words, refused=form)


CHANGES: dict[str, Callable[[Any], Any]] = {"not": editing.turned_round, "remove": lambda test: None}


def _is_saved(request: SignedInRequest, form: Any, act: Callable[[], None]) -> bool:
    return request.method == "POST" and attempt(form, act)


def _kind(request: SignedInRequest) -> str:
    """The kind of test that was chosen, "" while none is."""
    kind = request.POST.get("kind") or request.GET.get("kind", "")
    return kind if kind in MODELS and kind not in JOINED else ""


def _chooser(request: SignedInRequest) -> KindForm:
    return KindForm(request.GET if "kind" in request.GET else None)
