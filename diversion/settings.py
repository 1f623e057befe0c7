"""All settings, from the environment. What is missing or unsafe is refused with a sentence that says how to mend it.

Three environments: ``development`` (the default: embedded servers, a generated key), ``test`` and ``production``
(DIVERSION_ENV=production), which refuses to start insecure.
"""

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pghistory
from csp.constants import NONCE, NONE, SELF

from diversion import languages, logs, production
from diversion.embedded import celery_url, read_files
from diversion.environment import (
    boolean,
    choice,
    integer,
    kind_of_service,
    listed,
    networks,
    optional_secret,
    secret,
    secrets_listed,
    text,
)
from diversion.postgres.config import database_settings

read_files()  # of addresses that hold a password
BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_DIR = Path(os.environ.get("DIVERSION_LOCAL", BASE_DIR / ".local"))

ENVIRONMENT = kind_of_service(BASE_DIR)
PRODUCTION = ENVIRONMENT == "production"
DEBUG = boolean("DEBUG", default=False)
SECRET_KEY = secret("SECRET_KEY", kept_in=None if PRODUCTION else LOCAL_DIR / "secret_key")
SECRET_KEY_FALLBACKS = secrets_listed("SECRET_KEY_FALLBACKS")
#: With it `/metrics` is read from other machines; without, on the machine itself only.
METRICS_TOKEN = optional_secret("METRICS_TOKEN")
#: Where faults of ours are reported (diversion/error_reports.py); "": nowhere.
SENTRY_DSN = optional_secret("SENTRY_DSN")
ALLOWED_HOSTS = listed("ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = listed("CSRF_TRUSTED_ORIGINS", default=[])
# Where mails that no request has asked for lead to.
_here = f"https://{ALLOWED_HOSTS[0].lstrip('.')}" if PRODUCTION and ALLOWED_HOSTS else ""
SERVICE_URL = text("SERVICE_URL", default=_here or f"http://localhost:{os.environ.get('PORT') or 8000}").rstrip("/")

# Where texts to people lead: an address of this service whose name tells nobody who helps.
PERSON_URL = text("PERSON_URL", default=SERVICE_URL).rstrip("/")
# Its host where that is one of its own: it answers with nothing else, or its first page would say what it is.
PERSON_HOST = urlsplit(PERSON_URL).netloc.lower() if urlsplit(PERSON_URL).netloc != urlsplit(SERVICE_URL).netloc else ""

INSTALLED_APPS = [
    "diversion",
    "diversion.accounts",
    "diversion.audit",
    "diversion.notifications",
    "diversion.design_system",
    "cases",
    "referrals",
    "reporting",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",  # the form renderer takes widget templates from the template settings
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "csp",
    "pghistory",
    "pgtrigger",
]
# `manage.py recompute` checks our arithmetic against published cases: for whoever develops, and in no service.
RECOMPUTATION = "bench.recomputation"
if not PRODUCTION and BASE_DIR.joinpath(*RECOMPUTATION.split(".")).is_dir():
    INSTALLED_APPS.append(RECOMPUTATION)

MIDDLEWARE = [
    "diversion.metrics.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "diversion.middleware.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Lengths of compressed pages could tell a secret on them to whoever has other words shown beside it and listens
    # (BREACH). Django masks the CSRF token anew in each answer, and adds a random number of bytes to each page.
    "django.middleware.gzip.GZipMiddleware",
    "diversion.middleware.UnitOfWorkMiddleware",
    "diversion.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "diversion.middleware.AccessMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "diversion.urls"
WSGI_APPLICATION = "diversion.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "diversion.context.page",
            ],
        },
    }
]
# What waits for somebody at police (diversion/home.py), in the order in which their first page shows it.
HOME = ["referrals.presenters.home.waits", "reporting.presenters.home.waits", "diversion.accounts.presenters.waits"]
HOME += ["diversion.audit.presenters.waits"]
# What waits for a provider's people beside their referrals, of the apps above those.
BESIDE = ["reporting.presenters.home.BESIDE"]
CRISPY_ALLOWED_TEMPLATE_PACKS = "govuk"
CRISPY_TEMPLATE_PACK = "govuk"
CRISPY_FAIL_SILENTLY = False
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# What record systems write before each fact of a summary, beside cases/intake/labels.toml: a file like it.
SUMMARY_LABELS = text("SUMMARY_LABELS", default="")

