"""Scrutiny panels in words and tables. Figures come here chosen for their audience; nothing here counts."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from diversion.accounts.models import User
from diversion.design_system.tables import Column, Table, link, tag
from diversion.design_system.wording import count, long_date, short_date
from reporting.door import Audience, Leaving, checked
from reporting.facts.packs import month_in_words
from reporting.models import Panel, PanelCase, PanelFinding, PanelMember, PanelPack
from reporting.queries.panels import (
    are_all_in,
    declared_before,
    everybody_stood_aside,
    findings_told,
    has_pack,
    is_nobodys_to_find,
    lacks_members,
    seat_of,
    speaks,
    vote_of,
)

NOT_TOLD = "–"


def table_of_panels(panels: Iterable[Panel], *, route: str) -> Table:
    """Each panel with when it meets and whose cases it looks at; ``route`` names its page for this reader."""
    columns = (_("Panel"), _("Meets"), _("Force"), _("Of whom"))
    rows = [
        [
            link(one.reference, reverse(route, args=[one.reference])),
            long_date(one.meets_on),
            one.force.name,
            one.sample.get_of_display(),
        ]
        for one in panels
    ]
    return Table(_("Panels"), [Column(name) for name in columns], rows, caption_hidden=True, stacked=True)


def yearly_table(figures: Leaving) -> Table:
    """What was found in each year. No shares: the groups of a sample were drawn at different rates."""
    rows = checked(figures, Audience.OPERATIONAL)["rows"]
    names = (_("Cases"), *(str(label) for label in PanelFinding.labels), _("Not scrutinised"), _("No finding yet"))
    return Table(
        _("What panels found, by year"),
        [Column(_("Year")), *(Column(name, numeric=True) for name in names)],
        [[str(row["year"]), *map(_told, _numbers(row))] for row in rows],
    )


def _numbers(row: dict[str, Any]) -> tuple[int | str | None, ...]:
    return (row["cases"], *map(row["found"].get, PanelFinding.values), row["set_aside"], row["waiting"])


def _told(number: int | str | None) -> str:
    return number if isinstance(number, str) else count(number)


def actions_table(cases: Iterable[PanelCase]) -> Table:
    """What is to be done about findings."""
    rows = [
        [
            link(str(one), reverse("panel_case", args=[one.panel.reference, one.place])),
            one.action,
            one.owner.full_name if one.owner else NOT_TOLD,
            tag(_("Late, %(day)s") % {"day": short_date(one.due_on)}, "red") if one.is_late else short_date(one.due_on),
        ]
        for one in cases
    ]
    columns = (_("Case"), _("What is done"), _("Who answers for it"), _("Due"))
    return Table(_("To be done"), [Column(name) for name in columns], rows, stacked=True)


def member_lines(panel: Panel) -> list[dict[str, Any]]:
    """Each member with all that they declared, and how far they are; what they found is not told of anybody."""
    before = declared_before(panel)
    return [
        {
            "member": one,
            "words": _seated(one),
            "progress": _progress(one, panel),
            "before": [_said_before(said) for said in before.get(one.pk, ())],
        }
        for one in panel.members.all()
    ]


def _said_before(said: Any) -> str:
    words = said.interest_words.rstrip(".") or _("No conflict of interest")
    return _("Before that, on %(day)s: %(words)s.") % {"day": long_date(said.declared_at), "words": words}


def _seated(member: PanelMember) -> str:
    chair = _("%(who)s, %(body)s (chair)") if member.is_chair else _("%(who)s, %(body)s")
    return chair % {"who": member.user.full_name, "body": member.user.organisation}


def _progress(member: PanelMember, panel: Panel) -> str:
    if member.excused_at is not None:
        return _("Excused")
    if member.declared_at is None:
        return _("Has not declared yet")
    declared = member.interest_words.rstrip(".") or _("No conflict of interest")
    return f"{declared}. {_how_far(member, panel)}"


def _how_far(member: PanelMember, panel: Panel) -> str:
    votes = [(case, vote_of(case, member)) for case in panel.cases.all()]
    said = [vote for case, vote in votes if vote or (case.set_aside_at is None and has_pack(case))]
    if None in said:
        return _("Has not found of every case yet.")
    if said and not any(vote and vote.finding for vote in said):
        return _("Stood aside from every case.")
    if any(vote and not vote.finding for vote in said):
        return _("Has found of every case from which they did not stand aside.")
    return _("Has found of every case.")


def force_cases(panel: Panel) -> Table:
    """The cases of a panel, for those who may open them."""
    rows = [
        [
            _case_link(one, "panel_case"),
            _offences(one),
            one.get_finding_display() or _how_it_stands(one),
            one.action or NOT_TOLD,
            _due(one),
        ]
        for one in panel.cases.all()
    ]
    columns = (_("Case"), _("Offence"), _("What the panel found"), _("What is done"), _("Due"))
    return Table(_("Cases"), [Column(name) for name in columns], rows, stacked=True)


def _how_it_stands(case: PanelCase) -> str:
    """Of a case without a finding of the panel, for the force."""
    if case.set_aside_at is not None:
        return not_scrutinised(case)
    if is_nobodys_to_find(case):
        return _why_nobodys(case)
    if not are_all_in(case):
        return _("Not all are in")
    aside = any(not one.finding for one in case.votes.all())
    return _("All who did not stand aside have found") if aside else _("All have found")


def not_scrutinised(case: PanelCase) -> str:
    """Of a case that was set aside, with why."""
    why = _why_nobodys(case)
    return _("Not scrutinised: %(why)s") % {"why": why[:1].lower() + why[1:]}


def _why_nobodys(case: PanelCase) -> str:
    """Why no panel's finding can come of it."""
    if everybody_stood_aside(case):
        return _("Everybody stood aside")
    return _("Fewer than two found") if lacks_members(case) else _("Nothing to read any more")


