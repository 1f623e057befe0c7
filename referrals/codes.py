"""The code lists of support: where a case stands, needs and their levels, what came of them, answers for monitoring."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Regime(models.TextChoices):
    """The law under which a sharing agreement lets data go to a provider (domain 6.3); "": not on record."""

    LAW_ENFORCEMENT = "part_3", _("Law enforcement: Data Protection Act 2018 Part 3, for referrals by a decision")
    UK_GDPR = "uk_gdpr", _("UK GDPR, for help with no offence alleged")
    BOTH = "both", _("Both, each for its own referrals")


class MayBeTold(models.TextChoices):
    """What a worker may tell a young person's parent or carer (our own words). Not asked: nothing."""

    NOTHING = "nothing", _("Nothing")
    MEETINGS = "meetings", _("Appointments: when, where and whether they came")
    PROGRESS = "progress", _("Appointments and how it goes; nothing said in confidence")


#: Where somebody is told something, that somebody has a name.
TELLS = (MayBeTold.MEETINGS.value, MayBeTold.PROGRESS.value)


class After18(models.TextChoices):
    """What support a young person wants once they are 18 (our own words). Turning 18 itself changes nothing agreed."""

    STAY = "stay", _("To go on with the same worker")
    ADULT = "adult", _("To be introduced to a service for adults")
    NONE = "none", _("No more support once this ends")


class NeedDomain(models.TextChoices):
    """What somebody may need help with (domain 3.7: the pathways of Checkpoint, NOMS and OASys brought together)."""

    ACCOMMODATION = "accommodation", _("Housing or accommodation")
    ETE = "ete", _("Education, training and employment")
    FINANCE = "finance", _("Finance, benefit and debt")
    DRUGS = "drugs", _("Drugs")
    ALCOHOL = "alcohol", _("Alcohol")
    MENTAL_HEALTH = "mental_health", _("Mental health")
    PHYSICAL_HEALTH = "physical_health", _("Physical health")
    RELATIONSHIPS = "relationships", _("Relationships and family")
    ATTITUDES = "attitudes", _("Attitudes, thinking and behaviour")
    TRAUMA = "trauma", _("Trauma or victimisation")
    EXPLOITATION = "exploitation", _("Exploitation, criminal or sexual")
    DOMESTIC_ABUSE_VICTIM = "domestic_abuse_victim", _("Experience of domestic abuse")
    DOMESTIC_ABUSE_PERP = "domestic_abuse_perp", _("Use of domestic abuse")
    NEURO = "neuro", _("Neurodiversity or learning")
    GAMBLING = "gambling", _("Gambling")
    CARING = "caring", _("Caring responsibilities")


class Severity(models.IntegerChoices):
    """How great a need is (domain 3.7: 0 none to 3 acute; the words between are our own). Not asked is no level."""

    NONE = 0, _("No need")
    SOME = 1, _("Some")
    SERIOUS = 2, _("Serious")
    ACUTE = 3, _("Acute")


class ReviewPoint(models.TextChoices):
    """When needs are reviewed (J7): what the figures compare is the end with the start."""

    START = "start", _("At the start")
    MID = "mid", _("Part of the way")
    END = "end", _("At the end")


class NeedResult(models.TextChoices):
    MET = "met", _("Met by a service")
    PARTLY = "partly", _("Partly met")
    NOT_MET = "not_met", _("Not met")
    DECLINED = "declined", _("The person did not want help with it")


class Answer(models.TextChoices):
    """An answer to a question asked for monitoring; ``unknown`` is that nobody has asked."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    NOT_SAID = "not_said", _("Prefers not to say")
    UNKNOWN = "unknown", _("Not asked")


class CaseStatus(models.TextChoices):
    """Where a case stands, as police may know it."""

    QUESTION = "question", _("Question to answer")
    WAITING = "waiting", _("Waiting for authorisation")
    PROSECUTOR = "prosecutor", _("With a prosecutor")
    TO_SIGN = "to_sign", _("Authorised: explain and sign")
    REFUSED = "refused", _("Not authorised")
    UNDECIDED = "undecided", _("Not decided yet")
    SENT = "sent", _("Sent to the partner")
    WITH_PARTNER = "with_partner", _("With the partner")
    RETURNED = "returned", _("Returned by the partner")
    NOT_KEPT = "not_kept", _("Agreement not kept: decide")
    CONDITIONS = "conditions", _("Conditions to be done")
    REFERRED = "referred", _("Referred, voluntary")
    UNNUMBERED = "unnumbered", _("Closes once its crime number is entered")
    UNASKED = "unasked", _("Closes once the victim was asked")
    UNCONFIRMED = "unconfirmed", _("Closes once its authority is confirmed")
    IN_ERROR = "in_error", _("Recorded in error")
    RESCINDED = "rescinded", _("Rescinded")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


#: Where a case stands in which everything agreed has ended, and that is open for what it lacks.
ENDED_BUT_OPEN = (CaseStatus.UNNUMBERED, CaseStatus.UNASKED, CaseStatus.UNCONFIRMED)


class Clock(models.TextChoices):
    """What runs in an open case, by the column of ``Standing`` that holds its day."""

    CHARGE = "limit_on", _("To charge")
    FINISH = "finish_on", _("To complete")
    CONTACT = "contact_on", _("Partner’s contact")
    DECIDE = "decide_on", _("To decide")
    YOUTH = "youth_on", _("Youth justice")
    VICTIM = "victim_on", _("Victim")


class NoteBasis(models.TextChoices):
    """Whose word a worker's note is (domain 8.5, J7; third-party reports with it)."""

    FACT = "fact", _("Fact: I saw or heard it")
    OPINION = "opinion", _("My opinion")
    SELF_REPORT = "self_report", _("What the person says")
    THIRD_PARTY = "third_party", _("What somebody else says")


