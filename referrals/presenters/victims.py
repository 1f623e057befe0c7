"""What the pages of victims show: nothing of the person but the resolution, its dates and what touches the victim."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cases import legal
from cases.actions.victim_duties import is_enhanced
from cases.models import Allegation, VictimDuty
from diversion import clock
from diversion.design_system.tables import Column, Table, link, tag, under
from diversion.design_system.wording import date_and_time, long_date, short_date
from referrals.models import Condition
from referrals.presenters.case import limit_in_words
from referrals.queries.victims import is_only_victim, owed_conditions

Row = dict[str, Any]


def duty_table(duties: list[VictimDuty], today: date) -> Table:
    """What victims are owed, the nearest day first."""
    columns = [Column(_("Victim")), Column(_("What is owed")), Column(_("Days left")), Column(_("Crime"))]
    return Table(_("Owed to victims"), columns, [_row(one, today) for one in duties], caption_hidden=True, stacked=True)


def _row(duty: VictimDuty, today: date) -> list[Any]:
    allegation = duty.allegation
    address = reverse("victim_page", args=[allegation.case.reference, allegation.pk])
    return [
        link(allegation.victim, address, about=allegation.case.reference),
        duty.get_kind_display(),
        under(tag(limit_in_words(duty.due_on, today), colour(duty, today)), short_date(duty.due_on)),
        under(allegation.crime, allegation.case.reference),
    ]


def colour(duty: VictimDuty, today: date) -> str:
    """The colour beside the days that are left, which only repeats them."""
    return "red" if duty.is_late(today) else "yellow" if duty.due_on == today else ""


def about_rows(allegation: Allegation) -> list[Row]:
    """The crime, the resolution and its dates."""
    case, decision = allegation.case, allegation.case.decision
    agreement, _conditions, _shared = owed_conditions(allegation)
    decided = clock.local_date(decision.decided_at)
    resolution = legal.disposal_label(decision.disposal, decided) if decision.disposal else ""
    return [
        {"key": _("Crime"), "value": str(allegation.crime)},
        {"key": _("Offence"), "value": f"{allegation.offence.title}, {long_date(allegation.committed_on)}"},
        {"key": _("Officer in the case"), "value": case.officer.full_name},
        {"key": _("Decision"), "value": f"{decision.get_result_display()}, {long_date(decided)}"},
        {"key": _("Resolution"), "value": resolution},
        {"key": _("Ends on"), "value": long_date(agreement.ends_on) if agreement and agreement.ends_on else ""},
        {"key": _("Closed"), "value": long_date(clock.local_date(case.closed_at)) if case.closed_at else _("Open")},
        {"key": _("Rights"), "value": _("Enhanced") if is_enhanced(allegation) else _("As for every victim")},
    ]


def touching_rows(allegation: Allegation) -> list[Row]:
    """The conditions that touch a victim, and whether they are kept; where others were harmed too, only their kind."""
    _agreement, conditions, shared = owed_conditions(allegation)
    alone = is_only_victim(allegation)
    return [{"key": _words(one, alone), "value": _kept(one, shared)} for one in conditions]


def _words(condition: Condition, alone: bool) -> str:
    return condition.wording if alone else condition.kind.replace("_", " ").capitalize()


def _kept(condition: Condition, shared: bool) -> str:
    if not shared:
        return _("Voluntary: police are not told")
    return _("%(state)s, by %(day)s") % {"state": condition.get_state_display(), "day": long_date(condition.due_on)}


def contact_rows(allegation: Allegation) -> list[Row]:
    """What was tried, the last first."""
    return [
        {
            "key": f"{date_and_time(one.at)}, {one.get_channel_display()}",
            "value": f"{one.get_result_display()}. {one.note} ({one.recorded_by})",
        }
        for one in allegation.victim_contacts.all()
    ]


def duty_rows(allegation: Allegation) -> list[Row]:
    """What is owed and what was done of it."""
    return [{"key": one.get_kind_display(), "value": _done(one)} for one in allegation.victim_duties.all()]


def _done(duty: VictimDuty) -> str:
    if duty.done_at is None:
        return _("By %(day)s") % {"day": long_date(duty.due_on)}
    said = " ".join(part for part in (duty.get_channel_display(), duty.note) if part)
    who = duty.done_by or _("the service")
    return _("Done on %(day)s by %(who)s. %(said)s") % {"day": date_and_time(duty.done_at), "who": who, "said": said}
