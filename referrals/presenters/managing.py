"""The page of a provider's manager in tables."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from typing import Any

from dateutil.relativedelta import relativedelta
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.models import Absence
from diversion import clock
from diversion.accounts.models import User
from diversion.design_system.tables import Column, Table, link, under
from diversion.design_system.wording import long_date
from diversion.door import Audience, checked
from diversion.home import Line
from referrals.judging.contact import days_on_list
from referrals.models import Referral
from referrals.presenters.clocks import paused_in_words
from referrals.presenters.schemes import until
from referrals.queries.managing import ACCEPTANCE, APPOINTMENT, CONTACT, RETURN, WARNED, Ending, Late, MoneyEnding

WHAT = {
    "answer": gettext_lazy("Not accepted or declined"),
    "contact": gettext_lazy("Not reached for the first time"),
    "result": gettext_lazy("Appointment without a result"),
    "condition": gettext_lazy("Condition not settled"),
}
STEP = {
    ACCEPTANCE: gettext_lazy("Sent to accepted or declined"),
    CONTACT: gettext_lazy("Accepted to first contact"),
    APPOINTMENT: gettext_lazy("Accepted to first appointment kept"),
}
COLUMNS = {
    "sent": gettext_lazy("Sent to us"),
    "accepted": gettext_lazy("Accepted"),
    "declined": gettext_lazy("Declined"),
    "first_contact": gettext_lazy("Reached for the first time"),
    "started": gettext_lazy("Started"),
    "completed": gettext_lazy("Completed"),
    "not_completed": gettext_lazy("Ended without completing"),
    "open_at_end": gettext_lazy("Open at the end of the month"),
}


def late_table(rows: Iterable[Late]) -> Table:
    """A row for each thing that is late, and a link to whom it is about."""
    headings = [_("Who"), _("What"), _("Due"), _("Worker")]
    shown = [[_person(one), WHAT[one.what], _late_by(one), one.referral.navigator or _("Nobody")] for one in rows]
    return Table(_("What is late"), [Column(one) for one in headings], shown, caption_hidden=True, stacked=True)


def paused_table(rows: Iterable[Referral]) -> Table:
    """Whose days to answer stand still, and for how long."""
    headings = [_("Who"), _("Scheme"), _("Days to answer")]
    shown = [[_of(one), one.scheme_version.scheme.name, capfirst(paused_in_words(days_on_list(one)))] for one in rows]
    return Table(
        _("Clocks that are paused"), [Column(one) for one in headings], shown, caption_hidden=True, stacked=True
    )


def _person(one: Late) -> SafeString:
    return _of(one.referral)


def _of(referral: Referral) -> SafeString:
    return link(referral.case.person, reverse("referral_page", args=[referral.reference]))


def _late_by(one: Late) -> str:
    days = (clock.today() - one.day).days
    late = ngettext("%(n)d day late", "%(n)d days late", days) % {"n": days}
    return f"{long_date(one.day)}, {late}"


def load_table(figures: Any, away: Mapping[int, Absence]) -> Table:
    """How much each worker has to do, with a link to their caseload; and who of them is ``away`` today (by id)."""
    rows = checked(figures, Audience.OPERATIONAL)["load"]
    headings = [_("People"), _("Something late"), _("Gone quiet")]
    columns = [Column(_("Worker")), *(Column(one, numeric=True) for one in headings), Column(_("Away"))]
    shown = [[_worker(one), one["people"], one["late"], one["quiet"], _cover(away.get(one["pk"] or 0))] for one in rows]
    return Table(_("Work of each worker"), columns, shown, caption_hidden=True, stacked=True)


def _worker(row: dict[str, Any]) -> SafeString:
    who = row["pk"] or "unassigned"
    return link(row["who"] or _("Nobody yet"), f"{reverse('caseload')}?who={who}")


def _cover(absence: Absence | None) -> str:
    if absence is None:
        return _("No")
    words = _("Until %(day)s: %(cover)s covers")
    return words % {"day": long_date(absence.until_on), "cover": absence.cover}


def waits_table(figures: Any) -> Table:
    """Waits in working days, a row for each step of each scheme."""
    headings = [_("Clock"), _("People"), _("Within it"), _("Middle wait"), _("Longest"), _("Waiting and late")]
    columns = [Column(_("Step and scheme")), *(Column(one, numeric=True) for one in headings)]
    rows = [
        [
            under(STEP[one["step"]], one["scheme"]),
            *(_or_none(one[name]) for name in ("days", "people", "within", "middle", "longest", "late")),
        ]
        for one in checked(figures, Audience.OPERATIONAL)["waits"]
    ]
    return Table(_("Waits in working days"), columns, rows, caption_hidden=True, stacked=True)


def _or_none(value: int | None) -> str:
    return "–" if value is None else str(value)


def ending_rows(endings: Iterable[tuple[Ending, Sequence[Referral]]], organisation: int) -> list[dict[str, Any]]:
    """Each agreement that ends, with whom, what follows, and who is helped beyond its end."""
    return [{"words": _ending(one, organisation), "left": left_table(left) if left else None} for one, left in endings]


def money_rows(endings: Iterable[tuple[MoneyEnding, Sequence[Referral]]]) -> list[dict[str, Any]]:
    """Each scheme whose money ends, and whom it leaves."""
    return [{"words": _money(one), "left": left_table(left) if left else None} for one, left in endings]


def _money(one: MoneyEnding) -> str:
    words = {"scheme": one.scheme.name, "force": one.scheme.force.name, "day": long_date(one.last)}
    if one.days < 0:
        return _("The money for %(scheme)s of %(force)s ended on %(day)s.") % words
    return _("The money for %(scheme)s of %(force)s ends on %(day)s.") % words


def left_table(rows: Sequence[Referral]) -> Table:
    """Who is helped beyond the end of an agreement between the organisations."""
    headings = [_("Who"), _("Scheme"), _("Until"), _("Worker")]
    shown = [[_of(one), one.scheme_version.scheme.name, until(one), one.navigator or _("Nobody")] for one in rows]
    words = ngettext("%(n)d person is helped beyond it", "%(n)d people are helped beyond it", len(rows))
    return Table(words % {"n": len(rows)}, [Column(one) for one in headings], shown, caption_size="s", stacked=True)


def _ending(one: Ending, organisation: int) -> str:
    agreement = one.agreement
    other = agreement.provider if agreement.force_id == organisation else agreement.force
    words = {"other": other.name, "document": agreement.document, "day": long_date(one.last)}
    if one.days < 0:
        said = _("The sharing agreement with %(other)s (%(document)s) ended on %(day)s: nobody new can be sent.")
        return f"{said % words} {_('Support goes on.')}"
    said = _("The sharing agreement with %(other)s (%(document)s) ends on %(day)s: after it nobody new can be sent.")
    return said % words
    said = _("The sharing agreement with %(other)s (%(document)s) ends on %(day)s: after it nobody new can be sent.")
    return said % words


def _ends(one: Ending) -> str:
    """The same beside the provider's name, under a heading that says what ends."""
    if one.days < 0:
        return _("ended on %(day)s, and nobody new can be sent. Support goes on.") % {"day": long_date(one.last)}
    return _("ends on %(day)s: after it nobody new can be sent.") % {"day": long_date(one.last)}


