"""A form that is sent twice is one thing; a form that is sent again with other words is another."""

import uuid
from typing import Any


def submission_key(submission: uuid.UUID, *parts: Any) -> uuid.UUID:
    """What is stored of a ``submission``: another one as soon as anything else is sent with it."""
    return uuid.uuid5(submission, repr(parts))
