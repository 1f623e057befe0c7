"""What waits for somebody at police in cases and their support: the sections of their first page."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.models import Case
from cases.presenters.youth import watch_items
from cases.queries import crimes_to_number, duties_to_watch, questions_for, undecided_to_watch
from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission as P
from diversion.design_system.wording import date_and_time, long_date
from diversion.home import LOOKED_FOR, Line, Section, cut, first
from referrals.codes import CaseStatus
from referrals.models import Condition, Referral
from referrals.presenters import case as presenters
from referrals.presenters.absences import covered_items
from referrals.presenters.authorising import there_in_words
from referrals.presenters.clocks import watched
from referrals.presenters.complaints import home_line
from referrals.presenters.drafts import draft_items
from referrals.presenters.managing import ending_lines
from referrals.presenters.prosecutors import waiting_items
from referrals.presenters.rescinding import home_line as rescission_line
from referrals.presenters.reviewing import home_line as review_line
from referrals.presenters.speaking import home_items
from referrals.presenters.varying import watch_rows
from referrals.queries import cases as queries
from referrals.queries.absences import covered_by, uncovered
from referrals.queries.authorising import first_waiting, rows_of, waiting_count
from referrals.queries.births import stopped_for_home
from referrals.queries.breaches import decide_by, late_breaches
from referrals.queries.complaints import complaints_for_home
from referrals.queries.drafts import unfinished
from referrals.queries.escalations import escalations_for_home
from referrals.queries.handing_over import nobodys_cases_count
from referrals.queries.managing import own_agreements_ending
from referrals.queries.notices import news_of
from referrals.queries.prosecutors import prosecutors_for_home
from referrals.queries.questions import answer_by as answered_by_day
from referrals.queries.questions import questions_for_home
from referrals.queries.referrals import waits_for_home
from referrals.queries.rescinding import rescissions_for_home
from referrals.queries.reviewing import reviews_for_home
from referrals.queries.settling import conditions_for_home
from referrals.queries.speaking import spoken_for_home
from referrals.queries.varying import changes_to_watch, late_before, steps_to_answer
from referrals.queries.victims import duties_for_home
from referrals.queries.withdrawing import in_error_for_home
from referrals.schemes.missed import answer_by

Maker = Callable[[User], Iterable[Section]]
Row = dict[str, Any]


def waits(user: User) -> Iterator[Section]:
    """Each kind of thing that waits for ``user``, what cannot wait first; nothing for whoever is not of police.

    What waits seldom is asked for only where one statement has said that there is some.
    """
    if not user.is_police:
        return
    asks = queries.asks_of(by=user)
    for ask, make in SECTIONS:
        if ask is None or ask in asks:
            yield from make(user)


def _spoken(user: User) -> Iterator[Section]:
    found = spoken_for_home(by=user)
    lines = [_quietly(one) for one in home_items(found, reader=user)]
    yield _section(
        _("Authority by radio or telephone, not confirmed"),
        lines,
        [one.authorisation.case for one in found],
        total=found.total,
    )


def _time_limits(user: User) -> Iterator[Section]:
    """Those before their limit, and apart from them those after it."""
    waiting = escalations_for_home(by=user)
    words, page = watched(waiting, clock.today()), "case_time_limit"
    cases = [one.case for one in waiting.before], [one.case for one in waiting.after]
    limits, passed = ([_line(one, page) for one in words[name]] for name in ("limits", "passed_limits"))
    yield Section(_("Time limits: say what is being done"), limits, cases[0], total=waiting.before.total)
    yield Section(_("Time limits that have passed: say what was done"), passed, cases[1], total=waiting.after.total)


def _births(user: User) -> Iterator[Section]:
    """For 28 days, to the officer and to whoever authorised: what to do stands on the page of the case."""
    found = stopped_for_home(by=user)
    lines = [
        _of_case(
            row["case"],
            words=" ".join(one.reason for one in row["found"]),
            quiet=_("corrected %(day)s") % {"day": long_date(clock.local_date(row["at"]))},
        )
        for row in found
    ]
    cases = [row["case"] for row in found]
    yield _section(_("Date of birth corrected after the case was closed"), lines, cases, total=found.total)


def _to_authorise(user: User) -> Iterator[Section]:
    """The first of the queue; the rest stands there."""
    if not user.can(P.AUTHORISE):
        return
    keys = cut(first_waiting(LOOKED_FOR, by=user), lambda: waiting_count(by=user))
    rows = rows_of(keys)
    yield Section(
        _("Waits for authority"),
        [_asked(one) for one in rows],
        [one.case for one in rows],
        more=(_("The whole queue"), reverse("authorisation_list")),
        total=keys.total,
    )


def _asked(authorisation: Any) -> Line:
    case, today = authorisation.case, clock.today()
    limit, since = case.standing.limit_on, date_and_time(authorisation.asked_at)
    who = _("%(officer)s, %(when)s") % {"officer": case.officer, "when": since}
    return Line(
        _whose(case),
        reverse("authorise", args=[case.reference]),
        words=authorisation.offences[0],
        tag=presenters.limit_in_words(limit, today) if presenters.limit_colour(limit, today) else "",
        colour=presenters.limit_colour(limit, today),
        quiet="; ".join(filter(None, (there_in_words(case), who))),
    )


def _questions(user: User) -> Iterator[Section]:
    found = questions_for(by=user)
    heading = ngettext(
        "A question waits for your answer", "%(n)d questions wait for your answer", len(found)
    ) % {"n": len(found)}  # fmt: skip
    lines = [
        _of_case(one.authorisation.case, words=one.question, quiet=_said(one.asked_by, one.asked_at)) for one in found
    ]
    yield Section(heading, lines, [one.authorisation.case for one in found])


def _changes(user: User) -> Iterator[Section]:
    """What partners ask of police: changes to agreements, and steps that were put to them."""
    changes, steps = changes_to_watch(by=user), steps_to_answer(by=user)
    lines = [_change(row) for row in watch_rows(changes, late_before())]
    for one in steps:
        href = f"{reverse('case_page', args=[one.referral.case.reference])}#step-{one.pk}"
        words, quiet = one.get_reason_display(), date_and_time(one.recorded_at)
        lines.append(Line(_whose(one.referral.case), href, words=words, quiet=quiet))
    subjects = [*(one.case for one in changes), *(one.referral.case for one in steps)]
    yield _section(_("Partners wait for an answer"), lines, subjects, total=changes.total + steps.total)


def _partners_ask(user: User) -> Iterator[Section]:
    """What partners ask about people who were sent to them; the question itself stands on the page of the case."""
    found, today = questions_for_home(by=user), clock.today()
    lines = [
        Line(
            _whose(one.referral.case),
            reverse("case_page", args=[one.referral.case.reference]) + "#questions",
            words=_("%(provider)s asks") % {"provider": one.referral.provider.name},
            tag=presenters.due_in_words(answered_by_day(one, user.organisation), today),
            colour="red" if answered_by_day(one, user.organisation) < today else "yellow",
            quiet=date_and_time(one.asked_at),
        )
        for one in found
    ]
    cases = [one.referral.case for one in found]
    yield _section(_("Partners’ questions"), lines, cases, total=found.total)


def _change(row: Row) -> Line:
    change = row["change"]
    tags = _("victim to be asked") if change.waits_for_victim else ""
    return Line(
        f"{row['person']}, {row['case']}",
        reverse("change_page", args=[change.pk]),
        words=change.get_way_display(),
        tag=_("more than two working days") if row["late"] else tags,
        colour="red" if row["late"] else "yellow",
        quiet=date_and_time(change.asked_at),
    )


def _to_sign(user: User) -> Iterator[Section]:
    found = queries.cases_to_sign(by=user)
    lines = [
        Line(
            _whose(one),
            reverse("case_explain", args=[one.reference]),
            quiet=date_and_time(one.authorisation.decided_at) if one.authorisation.decided_at else "",
        )
        for one in found
    ]
    yield _section(_("Authorised: explain and sign"), lines, found, total=found.total)


def _back(user: User) -> Iterator[Section]:
    found = queries.cases_that_came_back(by=user)
    lines = [_of_case(one.case, words=str(CaseStatus(one.status).label)) for one in found]
    yield _section(_("Back with you: say what follows"), lines, [one.case for one in found], total=found.total)


def _settles(user: User) -> Iterator[Section]:
    """No further offence, keeping away, what is paid: what no partner can vouch for."""
    found, today = conditions_for_home(by=user), clock.today()
    lines = [
        Line(
            _whose(one.agreement.case),
            reverse("case_page", args=[one.agreement.case.reference]) + "#conditions",
            words=one.wording,
            tag=_settle_tag(one, today),
            colour="yellow",
            quiet=_settle_days(one, today),
        )
        for one in found
    ]
    yield _section(_("Settle what was agreed"), lines, [one.agreement.case for one in found], total=found.total)


def _settle_tag(one: Condition, today: date) -> str:
    """That it is to be settled; while a worker finds out why it was not done, that."""
    if _asked_until(one, today):
        return _("the worker is asked why")
    return _("to be settled") if one.last_day <= today else ""


def _settle_days(one: Condition, today: date) -> str:
    """By when it was to be done, or until when it is kept; and how long police wait for the worker's answer."""
    day = (_("until %(day)s") if one.lasts else _("by %(day)s")) % {"day": long_date(one.last_day)}
    asked = _asked_until(one, today)
    return f"{day}; {_('answer wanted by %(day)s') % {'day': long_date(asked)}}" if asked else day


