from referrals.models.agreement import Agreement, Appointment, Condition, Contact, ProposedAgreement
from referrals.models.breach import Breach
from referrals.models.check_in import CheckIn, CheckInDesk, CheckInPlan, CheckInQuestion
from referrals.models.draft import DecisionDraft
from referrals.models.duty import Duty
from referrals.models.escalation import Escalation
from referrals.models.evidence import EvidenceFile
from referrals.models.facilitation import Facilitation, FacilitatorContact
from referrals.models.feedback import PersonFeedback
from referrals.models.help import HelpContact, HelpRequest
from referrals.models.needs import MonitoringAnswers, NeedLevel, NeedOutcome, NeedReview
from referrals.models.next_due import NextDue
from referrals.models.parent_rule import ParentRule
from referrals.models.question import Question
from referrals.models.referral import Referral
from referrals.models.scheme import ConditionTemplate, Scheme, SchemeVersion, SharingAgreement, Slot
from referrals.models.standing import Standing
from referrals.models.text_rule import TextRule
from referrals.models.undoable import Undoable
from referrals.models.varying import ConditionChange, MissedStep

__all__ = [
    "Agreement",
    "Appointment",
    "Breach",
    "CheckIn",
    "CheckInDesk",
    "CheckInPlan",
    "CheckInQuestion",
    "Condition",
    "ConditionChange",
    "ConditionTemplate",
    "Contact",
    "DecisionDraft",
    "Duty",
    "Escalation",
    "EvidenceFile",
    "Facilitation",
    "FacilitatorContact",
    "HelpContact",
    "HelpRequest",
    "MissedStep",
    "MonitoringAnswers",
    "NeedLevel",
    "NeedOutcome",
    "NeedReview",
    "NextDue",
    "ParentRule",
    "PersonFeedback",
    "ProposedAgreement",
    "Question",
    "Referral",
    "Scheme",
    "SchemeVersion",
    "SharingAgreement",
    "Slot",
    "Standing",
    "TextRule",
    "Undoable",
]
