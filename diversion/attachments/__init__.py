"""Files that people attach: known by what is in them, and kept only as made anew, without what they say of whoever
made them.

Neither name nor type that a browser sends is believed or kept. The file itself is read by a process of its own with
little memory and few seconds (`cleaning.py`): one that was made to grow, or to break what reads it, breaks that alone.
"""

import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diversion.refusals import Refused

PROGRAM = Path(__file__).with_name("cleaning.py")
SECONDS = 30  # by the clock of the wall: what it may work is bounded by cleaning.py
#: How a file of each kind begins.
BEGINS = {"pdf": b"%PDF-", "jpeg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n"}
#: So many at once in one process of the web: another waits some seconds, so that pages go on being served.
_one_of_few = threading.BoundedSemaphore(2)
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
        raise Refused(_("This is no PDF, JPEG or PNG. Save it as one of these, or take a picture of it."))
    if not _one_of_few.acquire(timeout=WAITS):
        raise Refused(_("Other files are being read at the moment. Attach this one again in a minute."))
    try:
        code, made = _run(begins[0], content)
    finally:
        _one_of_few.release()
    if code or not made:
        raise Refused(_words_of(code))
    return Cleaned(Kind.PDF if begins[0] == "pdf" else Kind.JPEG, made)


def _run(kind: str, content: bytes) -> tuple[int, bytes]:
    """What the process ended with, and what it wrote."""
    command = [sys.executable, "-I", str(PROGRAM), kind]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, env={}, check=False)
    except subprocess.TimeoutExpired:
        return 1, b""
    return done.returncode, done.stdout


def _words_of(code: int) -> str:
    """Why it was not taken; the codes are those of cleaning.Fault."""
    return {
        10: _("This PDF has a password. Print it to a new PDF without one, or take a picture of it."),
        11: _(
            "This PDF holds more than pages: a program, a form or other files. Print it to a new PDF, or take a picture"
            " of it."
        ),
        12: _("This has too many pages or too large a picture. Send the part that shows it, or make it smaller."),
        13: _("This picture moves. Send one that does not."),
    }.get(code, _("This file cannot be read: it may be damaged. Save it anew, or take a picture of it."))
