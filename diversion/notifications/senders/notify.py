"""GOV.UK Notify, for public bodies: e-mail and texts by its API (https://docs.notifications.service.gov.uk/rest-api.html).

Plain HTTP with a token by PyJWT, and not Notify's own client: that brings docopt, which nobody keeps any more. Notify
sends only what stands in a template of the service: one for each channel, whose whole text is ``((body))`` (and whose
subject is ``((subject))``).
"""

import jwt
from django.conf import settings

from diversion import clock
from diversion.notifications.kinds import Letter
from diversion.notifications.models import Channel
from diversion.notifications.senders.http import post

UUID = 36  # characters: a key ends with two of them, the service's id and the secret


class NotifySender:
    """Sends by one channel. No connection is held."""

    def __init__(self, channel: str) -> None:
        self.channel = channel

    def open(self) -> None: ...

    def send(self, letter: Letter, *, reference: str) -> None:
        if self.channel == Channel.EMAIL:
            path, whom, template = "email", "email_address", settings.NOTIFY_EMAIL_TEMPLATE
            words = {"subject": letter.subject, "body": letter.text}
        else:
            path, whom, template = "sms", "phone_number", settings.NOTIFY_TEXT_TEMPLATE
            words = {"body": letter.text}
        body = {whom: letter.address, "template_id": template, "personalisation": words, "reference": reference}
        headers = {"Authorization": f"Bearer {token(settings.NOTIFY_API_KEY)}"}
        post(f"{settings.NOTIFY_URL}/v2/notifications/{path}", json=body, headers=headers)

    def close(self) -> None: ...


def token(key: str) -> str:
    """A token that Notify takes for 30 seconds, made of an API key (``name-service id-secret``)."""
    service, secret = key[-2 * UUID - 1 : -UUID - 1], key[-UUID:]
    return jwt.encode({"iss": service, "iat": int(clock.now().timestamp())}, secret, algorithm="HS256")
