"""Django as `startproject` gives it on the service's own tables, with admin: what the pages are measured beside."""

from diversion.settings import *  # noqa: F403
from diversion.settings import INSTALLED_APPS

NOT_HERE = ("allauth.account", "allauth.socialaccount", "csp")  # they need middleware that a new project has not
INSTALLED_APPS = ["django.contrib.admin", *(app for app in INSTALLED_APPS if not app.startswith(NOT_HERE))]
ROOT_URLCONF = "bench.beside.urls"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
MESSAGE_STORAGE = "django.contrib.messages.storage.fallback.FallbackStorage"
SESSION_SAVE_EVERY_REQUEST = False
SILENCED_SYSTEM_CHECKS = ["admin.E408", "admin.E409", "admin.E410", "fields.E304"]
