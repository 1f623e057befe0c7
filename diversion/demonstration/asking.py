"""Questions between partner and police about made-up people: one that is answered, and one for each side to answer."""

import uuid

from diversion.unit_of_work import unit_of_work
from referrals.actions.questions import answer_question, ask_question
from referrals.models import Question, Referral

ASKED = (
    ("officer", "May they be rung at work?", "Not at work: after six, on their own telephone."),
    ("hub", "Is the bus fare to the first appointment paid by you or by us?", ""),
    ("partner", "Can the appointment be in the evening?", ""),
)


def tell() -> None:
    """Ask what is not asked yet, of one person each, where somebody is helped."""
    with unit_of_work("demonstration"):
        told = Question.objects.filter(question__in=[words for _to, words, _answer in ASKED]).count()
        for referral, (to, words, answer) in zip(_helped(), ASKED[told:], strict=False):
            _ask(referral, to, words, answer)


def _ask(referral: Referral, to: str, words: str, answer: str) -> None:
    officer, worker = referral.case.officer, referral.navigator
    asker = officer if to == "partner" or worker is None else worker
    asked = ask_question(referral=referral, submission=uuid.uuid4(), to=to, question=words, by=asker)
    if answer:
        answer_question(question=asked, answer=answer, by=officer)


def _helped() -> list[Referral]:
    """Those of the force with a hub, the latest first: there the one who looks at it is helped by somebody."""
    rows = Referral.objects.open().filter(case__force__slug="avonford", navigator__isnull=False, questions=None)
    rows = rows.filter(scheme_version__confidentiality="enforceable").select_related("case__officer", "navigator")
    return list(rows.order_by("-sent_at", "pk")[: len(ASKED)])
