"""An authoriser's question about a decision that waits, and the answer. Meanwhile every clock runs on."""

from collections.abc import Mapping

from django.db import transaction

from cases.actions.authorising import check_may_decide
from cases.actions.locking import lock
from cases.actions.outbox import changed
from cases.models import Authorisation, AuthorisationQuestion, Case
from cases.prosecutors import last_asked
from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused

#: What else an authoriser may have typed before they ask: words, a name, a day, a reference. No tick: whoever certifies
#: does so when they decide.
TYPED = ("exceptional", "prosecutor", "prosecutor_on", "prosecutor_reference")


@transaction.atomic
def ask(*, case: Case, question: str, typed: Mapping[str, str] | None = None, by: User) -> AuthorisationQuestion:
    """Return the decision that waits on ``case`` to the officer with a question, by whoever may decide it.

    One question at a time. It takes nothing away from those who may decide: they may still do so unanswered. What they
    had ``typed`` of their decision is kept for them (`typed_by`).
    """
    authorisation = check_may_decide(case, by)
    if not question.strip():
        raise Refused("Write your question, in a sentence.")
    if authorisation.state != Authorisation.State.WAITING:
        raise Outdated("This authorisation")
    if (put := last_asked(authorisation)) and put.is_waiting:
        raise Refused("This is with a prosecutor: take it back first, or ask once their decision is entered.")
    if authorisation.questions.filter(answered_at__isnull=True).exists():
        raise Refused("A question is with the officer already: wait for the answer, or decide without it.")
    said = {"question": question.strip(), "typed": kept_of(typed), "asked_by": by}
    asked = AuthorisationQuestion.objects.create(authorisation=authorisation, **said)
    audit.record("authorisation.returned", audit.Nature.ALTERATION, by=by, subjects=[case, case.person])
    changed(case)
    return asked


def kept_of(typed: Mapping[str, str] | None) -> dict[str, str]:
    """What is kept of what an authoriser had ``typed``, for them alone."""
    return {name: text.strip() for name, text in (typed or {}).items() if name in TYPED and text.strip()}


def typed_by(authorisation: Authorisation, who: User) -> dict[str, str]:
    """What ``who`` had typed of their decision when they last asked about it, the officer or a prosecutor.

    Nobody reads another's.
    """
    asked = (authorisation.questions, authorisation.put_to_prosecutors)
    own = [rows.filter(asked_by=who, asked_at__gte=authorisation.asked_at) for rows in asked]
    kept = [(one["asked_at"], one["typed"]) for rows in own for one in rows.values("asked_at", "typed")]
    return dict(max(kept, key=lambda one: one[0])[1]) if kept else {}


@transaction.atomic
def answer(*, case: Case, answer: str, by: User) -> AuthorisationQuestion:
    """Answer the question that stands, which puts the decision back before those who may authorise it.

    The officer answers, or a colleague who may see the case and did not ask.
    """
    access.check(by, Permission.RECORD_DECISION)
    lock(case)
    rows = AuthorisationQuestion.objects.filter(
        authorisation__case__in=Case.objects.visible_to(by).filter(pk=case.pk),
        authorisation__state=Authorisation.State.WAITING,
        answered_at__isnull=True,
    )
    asked = rows.first()
    if asked is None:
        raise Outdated("This question")
    if asked.asked_by_id == by.pk:
        raise Refused("You asked this: the officer, or a colleague, must answer it.")
    if not answer.strip():
        raise Refused("Write the answer, in a sentence.")
    asked.answer, asked.answered_at, asked.answered_by = answer.strip(), clock.now(), by
    asked.save(update_fields=["answer", "answered_at", "answered_by"])
    audit.record("authorisation.answered", audit.Nature.ALTERATION, by=by, subjects=[case, case.person])
    changed(case)
    return asked
