"""What was put to a prosecutor in words: for lists, the page of a case, and its history."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cases import legal
from cases.models import ProsecutorReferral
from diversion import clock
from diversion.design_system.wording import long_date
from referrals.presenters.case import due_in_words

State = ProsecutorReferral.State
Row = dict[str, Any]


def waiting_items(asked: Iterable[ProsecutorReferral], *, enters: bool) -> list[Row]:
    """Each with whose case it is, what is asked, and by when; it leads to where the answer is entered."""
    return [_item(one, enters) for one in asked]


def _item(one: ProsecutorReferral, enters: bool) -> Row:
    case, today = one.authorisation.case, clock.today()
    words = _("%(question)s (a question waits for the officer as well)") if one.question_waits else "%(question)s"  # type: ignore[attr-defined]
    page = "with_prosecutor" if enters else "case_page"
    return {
        "person": case.person,
        "case": case.reference,
        "address": reverse(page, args=[case.reference]),
        "words": words % {"question": one.question},
        "clock": due_in_words(one.due_on, today),
        "colour": "red" if one.is_late(today) else "yellow",
    }


def asked_in_words(one: ProsecutorReferral) -> str:
    """ "Asked by David Marsh (inspector) for an answer by 17 June 2026: may it be dealt with out of court?"."""
    words = _("Asked by %(who)s (%(rank)s) for an answer by %(day)s: %(question)s")
    day = long_date(one.due_on)
    return words % {"who": one.asked_by, "rank": one.asked_as, "day": day, "question": one.question}


def answer_in_words(one: ProsecutorReferral) -> str:
    """Who decided what, when, under which reference; "" where nobody has."""
    if not one.is_decided:
        return ""
    decision = str(one.get_decision_display())
    if one.disposal:
        decision = f"{decision}: {legal.disposal_label(one.disposal, clock.today()).lower()}"
    words = _("%(decision)s. %(who)s, %(day)s (%(reference)s)")
    said = words % {
        "decision": decision,
        "who": one.prosecutor,
        "day": long_date(one.decided_on),
        "reference": one.reference,
    }
    return f"{said}. {one.words}" if one.words else said


def standing_in_words(one: ProsecutorReferral) -> str:
    """What came of it, or by when it waits."""
    if one.is_waiting:
        return due_in_words(one.due_on, clock.today())
    return answer_in_words(one) or _("Taken back: %(why)s") % {"why": one.words}


def rows_of(asked: Iterable[ProsecutorReferral]) -> list[Row]:
    """For the page of the case: what was asked, why, and what came of it."""
    return [{"asked": asked_in_words(one), "reason": one.reason, "came": standing_in_words(one)} for one in asked]


def events_of(asked: Iterable[ProsecutorReferral]) -> list[Row]:
    """For the history of a case."""
    events = []
    for one in asked:
        text = f"{one.reason} {asked_in_words(one)}"
        events.append(_event(_("Referred to a prosecutor"), one.asked_at, one.asked_by, text))
        if one.answered_at:
            title = _("Prosecutor’s decision entered") if one.is_decided else _("Taken back from the prosecutor")
            said = answer_in_words(one) or one.words
            if one.corrected_because:
                said = _("%(said)s (put right: %(why)s)") % {"said": said, "why": one.corrected_because}
            events.append(_event(title, one.answered_at, one.answered_by, said))
    return events


def _event(title: str, when: Any, who: Any, text: str) -> Row:
    return {"title": title, "when": when, "by": str(who), "text": text}
