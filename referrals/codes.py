"""The code lists of support: where a case stands, needs and their levels, what came of them, answers for monitoring."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
    TO_SIGN = "to_sign", _("Authorised: explain and sign")
    REFUSED = "refused", _("Not authorised")
    UNDECIDED = "undecided", _("Not decided yet")
    SENT = "sent", _("Sent to the partner")
    WITH_PARTNER = "with_partner", _("With the partner")
    RETURNED = "returned", _("Returned by the partner")
    NOT_KEPT = "not_kept", _("Agreement not kept: decide")
    CONDITIONS = "conditions", _("Conditions to be done")
    REFERRED = "referred", _("Referred, voluntary")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
