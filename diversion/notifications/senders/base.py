"""What a sender is, and the three ways in which it can fail."""

from typing import Protocol

from diversion.notifications.kinds import Letter

#: Why a message failed of which nobody knows whether it went.
BROKE_OFF = "It broke off while it was handed over: it may have gone, and is not sent again"


class Away(Exception):
    """Whoever delivers does not answer, and nothing was handed over."""


class NotTaken(Exception):
    """A message was certainly not taken; ``for_good``: it never will be. Its words name nobody and no address."""

    def __init__(self, words: str, *, for_good: bool) -> None:
        super().__init__(words)
        self.for_good = for_good


class BrokeOff(Exception):
    """Nobody knows whether a message was taken."""


class Sender(Protocol):
    """Raises Away when it is opened, and NotTaken or BrokeOff for a message. After BrokeOff it is only closed."""

    def open(self) -> None: ...

    def send(self, letter: Letter, *, reference: str) -> None:
        """``reference`` names the message and nobody: where whoever delivers keeps one, it finds it in our log."""

    def close(self) -> None: ...
