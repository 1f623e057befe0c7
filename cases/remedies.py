"""Which victims are asked what they would like from the community remedy document, and what they chose."""

from collections.abc import Collection, Iterable

from cases.codes import DecisionResult
from cases.law.codes import DisposalCode
from cases.models import Case, RemedyDocument, VictimRecord
from cases.models.remedy import RemedyAction
from diversion import clock

#: What a victim who was asked and wants none in particular has said; nobody has asked where nothing is kept.
NO_PREFERENCE = "no_preference"
#: Anti-social Behaviour, Crime and Policing Act 2014 ss.102-103. A child's caution is [unsure]: to ask is no wrong.
ASKED_FOR = (
    DisposalCode.COMMUNITY_RESOLUTION,
    DisposalCode.CONDITIONAL_CAUTION,
    DisposalCode.YOUTH_CONDITIONAL_CAUTION,
)


def asks(case: Case) -> bool:
    """Whether the victims of a case are asked: of what was offered, and before anybody has decided."""
    decision = case.decision
    if decision.result == DecisionResult.UNDECIDED:
        return True
    return decision.result == DecisionResult.OFFERED_ACCEPTED and decision.disposal in ASKED_FOR


def asked_with(case: Case) -> RemedyDocument | None:
    """The document that the victims of a case are asked with today; None where nobody asks them."""
    return RemedyDocument.objects.in_force(case.force, clock.today()) if asks(case) else None


def offered_to(record: VictimRecord) -> list[RemedyAction]:
    """What this victim can choose from: the document of today, and what they chose from an earlier one."""
    now = asked_with(record.allegation.case)
    listed = now.choices if now else []
    kept = {one.code for one in listed}
    return [*listed, *(one for one in chosen(record) if one.code not in kept)]


def chosen(record: VictimRecord) -> list[RemedyAction]:
    """What a victim chose, in the words of the document that they chose it from.

    The one kept with the choice is the newest of them: what it does not list they kept from an earlier one.
    """
    document = record.remedy_document
    if document is None:
        return []
    found = [one for one in document.choices if one.code in record.remedies]
    missing = set(record.remedies) - {one.code for one in found} - {NO_PREFERENCE}
    return [*found, *_from_earlier(document, missing)] if missing else found


def _from_earlier(document: RemedyDocument, codes: Collection[str]) -> list[RemedyAction]:
    """The actions of these ``codes``, each by the last document before this one that lists it."""
    found: dict[str, RemedyAction] = {}
    for earlier in RemedyDocument.objects.of(document.force).before(document):
        for one in earlier.choices:
            if one.code in codes:
                found.setdefault(one.code, one)
    return list(found.values())


def unmet(record: VictimRecord, kinds: Collection[str]) -> list[RemedyAction]:
    """What a victim chose that conditions of these ``kinds`` do not do."""
    return [one for one in chosen(record) if one.kind not in kinds]


def in_words(actions: Iterable[RemedyAction]) -> str:
    """The words of actions, for one line."""
    return "; ".join(one.words.rstrip(".") for one in actions)
