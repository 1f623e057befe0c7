import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diversion.settings")

application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 - all pages are loaded once, before the workers part, not at the first request
