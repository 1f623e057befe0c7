"""What rules say otherwise since a case was decided: on its page, and for a version all the cases that it touches."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cases.eligibility.criteria import Criterion
from cases.eligibility.wording import in_words
from cases.findings import Finding
from cases.models import Case
from diversion.accounts.models import User
from diversion.design_system.tables import Column, Table, link, under
from diversion.design_system.wording import long_date
from referrals.judging.changed import Changed, RuleChange, TextChange
from referrals.presenters.assessment import name_of_rule
from referrals.presenters.policies import weight

Row = dict[str, Any]


def changed_rows(changed: Changed) -> list[Row]:
    """For a summary list: who decides, what is offered no more, each rule as it was and is, and each text."""
    return [*_rank_rows(changed), *_removed_rows(changed), *_rule_rows(changed.rules), *_text_rows(changed.texts)]


def _rank_rows(changed: Changed) -> Iterator[Row]:
    was, now = changed.ranks
    if was != now and changed.rules:
        yield _row(_("Who has to decide"), [_was(_rank(was)), _now(_rank(now))])


def _rank(rank: str) -> str:
    return str(User.Rank(rank).label) if rank else _("nobody but the officer")


def _removed_rows(changed: Changed) -> Iterator[Row]:
    for name, others in changed.removed:
        instead = _("In its place: %(others)s") % {"others": "; ".join(others)} if others else ""
        yield _row(name, [_("Removed: it is not offered any more."), instead])


def _rule_rows(rules: Iterable[RuleChange]) -> Iterator[Row]:
    for one in rules:
        name = name_of_rule(one.rule)
        lines = [_asked(one), _("In this case: %(came)s") % {"came": _came(one.after)}]
        source = (one.after or one.before).source  # type: ignore[union-attr]  # one of them weighs
        yield _row(name, lines, source)


def _asked(one: RuleChange) -> SafeString | str:
    """What the rule asked and asks; of what is no criterion, what was said and is."""
    if one.was is None and one.now is None:
        said = [(_was, one.before), (_now, one.after)]
        return _lines(word(found.reason) for word, found in said if found)
    if one.was is None:
        return _("New: %(rule)s") % {"rule": _criterion(one.now)}
    if one.now is None:
        return _("Removed: %(rule)s") % {"rule": _criterion(one.was)}
    return _lines([_was(_criterion(one.was)), _now(_criterion(one.now))])


def _criterion(criterion: Criterion | None) -> str:
    return f"{in_words(criterion.test)}. {weight(criterion)}" if criterion else ""


def _came(finding: Finding | None) -> str:
    """What comes of it in this case today."""
    if finding is None:
        return _("nothing stands against it by this rule")
    if finding.result == "unknown":
        return _("not known, since nobody was asked: %(question)s") % {"question": finding.reason}
    return finding.reason


def _text_rows(texts: Iterable[TextChange]) -> Iterator[Row]:
    for one in texts:
        key = _("Read to the person") if one.read_aloud else _("Condition")
        yield _row(key, _text_lines(one))


def _text_lines(one: TextChange) -> list[str]:
    if not one.was:
        return [_("New: %(words)s") % {"words": one.now}]
    if not one.now:
        return [_("Removed: %(words)s") % {"words": one.was}]
    return [_was(one.was), _now(one.now)]


def _was(words: str) -> str:
    return _("Was: %(words)s") % {"words": words}


def _now(words: str) -> str:
    return _("Is now: %(words)s") % {"words": words}


def _row(key: str, lines: Iterable[str], source: str = "") -> Row:
    quiet = format_html('<span class="app-quiet">{}</span>', source) if source else ""
    return {"key": key, "value": _lines([*lines, quiet])}


def _lines(lines: Iterable[str]) -> SafeString:
    return format_html_join(SafeString("<br>"), "{}", ((one,) for one in lines if one))


def touched_table(touched: Iterable[tuple[Case, Changed]]) -> Table:
    """Each open agreement or proposal with what the change does to it: replaced, removed, or worded otherwise."""
    columns = [Column(_("Person")), Column(_("Decided")), Column(_("What changes for it"))]
    rows = [[_person(case), long_date(case.decision.decided_at), _all_of(changed)] for case, changed in touched]
    return Table(
        caption=_("Open agreements that it touches"), columns=columns, rows=rows, caption_hidden=True, stacked=True
    )


def _person(case: Case) -> SafeString:
    return under(link(case.person, reverse("case_page", args=[case.reference])), case.reference)


def _all_of(changed: Changed) -> SafeString:
    rows = ((row["key"], row["value"]) for row in changed_rows(changed))
    return format_html_join(SafeString("<br>"), "<strong>{}</strong><br>{}", rows)