def _asked_until(one: Condition, today: date) -> date | None:
    referral = one.agreement.referral
    day = answer_by(one) if referral is not None and referral.state in Referral.OPEN else None
    return day if day and day >= today and not one.is_answered else None  # type: ignore[attr-defined]


def _late_breaches(user: User) -> Iterator[Section]:
    """What a coordinator has decided by somebody: whether an agreement was kept, when that is late."""
    if not user.can(P.MANAGE_SCHEMES):
        return
    found = first(late_breaches(force=user.organisation_id))
    words = _("was to be decided by %(day)s")
    lines = [
        Line(
            _whose(one.case),
            reverse("breach_page", args=[one.pk]),
            words=words % {"day": long_date(decide_by(one))},
            tag=_("late"),
            colour="red",
        )
        for one in found
    ]
    yield _section(_("Was the agreement kept? Not decided yet"), lines, [one.case for one in found], total=found.total)


def _youth(user: User) -> Iterator[Section]:
    found = duties_to_watch(by=user)
    lines = [_line(one) for one in watch_items(found, clock.today())]
    yield _section(_("Youth justice: to be seen to"), lines, [one.case for one in found], total=found.total)


def _victims(user: User) -> Iterator[Section]:
    """What victims are owed: what is due in the officer's own cases, and for their coordinator all of the force's."""
    found, today, coordinates = duties_for_home(by=user), clock.today(), user.can(P.VIEW_VICTIMS)
    lines = [
        Line(
            one.allegation.case.reference,
            reverse("victim_page", args=[one.allegation.case.reference, one.allegation_id]),
            words=one.in_words,
            tag=presenters.due_in_words(one.due_on, today),
            colour="red" if one.is_late(today) else "yellow" if one.due_on == today else "grey",
        )
        for one in found
    ]
    more = (_("All that is owed to victims"), reverse("victim_list")) if coordinates else None
    heading = _("Owed to victims") if coordinates else _("Owed to victims, and due")
    yield _section(heading, lines, [one.allegation.case for one in found], more, total=found.total)


