"""The code lists of the record, in the words of the national standards (18+1 ethnicity, PNC codes, sex, admission)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SelfDefinedEthnicity(models.TextChoices):
    """The 18+1 codes of the Home Office Annual Data Requirement, as the person describes themselves."""

    W1 = "W1", _("White: English, Welsh, Scottish, Northern Irish or British")
    W2 = "W2", _("White: Irish")
    W3 = "W3", _("White: Gypsy or Irish Traveller")
    W9 = "W9", _("White: any other background")
    M1 = "M1", _("Mixed: White and Black Caribbean")
    M2 = "M2", _("Mixed: White and Black African")
    M3 = "M3", _("Mixed: White and Asian")
    M9 = "M9", _("Mixed: any other background")
    A1 = "A1", _("Asian or Asian British: Indian")
    A2 = "A2", _("Asian or Asian British: Pakistani")
    A3 = "A3", _("Asian or Asian British: Bangladeshi")
    A4 = "A4", _("Asian or Asian British: Chinese")
    A9 = "A9", _("Asian or Asian British: any other background")
    B1 = "B1", _("Black or Black British: Caribbean")
    B2 = "B2", _("Black or Black British: African")
    B9 = "B9", _("Black or Black British: any other background")
    O2 = "O2", _("Other: Arab")
    O9 = "O9", _("Other: any other ethnic group")


class SafeTexts(models.TextChoices):
    """Whether a text is safe for somebody, and when: asked of them, coded, so that a machine can keep to it."""

    NOT_ASKED = "", _("Not asked: no texts are sent")
    WAKING = "waking", _("Yes, from 8am to 8pm")
    DAY = "day", _("Yes, from 9am to 5pm")
    EVENING = "evening", _("Yes, from 5pm to 8pm")
    SHARED = "shared", _("No: others read this telephone")
    LETTERS = "letters", _("No: letters only")
    NO = "no", _("No: they want no texts")
    STOPPED = "stopped", _("No: they asked that texts stop")
    WRONG = "wrong", _("No: the number is wrong")

    @property
    def is_yes(self) -> bool:
        return self in (SafeTexts.WAKING, SafeTexts.DAY, SafeTexts.EVENING)


class EthnicityNotStated(models.TextChoices):
    """Why there is no self-defined ethnicity. N1 to N4 are the national codes; it is never guessed by the officer."""

    N1 = "N1", _("N1: officer needed urgently elsewhere")
    N2 = "N2", _("N2: public disorder")
    N3 = "N3", _("N3: person does not understand what is asked")
    N4 = "N4", _("N4: person declined to say")
    CARRIED = "carried", _("Not present: carried from an earlier record")
    TO_BE_ASKED = "to_be_asked", _("Not present: to be asked")


class EthnicitySaid(models.TextChoices):
    """How an answer that is on record stands in a case: given anew by the person, or carried from the record."""

    CONFIRMED = "confirmed", _("They confirmed it now")
    CARRIED = "carried", _("Not asked now: carried from the record")


class EthnicGroup(models.TextChoices):
    """The 5+1 groups in which figures are shown."""

    WHITE = "White", _("White")
    BLACK = "Black", _("Black")
    ASIAN = "Asian", _("Asian")
    MIXED = "Mixed", _("Mixed")
    OTHER = "Other", _("Other")
    UNKNOWN = "Unknown", _("Unknown")


_GROUP_OF_LETTER = {
    "W": EthnicGroup.WHITE,
    "B": EthnicGroup.BLACK,
    "A": EthnicGroup.ASIAN,
    "M": EthnicGroup.MIXED,
    "O": EthnicGroup.OTHER,
}


def ethnic_group(code: str) -> EthnicGroup:
    """The 5+1 group of an 18+1 code; Unknown when there is none."""
    return _GROUP_OF_LETTER[code[0]] if code else EthnicGroup.UNKNOWN


class OfficerDefinedEthnicity(models.TextChoices):
    """PNC identity codes: the officer's view, secondary, never merged with the person's own description."""

    IC1 = "IC1", _("IC1: White, North European")
    IC2 = "IC2", _("IC2: White, South European")
    IC3 = "IC3", _("IC3: Black")
    IC4 = "IC4", _("IC4: Asian")
    IC5 = "IC5", _("IC5: Chinese, Japanese or South East Asian")
    IC6 = "IC6", _("IC6: Arab or North African")
    IC9 = "IC9", _("IC9: unknown")


OFFICER_DEFINED_GROUP = {
    "": EthnicGroup.UNKNOWN,
    "IC1": EthnicGroup.WHITE,
    "IC2": EthnicGroup.WHITE,
    "IC3": EthnicGroup.BLACK,
    "IC4": EthnicGroup.ASIAN,
    "IC5": EthnicGroup.ASIAN,
    "IC6": EthnicGroup.OTHER,
    "IC9": EthnicGroup.UNKNOWN,
}


class Sex(models.TextChoices):
    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    OTHER = "other", _("Other")
    UNKNOWN = "unknown", _("Not known")


class Admission(models.TextChoices):
    ADMITTED = "admitted", _("Admits the offence")
    ACCEPTS_RESPONSIBILITY = "accepts_responsibility", _("Accepts responsibility")
    NO_COMMENT = "no_comment", _("No comment or no reply")
    DENIED = "denied", _("Denies it")
    NOT_ASKED = "not_asked", _("Not asked")


class Origin(models.TextChoices):
    STREET = "street", _("Street")
    CUSTODY = "custody", _("Custody")
    VOLUNTARY = "voluntary", _("Voluntary attendance")


class EarlierOutcomes(models.TextChoices):
    """What this force knows of earlier outcomes: asked of everyone, because figures are adjusted for it."""

    NONE = "none", _("None known to this force")
    RESOLUTION = "resolution", _("An informal resolution only")
    CAUTION = "caution", _("A caution")
    CONVICTION = "conviction", _("A conviction")
    NOT_CHECKED = "not_checked", _("Not checked yet")


HISTORY = frozenset({EarlierOutcomes.RESOLUTION, EarlierOutcomes.CAUTION, EarlierOutcomes.CONVICTION})


class DecisionResult(models.TextChoices):
    OFFERED_ACCEPTED = "offered_accepted", _("Offered and accepted")
    OFFERED_DECLINED = "offered_declined", _("Offered and declined")
    NOT_OFFERED = "not_offered", _("Not offered")
    UNDECIDED = "undecided", _("Not decided yet")


#: Somebody was offered a resolution, whatever they said to it.
OFFERED = (DecisionResult.OFFERED_ACCEPTED, DecisionResult.OFFERED_DECLINED)


class WaitsFor(models.TextChoices):
    """Who or what a decision waits for that nobody can make yet."""

    YOUTH_JUSTICE = "youth_justice", _("Youth justice")
    HUB = "hub", _("The hub")
    PROSECUTOR = "prosecutor", _("A prosecutor")
    SOLICITOR = "solicitor", _("The person’s solicitor, whom they want to hear first")
    VICTIM = "victim", _("The victim, who is to be asked first")
    OFFICER = "officer", _("The officer in the case, anew")


#: Whom whoever leaves a case open may name. The officer decides anew where a decision was withdrawn, and only there.
NAMED_TO_DECIDE = tuple(one for one in WaitsFor if one is not WaitsFor.OFFICER)


class NotOfferedReason(models.TextChoices):
    """Why the person was not offered a resolution. Counted: who is not offered matters as much as who is."""

    NOT_ADMITTED = "not_admitted", _("Did not admit or accept responsibility where that is needed")
    EVIDENCE = "evidence", _("Not enough evidence")
    TOO_SERIOUS = "too_serious", _("Too serious for a resolution")
    HISTORY = "history", _("Earlier resolutions or convictions")
    TIME_LIMIT = "time_limit", _("Not enough time left before the statutory limit")
    RISK = "risk", _("Risk to the victim or to others")
    EXCLUDED = "excluded", _("Excluded by the scheme's rules")
    NO_SERVICE = "no_service", _("No suitable scheme or no place on it")
    VICTIM = "victim", _("The victim's views, with other reasons")
    NOT_IN_PUBLIC_INTEREST = "public_interest", _("Charge or summons is in the public interest")
    OTHER = "other", _("Another reason")


class DeclinedReason(models.TextChoices):
    """Why the person declined (domain vocabulary: person decline)."""

    WANTS_SOLICITOR = "solicitor", _("Wants to speak to a solicitor first")
    DENIES = "denies", _("Denies the offence")
    COMMITMENTS = "commitments", _("Work or caring commitments")
    DISTRUST = "distrust", _("Does not trust the offer")
    OTHER = "other", _("Another reason")
    NOT_SAID = "not_said", _("Did not say")


class WithoutScheme(models.TextChoices):
    """What was indicated had there been no such scheme: who is drawn in by it, and who is kept out of court."""

    NO_ACTION = "no_action", _("No further action")
    COMMUNITY_RESOLUTION = "community_resolution", _("Community resolution")
    CAUTION = "caution", _("Caution")
    CHARGE = "charge", _("Charge or summons")
    NOT_KNOWN = "not_known", _("Not known")


class VictimStance(models.TextChoices):
    AGREES = "agrees", _("Agrees")
    OBJECTS = "objects", _("Objects")
    NO_VIEW = "no_view", _("Did not wish to give a view")
    UNCONTACTABLE = "uncontactable", _("Could not be reached")
    NOT_ASKED = "not_asked", _("Not asked yet")


class VictimKind(models.TextChoices):
    NONE = "none", _("No victim")
    PERSON = "person", _("A person")
    BUSINESS = "business", _("A business")