class MissedReason(models.TextChoices):
    """Why a step was missed, or why a change is asked for (domain 2.12; the words are our own)."""

    NOT_KNOWN = "not_known", _("Not known yet")
    ILLNESS = "illness", _("Illness or injury")
    CARING = "caring", _("Caring for somebody")
    WORK = "work", _("Work or study")
    MONEY = "money", _("Lost a job, or cannot pay")
    TRANSPORT = "transport", _("Could not get there")
    CANCELLED = "cancelled", _("The service cancelled or changed it")
    UNSAFE = "unsafe", _("Did not feel safe")
    AWAY = "away", _("In custody or in hospital")
    NOT_TOLD = "not_told", _("Was not told, or not in time")
    OTHER = "other", _("Another reason")
    NONE = "none", _("No reason given when asked")


class Way(models.TextChoices):
    """What is done about a step that was missed, or that somebody says they will miss."""

    EXCUSED = "excused", _("Excused")
    NEW_DAY = "new_day", _("A new date")
    SWAPPED = "swapped", _("Another activity of the same kind")
    OTHER = "other", _("Something else or less than was agreed")
    LET_GO = "let_go", _("No longer needed")
    ESCALATED = "escalated", _("Put to the police")


class BreachTrigger(models.TextChoices):
    """Why it is asked whether an agreement was broken."""

    MISSED = "missed", _("Missed again and again, without a good reason")
    OVERDUE = "overdue", _("Something was not done by its day, and nothing else helps")
    STOPPED = "stopped", _("The person says that they will not go on")
    ENDED = "ended", _("The support ended, and the agreement was not completed")
    OFFENCE = "offence", _("A new offence was reviewed, and the person is to be heard")


class AccountHow(models.TextChoices):
    """What came of asking the person for their side."""

    SAID = "said", _("They said, in their own words")
    NOTHING = "nothing", _("Asked, and they want to say nothing")
    NOT_REACHED = "not_reached", _("Not reached, though tried in more than one way")


class BreachWay(models.TextChoices):
    """What is recommended or decided about an agreement that is not being kept (CJA 2003 s.24; domain notes 1.4)."""

    EXCUSE = "excuse", _("Excuse it: the agreement goes on as it is")
    VARY = "vary", _("Change the agreement so that it can be kept")
    FINALISE = "finalise", _("End it, and do nothing more: not in the public interest")
    PROSECUTE = "prosecute", _("End it, and go back to what was held: charge, summons or caution")


class Felt(models.TextChoices):
    """How somebody found the help they had."""

    YES = "yes", _("Yes")
    PARTLY = "partly", _("In part")
    NO = "no", _("No")
    NOT_SAID = "not_said", _("I would rather not say")


class AgreedHow(models.TextChoices):
    """How the person agreed to a change."""

    SIGNED = "signed", _("In writing, signed")
    IN_PERSON = "in_person", _("Said so, in person")
    TELEPHONE = "telephone", _("Said so, by telephone")
    MESSAGE = "message", _("By message")


class VictimAnswer(models.TextChoices):
    """What a victim said when asked about a change to what they are owed. They have no veto."""

    AGREES = "agrees", _("Agrees")
    DISAGREES = "disagrees", _("Does not agree")
    NO_VIEW = "no_view", _("Has no view")
    NOT_REACHED = "not_reached", _("Could not be reached")
    LEFT_ALONE = "left_alone", _("Was not asked: they want no contact")


class PlacesReason(models.TextChoices):
    """Why a scheme takes more people, or fewer. Coded: the access log, which keeps it, holds no free text."""

    AGREED = "agreed", _("Agreed with the provider")
    ONE_PERSON = "one_person", _("Agreed with the provider for one more person")
    WORKERS = "workers", _("The provider has more workers, or fewer")
    FUNDING = "funding", _("Its money changed")
    MISTAKE = "mistake", _("The number was wrong")


class Group(models.IntegerChoices):
    """Where somebody stands on a worker's board, in its order: the first that fits."""

    NOBODYS = 0, _("Nobody helps")
    TODAY = 1, _("Today")
    OVERDUE = 2, _("Overdue")
    WEEK = 3, _("This week")
    QUIET = 4, _("Gone quiet: 14 days without contact")
    LATER = 5, _("Later")


