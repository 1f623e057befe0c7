"""The finding in plain sentences: what was found and its flag's word before all, and nothing about why.

Figures come here already chosen for their audience; nothing here counts or divides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diversion.design_system.wording import count, percent
from reporting.codes import UNKNOWN
from reporting.door import Audience, Leaving, checked
from reporting.presenters.parts import Behind, filled, said_of
from reporting.presenters.report import interval

Row = Mapping[str, Any]

#: Flag -> its word, what it asks of the reader, and the colour that goes with the word.
FLAGS = {
    "act": (gettext_lazy("Act"), gettext_lazy("explain it or reform it"), "red"),
    "look": (gettext_lazy("Look"), gettext_lazy("more than chance explains"), "orange"),
    "none": (gettext_lazy("No flag"), gettext_lazy("that is not the absence of a difference"), "grey"),
    "insufficient": (gettext_lazy("Insufficient"), gettext_lazy("too few people to say"), "grey"),
}
#: Measure -> of which people, and what they did or had happen to them.
SAID = {
    "offered_of_considered": (gettext_lazy("considered"), gettext_lazy("were offered a resolution")),
    "offered": (gettext_lazy("found eligible"), gettext_lazy("were offered a resolution")),
    "declined": (gettext_lazy("offered a resolution"), gettext_lazy("declined it")),
    "referred": (gettext_lazy("who accepted a resolution"), gettext_lazy("were referred to a scheme")),
    "started": (gettext_lazy("referred to a scheme"), gettext_lazy("came to a first appointment")),
    "completed_in_time": (gettext_lazy("referred long enough ago"), gettext_lazy("completed the agreement")),
    "completed": (gettext_lazy("who started and have finished"), gettext_lazy("completed the agreement")),
    "breached": (gettext_lazy("whose referral has ended"), gettext_lazy("did not keep the agreement")),
    "charged": (gettext_lazy("who did not keep the agreement"), gettext_lazy("were charged or summonsed")),
}
PEOPLE = {
    "Mixed": gettext_lazy("people of Mixed ethnic groups"),
    "Other": gettext_lazy("people of other ethnic groups"),
    "White minorities": gettext_lazy("people of other White groups"),
    "Male": gettext_lazy("men and boys"),
    "Female": gettext_lazy("women and girls"),
}
KNOWN = {
    "ethnicity": gettext_lazy("Ethnicity"),
    "ethnicity_apart": gettext_lazy("Ethnicity"),
    "ethnicity_officer": gettext_lazy("Ethnicity"),
    "gender": gettext_lazy("Gender"),
    "age_band": gettext_lazy("Age"),
    "age_18_25": gettext_lazy("Age"),
}
NOT_A_CAUSE = gettext_lazy("This shows a difference, not its cause.")


@dataclass(frozen=True)
class Finding:
    """The finding about one group: its flag in a word, the crude comparison, and what must be said beside it."""

    group: str
    flag: str
    asks: str
    colour: str
    crude: SafeString | str
    beside: list[SafeString | str] = field(default_factory=list)


def finding(figures: Leaving, group: str = "", behind: Behind = None) -> Finding | None:
    """The finding to speak of first, or about ``group``; None where there is nobody to compare with. ``behind`` makes
    its numbers lead to their cases."""
    compared = checked(figures, Audience.OPERATIONAL)["comparison"]
    row = next((one for one in compared["rows"] if not group or one["group"] == group), None)
    if row is None:
        return None
    word, asks, colour = FLAGS[row["flag"]]
    beside = [
        _shares(compared, row),
        _ratio(row, compared["rule"]),
        *_adjusted(row),
        _unknown(figures, row, behind),
        str(NOT_A_CAUSE),
    ]
    return Finding(
        row["group"], str(word), str(asks), colour, _crude(figures, row, behind), [one for one in beside if one]
    )


def others(figures: Leaving) -> list[str]:
    """A few words on each of the other groups: the flag of each, and how many were compared together."""
    compared = checked(figures, Audience.OPERATIONAL)["comparison"]
    found = []
    for row in compared["rows"][1:]:
        ratio = f" ({ratio_words(row)})" if row["flag"] != "insufficient" else ""
        found.append(f"{sentence_of(people(figures['by'], row['group']))}: {str(FLAGS[row['flag']][0]).lower()}{ratio}")
    return found


def nobody(figures: Leaving) -> str:
    """Why there is nothing to compare."""
    return str(checked(figures, Audience.OPERATIONAL)["comparison"]["words"])


def people(by: str, group: str) -> str:
    """What people of a group are called in a sentence."""
    if by.startswith("age"):
        return _("people aged %(band)s") % {"band": group.replace("-", "–")}
    return str(PEOPLE.get(group) or _("%(group)s people") % {"group": group})


def note_about(note: Any) -> str:
    """Which comparison a note is about: "Black people against White people: were offered a resolution (look)"."""
    groups = {"group": people(note.by, note.group), "other": people(note.by, note.compared_with)}
    did = SAID.get(note.measure, ("", note.measure))[1]
    words = _("%(group)s against %(other)s: %(did)s") % {**groups, "did": did}
    return f"{sentence_of(words)} ({str(FLAGS[note.flag][0]).lower()})"


def of_whom(figures: Leaving) -> tuple[str, str]:
    """Of which people the measure tells, and what they did; of an imported file in its own words."""
    name, words = checked(figures)["measure"]["name"], figures["words"]
    if name in SAID:
        return str(SAID[name][0]), str(SAID[name][1])
    return _("among %(these)s") % {"these": words["considered"]}, _("are “%(those)s”") % {"those": words["diverted"]}


def ratio_words(row: Row, name: str = "ratio", ends: str = "interval") -> str:
    """ "0.71 (0.55 to 0.91)"; what is said instead where there is no ratio."""
    if row.get(name) is None:
        return _("no ratio")
    if not row.get(ends):
        return _("%(ratio)s (no interval)") % {"ratio": f"{row[name]:.2f}"}
    low, high = row[ends]
    return _("%(ratio)s (%(low)s to %(high)s)") % {
        "ratio": f"{row[name]:.2f}",
        "low": f"{low:.2f}",
        "high": f"{high:.2f}",
    }


def sentence_of(words: str) -> str:
    return words[:1].upper() + words[1:]


def _crude(figures: Leaving, row: Row, behind: Behind) -> SafeString | str:
    who, did = of_whom(figures)
    name, group, reference = figures["measure"]["name"], row["group"], row["reference"]
    words = _("%(a)s of %(n1)s %(group)s %(who)s %(did)s%(p1)s, and %(c)s of %(n2)s %(reference)s%(p2)s.")
    return filled(
        words,
        a=said_of(row["events"], behind, f"{name}:with", group=group),
        n1=said_of(row["people"], behind, f"{name}:of", group=group),
        p1=_in_brackets(row["rate"]),
        c=said_of(row["reference_events"], behind, f"{name}:with", group=reference),
        n2=said_of(row["reference_people"], behind, f"{name}:of", group=reference),
        p2=_in_brackets(row["reference_rate"]),
        group=people(figures["by"], group),
        reference=people(figures["by"], reference),
        who=who,
        did=did,
    )


def _in_brackets(share: float | None) -> str:
    """A share of fewer than 10 people is not given."""
    return "" if share is None else f" ({percent(share, 0)})"


def _shares(compared: Row, row: Row) -> str:
    """The 95% intervals of the two shares, beside the sentence that has them, and why one is not there."""
    intervals = {one["group"]: one["interval"] for one in compared["groups"]}
    both = [intervals[row["group"]], intervals[row["reference"]]]
    ends = [interval(one, 0) for one in both if one]
    if all(both):
        words = _("The 95%% intervals of these shares: %(group)s, and %(reference)s.")
        return words % {"group": ends[0], "reference": ends[1]}
    few = _("Fewer than 10 people have no share.")
    return " ".join([*(_("The 95%% interval of this share: %(ends)s.") % {"ends": one} for one in ends), few])


def _ratio(row: Row, rule: Row) -> str:
    if row["flag"] == "insufficient":
        least = {"people": rule["smallest_group"], "events": rule["fewest_events"]}
        return _("A ratio needs %(people)s people in each group, and %(events)s in each to whom it happened.") % least
    return _("Ratio %(ratio)s: %(verdict)s.") % {"ratio": ratio_words(row), "verdict": _verdict(row)}


def _verdict(row: Row) -> str:
    low, high = row["interval"] or (0.0, 2.0)
    if row["flag"] in ("act", "look"):
        return _("more than chance explains")
    if low <= 1 <= high:
        return _("compatible with no difference")
    return _("a difference, but too small, or one of too many compared together, for a flag")


def _adjusted(row: Row) -> list[str]:
    found = row.get("adjusted")
    if not found or row["flag"] == "insufficient":
        return []
    if found["ratio"] is None:
        return [_("Nobody of one group could be compared by offence and earlier outcomes with anybody of the other.")]
    said = _(
        "Among the %(k1)s of %(n1)s and %(k2)s of %(n2)s who could be compared by offence and earlier outcomes it is "
        "%(adjusted)s, %(verdict)s (unadjusted, of the same people: %(crude)s); earlier outcomes are partly made by "
        "policing."
    ) % {
        "k1": count(found["compared"]),
        "n1": count(found["compared_of"]),
        "k2": count(found["reference_compared"]),
        "n2": count(found["reference_compared_of"]),
        "adjusted": ratio_words(found),
        "verdict": _adjusted_verdict(row, found),
        "crude": ratio_words(found, "crude_of_compared", "crude_of_compared_interval"),
    }
    return [" ".join([said, *(_(warning) for warning in found["warnings"])])]


def _adjusted_verdict(row: Row, found: Row) -> str:
    """What adjusting leaves of the crude finding."""
    sides = [_side(one["interval"]) for one in (row, found)]
    if not sides[1]:
        return _("compatible with no difference")
    if not sides[0]:
        return _("more than chance explains")
    words = _("still more than chance explains"), _("more than chance explains, the other way about")
    return words[sides[0] != sides[1]]


def _side(ends: Sequence[float] | None) -> int:
    """On which side of 1 an interval lies whole: -1, 1, or 0 where it holds 1 or there is none."""
    low, high = ends or (0.0, 2.0)
    return (low > 1) - (high < 1)


def _unknown(figures: Leaving, row: Row, behind: Behind) -> SafeString | str:
    unknown, known = figures["comparison"]["unknown"], KNOWN.get(figures["by"], "")
    if not unknown["people"]:
        return _("%(what)s is known of everybody.") % {"what": known}
    turns = _("which could reverse it") if row["unknown"]["could_reverse"] else _("which could not reverse it")
    figure = f"{figures['measure']['name']}:of"
    return filled(
        _("%(what)s is not known of %(n)s of %(all)s (%(share)s), %(turns)s."),
        what=known,
        n=said_of(unknown["people"], behind, figure, group=UNKNOWN),
        all=said_of(unknown["of"], behind, figure),
        turns=turns,
        share=percent(figures["comparison"]["unknown_share"], 0),
    )