# Databases and queue. The embedded servers have put their addresses into the environment by now (diversion/embedded).
DATABASES = {"default": database_settings(os.environ)}
REDIS_URL = text("REDIS_URL", default="")
#: For how long a page waits for the database before it says that something is wrong.
PAGE_SECONDS = integer("PAGE_SECONDS", default=20)

# Failed sign-ins are counted here: in one place for all processes, or each would give the guesser its own allowance.
# Tests count in their own process, so that one run does not lock out the next.
# While Redis is away each process counts for itself (diversion/shared_cache.py): people can still sign in.
SHARED_CACHE = {"BACKEND": "diversion.shared_cache.SharedCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "web"}
LOCAL_CACHE = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 10_000}}
CACHES = {"default": SHARED_CACHE if REDIS_URL and ENVIRONMENT != "test" else LOCAL_CACHE}

CELERY_BROKER_URL = celery_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True  # what came of a task stands in its own row, not in Redis
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = integer("TASK_TIME_LIMIT", default=1800)
# Months after a unit of time in which what came of people has had time to show: until then no release tells it.
RELEASE_RIPE_MONTHS = integer("RELEASE_RIPE_MONTHS", default=6)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 2 * CELERY_TASK_TIME_LIMIT,
    # Whoever sends hears at once that the queue is down, and goes on: what was to be sent is found by the sweep.
    "max_retries": 0,
    "socket_connect_timeout": 1,
    "socket_timeout": 1.5,  # of one that hangs too; a worker waits for tasks for 1 s at a time
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Europe/London"
CELERY_BEAT_SCHEDULE_FILENAME = str(LOCAL_DIR / "beat-schedule")

