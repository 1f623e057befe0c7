"""The thread of questions between partner and police, as either side's page shows it; and a partner's list of them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _

from diversion import clock
from diversion.accounts.models import User
from diversion.design_system.wording import date_and_time
from referrals.forms.questions import AskForm, QuestionAnswerForm
from referrals.models import Question, Referral
from referrals.presenters.partner import due
from referrals.queries.questions import answer_by

ASK = "ask-question"


def question_key(question: Question) -> str:
    return f"question-{question.pk}"


def answer_form(question: Question, by: User, data: Any = None) -> QuestionAnswerForm:
    return QuestionAnswerForm(data, auto_id=f"{question_key(question)}-%s", of_police=by.is_police)


def ask_form(by: User, data: Any = None) -> AskForm:
    return AskForm(data, auto_id=f"{ASK}-%s", of_police=by.is_police)


class QuestionRow:
    """A question, who asked whom and when, its answer or by when it is wanted, and the reader's form to answer it."""

    def __init__(self, one: Question, referral: Referral, reader: User, bound: Mapping[str, Form] | None) -> None:
        asker = f"{one.asked_by}, {one.asked_by.organisation}"
        self.question, self.asked = one, f"{asker}, {date_and_time(one.asked_at)}"
        self.to = one.get_to_display() if one.is_for_police else referral.provider.name
        self.answered = f"{one.answered_by}, {date_and_time(one.answered_at)}" if one.answered_at else ""
        self.due = due("", answer_by(one, referral.case.force), today=clock.today()) if one.is_open else None
        self.form: Form | None = None
        if bound is not None and one.is_open and one.is_for_police == reader.is_police:
            self.form = bound.get(question_key(one)) or answer_form(one, reader)
            page, of = (
                ("question_answer_partner", referral.case) if reader.is_police else ("question_answer_police", referral)
            )
            self.href = reverse(page, args=[of.reference, one.pk])


class Thread:
    """All of it for one referral. ``bound``: forms that were sent, by key; None for whoever only reads."""

    def __init__(
        self, asked: Sequence[Question], referral: Referral, *, reader: User, bound: Mapping[str, Form] | None
    ) -> None:
        self.referral, self.rows = referral, [QuestionRow(one, referral, reader, bound) for one in asked]
        may_ask = bound is not None and referral.state in Question.LIVE
        self.ask = (bound.get(ASK) or ask_form(reader)) if may_ask and bound is not None else None
        page, of = ("question_ask_partner", referral.case) if reader.is_police else ("question_ask_police", referral)
        self.href = reverse(page, args=[of.reference])

    @property
    def anchor(self) -> str:
        """Where it stands on a page: of a case there may be another, of whom a partner declined."""
        return f"questions-{self.referral.reference}" if self.referral.state in Referral.ENDED else "questions"

    @property
    def is_shown(self) -> bool:
        return bool(self.rows or self.ask)

    @property
    def forms(self) -> list[Form]:
        return [one for one in (self.ask, *(row.form for row in self.rows)) if one is not None]


def queue_rows(waiting: Iterable[Question], *, by: User) -> list[dict[str, Any]]:
    """Those that police ask and nobody has answered: of whom, whose they are, and by when; not what is asked."""
    rows, today = [], clock.today()
    for one in waiting:
        referral = one.referral
        day = due("", answer_by(one, referral.case.force), today=today)
        helper = str(referral.navigator) if referral.navigator else _("nobody yet")
        rows.append(
            {
                "person": str(referral.case.person),
                "href": f"{reverse('referral_page', args=[referral.reference])}#questions",
                "force": referral.case.force.name,
                "due": day,
                "helper": helper,
                "is_own": referral.navigator_id == by.pk,
            }
        )
    return rows
