"""What production does not start with, and how to mend it. Asked by the settings: before a page is served."""

import ipaddress
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from diversion.embedded.places import places

LEAST_KEY, LEAST_DIFFERENT, LEAST_TOKEN = 50, 10, 32
#: Links that set passwords would stand in a log, in a file, or nowhere.
NO_SENDING = ("console", "filebased", "locmem")
#: "smtp.EmailBackend": the module that sends, and its class.
LEAST_PARTS = 2
#: How no server is spoken to on a port: on 465 it waits for TLS from the first byte, on 587 for words before it.
MISFITS = {465: ("starttls", "none"), 587: ("tls",)}
#: What whoever delivers cannot work without.
NEEDED = (
    ("EMAIL_SENDER", "notify", ("NOTIFY_API_KEY", "NOTIFY_EMAIL_TEMPLATE")),
    ("TEXT_SENDER", "notify", ("NOTIFY_API_KEY", "NOTIFY_TEXT_TEMPLATE")),
    ("TEXT_SENDER", "gateway", ("TEXT_GATEWAY_URL",)),
)

#: Where whoever delivers is spoken to by HTTP.
BY_HTTP = (
    ("EMAIL_SENDER", "notify", "NOTIFY_URL"),
    ("TEXT_SENDER", "notify", "NOTIFY_URL"),
    ("TEXT_SENDER", "gateway", "TEXT_GATEWAY_URL"),
)


def refuse_unsafe(settings: Mapping[str, Any]) -> None:
    """Raise ImproperlyConfigured with every fault of production's ``settings``, each with its mend."""
    found = list(faults(settings))
    if found:
        raise ImproperlyConfigured("This is not safe for DIVERSION_ENV=production.\n" + "\n".join(found))


def faults(settings: Mapping[str, Any]) -> Iterator[str]:
    if settings["DEBUG"]:
        yield "DEBUG shows people's data in error pages: unset DEBUG."
    if not settings["ALLOWED_HOSTS"]:
        yield "ALLOWED_HOSTS is empty: set it to this service's host names, separated by commas."
    if any("*" in host for host in settings["ALLOWED_HOSTS"]):
        yield "ALLOWED_HOSTS holds a *: name the hosts, or links in mails lead wherever a request says."
    key = settings["SECRET_KEY"]
    if len(key) < LEAST_KEY or len(set(key)) < LEAST_DIFFERENT:
        yield (
            f"SECRET_KEY can be guessed: make one of {LEAST_KEY} characters or more with "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'."
        )
    if 0 < len(settings["METRICS_TOKEN"]) < LEAST_TOKEN:
        yield f"METRICS_TOKEN can be guessed: give it {LEAST_TOKEN} random characters or more, or unset it."
    yield from _reporting(settings["SENTRY_DSN"])
    if urlsplit(settings["PERSON_URL"]).scheme != "https":
        yield "PERSON_URL does not begin with https: what people answer behind their links would be read on the way."
    yield from _sending(settings)
    yield from _embedded(settings)
    breached = settings["BREACHED_PASSWORDS"]
    if breached and not all(Path(breached, f"{end}.txt").is_file() for end in ("00000", "FFFFF")):
        yield f"BREACHED_PASSWORDS is {breached}, which lacks 00000.txt or FFFFF.txt: lay all there, or unset it."


def _reporting(dsn: str) -> Iterator[str]:
    """What is wrong of where errors are reported; the value itself is a secret, and not said."""
    address = urlsplit(dsn)
    if dsn and address.scheme != "https":
        yield "SENTRY_DSN does not begin with https: the places of faults would be read on the way. Mend or unset it."
    elif dsn and not (address.username and address.hostname and address.path.rpartition("/")[2].isdecimal()):
        yield "SENTRY_DSN is no whole one: write it as https://KEY@errors.example/1, or unset it."


