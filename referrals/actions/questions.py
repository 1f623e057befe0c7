"""Questions between a partner and police about somebody who was sent, and their answers; and whom an e-mail tells."""

import re
import unicodedata
import uuid
from collections.abc import Iterator

from django.conf import settings
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from cases import actions as case_actions
from cases.actions.outbox import changed
from cases.codes import VictimKind
from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.notifications.kinds import Due, Letter
from diversion.notifications.models import Message
from diversion.refusals import Outdated, Refused
from referrals.models import Question, Referral
from referrals.queries.questions import ASKED, told_of, whom_to_tell
from referrals.schemes.condition_words import word_of


@transaction.atomic
def ask_question(*, referral: Referral, submission: uuid.UUID, to: str, question: str, by: User) -> Question:
    """Ask the other side about ``referral``: a partner's people the officer or the hub, police the partner.

    The same ``submission`` is one question. Refused for voluntary support, for what has ended, and where police's words
    hold the name of a victim or the number of a crime.
    """
    case_actions.lock(referral.case)
    _check_side(to, by)
    held = _held(referral, by)
    _check_words(held, question, by)
    said = {"referral": held, "to": to, "question": question.strip(), "asked_by": by}
    asked, is_new = Question.objects.get_or_create(submission=submission, defaults=said)
    if (asked.referral_id, asked.asked_by_id) != (held.pk, by.pk):
        raise Outdated("This page")
    if is_new:
        _log("question.asked", held, by)
    return asked


@transaction.atomic
def answer_question(*, question: Question, answer: str, by: User) -> Question:
    """Answer what the other side asked; whoever may see the case there may. The same answer sent twice is one.

    Refused as `ask_question` refuses; Outdated where somebody else has answered meanwhile.
    """
    case_actions.lock(question.referral.case)
    held = get_object_or_404(Question.objects.visible_to(by).select_related("referral__case"), pk=question.pk)
    access.check(by, Permission.RECORD_DECISION if held.is_for_police else Permission.SUPPORT_PEOPLE)
    if held.answered_at is not None:
        _check_same(held, answer, by)
        return held
    _check_words(_held(held.referral, by), answer, by)
    held.answer, held.answered_at, held.answered_by = answer.strip(), clock.now(), by
    held.save(update_fields=["answer", "answered_at", "answered_by"])
    _log("question.answered", held.referral, by)
    return held


def _check_side(to: str, by: User) -> None:
    """Whoever asks may write on a referral, and asks the other side."""
    access.check(by, Permission.RECORD_DECISION if by.is_police else Permission.SUPPORT_PEOPLE)
    offered = [Question.To.PARTNER] if by.is_police else [Question.To.OFFICER, Question.To.HUB]
    if to not in offered:
        raise Refused("Choose whom you ask: the officer in the case, or the force’s coordinators.")


def _held(referral: Referral, by: User) -> Referral:
    """The referral as it stands; 404 for one that ``by`` may not see."""
    held = get_object_or_404(
        Referral.objects.visible_to(by).select_related("case__person", "scheme_version"), pk=referral.pk
    )
    if held.is_voluntary:
        raise Refused("This support is voluntary: nothing is asked or told between police and partner.")
    if held.state not in Question.LIVE:
        raise Refused("This referral has ended: nobody answers a question about it any more.")
    return held


def _check_words(referral: Referral, text: str, by: User) -> None:
    """Refuse no words at all; and of police what a partner may never learn. A partner's own words are not compared
    with it: to be refused would tell them the name."""
    if not _plain(text):
        raise Refused("Write it in a sentence.")
    if not by.is_police:
        return
    for allegation in referral.case.allegations.select_related("crime", "victim"):
        is_person = allegation.victim is not None and allegation.victim.kind == VictimKind.PERSON
        name = allegation.victim.name if allegation.victim and is_person else ""
        number = allegation.crime.number or ""
        if found := word_of(name, text) or (number if _plain(number) and _plain(number) in _plain(text) else ""):
            raise Refused(
                f"The partner reads this, and may not learn who the victim is or a crime’s number: take out “{found}”."
            )


def _plain(text: str) -> str:
    """Its letters and digits alone: a number is the same with other strokes, and marks that nobody sees say nothing."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).casefold()


def _check_same(held: Question, answer: str, by: User) -> None:
    if (held.answer, held.answered_by_id) != (answer.strip(), by.pk):
        raise Outdated("This question")


def _log(kind: str, referral: Referral, by: User) -> None:
    """That something was told to the other side, which is named."""
    subjects = [referral, referral.case, referral.case.person]
    to = referral.provider if by.is_police else referral.case.force
    audit.record(kind, audit.Nature.DISCLOSURE, by=by, subjects=subjects, recipients=[to.name])
    changed(referral.case)


def due_questions() -> Iterator[Due]:
    """Who is to be told that they were asked, and whoever asked that it was answered; told before or not."""
    for about, to in told_of():
        yield Due(about, to.organisation_id, to.pk)


def write_question(message: Message) -> Letter | None:
    """None where it is answered already, or whoever was to hear is not asked any more. It names nobody."""
    pk, _colon, what = message.about.partition(":")
    asked = Question.objects.select_related("referral__case", "asked_by").filter(pk=pk).first()
    to = message.to
    if asked is None or to is None or to not in whom_to_tell(asked, what):
        return None
    page = (
        reverse("case_page", args=[asked.referral.case.reference])
        if to.is_police
        else reverse("referral_page", args=[asked.referral.reference])
    )
    subject = _("A question waits for your answer") if what == ASKED else _("Your question was answered")
    words = {"what": subject, "page": f"{settings.SERVICE_URL}{page}#questions"}
    return Letter(to.email, subject, _("%(what)s:\n%(page)s\n\nThis message names nobody.\n") % words)