def waits_for(case: PanelCase) -> str:
    """For a member who is asked nothing more of a case."""
    if not has_pack(case):
        return _("The force sets it aside.")
    if lacks_members(case):
        return _("Fewer than two found of this case, and one finding is no panel’s: the force sets it aside.")
    return _("All findings are in. The chair says here what the panel found.")


def _due(case: PanelCase) -> str:
    if case.done_at:
        return _("Done on %(day)s") % {"day": short_date(case.done_at)}
    return short_date(case.due_on) or NOT_TOLD


def member_cases(panel: Panel, user: User) -> Table:
    """The cases of a panel, for a member: where each stands for them."""
    seat = seat_of(panel, user)
    rows = [
        [
            _case_link(one, "sitting_case"),
            _offences(one),
            _mine(one, seat),
            _theirs(one, seat),
        ]
        for one in panel.cases.all()
    ]
    columns = (_("Case"), _("Offence"), _("What you found"), _("What the panel found"))
    return Table(_("Cases"), [Column(name) for name in columns], rows, stacked=True)


def _case_link(case: PanelCase, route: str) -> SafeString:
    words = _("Case %(place)s") % {"place": case.place}
    return link(words, reverse(route, args=[case.panel.reference, case.place]))


def _offences(case: PanelCase) -> str:
    pack: PanelPack | None = getattr(case, "pack", None)
    if pack is None:
        return _("No longer held")
    return "; ".join(dict.fromkeys(pack.content["offences"])) or NOT_TOLD


def _mine(case: PanelCase, seat: PanelMember | None) -> Any:
    vote = vote_of(case, seat) if seat else None
    if vote is None:
        return NOT_TOLD if case.set_aside_at is not None or not has_pack(case) else tag(_("Waits for you"), "yellow")
    return vote.get_finding_display() or _("You stood aside")


def _theirs(case: PanelCase, seat: PanelMember | None) -> Any:
    if case.finding:
        return case.get_finding_display()
    if case.set_aside_at is not None:
        return not_scrutinised(case)
    if not has_pack(case):
        return _("Nothing to read any more")
    if not are_all_in(case):
        return _("Not all are in")
    if lacks_members(case):
        return _("Fewer than two found")
    return tag(_("Waits for you"), "yellow") if speaks(case) == seat else _("All are in")


def pack_rows(pack: PanelPack) -> list[dict[str, Any]]:
    """What the panel is told of a case, in the order in which it is read. What the record does not tell is left out."""
    told = pack.content
    rows = [
        (_("Offence"), "; ".join(told["offences"])),
        (_("When it happened"), ", ".join(map(month_in_words, told.get("committed", [])))),
        (_("When it was decided"), month_in_words(told["decided"])),
        (_("Age"), told["age"]),
        (_("Sex"), told["sex"]),
        (_("Ethnicity, as the person says"), told["ethnicity"]),
        (_("What the person says of the offence"), told.get("says")),
        (_("Earlier outcomes"), told.get("earlier")),
        (_("Domestic abuse"), _("Yes") if told.get("domestic_abuse") else ""),
        (_("Hate crime"), _("Yes") if told.get("hate_crime") else ""),
        (_("Who was harmed"), "; ".join(told.get("harmed", []))),
        (_("What those harmed say"), "; ".join(told.get("harmed_say", []))),
        (_("What was decided"), told.get("decision") or _("Nobody considered a resolution")),
        (_("Why not offered"), told.get("why_not")),
        (_("Outcome") if pack.suspect_id else _("What was offered or done"), told.get("resolution")),
        (_("Authority"), told.get("authority")),
        (_("The officer’s reasons"), _reasons(pack)),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def _reasons(pack: PanelPack) -> str:
    """As they were cleared; else whether there are any, as the record stood when the pack was made."""
    if pack.reasons or pack.suspect_id:
        return pack.reasons
    return _("Not shown: nobody has cleared them") if pack.content.get("gave_reasons", True) else _("None on record")


def findings_rows(case: PanelCase) -> list[dict[str, Any]]:
    """What each found, once all are in, without whose it is."""
    return [
        {"key": _("A member found"), "value": f"{one.get_finding_display()}. {one.words}".strip()}
        for one in sorted(findings_told(case), key=lambda one: (one.finding, one.words))
    ]


def panel_rows(case: PanelCase, *, with_owner: bool) -> list[dict[str, Any]]:
    """What the panel found, and what the force does about it; who answers for that is for the force alone to read."""
    if case.set_aside_at is not None:
        words = f"{not_scrutinised(case)}. {long_date(case.set_aside_at)}."
        return [{"key": _("The panel found"), "value": words}]
    if not case.finding:
        return []
    rows = [{"key": _("The panel found"), "value": f"{case.get_finding_display()}. {case.words}".strip()}]
    if case.action and case.owner:
        words = _("%(action)s By %(day)s, %(who)s.") if with_owner else _("%(action)s By %(day)s.")
        done = {"action": case.action, "who": case.owner.full_name, "day": long_date(case.due_on)}
        rows.append({"key": _("What is done"), "value": words % done})
    if case.done_at:
        rows.append({"key": _("Done"), "value": long_date(case.done_at)})
    return rows