def _undecided(user: User) -> Iterator[Section]:
    found = undecided_to_watch(by=user)
    lines = [_line(one) for one in presenters.pending_items(found, clock.today())]
    yield _section(_("Not decided yet"), lines, [one.case for one in found], total=found.total)


def _with_prosecutors(user: User) -> Iterator[Section]:
    found = prosecutors_for_home(by=user)
    enters = user.can(P.AUTHORISE, P.MANAGE_SCHEMES)
    lines = [_line(one) for one in waiting_items(found, enters=enters)]
    yield _section(_("With a prosecutor"), lines, [one.authorisation.case for one in found], total=found.total)


def _complaints(user: User) -> Iterator[Section]:
    found = complaints_for_home(by=user)
    lines = [home_line(one, address=reverse("case_page", args=[one.case.reference])) for one in found]
    yield _section(_("Complaints, not answered yet"), lines, [one.case for one in found], total=found.total)


def _rescissions(user: User) -> Iterator[Section]:
    found = rescissions_for_home(by=user)
    lines = [rescission_line(one) for one in found]
    yield _section(_("To be rescinded, or to stand"), lines, [one.case for one in found], total=found.total)


def _offences(user: User) -> Iterator[Section]:
    found = reviews_for_home(by=user)
    lines = [review_line(one) for one in found]
    yield _section(_("New offences alleged"), lines, [one.case for one in found], total=found.total)


