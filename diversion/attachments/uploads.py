"""Taking files from a browser: on the pages that ask for one, held in memory, and no more of them than may be.

A request is read before anybody knows whose it is, so that whatever is sent elsewhere, or beyond that, is let go by.
"""

import io
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

#: By the name of their route, where a file is taken.
TAKE_FILES = frozenset({"evidence_attach"})


class Bounded(FileUploadHandler):
    """One file a request, of `EVIDENCE_MOST_MEGABYTES` at most. Of a larger one the size alone is kept: its form says
    that it is too large."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.taken, self.held = False, io.BytesIO()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        match = getattr(self.request, "resolver_match", None)
        if self.taken or match is None or match.url_name not in TAKE_FILES:
            raise SkipFile
        self.taken = True
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) <= most():
            self.held.write(raw_data)
        else:
            self.held = io.BytesIO()

    def file_complete(self, file_size: int) -> UploadedFile:
        self.held.seek(0)
        return InMemoryUploadedFile(self.held, self.field_name, "file", "", file_size, None)


def most() -> int:
    """How many bytes a file may have."""
    return int(settings.EVIDENCE_MOST_MEGABYTES) * 1_000_000
