"""One HTTP gateway for texts, of whichever company a provider has its texts from."""

import json
from typing import Any

from django.conf import settings

from diversion.notifications.kinds import Letter
from diversion.notifications.senders.http import post


class GatewaySender:
    """Posts ``TEXT_GATEWAY_BODY``, a JSON document in whose texts {to}, {text}, {from} and {reference} are filled in.

    They are filled in after the document was read: what stands in a text can change nothing of its shape.
    """

    def open(self) -> None: ...

    def send(self, letter: Letter, *, reference: str) -> None:
        words = {"to": letter.address, "text": letter.text, "from": settings.TEXT_FROM, "reference": reference}
        body = filled(json.loads(settings.TEXT_GATEWAY_BODY), words)
        headers = {"Idempotency-Key": reference}
        if settings.TEXT_GATEWAY_KEY:
            headers["Authorization"] = settings.TEXT_GATEWAY_AUTH.replace("{key}", settings.TEXT_GATEWAY_KEY)
        how = {"data": body} if settings.TEXT_GATEWAY_FORM else {"json": body}
        post(settings.TEXT_GATEWAY_URL, headers=headers, **how)

    def close(self) -> None: ...


def filled(body: Any, words: dict[str, str]) -> Any:
    """``body`` with each ``{name}`` in its texts replaced, once."""
    if isinstance(body, dict):
        return {name: filled(one, words) for name, one in body.items()}
    if isinstance(body, list):
        return [filled(one, words) for one in body]
    if not isinstance(body, str):
        return body
    parts = body.split("{")
    return parts[0] + "".join(_replaced(part, words) for part in parts[1:])


def _replaced(part: str, words: dict[str, str]) -> str:
    name, closed, rest = part.partition("}")
    return words[name] + rest if closed and name in words else "{" + part
