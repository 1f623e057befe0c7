"""Short check-ins between appointments: what a provider asks, of whom and how often, and what they answered.

All of it is the provider's. Police read none of it in any scheme, and nothing that says whether somebody keeps to what
they agreed reads it: `tests/unit/referrals/test_check_ins_apart.py` holds that.
"""

from typing import Any, ClassVar, Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.data_use import operational, personal, sensitive, staff, structural
from referrals.codes import AnswerList, CheckAnswer, CheckInDone, Mood, ReadDays, Replies, Rhythm
from referrals.models.agreement import Appointment
from referrals.models.referral import Referral
from referrals.person_words import ENGLISH, LANGUAGES

#: How many questions of a provider's list somebody is asked at most.
MOST_QUESTIONS = 3
ASK = "Ask somebody between appointments how they are, as they agreed"


class OfProviderQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Those of the provider whose people help; never police, whatever the scheme."""
        if user.is_active and user.is_provider and user.can(Permission.SUPPORT_PEOPLE):
            return self.filter(provider=user.organisation)
        return self.none()


@pghistory.track()
class CheckInDesk(models.Model):
    """When a provider reads what people answer, and on which telephone it is there then. Without one nobody is asked.

    ``welsh_digest`` is that of the Welsh sentences of the page as somebody there reviewed them (`person_words`).
    """

    provider = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="check_in_desk")
    telephone = models.CharField(max_length=30)
    days = models.CharField(max_length=10, choices=ReadDays, default=ReadDays.WEEKDAYS)
    opens = models.TimeField()
    closes = models.TimeField()
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField(default=clock.now)
    replies = models.CharField(max_length=4, choices=Replies, blank=True, default=Replies.NONE, db_default="")
    welsh_digest = models.CharField(max_length=64, blank=True)
    welsh_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = OfProviderQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "provider", "welsh_digest", "version")
        | operational("Say when somebody reads, and whom to ring", "telephone", "days", "opens", "closes", "said_at")
        | operational("Say what people may answer to a reminder", "replies")
        | staff("Say who said it, and who reviewed the Welsh", "said_by", "welsh_by")
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="check_in_desk_closes_after_opening"),
        ]

    def __str__(self) -> str:
        return f"{self.provider}: check-ins"


class CheckInQuestion(models.Model):
    """A question of a provider's list. Its words are never edited: a new one takes its place.

    It is asked of nobody until a second person has reviewed it, its Welsh with it.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Waits for a second person"
        LIVE = "live", "In use"
        RETIRED = "retired", "Not used any more"

    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="check_in_questions")
    words = models.CharField(max_length=120)
    welsh = models.CharField(max_length=160, blank=True)
    answers = models.CharField(max_length=10, choices=AnswerList)
    flags = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now)
    reviewed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)

    objects = OfProviderQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "provider", "state")
        | operational("Ask in words that two people have read", "words", "welsh", "answers", "flags")
        | staff("Say who wrote it, and who reviewed it", "written_by", "written_at", "reviewed_by", "reviewed_at")
    )

    class Meta:
        ordering = ["words", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("written_by")), name="check_in_question_by_two"
            ),
            models.CheckConstraint(
                condition=~Q(state="live") | Q(reviewed_by__isnull=False), name="check_in_question_live_is_reviewed"
            ),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def is_live(self) -> bool:
        return self.state == self.State.LIVE

    @property
    def flags_in_words(self) -> str:
        """ "Asks for somebody: Yes"."""
        labels = ", ".join(str(CheckAnswer(code).label) for code in self.flags)
        if not labels:
            return _("No answer asks for somebody.")
        return _("Asks for somebody: %(answers)s.") % {"answers": labels}


