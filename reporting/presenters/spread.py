"""Units beside the whole, as a funnel plot and in figures. Figures come here chosen for their audience."""

from collections.abc import Sequence

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from diversion.design_system.funnel import Limit, Sized, described, funnel_chart
from diversion.design_system.svg import render_svg
from diversion.design_system.tables import Column, Table, under
from diversion.design_system.wording import count, percent
from reporting.door import Audience, Leaving, checked
from reporting.presenters.parts import Behind, Picture, Row, number_of
from reporting.presenters.report import interval


def funnel(figures: Leaving, key: str, title: str, unit: str, behind: Behind = None) -> Picture | None:
    """The spread under ``key``: ``title`` says of what, ``unit`` what one is called; ``behind`` gives the people of a
    unit by its name. None under three units."""
    found = checked(figures, Audience.OPERATIONAL)[key]
    if not found["enough"]:
        return None
    units = [Sized(_named(row), row["n"], row["rate"], row["outside"]) for row in found["units"]]
    curve = [Limit(one["n"], tuple(one["warn"]), tuple(one["act"])) for one in found["curve"]]
    drawing = funnel_chart(units, curve, found["whole"]["rate"], _("People"))
    svg = render_svg(drawing, title=title, description=described(units))
    return Picture(title, svg, _table(title, unit, found, behind), _note(found))


def _named(row: Row) -> str:
    return _("No team") if row["unit"] == "Unknown" else str(row["unit"])


def _table(title: str, unit: str, found: Row, behind: Behind) -> Table:
    names = [_("People"), _("Share, 95% interval"), _("Limits of chance, 95%"), _("Limits of chance, 99.8%")]
    names += [_("It lies")] + ([] if found["too_few_to_shrink"] else [_("Drawn towards the whole, 95% interval")])
    whole = found["whole"]
    foot = [_("All of these"), count(whole["denominator"]), _share(whole["rate"], whole["interval"])]
    return Table(
        title,
        [Column(unit), *(Column(name, numeric=True) for name in names)],
        [_cells(row, behind) for row in found["units"]],
        caption_size="s",
        foot=[*foot, *("" for _name in names[2:])],
    )


def _cells(row: Row, behind: Behind) -> list[SafeString | str]:
    limits = [interval(row["warn"]), interval(row["act"])]
    people = number_of(row["n"], behind, row["unit"])
    cells = [_named(row), people, _share(row["rate"], row["interval"]), *limits, where_words(row["outside"])]
    return [*cells, _drawn(row["shrunk"])] if row["shrunk"] else cells


def _share(rate: float, ends: Sequence[float]) -> SafeString:
    return under(percent(rate), interval(ends))


def _drawn(shrunk: Row) -> SafeString | str:
    if shrunk["interval"] is None:
        return _("as all of these: they differ no more than chance")
    return _share(shrunk["value"], shrunk["interval"])


def where_words(outside: int) -> str:
    """Where a unit lies, by how far outside it is."""
    words = {
        0: _("within chance"),
        1: _("over the 95% limits"),
        2: _("over the 99.8% limits"),
        -1: _("under the 95% limits"),
        -2: _("under the 99.8% limits"),
    }
    return words[outside]


def _note(found: Row) -> str:
    said = [
        _("By chance alone 95%% lie in the band, and 99.8%% in the broken lines. Outside the band: %(out)s of %(all)s.")
        % {"out": count(found["outside"]), "all": count(found["compared"])}
    ]
    p = found["overall"]["p"]
    if p is not None:
        said.append(_("All at once: p %(p)s.") % {"p": "< 0.001" if p < 0.001 else f"= {p:.3f}"})
    if found["left_out"]:
        names = ", ".join(_("No team") if name == "Unknown" else name for name in found["left_out"])
        said.append(_("Fewer than 10 people, so not shown: %(names)s.") % {"names": names})
    if found["too_few_to_shrink"]:
        said.append(_("Shares are drawn towards the whole only where 10 or more are compared."))
    return " ".join(said)
