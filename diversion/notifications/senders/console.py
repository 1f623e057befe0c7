"""Texts for whoever develops: printed, as Django's console backend does with e-mail."""

import sys

from diversion.notifications.kinds import Letter


class ConsoleSender:
    """Prints each text to standard output."""

    def open(self) -> None: ...

    def send(self, letter: Letter, *, reference: str) -> None:
        sys.stdout.write(f"Text {reference} to {letter.address}: {letter.text}\n")

    def close(self) -> None: ...
