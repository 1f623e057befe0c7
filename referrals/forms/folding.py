"""How the page "Record a decision" folds: a group of questions that is answered stands on one line, and one for which
there is no room yet waits under its heading. So an officer sees at once the few boxes that matter now.

Nothing is lost in a fold: its boxes are sent with the page, and it opens by itself without a script. A page that was
sent without what waited comes back with it open, and calls nothing wrong.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from diversion.design_system.rendering import errors_of

#: Boxes that are open at once: radios, boxes to tick and boxes to type in, each counted.
MOST = 25
PREFIX = "fold-"


@dataclass(frozen=True)
class Group:
    """Questions that fold together. ``line`` is what was answered, "" until all that must be said is said.

    ``boxes`` is how many are seen while it is open; ``is_wrong`` that the page shows a mistake in it, ``is_asked`` that
    it is asked at all, ``may_come`` that it may be asked yet and keeps its room. ``is_titled``: its heading stands over
    it on the page already. ``is_first``: it has its room before the others, since it may be said early.
    """

    name: str
    heading: Any
    line: str
    boxes: int
    is_wrong: bool = False
    is_asked: bool = True
    may_come: bool = False
    is_titled: bool = False
    is_first: bool = False

    def is_held(self, at: str) -> bool:
        """Whether it is open whatever else is."""
        return self.is_wrong or f"{PREFIX}{self.name}" == at or (self.is_first and not self.line)


@dataclass(frozen=True)
class Fold:
    """A group as the page shows it: ``waits`` where it is folded for want of room, though it is not answered."""

    group: Group
    is_open: bool
    waits: bool = False

    @property
    def html_id(self) -> str:
        return f"{PREFIX}{self.group.name}"

    @property
    def heading_is_seen(self) -> bool:
        """A line says by itself what it is about where its heading stands over it; a group that waits has none.

        The name of a section that is one line stands on it, in place of the heading.
        """
        return not (self.group.is_titled and self.group.line)


def arrange(groups: Sequence[Group], at: str) -> dict[str, Fold]:
    """Each group by its name, in the order of the page; ``at`` is the HTML id of the fold in which the officer is.

    What is answered folds once the officer is elsewhere. What is not is open as far as there is room, in order, and the
    first of it always.
    """
    held = [one for one in groups if one.is_asked and one.is_held(at)]
    to_answer = [one for one in groups if (one.is_asked or one.may_come) and not one.line and one not in held]
    waiting = _without_room(to_answer, MOST - sum(one.boxes for one in held))
    opened = [one for one in [*held, *to_answer] if one not in waiting]
    return {one.name: Fold(one, is_open=one in opened, waits=one in waiting) for one in groups}


def _without_room(groups: Sequence[Group], room: int) -> Sequence[Group]:
    """Those for which there is no ``room`` any more: from the first that does not fit on, but for the first of all."""
    for place, one in enumerate(groups):
        room -= one.boxes
        if room < 0 and place > 0:
            return groups[place:]
    return ()


def in_words(field: BoundField) -> str:
    """What is chosen, in the words of the choices; "" where nothing is."""
    chosen = field.value() or []
    wanted = [str(one) for one in (chosen if isinstance(chosen, list) else [chosen])]
    return ", ".join(str(label) for code, label in _choices(field.field) if str(code) in wanted)


def _choices(field: Any) -> Iterable[tuple[Any, Any]]:
    """Every choice of a field, out of the groups in which they may stand."""
    for code, label in field.choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield code, label


def boxes_of(form: forms.BaseForm, names: Iterable[str]) -> int:
    """How many boxes these fields of ``form`` show."""
    return sum(_boxes(form.fields[name]) for name in names)


def _boxes(field: Any) -> int:
    each = isinstance(field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    return len(list(field.choices)) if each else 1


def are_answered(form: forms.BaseForm, names: Iterable[str]) -> bool:
    """Whether each of these fields has an answer that can be read."""
    return all(form[name].value() and name not in form.errors for name in names)


def any_wrong(form: forms.BaseForm, names: Iterable[str]) -> bool:
    """Whether the page shows a mistake in one of these fields."""
    return any(errors_of(form[name]) for name in names)
