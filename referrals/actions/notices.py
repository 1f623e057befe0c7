"""What an officer is told by e-mail about whom they sent: chosen by each, and sent once. No message says what it is."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from referrals.models import NewsMail, NoticeChoice, Referral
from referrals.queries.notices import News, news_to_send


@transaction.atomic
def choose_notices(*, started: bool, attended: bool, ended: bool, by: User) -> NoticeChoice:
    """``by`` says of what they want an e-mail. What was sent is sent; what is chosen holds from the next one on."""
    access.check(by, Permission.RECORD_DECISION)
    values = {"started": started, "attended": attended, "ended": ended}
    choice, _created = NoticeChoice.objects.update_or_create(user=by, defaults=values)
    audit.record("notices.chosen", audit.Nature.ADMINISTRATION, by=by, detail=values)
    return choice


@transaction.atomic
def claim_news(*, news: News) -> tuple[NewsMail, EmailMessage] | None:
    """Take one message; once this is committed nobody else sends it.

    None where somebody has taken it, or it is no news any more: it was taken back, or the officer wants none of it.
    """
    referral, to, about = news
    if news not in news_to_send(referral=referral):
        return None
    mail, is_new = NewsMail.objects.get_or_create(referral_id=referral, to_id=to, about=about)
    return (mail, _message(Referral.objects.select_related("case").get(pk=referral), mail.to)) if is_new else None


@transaction.atomic
def mark_news_sent(*, mail_id: int) -> None:
    """Note that a message was given to the mail server."""
    NewsMail.objects.filter(pk=mail_id).update(sent_at=clock.now())


def _message(referral: Referral, to: User) -> EmailMessage:
    """It says neither who it is nor what came of it: that stands on the page, behind the sign-in."""
    reference = referral.case.reference
    words = {
        "case": reference,
        "page": f"{settings.SERVICE_URL}{reverse('case_page', args=[reference])}",
        "choose": f"{settings.SERVICE_URL}{reverse('notices')}",
    }
    body = _(
        "There is news of %(case)s, which you sent to a partner:\n%(page)s\n\n"
        "This message names nobody. Choose what you are told of:\n%(choose)s\n"
    )
    return EmailMessage(_("News of %(case)s") % words, body % words, to=[to.email])