# Signing in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["diversion.accounts.backend.Backend"]
ACCOUNT_ADAPTER = "diversion.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
# Failed sign-ins are counted by diversion/accounts/sign_in.py; these bound the rest, per address of a whole station.
ACCOUNT_RATE_LIMITS = {"login": "1200/m/ip", "login_failed": None, "reset_password_from_key": "60/m/ip"}
#: Whether everybody shows something beside the password (docs/operations.md), or whoever has set it up.
SECOND_FACTOR = choice("SECOND_FACTOR", ("required", "offered"), default="required" if PRODUCTION else "offered")
MFA_ADAPTER = "diversion.accounts.mfa_adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Diversion"
# A cookie of such a name is taken only over HTTPS, from this very host, for all of it (RFC 6265bis, 4.1.3).
HOST_ONLY = "__Host-" if PRODUCTION else ""
KNOWN_BROWSER_COOKIE = f"{HOST_ONLY}known_browser"
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{HOST_ONLY}sessionid", f"{HOST_ONLY}csrftoken"
# Proxies whose X-Forwarded-For is believed (diversion/requests.py); without any the header counts for nothing.
TRUSTED_PROXIES = networks("TRUSTED_PROXIES")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {
        "NAME": "django.contrib.auth.password_validation.CommonPasswordValidator",
        "OPTIONS": {"password_list_path": BASE_DIR / "diversion" / "accounts" / "breached-passwords.txt.gz"},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "diversion.accounts.choosing.Visible"},
    {"NAME": "diversion.accounts.choosing.OfTheService"},
    {"NAME": "diversion.accounts.choosing.Breached"},
]
#: A folder with all passwords found in breaches, as digests (diversion/accounts/choosing.py); "": the commonest alone.
BREACHED_PASSWORDS = text("BREACHED_PASSWORDS", default="")
#: How many pages one user may ask for in a minute (diversion/accounts/pace.py); 0: as many as they like.
PAGES_A_MINUTE = integer("PAGES_A_MINUTE", default=240 if PRODUCTION else 0)
#: The same of pages behind a link in a text, of one network address; people of one mobile network may share it.
LINKS_A_MINUTE = integer("LINKS_A_MINUTE", default=60 if PRODUCTION else 0)
SESSION_ENGINE = "diversion.accounts.sessions"
SESSION_COOKIE_AGE = 60 * integer("SESSION_IDLE_MINUTES", default=15 if PRODUCTION else 240)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# However busy, a session ends after a shift: what was taken over ends with it.
SESSION_MOST_HOURS = integer("SESSION_MOST_HOURS", default=12 if PRODUCTION else 24 * 365)
# Messages name people: they stay on the server, not in a cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
MAIL_GOES = "smtp" if PRODUCTION else "console"
EMAIL_BACKEND = text("EMAIL_BACKEND", default=f"django.core.mail.backends.{MAIL_GOES}.EmailBackend")
EMAIL_HOST = text("EMAIL_HOST", default="localhost")
# Mails hold links that set passwords: in production they go over TLS, and the server's certificate is verified.
EMAIL_TLS = choice("EMAIL_TLS", ("starttls", "tls", "none"), default="starttls" if PRODUCTION else "none")
EMAIL_USE_TLS, EMAIL_USE_SSL = EMAIL_TLS == "starttls", EMAIL_TLS == "tls"
EMAIL_PORT = integer("EMAIL_PORT", default={"starttls": 587, "tls": 465, "none": 25}[EMAIL_TLS])
EMAIL_HOST_USER = text("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = optional_secret("EMAIL_HOST_PASSWORD")
EMAIL_TIMEOUT = 30  # seconds: a server that hangs holds up the messages behind it no longer
DEFAULT_FROM_EMAIL = text("DEFAULT_FROM_EMAIL", default="diversion@localhost")
# Nobody without an account is written to: a stranger would learn of the service, and the log of messages knows users.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
#: Who delivers (diversion/notifications/senders): e-mail by EMAIL_BACKEND or GOV.UK Notify, texts by it or a gateway.
EMAIL_SENDER = choice("EMAIL_SENDER", ("backend", "notify"), default="backend")
TEXTS_GO = "none" if PRODUCTION else "console"
TEXT_SENDER = choice("TEXT_SENDER", ("none", "console", "notify", "gateway"), default=TEXTS_GO)
NOTIFY_URL = text("NOTIFY_URL", default="https://api.notifications.service.gov.uk").rstrip("/")
NOTIFY_API_KEY = optional_secret("NOTIFY_API_KEY")
NOTIFY_EMAIL_TEMPLATE = text("NOTIFY_EMAIL_TEMPLATE", default="")
NOTIFY_TEXT_TEMPLATE = text("NOTIFY_TEXT_TEMPLATE", default="")
TEXT_GATEWAY_URL = text("TEXT_GATEWAY_URL", default="")
TEXT_GATEWAY_BODY = text("TEXT_GATEWAY_BODY", default='{"to": "{to}", "from": "{from}", "text": "{text}"}')
TEXT_GATEWAY_FORM = boolean("TEXT_GATEWAY_FORM", default=False)
TEXT_GATEWAY_KEY = optional_secret("TEXT_GATEWAY_KEY")
TEXT_GATEWAY_AUTH = text("TEXT_GATEWAY_AUTH", default="Bearer {key}")
TEXT_FROM = text("TEXT_FROM", default="")
#: For how many days it is kept that a message was sent (`manage.py prune`).
MESSAGE_DAYS = integer("MESSAGE_DAYS", default=400)

# Security
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PRODUCTION
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if boolean("BEHIND_TLS_PROXY", default=False) else None
SECURE_REDIRECT_EXEMPT = [r"^health$", r"^ready$", r"^metrics$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "diversion.design_system.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# People come a little early: from how long before its time an appointment can be recorded as kept or missed
# An import of which more than this share of the rows is rejected ends with exit status 3.
IMPORT_MOST_REJECTED = integer("IMPORT_MOST_REJECTED_PERCENT", default=5) / 100
# From when on `manage.py doctor` says that the last backup is old.
BACKUP_MOST_HOURS = integer("BACKUP_MOST_HOURS", default=26)
#: How long an unfinished decision is kept for its officer after it was last typed in.
DRAFT_DAYS = integer("DRAFT_DAYS", default=7)
#: How long what the record system told of a crime is kept after it was last sent.
KNOWN_CRIME_DAYS = integer("KNOWN_CRIME_DAYS", default=28)
#: How long the files of a finished report are kept, and past appointments that nobody took (`manage.py prune`).
REPORT_DAYS = integer("REPORT_DAYS", default=1096)
PAST_SLOT_DAYS = integer("PAST_SLOT_DAYS", default=90)
#: For how long a case may be left open: what nobody has to decide soon is never decided.
LEFT_OPEN_DAYS = integer("LEFT_OPEN_DAYS", default=90)
#: For how many days a decision may be withdrawn on which nobody has acted, and in how many it is then decided anew.
WITHDRAW_DAYS = integer("WITHDRAW_DAYS", default=28)
DECIDE_ANEW_DAYS = integer("DECIDE_ANEW_DAYS", default=7)
#: How long somebody has to give their side, when it is asked whether they broke their agreement.
BREACH_ACCOUNT_DAYS = integer("BREACH_ACCOUNT_DAYS", default=7)
#: In how many working days a worker says why something that police settle was not done, before police may record that.
WORKER_ANSWER_DAYS = integer("WORKER_ANSWER_DAYS", default=2, least=1)
#: How many days before somebody turns 18 their worker is asked to ask what support they want afterwards.
ADULT_ASKED_DAYS = integer("ADULT_ASKED_DAYS", default=90)
#: How many days before a waiting list would be too late the hub is asked, and how long support takes at the least: it
#: begins no later than that before the agreement ends.
WAITING_ASK_DAYS = integer("WAITING_ASK_DAYS", default=7)
SUPPORT_LEAST_DAYS = integer("SUPPORT_LEAST_DAYS", default=28)
#: For how many months after the last contact a service keeps who asked it for help with no offence alleged.
HELP_KEPT_MONTHS = integer("HELP_KEPT_MONTHS", default=12)
#: How large a file may be that a partner attaches to show that a condition was kept.
EVIDENCE_MOST_MEGABYTES = integer("EVIDENCE_MOST_MEGABYTES", default=8)
FILE_UPLOAD_HANDLERS = ["diversion.attachments.uploads.Bounded"]
ATTENDANCE_GRACE = timedelta(minutes=integer("ATTENDANCE_GRACE_MINUTES", default=30))

# Language, time, static files
LANGUAGE_CODE = "en-gb"
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGES = languages.offered(LOCALE_PATHS[0])
USE_TZ = True
TIME_ZONE = "Europe/London"
STATIC_URL = "/static/"
STATIC_ROOT = LOCAL_DIR / "static"
if not PRODUCTION:
    STATIC_ROOT.mkdir(mode=0o700, parents=True, exist_ok=True)  # WhiteNoise serves from static/build by its finders
STATICFILES_DIRS = [BASE_DIR / "static" / "build"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site has a use for them
WHITENOISE_MIMETYPES = {".svg": "image/svg+xml; charset=utf-8"}

# Field history carries who and why on the row itself, from the settings of the transaction (diversion/unit_of_work.py).
PGHISTORY_BASE_MODEL = "diversion.history.Event"
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
# History is found by the row that it is of. An index on each thing that the row names would be larger than the history.
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(db_index=True)
PGHISTORY_DEFAULT_TRACKERS = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())

LOGGING = logs.configured(
    level=text("LOG_LEVEL", default="WARNING"), as_json=PRODUCTION, reports_errors=bool(SENTRY_DSN)
)
#: Whether each entry of the access log is a line of the service's own log too, for the host to send on.
ACCESS_LOG_LINES = boolean("ACCESS_LOG_LINES", default=PRODUCTION)

if PRODUCTION:
    production.refuse_unsafe(globals())
