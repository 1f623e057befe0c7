import codecs
import gc
import os
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diversion.settings")


class Readable:
    """Marks a request whose charset is not UTF-8, before Django reads it.

    Python has codecs that are no writing at all (hex, rot13): with one of them Django's own request fails as it is
    made, where no handler is yet, and the server logs the address with all that stands in it.
    """

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        from diversion.requests import UNREADABLE  # reads models: Django is set up by now

        self.application, self.mark = application, UNREADABLE

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not is_utf8(environ.get("CONTENT_TYPE", "")):
            environ |= {"CONTENT_TYPE": "", self.mark: True}
        return self.application(environ, start_response)


def is_utf8(content_type: str) -> bool:
    """Whether a header's charset is UTF-8, or none is named."""
    _kind, parameters = parse_header_parameters(content_type)
    try:
        return codecs.lookup(parameters.get("charset", "utf-8")).name in ("utf-8", "ascii")
    except (LookupError, ValueError):
        return False


application = Readable(get_wsgi_application())
if settings.PRODUCTION:
    call_command("check", deploy=True)  # a warning stops the start: its text says how to mend it
get_resolver().url_patterns  # noqa: B018 - all pages are loaded once, before the workers part, not at the first request
import_module("scipy.special")  # every dashboard has intervals: 20 MB once, and not in each worker
# What is loaded by now stays: no collection of garbage looks through it again, and the workers share its memory.
gc.collect()
gc.freeze()
