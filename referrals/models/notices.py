from typing import ClassVar

from django.db import models

from diversion import clock
from diversion.accounts.models import User
from diversion.data_use import staff, structural
from referrals.models.referral import Referral


class NoticeChoice(models.Model):
    """Of what an officer is told by e-mail about the people whom they sent to a partner; a row once they have chosen.

    Until then they hear that somebody has started, and how it ended.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="notice_choice")
    started = models.BooleanField(default=True)
    attended = models.BooleanField(default=False)
    ended = models.BooleanField(default=True)

    data_use: ClassVar = structural("id") | staff(
        "Tell an officer what they want to be told", "user", "started", "attended", "ended"
    )

    def __str__(self) -> str:
        return f"{self.user}: notices"


class NewsMail(models.Model):
    """One message that there is news of one referral, written just before it is given to the mail server; sent once.

    ``about`` says of what: "started", "ended", or "met-" with the number of the appointment. One that was claimed and
    never sent is not sent again: it may have gone, and the page of the case says the same.
    """

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="news_mails")
    to = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    about = models.CharField(max_length=30)
    claimed_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    data_use: ClassVar = structural("id", "referral", "about") | staff(
        "Tell somebody once", "to", "claimed_at", "sent_at"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["referral", "to", "about"], name="news_mail_once")]

    def __str__(self) -> str:
        return f"{self.referral_id}: {self.about}"