def _in_error(user: User) -> Iterator[Section]:
    found = in_error_for_home(by=user)
    said = [(one.case, one.get_reason_display(), _said(one.by, one.at)) for one in found]
    lines = [_of_case(case, f"{why}. {who}") for case, why, who in said]
    yield _section(_("Closed as recorded in error"), lines, [one.case for one in found], total=found.total)


def _numbers(user: User) -> Iterator[Section]:
    found = crimes_to_number(by=user)
    lines = [
        Line(
            _whose(one.case),
            reverse("crime_number", args=[one.case.reference, one.pk]),
            words=f"{one.offence.title}, {long_date(one.committed_on)}",
        )
        for one in found
    ]
    yield _section(_("Waiting for a crime number"), lines, [one.case for one in found], total=found.total)


def _nobodys(user: User) -> Iterator[Section]:
    if not user.can(P.AUTHORISE, P.MANAGE_SCHEMES):
        return
    if n := nobodys_cases_count(by=user):
        words = ngettext("%(n)d open case", "%(n)d open cases", n) % {"n": n}
        yield Section(_("Nobody’s: the officer has left"), [Line(words, reverse("holder_list"), words=_("hand over"))])


def _waiting(user: User) -> Iterator[Section]:
    """Who waits for a place at a partner and cannot wait much longer, or came back because none was free in time."""
    found = waits_for_home(by=user)
    lines = [
        Line(
            _whose(one.case),
            reverse("case_page", args=[one.case.reference]),
            words=_("%(scheme)s has no place yet") % {"scheme": one.scheme_version.scheme.name},
            tag=_("came back") if one.state == Referral.State.DECLINED else _("find another place"),
            colour="red" if one.state == Referral.State.DECLINED else "yellow",
            quiet=_("the support has to begin by %(day)s") % {"day": long_date(one.start_by)} if one.start_by else "",
        )
        for one in found
    ]
    yield _section(
        _("On waiting lists, and not for much longer"), lines, [one.case for one in found], total=found.total
    )


def _sharing(user: User) -> Iterator[Section]:
    """Sharing agreements of the force that end within 90 days, or did lately, and that no other one follows."""
    found = first(own_agreements_ending(by=user))
    yield _section(_("Sharing agreements that end"), ending_lines(found), [], total=found.total)


def _uncovered(user: User) -> Iterator[Section]:
    words, found = _("%(cover)s’s account is closed, until %(day)s nobody covers"), uncovered(by=user)
    lines = [
        Line(
            one.user.full_name,
            reverse("absence_list"),
            words=words % {"cover": one.cover.full_name, "day": long_date(one.until_on)},
        )
        for one in found
    ]
    yield _section(_("Away, and nobody covers"), lines, [], total=found.total)


