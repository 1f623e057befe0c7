from cases.models.absence import Absence
from cases.models.admission import WordsOfAdmission
from cases.models.case import Assessment, Authorisation, Case, Decision
from cases.models.complaint import Complaint
from cases.models.correction import Correction
from cases.models.crime import Allegation, Crime, Victim
from cases.models.known_crime import KnownCrime
from cases.models.merging import PersonMerge
from cases.models.offence import Catalogue, Offence
from cases.models.offence_review import OffenceReview
from cases.models.on_call import OnCall
from cases.models.outbox import OutboxEntry
from cases.models.pending import PendingDecision
from cases.models.person import Person, PersonName
from cases.models.policy import PolicySignature, PolicyVersion
from cases.models.prosecutor import ProsecutorReferral
from cases.models.question import AuthorisationQuestion
from cases.models.remedy import RemedyDocument
from cases.models.rescission import Rescission
from cases.models.shared import SharedText
from cases.models.spoken import SpokenAuthority
from cases.models.victim import VictimContact, VictimDuty, VictimRecord
from cases.models.withdrawal import Withdrawal
from cases.models.youth import ChildAssessment, YouthDuty, YouthJusticeLink

__all__ = [
    "Absence",
    "Allegation",
    "Assessment",
    "Authorisation",
    "AuthorisationQuestion",
    "Case",
    "Catalogue",
    "ChildAssessment",
    "Complaint",
    "Correction",
    "Crime",
    "Decision",
    "KnownCrime",
    "Offence",
    "OffenceReview",
    "OnCall",
    "OutboxEntry",
    "PendingDecision",
    "Person",
    "PersonMerge",
    "PersonName",
    "PolicySignature",
    "PolicyVersion",
    "ProsecutorReferral",
    "RemedyDocument",
    "Rescission",
    "SharedText",
    "SpokenAuthority",
    "Victim",
    "VictimContact",
    "VictimDuty",
    "VictimRecord",
    "Withdrawal",
    "WordsOfAdmission",
    "YouthDuty",
    "YouthJusticeLink",
]
