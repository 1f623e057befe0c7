"""A new offence that is alleged while an agreement runs, in words: the card on which what follows is decided."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cases.models import Assessment, Authorisation, Case, OffenceReview
from diversion import clock
from diversion.design_system.wording import date_and_time, long_date
from diversion.home import Line
from referrals.models import Referral, SchemeVersion
from referrals.presenters.case import due_in_words
from referrals.schemes.document import criteria_in

Row = dict[str, Any]


def alleged_in_words(one: OffenceReview) -> str:
    """ "Criminal damage, 3 June 2026 (AV/12/26)"."""
    number = f" ({one.crime_number})" if one.crime_number else ""
    return f"{one.offence.title}, {long_date(one.alleged_on)}{number}"


def review_rows(one: OffenceReview) -> list[Row]:
    """What is alleged, who said that it is this person, and what was decided."""
    rows = [
        (_("Alleged"), alleged_in_words(one)),
        (_("How it came"), one.get_source_display()),
        (_("Told by"), f"{one.told_by}, {date_and_time(one.told_at)}"),
        (_("State"), one.get_state_display()),
        (_("Said by"), f"{one.confirmed_by}, {date_and_time(one.confirmed_at)}" if one.confirmed_at else ""),
        (_("To be decided by"), long_date(one.decide_by) if one.decide_by and one.is_open else ""),
        (_("What follows"), one.get_way_display()),
        (_("Reason"), one.rationale),
        (_("Decided by"), f"{one.decider_in_words}, {date_and_time(one.decided_at)}" if one.decided_at else ""),
    ]
    return [{"key": key, "value": str(value)} for key, value in rows if value]


def known_then(case: Case) -> list[Row]:
    """What was known when it was decided: whoever diverted answers for that, and not for what came after."""
    decision, day = case.decision, clock.local_date(case.decision.decided_at)
    kept = _assessed_then(case)
    rows = [
        (_("Decided"), f"{long_date(day)}: {decision.get_result_display()}"),
        (_("By"), str(decision.decided_by)),
        (_("Authorised by"), _authorised(case)),
        (_("What came earlier, as known then"), case.get_earlier_outcomes_display()),
        (_("By which rules"), kept.rules if kept else ""),
        (_("What stood against it then"), _against(kept)),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def _assessed_then(case: Case) -> Assessment | None:
    """What the rules said as it was decided; what was corrected since stands after it."""
    rows = Assessment.objects.filter(case=case, assessed_at__gte=case.decision.decided_at)
    return rows.order_by("assessed_at", "pk").first()


def _authorised(case: Case) -> str:
    rows = Authorisation.objects.filter(case=case, state=Authorisation.State.GIVEN)
    given = rows.select_related("decided_by").first()
    return f"{given.decided_by}, {given.get_rank_display().lower()}" if given and given.decided_by else ""


def _against(kept: Assessment | None) -> str:
    """Nothing is said where nothing is kept of what the rules said."""
    if kept is None:
        return ""
    found = [one["reason"] for one in kept.findings if one["result"] == "not_met" and one["severity"] != "warns"]
    return " ".join(dict.fromkeys(found)) or _("Nothing")


def scheme_says(version: SchemeVersion | None) -> list[str]:
    """What the scheme's own rules say of what came earlier: whether somebody who has taken part is welcome again."""
    if version is None:
        return []
    return [one.reason for one in criteria_in(version) if one.test.kind in ("history", "no_similar")]


def review_events(reviews: Iterable[OffenceReview]) -> Iterator[Row]:
    """For the history of a case."""
    for one in reviews:
        yield _event(_("New offence alleged"), one.told_at, one.told_by, alleged_in_words(one))
        if one.confirmed_at:
            is_them = one.state != OffenceReview.State.NOT_THEM
            words = _("Confirmed that it is this person") if is_them else _("It was somebody else")
            yield _event(words, one.confirmed_at, one.confirmed_by, alleged_in_words(one))
        if one.decided_at:
            yield _event(
                _("New offence reviewed"),
                one.decided_at,
                one.decider_in_words,
                f"{one.get_way_display()}. {one.rationale}",
            )


def _event(title: str, when: Any, who: Any, text: str) -> Row:
    return {"title": title, "when": when, "by": str(who), "text": text}


def for_provider(referral: Referral, one: OffenceReview | None) -> str:
    """What the provider reads: that support goes on, and neither what is alleged nor by whom; "" where nothing is."""
    if one is None or one.confirmed_at is None or referral.state in (*Referral.ENDED, Referral.State.CLOSED):
        return ""
    since = {"day": long_date(clock.local_date(one.confirmed_at))}
    if one.is_open:
        words = _("Under review at police since %(day)s: carry on. The support goes on, and what is done counts.")
        return words % since
    words = _("Police have looked again at this agreement (under review from %(day)s): the support goes on.") % since
    if one.way == OffenceReview.Way.LOOK:
        words += " " + _("Look with the person at what would help now.")
    return "" if one.way == OffenceReview.Way.HEAR else words  # that is told as the breach that it may be


def home_line(one: OffenceReview) -> Line:
    """Whose agreement it is, what is alleged, and by when it is decided."""
    address = reverse("offence_review", args=[one.case.reference, one.pk])
    tag = due_in_words(one.decide_by, clock.today()) if one.decide_by else ""
    is_late = one.decide_by is not None and one.decide_by < clock.today()
    words = f"{alleged_in_words(one)}. {one.get_state_display()}"
    return Line(
        f"{one.case.person}, {one.case.reference}", address, words, tag=tag, colour="red" if is_late else "yellow"
    )