def _sending(settings: Mapping[str, Any]) -> Iterator[str]:
    """What is set of who delivers e-mail and texts, and would deliver nothing or to whoever runs the service."""
    yield from _mail(settings)
    for chooser, chosen, address in BY_HTTP:
        if settings[chooser] == chosen and urlsplit(settings[address]).scheme != "https" and settings[address]:
            yield f"{address} does not begin with https: what people are sent would be read on the way."
    if settings["TEXT_SENDER"] == "console":
        yield "TEXT_SENDER writes texts where whoever runs the service reads them: set it to notify, gateway or none."
    for chooser, chosen, needed in NEEDED:
        missing = [name for name in needed if settings[chooser] == chosen and not settings[name]]
        if missing:
            yield f"{chooser} is {chosen}: set {' and '.join(missing)} too."


def _mail(settings: Mapping[str, Any]) -> Iterator[str]:
    """What is set of the mail server."""
    backend = settings["EMAIL_BACKEND"].split(".")
    if len(backend) < LEAST_PARTS:
        yield (
            f"EMAIL_BACKEND is {settings['EMAIL_BACKEND']}, which is no whole name of a class: unset it and set "
            "EMAIL_HOST, or set it to django.core.mail.backends.dummy.EmailBackend to send none."
        )
    elif any(word in backend for word in NO_SENDING):
        yield (
            "EMAIL_BACKEND writes mails, and links that set passwords, where whoever runs the service reads them: "
            "unset it and set EMAIL_HOST, or set it to django.core.mail.backends.dummy.EmailBackend to send none."
        )
    elif backend[-2] == "smtp":
        yield from _mail_server(settings)


def _mail_server(settings: Mapping[str, Any]) -> Iterator[str]:
    if settings["EMAIL_SENDER"] == "backend" and not os.environ.get("EMAIL_HOST"):
        yield "EMAIL_HOST is not set: set it to the mail server, or EMAIL_BACKEND to …backends.dummy.EmailBackend."
    elif settings["EMAIL_TLS"] == "none" and not _is_this_machine(settings["EMAIL_HOST"]):
        yield (
            "EMAIL_TLS is none: links that set passwords would be read on the way. Set it to starttls or tls, or "
            "EMAIL_HOST to localhost where the mail server is on this machine."
        )
    if (wrong := MISFITS.get(settings["EMAIL_PORT"])) and settings["EMAIL_TLS"] in wrong:
        yield (
            f"EMAIL_PORT is {settings['EMAIL_PORT']} and EMAIL_TLS {settings['EMAIL_TLS']}, which do not go together: "
            "no mail would leave. Set EMAIL_TLS to tls with port 465, or to starttls with port 587."
        )


def _embedded(settings: Mapping[str, Any]) -> Iterator[str]:
    """The servers in the checkout's own folder are for development: nobody backs them up."""
    sockets = str(places(os.environ).sockets)
    if settings["DATABASES"]["default"]["HOST"] == sockets:
        yield "DATABASE_URL is not set, and the embedded database is for development: set it to a server of your own."
    if sockets in settings["REDIS_URL"]:
        yield "REDIS_URL is not set, and the embedded Redis is for development: set it to a server of your own."


def in_the_clear(database: Mapping[str, Any], redis_url: str) -> Iterator[str]:
    """Connections that somebody on the way could read, or answer: database and queue on another machine without TLS.

    `manage.py doctor` tells. It stops no start: between two hosts there may be a tunnel, which nothing here can see.
    """
    if _is_elsewhere(database["HOST"]) and database["OPTIONS"].get("sslmode") != "verify-full":
        yield "PostgreSQL: add ?sslmode=verify-full&sslrootcert=system to DATABASE_URL"
    queue = urlsplit(redis_url)
    if queue.scheme == "redis" and _is_elsewhere(queue.hostname or ""):
        yield "Redis: begin REDIS_URL with rediss://"


def _is_elsewhere(host: str) -> bool:
    """Whether ``host`` is another machine: no socket, no loopback, and no container beside this one (without a dot)."""
    return bool({".", ":"} & set(host)) and not host.startswith(("/", "127.")) and host.strip("[]") != "::1"


def _is_this_machine(host: str) -> bool:
    """Whether nothing sent to ``host`` leaves this machine. A bare name may be any machine of the network."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
