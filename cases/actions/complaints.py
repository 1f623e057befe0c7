"""Recording that somebody complains about a case, and what they were answered. No decision and no clock goes by it."""

from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction
from django.shortcuts import get_object_or_404

from cases.actions.locking import lock
from cases.barred import bar_to_answer
from cases.models import Case, Complaint
from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused

#: Who writes one down.
RECORDS = (Permission.RECORD_DECISION, Permission.AUTHORISE, Permission.MANAGE_SCHEMES)


@dataclass(frozen=True)
class Complained:
    """Who complains of what (`Complaint.Who`, `Complaint.About`), and when and how it came (`Complaint.Channel`)."""

    who: str
    about: str
    received_on: date
    channel: str
    words: str = ""
    standards_reference: str = ""


@transaction.atomic
def record_complaint(*, case: Case, said: Complained, seen: int, by: User) -> Complaint:
    """Keep a complaint about ``case``, open or closed. ``seen`` is how many the page showed: a colleague may have
    written down the same one meanwhile. Sent twice it is kept once.
    """
    access.check(by, *RECORDS)
    lock(case)
    case = get_object_or_404(Case.objects.visible_to(by), pk=case.pk)
    said = _checked(said, case)
    earlier = list(Complaint.objects.filter(case=case).order_by("pk"))
    if len(earlier) != seen:
        if earlier and earlier[-1].recorded_by_id == by.pk and _says(earlier[-1]) == said:
            return earlier[-1]
        raise Outdated("What was complained of")
    kept = Complaint.objects.create(case=case, recorded_by=by, **asdict(said))
    _log("complaint.recorded", kept, by, who=kept.who, about=kept.about)
    return kept


@transaction.atomic
def answer_complaint(*, complaint: Complaint, answer: str, standards_reference: str = "", seen: int, by: User) -> None:
    """Keep what whoever complains was answered; ``seen`` is the version that the page showed.

    Sent twice it is done once. Refused to whoever had a part in deciding the case, and below a sergeant to everybody
    but a coordinator.
    """
    access.check(by, *RECORDS)
    lock(complaint.case)
    kept = get_object_or_404(
        Complaint.objects.visible_to(by).select_related("case__decision", "case__person"), pk=complaint.pk
    )
    if bar := bar_to_answer(kept.case, by):
        raise Refused(bar)
    answer, reference = answer.strip(), standards_reference.strip()
    if not kept.is_open and (kept.answer, kept.standards_reference, kept.answered_by_id) == (answer, reference, by.pk):
        return
    if not kept.is_open or kept.version != seen:
        raise Outdated("This complaint")
    if not answer:
        raise Refused("Say what was answered, in a sentence.")
    kept.state, kept.answer, kept.standards_reference = Complaint.State.ANSWERED, answer, reference
    kept.answered_at, kept.answered_by, kept.version = clock.now(), by, kept.version + 1
    kept.save()
    _log("complaint.answered", kept, by, days=kept.days_since(clock.today()))


def _checked(said: Complained, case: Case) -> Complained:
    """As it is kept; Refused for what no page offers, and for a day that has not come or was before the offence."""
    coded = ((said.who, Complaint.Who), (said.about, Complaint.About), (said.channel, Complaint.Channel))
    if any(code not in codes.values for code, codes in coded):
        raise Refused("Choose who complains, about what, and how the complaint came.")
    if said.received_on > clock.today():
        raise Refused("The complaint came today or earlier: check the day.")
    if said.received_on < min(one.committed_on for one in case.allegations.all()):
        raise Refused("The complaint came after the offence that this case is about: check the day.")
    texts = {"words": said.words.strip(), "standards_reference": said.standards_reference.strip()}
    return Complained(**asdict(said) | texts)


def _says(kept: Complaint) -> Complained:
    return Complained(kept.who, kept.about, kept.received_on, kept.channel, kept.words, kept.standards_reference)


def _log(kind: str, complaint: Complaint, by: User, **detail: object) -> None:
    """That it was recorded or answered; none of the words."""
    case = complaint.case
    audit.record(kind, audit.Nature.ALTERATION, by=by, subjects=[complaint, case, case.person], detail=detail)