def _covered(user: User) -> Iterator[Section]:
    """One section for each whom they cover for, also where nothing waits."""
    words = _("You cover for %(who)s until %(day)s")
    for one in covered_items(list(covered_by(user)), by=user):
        heading = words % {"who": one["who"], "day": long_date(one["until"])}
        cases = [row.case for row in one["standings"]]
        lines, total = [_quietly(row) for row in one["rows"]], one["standings"].total
        yield Section(heading, lines, cases, total=total, empty=_("Nothing of theirs waits."))


def _unfinished(user: User) -> Iterator[Section]:
    found = unfinished(by=user) if user.can(P.RECORD_DECISION) else []
    heading = _("Unfinished (%(n)d)") % {"n": len(found)}
    yield Section(heading, draft_items(found), template="referrals/_unfinished_list.html")


def _news(user: User) -> Iterator[Section]:
    found = news_of(officer=user)
    views = [presenters.SupportView(one) for one in found]
    lines = [_of_case(one.referral.case, words=f"{one.scheme}: {one.latest}") for one in views]
    yield _section(
        _("What became of those you referred, in the last 14 days"),
        lines,
        [one.case for one in found],
        total=found.total,
    )


#: What asks for a section (`queries.asks_of`; none: it asks for itself), and who makes it, in the order of the page.
SECTIONS: tuple[tuple[str | None, Maker], ...] = (
    (queries.SPOKEN, _spoken),
    (queries.LIMITS, _time_limits),
    (None, _to_authorise),
    (CaseStatus.QUESTION, _questions),
    (queries.BIRTHS, _births),
    (queries.ANSWERS, _changes),
    (queries.ASKED, _partners_ask),
    (queries.BACK_WITH, _back),
    (queries.SETTLES, _settles),
    (queries.BROKEN, _late_breaches),
    (queries.WAITING, _waiting),
    (queries.YOUTH, _youth),
    (queries.VICTIMS, _victims),
    (CaseStatus.TO_SIGN, _to_sign),
    (CaseStatus.UNDECIDED, _undecided),
    (queries.PUT, _with_prosecutors),
    (queries.OFFENCES, _offences),
    (queries.RESCINDS, _rescissions),
    (queries.COMPLAINTS, _complaints),
    (queries.ERRORS, _in_error),
    (queries.NUMBERS, _numbers),
    (queries.SHARING, _sharing),
    (None, _nobodys),
    (queries.UNCOVERED, _uncovered),
    (queries.COVERED, _covered),
    (queries.DRAFTS, _unfinished),
    (queries.NEWS, _news),
)


def _section(
    heading: str, lines: list[Line], subjects: Iterable[Model], more: tuple[str, str] | None = None, *, total: int
) -> Section:
    """A section of what a query gave, which says how many there are."""
    return Section(heading, lines, list(subjects), more, total=total)


def _line(row: Row, page: str = "case_page") -> Line:
    """What a presenter says of a case: person, case, words, clock, colour and, where it has one, its own address."""
    href = row.get("address") or reverse(page, args=[str(row["case"])])
    return Line(f"{row['person']}, {row['case']}", href, str(row["words"]), tag=row["clock"], colour=row["colour"])


def _quietly(row: Row) -> Line:
    """The same where a clock is worth no word before it is near."""
    return _line(row if row["colour"] else row | {"clock": ""})


def _of_case(case: Case, words: str, quiet: str = "") -> Line:
    return Line(_whose(case), reverse("case_page", args=[case.reference]), words=words, quiet=quiet)


def _whose(case: Case) -> str:
    return f"{case.person}, {case.reference}"


def _said(who: User, when: Any) -> str:
    return f"{who}, {date_and_time(when)}"
