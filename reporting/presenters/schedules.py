"""Schedules of reports in a table, and the notes of a report for the equality duty. Nothing here counts."""

from collections.abc import Iterable
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from diversion.design_system.tables import Column, Table, link
from diversion.design_system.wording import long_date
from reporting.door import Audience, Leaving, checked
from reporting.models import ReportRun
from reporting.presenters.sentence import note_about


def table_of_schedules(schedules: Iterable[Any], *, may_change: bool) -> Table:
    """Each schedule with the report that it made last; its name leads to where it is changed, for whoever may."""
    names = (_("Report"), _("How often"), _("Tells"), _("Scheme"), _("Made last"), _("By whom"))
    rows = [
        [
            link(one.name, reverse("schedule_change", args=[one.reference])) if may_change else one.name,
            one.get_every_display() if one.is_on else _("Stopped"),
            one.get_purpose_display().partition(":")[0],
            one.scheme or _("The whole force"),
            _last(one),
            one.made_by.full_name if one.made_by else _("There from the beginning"),
        ]
        for one in schedules
    ]
    return Table(
        _("Reports made by themselves"), [Column(name) for name in names], rows, stacked=True, caption_hidden=True
    )


def _last(schedule: Any) -> SafeString | str:
    if not schedule.last_run:
        return _("None yet")
    state = ReportRun.State(schedule.last_state).label
    return link(f"{schedule.last_run} ({state.lower()})", reverse("report_page", args=[schedule.last_run]))


def notes(report: Leaving) -> list[str]:
    """What the force has written to differences, a line each, in a report for the equality duty."""
    return [_note(one) for one in checked(report, Audience.OPERATIONAL).get("notes", [])]


def _note(one: dict[str, Any]) -> str:
    kind = _("Explain") if one["kind"] == "explain" else _("Reform")
    due = _("done") if one["done"] else _("due on %(day)s") % {"day": long_date(date.fromisoformat(one["due_on"]))}
    said = {"kind": kind, "about": note_about(SimpleNamespace(**one)), "text": one["text"], "owner": one["owner"]}
    return _("%(kind)s. %(about)s: %(text)s %(owner)s, %(due)s.") % (said | {"due": due})