class HelpWanted(models.TextChoices):
    """What somebody wants help with who is met with no offence alleged, in words that can be said to them."""

    STAY = "stay", _("Somewhere to stay")
    FOOD = "food", _("Food, warmth or clothes")
    MONEY = "money", _("Money, benefits or debt")
    DRINK = "drink", _("Drinking")
    DRUGS = "drugs", _("Drugs")
    MIND = "mind", _("Mental health")
    HEALTH = "health", _("A doctor, a nurse or medicine")
    SAFETY = "safety", _("Being safe from somebody")
    FAMILY = "family", _("Family or relationships")
    WORK = "work", _("Work or training")
    TALK = "talk", _("Somebody to talk to, or not said")


class HelpReach(models.TextChoices):
    """How somebody wants to be reached."""

    RING = "ring", _("Ring")
    TEXT = "text", _("Text")
    FIND = "find", _("Go and find them there")
    COMES = "comes", _("They will come or ring themselves")


class HelpHours(models.TextChoices):
    """When it is safe to reach them."""

    ANY = "any", _("Any time")
    DAY = "day", _("Daytime")
    EVENING = "evening", _("Evening")


class HelpCare(models.TextChoices):
    """What whoever reaches them takes care of, so that no message does harm."""

    NO_MESSAGE = "no_message", _("Leave no message")
    SHARED = "shared", _("Others may answer or read it: say nothing of the service")


class StaffSafety(models.TextChoices):
    """What a worker does to stay safe. Coded: nothing that police know of the person is told with it."""

    TWO = "two", _("Go in twos")
    PUBLIC = "public", _("Meet where others are about")
    ASK = "ask", _("Speak to the officer before you go")


class HelpContactKind(models.TextChoices):
    """What came of trying to reach somebody. Whoever was not seen is neither closed nor late."""

    SPOKE = "spoke", _("Met or spoke")
    REACHED = "reached", _("Left word with them")
    NOT_SEEN = "not_seen", _("Not seen")


class HelpClosed(models.TextChoices):
    """Why help for somebody is closed."""

    HELPED = "helped", _("Has the help they wanted")
    ELSEWHERE = "elsewhere", _("Another service helps, with their agreement")
    NOT_FOR_US = "not_for_us", _("Not what this service does, and they were told")
    NOT_FOUND = "not_found", _("Could not be found, after trying")
    STOPPED = "stopped", _("They asked to stop")


class Mood(models.TextChoices):
    """How somebody says they are. Whether a worker looks at it at once is told by `FLAGGED_MOODS`."""

    GOOD = "good", _("Good")
    FAIR = "fair", _("All right")
    LOW = "low", _("Not good")
    BAD = "bad", _("Very bad")


FLAGGED_MOODS = frozenset({Mood.LOW, Mood.BAD})


class AnswerList(models.TextChoices):
    """The answers that a question of a check-in offers, each with the codes of its answers (`ANSWERS`)."""

    YES_NO = "yes_no", _("Yes or no")
    HOW_MUCH = "how_much", _("A lot, a little or not at all")


class CheckAnswer(models.TextChoices):
    YES = "yes", _("Yes")
    NO = "no", _("No")
    LOT = "lot", _("A lot")
    LITTLE = "little", _("A little")
    NOT_AT_ALL = "not_at_all", _("Not at all")


ANSWERS: dict[str, tuple[str, ...]] = {
    AnswerList.YES_NO: (CheckAnswer.YES, CheckAnswer.NO),
    AnswerList.HOW_MUCH: (CheckAnswer.LOT, CheckAnswer.LITTLE, CheckAnswer.NOT_AT_ALL),
}


class Rhythm(models.TextChoices):
    """How often somebody is asked how they are, between appointments."""

    OFTEN = "often", _("Every three days")
    WEEKLY = "weekly", _("Every week")
    FORTNIGHTLY = "fortnightly", _("Every two weeks")

    @property
    def days(self) -> int:
        return {Rhythm.OFTEN: 3, Rhythm.WEEKLY: 7, Rhythm.FORTNIGHTLY: 14}[self]


class ReadDays(models.TextChoices):
    """On which days somebody at a provider reads what people answer."""

    WEEKDAYS = "weekdays", _("Monday to Friday")
    EVERY_DAY = "every_day", _("Every day")


class Replies(models.TextChoices):
    """What somebody may say by a link in the reminder of an appointment, where their provider offers it."""

    NONE = "", _("Nothing: reminders have no link")
    RING = "ring", _("That they come, or that they cannot and ask to be rung")
    MOVE = "move", _("That too, or they move their first appointment to another that is free")


class CheckInDone(models.TextChoices):
    """What was done about an answer that asked for somebody. That they were not reached is a contact, and settles
    nothing: their answer goes on waiting.
    """

    RANG = "rang", _("Rang them")
    MET = "met", _("Met them")
    WROTE = "wrote", _("Wrote to them, in a way that is safe")
    SAFEGUARDING = "safeguarding", _("Raised it as safeguarding")
    SOONER = "sooner", _("Made the next appointment sooner")
    NOTED = "noted", _("Noted the new time")
    NOTHING = "nothing", _("Nothing more was needed")