@pghistory.track()
class CheckInPlan(models.Model):
    """That somebody is asked between appointments how they are: what, how often, in which language and until when.

    They agreed to it with ``set_by``. ``stopped_at``: by themselves on the page (``stopped_by`` None) or by a worker.
    It ends with the support too.
    """

    referral = models.OneToOneField(Referral, on_delete=models.CASCADE, related_name="check_in_plan")
    questions = ArrayField(models.BigIntegerField(), default=list, blank=True, size=MOST_QUESTIONS)
    rhythm = models.CharField(max_length=12, choices=Rhythm, default=Rhythm.WEEKLY)
    language = models.CharField(max_length=2, choices=LANGUAGES, default=ENGLISH)
    first_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=clock.now)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    data_use: ClassVar = (
        structural("id", "referral", "version")
        | personal(ASK, "questions", "rhythm", "language", "first_on", "until_on", "set_at", "stopped_at")
        | staff("Say who agreed it with them, and who stopped it", "set_by", "stopped_by")
    )

    def __str__(self) -> str:
        return f"{self.referral}: check-ins"

    @property
    def is_running(self) -> bool:
        ended = self.until_on is not None and self.until_on < clock.today()
        return self.stopped_at is None and not ended


class CheckInQuerySet(OfProviderQuerySet):
    def to_review(self) -> "CheckInQuerySet":
        """Those that ask for somebody and that nobody has seen to."""
        return self.filter(is_flagged=True, reviewed_at=None)


class CheckIn(models.Model):
    """One check-in: the link that went to the person, what it asks, and what they answered, once. Or, with an
    ``appointment``, the link in a reminder of it: that they come, that they cannot (``wants_call``), or move it.

    The link holds a token of which only a digest stands here. No history is kept: an answer is never changed (but that
    somebody comes, to that they cannot), and goes with the referral. ``asked`` are the questions as they were then,
    ``answers`` their ids with the code of the answer.
    """

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="check_ins")
    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    appointment = models.ForeignKey(Appointment, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    due_on = models.DateField()
    token_digest = models.CharField(max_length=64, unique=True)
    language = models.CharField(max_length=2, choices=LANGUAGES, default=ENGLISH)
    asked = models.JSONField(default=list)
    made_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    mood = models.CharField(max_length=5, choices=Mood, blank=True)
    wants_help = models.BooleanField(default=False)
    wants_call = models.BooleanField(default=False)
    answers = models.JSONField(default=dict, blank=True)
    comes = models.BooleanField(default=False, db_default=False)
    moved_to = models.DateTimeField(null=True, blank=True)
    is_flagged = models.BooleanField(default=False)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    done = models.CharField(max_length=12, choices=CheckInDone, blank=True)
    note = models.CharField(max_length=1000, blank=True)

    objects = CheckInQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "referral", "provider", "appointment", "token_digest")
        | personal("Hear whether somebody comes to an appointment", "comes", "moved_to")
        | personal(ASK, "due_on", "language", "asked", "made_at", "sent_at", "expires_at", "answered_at")
        | sensitive("Help somebody who says how they are", "mood", "wants_help", "wants_call", "answers", "is_flagged")
        | sensitive("Say what was done about it", "done", "note")
        | staff("Say who saw to it, and when", "reviewed_at", "reviewed_by")
    )

    class Meta:
        ordering = ["-due_on", "-pk"]
        indexes = [
            models.Index(
                fields=["provider", "answered_at"],
                condition=Q(is_flagged=True, reviewed_at=None),
                name="check_in_to_review",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "due_on"], condition=Q(appointment=None), name="check_in_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at=None, reviewed_by=None, done="")
                | Q(answered_at__isnull=False, reviewed_at__isnull=False, reviewed_by__isnull=False) & ~Q(done=""),
                name="check_in_reviewed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=False)
                | Q(mood="", wants_help=False, wants_call=False, comes=False, moved_to=None),
                name="check_in_answered_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referral}: check-in of {self.due_on}"

    @property
    def is_open(self) -> bool:
        """Whether somebody may still answer it."""
        return self.answered_at is None and clock.now() < self.expires_at

    def said(self) -> dict[str, Any]:
        """What was answered, to be compared with what is sent again."""
        return {name: getattr(self, name) for name in ("mood", "wants_help", "wants_call", "answers")}
