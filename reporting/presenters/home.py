"""What waits for somebody in the figures: the sections of their first page."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from diversion import clock
from diversion.accounts.models import User
from diversion.design_system.wording import long_date
from diversion.home import Beside, Line, Section
from reporting import queries
from reporting.presenters import sentence
from reporting.queries import releases as reads
from reporting.queries import samples as sampled
from reporting.queries.asks import ACTIONS, CHECK, FOUND, LEARNT, NOTES, asks_of
from reporting.queries.panels import actions_due, new_lessons

Maker = Callable[[User], Iterable[Section]]


def waits(user: User) -> Iterator[Section]:
    """Releases to check, notes that one has to answer for, and what others found who read one's own cases."""
    asks = asks_of(by=user)
    for ask, make in SECTIONS:
        if ask in asks:
            yield from make(user)


def _to_check(user: User) -> Iterator[Section]:
    found = reads.releases_to_check(by=user)
    lines = [Line(one.name, reverse("release_page", args=[one.reference])) for one in found]
    yield Section(_("Figures that wait for your check before they leave"), lines, total=found.total)


#: A provider's people check its own figures, and their first page is the inbox or the board.
BESIDE = Beside("releases", reads.drafts_to_check, _to_check, "release_list")


def _notes(user: User) -> Iterator[Section]:
    """The force's differences that ``user`` said they would explain or mend."""
    found, today = queries.notes_due(by=user), clock.today()
    lines = [
        Line(
            f"{one.get_kind_display()}: {sentence.note_about(one)}",
            reverse("finding_notes"),
            tag=_("by %(day)s") % {"day": long_date(one.due_on)},
            colour="red" if one.due_on < today else "",
        )
        for one in found
    ]
    yield Section(_("Differences that you answer for"), lines, total=found.total)


def _found(user: User) -> Iterator[Section]:
    """What whoever leads the team found when they read what the officer had issued alone."""
    found = sampled.found_of(officer=user)
    heading = _("Read in a sample of what was issued alone, in the last 30 days")
    yield Section(heading, [_finding(one) for one in found], [one.case for one in found], total=found.total)


def _finding(item: Any) -> Line:
    words = f"{item.get_finding_display()}. {item.note}".strip()
    quiet = f"{item.found_by}, {long_date(clock.local_date(item.found_at))}"
    href = reverse("case_page", args=[item.case.reference])
    return Line(f"{item.case.person}, {item.case.reference}", href, words=words, quiet=quiet)


def _panel_actions(user: User) -> Iterator[Section]:
    """What the force does about a panel's finding, and ``user`` answers for."""
    found = actions_due(by=user)
    lines = [
        Line(
            one.action,
            reverse("panel_case", args=[one.panel.reference, one.place]),
            tag=_("by %(day)s") % {"day": long_date(one.due_on)},
            colour="red" if one.is_late else "",
        )
        for one in found
    ]
    yield Section(_("What a scrutiny panel led to, and you answer for"), lines, total=found.total)


def _learnt(user: User) -> Iterator[Section]:
    found = new_lessons(by=user)
    lines = [
        Line(
            f"{one.case.person}, {one.case.reference}",
            reverse("case_page", args=[one.case.reference]),
            words=f"{one.title}. {one.words}",
            quiet=long_date(clock.local_date(one.found_at)),
        )
        for one in found
    ]
    yield Section(
        _("What a scrutiny panel found, to learn from: the decision stands"),
        lines,
        [one.case for one in found],
        total=found.total,
    )


#: What asks for a section (`asks_of`), and who makes it, in the order of the page.
SECTIONS: tuple[tuple[str, Maker], ...] = (
    (CHECK, _to_check),
    (NOTES, _notes),
    (ACTIONS, _panel_actions),
    (FOUND, _found),
    (LEARNT, _learnt),
)
