"""A child whom youth justice is told of, in words: for the service the minimum, for police where it stands.

The service reads: the child, the age, the offence, the clock, the officer to contact, and whether an appropriate adult
was there. Never here: victims, crime numbers, police history, ethnicity, or what was decided and why.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.law import NotInForce, youth
from cases.law.dates import age_on
from cases.models import Case, ChildAssessment, YouthDuty, YouthJusticeLink
from cases.queries.youth import DutyState
from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.presenters import waits as account_changes
from diversion.design_system.tables import Column, Table, link, tag, under
from diversion.design_system.wording import date_and_time, long_date, short_date, short_weekday

Row = dict[str, Any]
ADULT_THERE = "appropriate_adult"  # of the answers to how the person could follow what was said


def clock_words(duty: YouthDuty, today: date) -> str:
    """ "Due Mon 30 Nov", "Due today", "2 days overdue"; once it is taken "On time", or how late it was."""
    if duty.stopped_on is not None:
        late = (duty.stopped_on - duty.due_on).days
        return ngettext("%(n)d day late", "%(n)d days late", late) % {"n": late} if late > 0 else _("On time")
    days = (duty.due_on - today).days
    if days < 0:
        return ngettext("%(n)d day overdue", "%(n)d days overdue", -days) % {"n": -days}
    return _("Due today") if days == 0 else _("Due %(day)s") % {"day": short_weekday(duty.due_on)}


def clock_colour(duty: YouthDuty, today: date) -> str:
    """The colour beside those words, which only repeats them."""
    if duty.stopped_on is not None:
        return "green" if duty.stopped_on <= duty.due_on else "orange"
    return "red" if duty.due_on < today else "yellow"


def state_words(duty: YouthDuty) -> str:
    """Where the child stands with youth justice, in a few words."""
    if not duty.is_live:
        return duty.get_ended_reason_display()
    if duty.not_kept_at:
        return _("Plan not kept")
    if duty.acknowledged_at:
        return _("Acknowledged")
    if duty.told_whom:
        return _("Told")
    return _("Sent, not acknowledged yet") if duty.notified_at else _("Nobody told yet")


def state_colour(duty: YouthDuty, today: date) -> str:
    """The colour beside those words."""
    return "red" if duty.not_kept_at else clock_colour(duty, today)


def line_for_list(duties: Sequence[YouthDuty], today: date) -> str:
    """What a list of cases says of youth justice: "Youth justice by Mon 30 Nov", or "" where nothing is due."""
    for duty in duties:
        if duty.not_kept_at:
            return _("Youth justice: plan not kept")
        if duty.is_late(today):
            return _("Youth justice: %(late)s") % {"late": clock_words(duty, today)}
        if duty.is_waiting:
            return _("Youth justice by %(day)s") % {"day": short_weekday(duty.due_on)}
    return ""


def attention_words(duty: YouthDuty, today: date) -> str:
    """What the page of a case says at its top, or "" where nobody in the force has anything to see to."""
    if not duty.is_live:
        return ""
    if duty.not_kept_at:
        return _("Youth justice reports that the plan is not kept.")
    if duty.notified_at is None:
        return _("Youth justice has to be told of this child. %(clock)s.") % {"clock": clock_words(duty, today)}
    if duty.is_late(today):
        return _("Youth justice has not acknowledged this child. %(clock)s.") % {"clock": clock_words(duty, today)}
    return ""


def watch_items(duties: Iterable[YouthDuty], today: date) -> list[Row]:
    """What the list of cases says above itself: whose child, and what is to be seen to."""
    return [
        {
            "person": duty.case.person,
            "case": duty.case.reference,
            "words": state_words(duty),
            "clock": clock_words(duty, today) if duty.is_waiting else "",
            "colour": clock_colour(duty, today),
        }
        for duty in duties
    ]


def waiting_items(counts: Mapping[str, int], user: User) -> list[Row]:
    """What waits for a service, each with how many and the list of just those; nothing of which there is none."""
    page, words = reverse("youth_inbox"), dict(DutyState.choices)
    items = [(str(words[state]), n, f"{page}?state={state}") for state, n in counts.items()]
    items += [(one.heading, one.total, reverse("account_requests")) for one in account_changes(user)]
    return [{"text": f"{text} ({n})", "href": href} for text, n, href in items if n]


def inbox_table(duties: Iterable[YouthDuty], order: str, today: date) -> Table:
    """A row for each child, what is due first."""
    columns = [
        Column(_("Child"), sort="name"),
        Column(_("Age")),
        Column(_("Offence")),
        Column(_("Clock"), sort="due"),
        Column(_("Where it stands")),
        Column(_("Officer")),
    ]
    rows = [_inbox_row(duty, today) for duty in duties]
    return Table(_("Children referred by police"), columns, rows, order=order, caption_hidden=True, stacked=True)


def _inbox_row(duty: YouthDuty, today: date) -> list[Any]:
    case = duty.case
    return [
        under(link(case.person, reverse("youth_duty", args=[duty.reference])), duty.reference),
        age_on(case.person.date_of_birth, today),
        offences_of(case),
        tag(clock_words(duty, today), clock_colour(duty, today)),
        state_words(duty),
        under(case.officer, case.force),
    ]


def trace_table(traces: Iterable[Row]) -> Table:
    """What ended lately, without a word about the child."""
    columns = [Column(_("Reference")), Column(_("Why")), Column(_("When"))]
    ends = dict(YouthDuty.End.choices)
    rows = [[one["reference"], ends[one["ended_reason"]], short_date(one["ended_at"])] for one in traces]
    return Table(_("Ended in the last 30 days"), columns, rows, stacked=True)


def offences_of(case: Case) -> str:
    """The offences by their titles, each once."""
    return "; ".join(dict.fromkeys(allegation.offence.title for allegation in case.allegations.all()))


def identity_items(duty: YouthDuty, today: date) -> list[Row]:
    """For the bar that says whose record it is."""
    born = duty.case.person.date_of_birth
    words = {"born": long_date(born), "age": age_on(born, today)}
    return [
        {"label": _("Born"), "value": _("%(born)s (%(age)s)") % words},
        {"label": _("Police force"), "value": duty.case.force.name},
    ]


def duty_rows(duty: YouthDuty, today: date) -> list[Row]:
    """What the service reads of the child and of the referral."""
    case, officer = duty.case, duty.case.officer
    days = sorted({allegation.committed_on for allegation in case.allegations.all()})
    team = f", {officer.team}" if officer.team else ""
    address = format_html('<a class="govuk-link" href="mailto:{0}">{0}</a>', officer.email)
    return [
        {"key": _("Offence"), "value": f"{offences_of(case)}, {', '.join(long_date(day) for day in days)}"},
        {"key": _("Clock"), "value": _clock_cell(duty, today)},
        {"key": _("Told"), "value": date_and_time(duty.notified_at)},
        {"key": _("Appropriate adult"), "value": adult_words(case)},
        {"key": _("Officer"), "value": format_html("{}{}<br>{}", officer, team, address)},
    ]


def _clock_cell(duty: YouthDuty, today: date) -> SafeString:
    due = _("To be acknowledged by %(day)s.") if duty.is_waiting else _("Was to be acknowledged by %(day)s.")
    words = tag(clock_words(duty, today), clock_colour(duty, today))
    return format_html("{} {}", words, due % {"day": long_date(duty.due_on)})


def adult_words(case: Case) -> str:
    """Whether an appropriate adult was there when the officer spoke to the child, as recorded with the decision."""
    told = sorted(case.assessments.all(), key=lambda each: (each.assessed_at, each.pk))
    said = next((each.answers["follow"] for each in reversed(told) if each.answers.get("follow")), None)
    if said is None:
        return _("Not recorded")
    return _("Present") if ADULT_THERE in said else _("Not present")


def police_rows(duty: YouthDuty, today: date) -> list[Row]:
    """What police read of a duty on the page of the case."""
    rows = [
        {"key": _("Where it stands"), "value": state_words(duty)},
        {"key": _("Clock"), "value": tag(clock_words(duty, today), clock_colour(duty, today)) if duty.is_live else ""},
        {"key": _("Told"), "value": _told(duty)},
        {"key": _("Acknowledged"), "value": _by(duty.acknowledged_by, duty.acknowledged_at)},
        {"key": _("Plan not kept"), "value": _not_kept(duty)},
        {"key": _("Ended"), "value": _by(duty.ended_by, duty.ended_at)},
    ]
    return [row for row in rows if row["value"]]


def _told(duty: YouthDuty) -> str:
    if duty.notified_at is None:
        return ""
    whom = duty.service.name if duty.service else duty.told_whom
    return _("%(whom)s, %(moment)s, by %(who)s") % {
        "whom": whom,
        "moment": date_and_time(duty.notified_at),
        "who": duty.notified_by,
    }


def _not_kept(duty: YouthDuty) -> SafeString | str:
    if duty.not_kept_at is None:
        return ""
    return format_html("{}<br>{}", duty.not_kept_note, _by(duty.not_kept_by, duty.not_kept_at))


def _by(who: Any, moment: Any) -> str:
    return f"{who}, {date_and_time(moment)}" if moment else ""


def guidance_of(duty: YouthDuty) -> youth.Duty | None:
    """The rule of the day of the decision: what it asks, where it comes from, what is not settled; None where that day
    knew no such duty (a day that was put right, a rule that was taken back)."""
    try:
        return youth.duty_on(duty.kind, clock.local_date(duty.case.decision.decided_at))
    except NotInForce:
        return None


def assessment_rows(noted: ChildAssessment | None) -> list[Row]:
    """What is noted of the assessment; nothing where nothing is."""
    if noted is None:
        return []
    return [
        {"key": _("Finished"), "value": long_date(noted.done_on)},
        {"key": _("Made by"), "value": noted.done_by},
        {"key": _("Reference"), "value": noted.reference},
        {"key": _("Noted"), "value": _by(noted.recorded_by, noted.recorded_at)},
    ]


def link_table(links: Iterable[YouthJusticeLink], today: date) -> Table:
    """The services of a force, from when to when."""
    columns = [Column(words) for words in (_("Service"), _("From"), _("Until"), _("State"))]
    return Table(_("Services"), columns, [_link_row(one, today) for one in links], caption_hidden=True, stacked=True)


def _link_row(one: YouthJusticeLink, today: date) -> list[Any]:
    is_over = one.valid_to is not None and one.valid_to < today
    state = tag(_("Ended"), "grey") if is_over else tag(_("Serves us"), "green")
    if one.valid_from > today:
        state = tag(_("Not begun"), "yellow")
    return [one.service.name, short_date(one.valid_from), short_date(one.valid_to) or _("No end set"), state]
