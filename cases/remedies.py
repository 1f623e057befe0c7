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


def offered_to(record: VictimRecord) -> list[RemedyAction]:
    """What this victim can choose from: the document of today, and what they chose from an earlier one."""
    case = record.allegation.case
    now = RemedyDocument.objects.in_force(case.force, clock.today()) if asks(case) else None
    listed = now.choices if now else []
    kept = {one.code for one in listed}
    return [*listed, *(one for one in chosen(record) if one.code not in kept)]


def chosen(record: VictimRecord) -> list[RemedyAction]:
    """What a victim chose, in the words of the document that they chose it from."""
    document = record.remedy_document
    return [one for one in document.choices if one.code in record.remedies] if document else []


def unmet(record: VictimRecord, kinds: Collection[str]) -> list[RemedyAction]:
    """What a victim chose that conditions of these ``kinds`` do not do."""
    return [one for one in chosen(record) if one.kind not in kinds]


def in_words(actions: Iterable[RemedyAction]) -> str:
    """The words of actions, for one line."""
    return "; ".join(one.words.rstrip(".") for one in actions)
