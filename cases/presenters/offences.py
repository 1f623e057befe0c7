"""The catalogue in words: what is known of an offence, what is not, and what is not settled."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cases.models import Offence
from diversion.design_system.tables import Column, Table, link
from diversion.design_system.wording import long_date


def offence_table(offences: Iterable[Offence]) -> Table:
    """The list: title, law, how it is tried, group, and whose entry it is."""
    columns = [Column(words) for words in (_("Offence"), _("Law"), _("How it is tried"), _("Group"), _("Entry"))]
    return Table(_("Offences"), columns, [_row(one) for one in offences], caption_hidden=True, stacked=True)


def _row(offence: Offence) -> list[Any]:
    return [
        link(offence.title, reverse("offence_page", args=[offence.pk])),
        law_of(offence) or "–",
        offence.get_mode_display(),
        offence.group,
        "; ".join(part for part in (_("Our own") if offence.is_own else _("Shared"), days_of(offence)) if part),
    ]


def other_entries(offences: Iterable[Offence]) -> Table:
    """Other entries of the same code: earlier and later ones, and those that were corrected."""
    columns = [Column(words) for words in (_("Days"), _("Offence"), _("How it is tried"), _("State"))]
    rows = [[_linked_days(one), one.title, one.get_mode_display(), _state(one)] for one in offences]
    return Table(_("Other entries of this code"), columns, rows, stacked=True)


def _linked_days(offence: Offence) -> SafeString:
    return link(days_of(offence) or _("Any day"), reverse("offence_page", args=[offence.pk]))


def _state(offence: Offence) -> str:
    return _("Corrected; kept for the cases that rest on it") if offence.replaced_at else _("Stands")


def law_of(offence: Offence) -> str:
    return f"{offence.act} {offence.section}".strip()


def days_of(offence: Offence) -> str:
    """From when to when, "" for always."""
    parts = []
    if offence.valid_from:
        parts.append(_("from %(day)s") % {"day": long_date(offence.valid_from)})
    if offence.valid_to:
        parts.append(_("until %(day)s") % {"day": long_date(offence.valid_to)})
    return " ".join(parts)


def offence_rows(offence: Offence) -> list[dict[str, Any]]:
    """Everything the catalogue knows of the offence; what it does not know says so."""
    gravity = (offence.gravity_adult, offence.gravity_child)
    shown = [
        ("code", _("Code"), offence.code),
        ("act", _("Act and section"), law_of(offence)),
        ("mode", _("How it is tried"), offence.get_mode_display()),
        ("group", _("Group in figures"), offence.group),
        ("policy_group", _("Group in rules"), offence.get_policy_group_display()),
        ("specified", _("On the list for simple cautions (SI 2015/790)"), _answer(offence.is_specified)),
        ("hate_variant", _("Is itself one of hate crime"), _answer(offence.hate_variant)),
        ("is_knife", _("Is itself about a knife or blade"), _answer(offence.is_knife)),
        ("drug", _("Drug"), offence.get_drug_display()),
        ("without_victim", _("Has a victim"), _("Never") if offence.without_victim else _("Asked in each case")),
        ("recordable", _("Recordable"), _answer(offence.recordable)),
        ("gravity_adult", _("Gravity, adults"), gravity[0]),
        ("gravity_child", _("Gravity, children"), gravity[1]),
        ("gravity_source", _("Gravity matrix"), offence.gravity_source),
        ("harm_days", _("Crime harm, in days"), offence.harm_days),
        ("home_office_code", _("Home Office code"), offence.home_office_code),
        ("cjs_code", _("CJS code"), offence.cjs_code),
        ("valid_from", _("For offences"), days_of(offence) or _("Of any day")),
        ("search", _("Also found as"), offence.search),
        ("source", _("Source"), offence.source),
        ("note", _("Note"), offence.note),
    ]
    unsure = set(offence.unsure.split())
    return [{"key": key, "value": _value(value, name in unsure)} for name, key, value in shown if _belongs(name, value)]


def _belongs(name: str, value: Any) -> bool:
    """A drug is said of drug offences, and a note where there is one; all else, known or not."""
    return name not in ("drug", "note", "search") or bool(value)


def _value(value: Any, is_unsure: bool) -> Any:
    if value in (None, ""):
        return format_html('<span class="app-not-recorded">{}</span>', _("Not known"))
    mark = format_html(' <strong class="govuk-tag govuk-tag--yellow">{}</strong>', _("Not settled"))
    return format_html("{}{}", value, mark) if is_unsure else value


def _answer(value: bool | None) -> str:
    return "" if value is None else _("Yes") if value else _("No")