def ending_lines(endings: Iterable[Ending]) -> list[Line]:
    """For the first page of a force's hub: each leads to the schemes, and is of another colour at each warning."""
    colours = dict(zip(WARNED, ("grey", "yellow", "red"), strict=True))
    return [
        Line(
            one.agreement.provider.name,
            reverse("scheme_list"),
            words=_ends(one),
            tag=_last_day(one),
            colour=colours[min(days for days in WARNED if one.days <= days)],
        )
        for one in endings
    ]


def _last_day(one: Ending) -> str:
    """ "90 days left", "last day", or "ended"."""
    if one.days < 0:
        return _("ended")
    return ngettext("%(n)d day left", "%(n)d days left", one.days) % {"n": one.days} if one.days else _("last day")


def vetting_rows(users: Iterable[User]) -> list[dict[str, str]]:
    """Each whose vetting ends or has ended, and where their work is handed over."""
    return [{"words": _vetting(one), "who": one.full_name, "url": reverse("hand_over", args=[one.pk])} for one in users]


def _vetting(one: User) -> str:
    words = {"who": one.full_name, "day": long_date(one.vetted_until)}
    if one.vetting_has_ended:
        return _("The vetting of %(who)s ended on %(day)s: they cannot sign in, and nobody has their work.") % words
    return _("The vetting of %(who)s ends on %(day)s: from the day after they cannot sign in.") % words


def months_to_return(most: int = 13) -> list[tuple[str, str]]:
    """("2026-10", "October 2026") of each month that is over, the last first, and then of the one that goes on."""
    first = clock.today().replace(day=1)
    months = [first - relativedelta(months=back) for back in range(1, most)]
    return [(f"{one:%Y-%m}", date_format(one, "F Y")) for one in [*months, first]]


def return_csv(figures: Any) -> str:
    """The monthly return as CSV (RFC 4180), for the contract: counts of one's own people and no names."""
    told = checked(figures, Audience.OPERATIONAL)
    out = StringIO()
    file = csv.writer(out)
    file.writerow([_("Month"), _("Scheme"), *(COLUMNS[name] for name in RETURN)])
    for row in told["rows"]:
        counts = ["" if row[name] is None else row[name] for name in RETURN]
        file.writerow([told["month"][:7], _safe(row["scheme"]), *counts])
    return out.getvalue()


def _safe(words: str) -> str:
    """A name that a spreadsheet would take for a formula begins with an apostrophe (OWASP, CSV injection)."""
    return f"'{words}" if words[:1] in "=+-@\t\r" else words
