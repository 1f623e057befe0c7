from typing import Any


def hasten(**kwargs: Any) -> None:
    """Nudge the worker after a case changed; the outbox itself makes sure that nothing is missed."""
