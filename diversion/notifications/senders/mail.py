"""E-mail by Django's own backend (``EMAIL_BACKEND``): SMTP in production, the console in development."""

from contextlib import suppress
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused

from django.core.mail import EmailMessage, get_connection

from diversion.notifications.kinds import Letter
from diversion.notifications.senders.base import Away, BrokeOff, NotTaken

FOR_GOOD = 500  # RFC 5321, 4.2.1: what a server refuses with this or more it will refuse again


class MailSender:
    """One connection to the mail server, for all messages of a turn."""

    def __init__(self) -> None:
        self.connection = get_connection()

    def open(self) -> None:
        try:
            self.connection.open()
        except OSError as error:  # every SMTPException is one
            raise Away(str(error)) from error

    def send(self, letter: Letter, *, reference: str) -> None:
        message = EmailMessage(letter.subject, letter.text, to=[letter.address], connection=self.connection)
        try:
            message.send()
        except SMTPRecipientsRefused as error:
            codes = [code for code, _words in error.recipients.values()]
            raise _refused(min(codes, default=0)) from error
        except SMTPDataError as error:
            raise _refused(error.smtp_code) from error
        except SMTPSenderRefused as error:  # of our own address: a setting to be mended, and no fault of this message
            raise NotTaken(f"The mail server refused our own address ({error.smtp_code})", for_good=False) from error
        except OSError as error:
            raise BrokeOff(type(error).__name__) from error

    def close(self) -> None:
        with suppress(OSError):  # a connection that broke may not be closed any more either
            self.connection.close()


def _refused(code: int) -> NotTaken:
    return NotTaken(f"The mail server refused it ({code})", for_good=code >= FOR_GOOD)
