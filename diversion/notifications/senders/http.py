"""Handing one message over by HTTP, and what an answer means."""

from typing import Any

import requests
from requests.exceptions import SSLError
from urllib3.exceptions import NewConnectionError

from diversion.notifications.senders.base import BrokeOff, NotTaken

SECONDS = (5, 30)  # to connect, and for the answer
#: Answers that say that nothing was taken and that another time it may be. A 500 says that something failed and not
#: when, a 502 or a 504 that somebody in between heard no answer: what was handed over may have gone.
LATER = {408, 425, 429, 503}
#: Answers to a key or an address of the service itself: a setting to be mended, and no fault of this message.
OURS = {401, 403, 404}


def post(url: str, **given: Any) -> None:
    """Post one message. Raises NotTaken or BrokeOff; no redirect is followed, which would carry the key elsewhere."""
    try:
        answer = requests.post(url, timeout=SECONDS, allow_redirects=False, **given)
    except requests.RequestException as error:
        if _never_connected(error):
            raise NotTaken("No connection", for_good=False) from error
        raise BrokeOff(type(error).__name__) from error
    status = answer.status_code
    if 200 <= status < 300:
        return
    if status in LATER | OURS:
        raise NotTaken(f"Answered {status}", for_good=False)
    if 400 <= status < 500:
        raise NotTaken(f"Answered {status}", for_good=True)
    raise BrokeOff(f"Answered {status}")


def _never_connected(error: requests.RequestException) -> bool:
    """Whether there was no connection over which anything could have gone: refused, no such name, no common cipher."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.ConnectTimeout | SSLError) or isinstance(reason, NewConnectionError)
