"""Files that people attach: known by what is in them, and kept only as made anew, without what they say of whoever
made them.

Neither name nor type that a browser sends is believed or kept. The file itself is read by a process of its own with
little memory and few seconds (`cleaning.py`): one that was made to grow, or to break what reads it, breaks that alone.
"""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diversion.attachments.cleaning import Fault
from diversion.attachments.uploads import most
from diversion.refusals import Refused

PROGRAM = Path(__file__).with_name("cleaning.py")
#: By the clock of the wall, with the wait for a turn within what a page may take (PAGE_SECONDS): the transaction of its
#: request stands open. What it may work is bounded by cleaning.py.
SECONDS = 14
#: How a file of each kind begins.
BEGINS = {"pdf": b"%PDF-", "jpeg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n"}
#: What is made may be larger by so much than what may be sent: a PDF that is written anew has grown a little.
GROWS = 2_000_000
#: How files of others begin that people have: HEIC of telephones, what office programs and archives write.
TELEPHONES = (b"ftyphei", b"ftyphev", b"ftypmif1", b"ftypmsf1", b"ftypavif")
OFFICES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{\\rtf")
#: Of the four threads of a web process (Procfile) two have files read, a third waits some seconds, and pages have one.
_one_of_few, _one_that_waits = threading.BoundedSemaphore(2), threading.BoundedSemaphore(1)
WAITS = 5


class Kind(models.TextChoices):
    """What is kept: every picture becomes a JPEG."""

    PDF = "pdf", gettext_lazy("PDF")
    JPEG = "jpeg", gettext_lazy("Picture")


CONTENT_TYPES = {Kind.PDF: "application/pdf", Kind.JPEG: "image/jpeg"}
ENDINGS = {Kind.PDF: "pdf", Kind.JPEG: "jpg"}


@dataclass(frozen=True)
class Cleaned:
    """A file as it is kept."""

    kind: Kind
    content: bytes


def cleaned(content: bytes) -> Cleaned:
    """``content`` made anew. Refused, with the mend, for anything but a PDF or a picture that can be."""
    begins = [kind for kind, first in BEGINS.items() if content.startswith(first)]
    if not begins:
        raise Refused(_words_of_others(content))
    with _a_turn():
        code, made = _run(begins[0], content)
    if code or not made:
        raise Refused(_words_of(code))
    return Cleaned(Kind.PDF if begins[0] == "pdf" else Kind.JPEG, made)


@contextmanager
def _a_turn() -> Iterator[None]:
    """Until few files are read. Refused where somebody waits already, and after some seconds."""
    if not _one_of_few.acquire(blocking=False) and not _waited():
        raise Refused(_("Other files are being read at the moment. Attach this one again in a minute."))
    try:
        yield
    finally:
        _one_of_few.release()


def _waited() -> bool:
    """Whether there was a turn after some seconds, for the one that may wait."""
    if not _one_that_waits.acquire(blocking=False):
        return False
    try:
        return _one_of_few.acquire(timeout=WAITS)
    finally:
        _one_that_waits.release()


def _run(kind: str, content: bytes) -> tuple[int, bytes]:
    """What the process ended with, and what it wrote. One that writes more than is kept, or takes too long, is ended:
    this process holds what it writes in its own memory."""
    command, pipe = [sys.executable, "-I", str(PROGRAM), kind], subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env={}) as process:
        ending = threading.Timer(SECONDS, process.kill)
        ending.start()
        try:
            made = _exchanged(process, content, most() + GROWS)
            return (Fault.LARGE, b"") if made is None else (process.wait(), made)
        finally:
            process.kill()
            ending.cancel()


def _exchanged(process: Any, content: bytes, at_most: int) -> bytes | None:
    """What it writes once it has read ``content``; None if that is more than ``at_most``."""
    with suppress(BrokenPipeError):  # it has ended: what it ended with says why
        process.stdin.write(content)
    with suppress(BrokenPipeError):
        process.stdin.close()
    made: bytes = process.stdout.read(at_most + 1)
    return made if len(made) <= at_most else None


def _words_of_others(content: bytes) -> str:
    """What to do with a file of another kind."""
    if content[4:16].startswith(TELEPHONES):
        return _("This is a picture in the form HEIC. Open it and take a screenshot of it, or save it as a JPEG.")
    if content.startswith(OFFICES):
        return _("This is a file of Word, of another office program, or a ZIP. Open it, and print or save it as a PDF.")
    return _("This is no PDF, JPEG or PNG. Save it as one of these, or take a picture of it.")


def _words_of(code: int) -> str:
    """Why it was not taken, by what the process ended with."""
    words: dict[int, str] = {
        Fault.LOCKED: _("This PDF has a password. Print it to a new PDF without one, or take a picture of it."),
        Fault.ACTIVE: _(
            "This PDF holds more than pages: a program, a form or other files. Print it to a new PDF, or take a picture"
            " of it."
        ),
        Fault.LARGE: _(
            "This has too many pages or too large a picture. Send the part that shows it, or make it smaller."
        ),
        Fault.MOVES: _("This picture moves. Send one that does not."),
    }
    took_too_much = code in (-signal.SIGKILL, -signal.SIGXCPU)  # ended by the system, or by `_run`
    otherwise = _("This file cannot be read: it may be damaged. Save it anew, or take a picture of it.")
    return words.get(Fault.LARGE if took_too_much else code, otherwise)
