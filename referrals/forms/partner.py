"""What a provider answers to a referral, and who helps the person."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from diversion.accounts.models import User
from diversion.design_system.dates import GovDateField
from diversion.design_system.forms import VersionedForm, required
from diversion.searching import SearchField
from referrals.models import Referral


class FindForm(forms.Form):
    """Finds one person in a list of the provider's own referrals."""

    kept = ("q",)
    q = SearchField(
        label=_("Name, date of birth or reference"), help_text=_("The beginning of any part of the name is enough.")
    )
    mark_optional = False


class BoardForm(FindForm):
    """Narrows and orders the board of a caseload; ``schemes`` are those of its people, by id."""

    scheme = forms.ChoiceField(label=_("Scheme"), required=False)
    sort = forms.ChoiceField(
        label=_("In order of"),
        choices=[("", _("What is due")), ("name", _("Name")), ("seen", _("Longest without contact"))],
        required=False,
    )

    def __init__(self, *args: Any, schemes: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = sorted(((str(pk), name) for pk, name in schemes.items()), key=lambda one: one[1])
        self.fields["scheme"].choices = [("", _("All")), *listed]


class _NavigatorForm(VersionedForm):
    """A choice of colleague. Each is shown with the number of people they help now."""

    navigator = forms.TypedChoiceField(label=_("Navigator"), error_messages=required(_("Choose who helps the person")))
    choose_later = False

    def __init__(
        self,
        *args: Any,
        colleagues: Sequence[User],
        load: Mapping[int | None, int],
        title: str,
        current: User | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        by_pk = {str(colleague.pk): colleague for colleague in colleagues}
        field = self.fields["navigator"]
        first = [("", _("Choose later") if self.choose_later else _("Choose one"))]
        field.choices = first + [(pk, _with_load(one, load.get(one.pk, 0))) for pk, one in by_pk.items()]
        field.coerce = by_pk.__getitem__
        field.empty_value = None
        field.required = not self.choose_later
        field.label = capfirst(title)
        if current is not None:
            self.initial.setdefault("navigator", str(current.pk))


class AcceptForm(_NavigatorForm):
    """Accept, with the colleague who has most room already chosen: one click, and still anybody's to change."""

    choose_later = True
    design = {"navigator": {"optional": False}}

    def __init__(
        self, *args: Any, colleagues: Sequence[User], load: Mapping[int | None, int], by: User, **kwargs: Any
    ) -> None:
        current = most_room(colleagues, load, by=by)
        super().__init__(*args, colleagues=colleagues, load=load, current=current, **kwargs)


class AssignForm(_NavigatorForm):
    pass


class WaitForm(VersionedForm):
    """Why a person has to wait for a place, and until when, where that is known."""

    reason = forms.ChoiceField(
        label=_("Why do they have to wait?"),
        choices=Referral.WaitReason,
        widget=forms.RadioSelect,
        error_messages=required(_("Choose why the person has to wait")),
    )
    place_on = GovDateField(label=_("A place is expected on"), required=False)
    design = {"reason": {"small": True}}


class DeclineForm(VersionedForm):
    reason = forms.ChoiceField(
        label=_("Why is it declined?"),
        choices=Referral.DeclineReason,
        widget=forms.RadioSelect,
        error_messages=required(_("Choose why the referral is declined")),
    )
    note = forms.CharField(
        label=_("Note for the officer and the coordinator"),
        required=False,
        max_length=280,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Nothing about anyone else, and nothing that the person told you in confidence."),
        error_messages={"max_length": _("The note must be %(limit_value)d characters or fewer")},
    )
    design = {"reason": {"small": True}}

    def __init__(self, *args: Any, with_note: bool = True, waits: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not waits:
            reasons = Referral.DeclineReason
            self.fields["reason"].choices = [one for one in reasons.choices if one[0] != reasons.WAITED]
        if not with_note:  # under a voluntary scheme nobody but the partner would read it
            del self.fields["note"]


def most_room(colleagues: Sequence[User], load: Mapping[int | None, int], *, by: User) -> User | None:
    """The colleague with the fewest open referrals; whoever decides comes last, alone or with nobody else free."""
    return min(colleagues, key=lambda one: (one.pk == by.pk, load.get(one.pk, 0)), default=None)


def _with_load(colleague: User, people: int) -> str:
    helped = ngettext("helps %(n)d person", "helps %(n)d people", people) % {"n": people}
    return f"{colleague.full_name} ({helped})"
