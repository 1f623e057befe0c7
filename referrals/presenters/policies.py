"""The rules of a force in words: what stands, what a draft changes, and what it would have changed."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.eligibility.codes import Severity
from cases.eligibility.comparing import CriterionChange
from cases.eligibility.criteria import Criterion
from cases.eligibility.policy import Option, Policy
from cases.eligibility.wording import in_words
from cases.models import PolicyVersion
from diversion.design_system.tables import Column, Table, link
from diversion.design_system.wording import date_and_time, long_date
from referrals.forms.criteria import RANKS
from referrals.forms.law_settings import LawSettingsForm

RANK_WORDS = dict(RANKS)
STATE_COLOURS = {"draft": "blue", "awaiting": "yellow", "live": "green", "withdrawn": "grey"}
TAG_WORDS = {
    "found": "",
    "known": gettext_lazy("not re-read"),
    "proposal": gettext_lazy("our proposal"),
    "unsure": gettext_lazy("unsure"),
}


def status_of(version: PolicyVersion, today: date) -> tuple[str, str]:
    """The one word for where a version stands, and its colour."""
    if version.state == "live" and version.valid_from and version.valid_from > today:
        return _("Live from %(day)s") % {"day": long_date(version.valid_from)}, "teal"
    if version.state == "live" and version.valid_to and version.valid_to < today:
        return _("Ended"), "grey"
    return version.get_state_display(), STATE_COLOURS[version.state]


def review_in_words(day: date, today: date) -> str:
    """ "1 April 2027", or that the review is overdue, and by how long."""
    late = (today - day).days
    if late <= 0:
        return long_date(day)
    words = ngettext("%(day)s: overdue by %(n)d day", "%(day)s: overdue by %(n)d days", late)
    return words % {"day": long_date(day), "n": late}


def version_rows(version: PolicyVersion, today: date) -> list[dict[str, Any]]:
    """The summary list at the head of a version's page."""
    first, last = version.valid_from, version.valid_to
    applies = _("Not yet") if first is None else _("From %(day)s") % {"day": long_date(first)}
    if last is not None:
        applies = _("%(first)s to %(last)s") % {"first": long_date(first), "last": long_date(last)}
    rows = [
        {"key": _("Version"), "value": version.version},
        {"key": _("Applies"), "value": applies},
        {"key": _("Review by"), "value": review_in_words(version.review_date, today)},
        {"key": _("What changed, and why"), "value": version.notes or _("Not said yet")},
        {"key": _("Signed by"), "value": signatures_in_words(version)},
    ]
    if version.author:
        rows.append({"key": _("Drafted by"), "value": version.author.full_name})
    if version.copied_from:
        rows.append({"key": _("Copied from"), "value": version.copied_from})
    return rows


def signatures_in_words(version: PolicyVersion) -> SafeString | str:
    """Each signatory with role and moment, or who has not signed."""
    signed = list(version.signatures.all())
    if not signed:
        return _("Nobody: the default, not yet approved by the force") if version.is_default else _("Nobody yet")
    lines = ((f"{one.by.full_name}, {one.role}, {date_and_time(one.at)}",) for one in signed)
    return format_html_join(SafeString("<br>"), "{}", lines)


def criteria_table(option: Option, *, editable: PolicyVersion | None = None) -> Table:
    """The criteria of one option, each as a sentence with what follows and where it comes from."""
    columns = [Column(_("What must be so")), Column(_("If it is not")), Column(_("Source"))]
    if editable:
        columns.append(Column(_("Change"), hidden_heading=True))
    rows = []
    for criterion in option.criteria:
        row: list[Any] = [in_words(criterion.test), consequence(criterion), sources(criterion)]
        if editable:
            row.append(_criterion_links(editable, option.key, criterion))
        rows.append(row)
    return Table(caption=option.title, columns=columns, rows=rows, caption_hidden=True, stacked=True)


def consequence(criterion: Criterion) -> SafeString:
    """The reason that is shown, and what it does."""
    return format_html("{}<br><strong>{}</strong>", criterion.reason, weight(criterion))


def weight(criterion: Criterion) -> str:
    """What follows when the criterion is not met."""
    if criterion.severity is Severity.NEEDS_AUTHORITY:
        return _("Needs: %(rank)s") % {"rank": RANK_WORDS[criterion.rank or ""]}
    if criterion.severity is Severity.WARNS:
        return _("Said, and stops nothing")
    if criterion.override_by:
        rank = RANK_WORDS.get(criterion.override_by.value, criterion.override_by.value)
        return _("Stops it; may be set aside by: %(rank)s") % {"rank": rank}
    return _("Stops it")


def sources(criterion: Criterion) -> SafeString:
    """Where the rule comes from, with a mark where it is unsure."""
    words = []
    for source in criterion.sources:
        tag = TAG_WORDS[source.tag]
        words.append(f"{source.in_words} ({tag})" if tag else source.in_words)
    mark = format_html(" <strong>[{}]</strong>", _("unsure")) if criterion.unsure else ""
    return format_html("{}{}", "; ".join(words), mark)


def options_of(policy: Policy, day: date) -> list[Option]:
    """The options of a version, whatever days it is live on."""
    return list(policy.options(max(day, policy.valid_from)))


def change_rows(changes: Sequence[CriterionChange]) -> list[dict[str, Any]]:
    """What a draft changes, one row for each criterion."""
    return [{"key": change.title, "value": _change_in_words(change)} for change in changes]


def settings_rows(policy: Policy) -> list[dict[str, str]]:
    """What the force chose where the law leaves it a choice."""
    form = LawSettingsForm(policy=policy)
    return [{"key": str(form.fields[name].label), "value": value} for name, value in form.in_words().items()]


def settings_changes(before: Policy | None, after: Policy) -> list[dict[str, Any]]:
    """What a draft of the policy chooses differently, one row for each choice."""
    if before is None:
        return []
    sides = zip(settings_rows(before), settings_rows(after), strict=True)
    words = "<strong>{}</strong> “{}” → “{}”"
    return [
        {"key": now["key"], "value": format_html(words, _("Changed:"), was["value"], now["value"])}
        for was, now in sides
        if was != now
    ]


def _change_in_words(change: CriterionChange) -> SafeString:
    before, after = change.before, change.after
    if before is None or after is None:
        only, words = (after, _("Added:")) if before is None else (before, _("Removed:"))
        return format_html("<strong>{}</strong> {}", words, _whole(only)) if only else SafeString("")
    lines = [(was, now) for was, now in zip(_parts(before), _parts(after), strict=True) if was != now]
    return format_html(
        "<strong>{}</strong> {}{}",
        _("Changed:"),
        in_words(after.test),
        format_html_join("", "<br>{}: “{}” → “{}”", ((_("was, and is now"), was, now) for was, now in lines)),
    )


def _parts(criterion: Criterion) -> list[str]:
    marks = "; ".join(f"{source.in_words} ({source.tag})" for source in criterion.sources)
    return [
        in_words(criterion.test),
        criterion.reason,
        weight(criterion),
        criterion.question or _("the usual question"),
        marks,
        _("unsure") if criterion.unsure else _("sure"),
    ]


def _whole(criterion: Criterion) -> SafeString:
    return format_html("{}. {}", in_words(criterion.test), consequence(criterion))


def _criterion_links(version: PolicyVersion, key: str, criterion: Criterion) -> SafeString:
    where = [version.reference, key, criterion.id]
    return format_html(
        "{}<br>{}",
        link(_("Change"), reverse("criterion_edit", args=where), in_words(criterion.test)),
        link(_("Remove"), reverse("criterion_remove", args=where), in_words(criterion.test)),
    )
