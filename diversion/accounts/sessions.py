"""Sessions kept in the database with whose they are (SESSION_ENGINE), and without the keys that open them."""

import hashlib
from datetime import UTC, datetime
from itertools import chain
from typing import Any, cast

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DBStore
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from diversion.accounts.models import User
from diversion.accounts.models.session import Session
from diversion.audit.recording import BEGAN
from diversion.requests import FIRST_STEP, LAST_USE, source_of
from diversion.unit_of_work import current
from diversion.written import written

#: In a session: from where, and with what, its user signed in.
SOURCE, BROWSER = "source", "browser"
#: And under which key it is kept: in the row of another session it is worth nothing.
OF = "of"
#: Under what the unit of work keeps the user of the session that it has read, until they are asked for.
SIGNED_IN = "the user of the session"
#: What a browser's own words are read for, the first that fits: what is newer says that it is the older ones too.
BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
SYSTEMS = {name: name for name in ("Windows", "Android", "iPhone", "iPad", "Mac", "Linux")}


def kept_key(key: str) -> str:
    """Under which key a session stands in the database: nobody signs in with what a statement or a backup shows.

    A key has 165 random bits, so that a plain digest tells nobody what it was; the column holds 40 characters, of which
    160 bits are as good.
    """
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()[:40]


class SessionStore(DBStore):
    """Django's, but for what stands in the table: the browser has a session's key, and the database a digest of it."""

    #: Whether this request ended it. A key that is merely unknown may be one that another tab's page has just renewed.
    is_ended = False
    _key_of_row = ""

    def flush(self) -> None:
        self.is_ended = True
        super().flush()

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    @property
    def kept_key(self) -> str:
        """Under which key it stands in the database; "" for none that anybody has."""
        return kept_key(self.session_key) if self.session_key else self._key_of_row

    @classmethod
    def held_by(cls, row: Session) -> dict[str, Any]:
        """What a row holds whose key the browser alone knows."""
        store = cls()
        store._key_of_row = row.pk
        return store.decode(row.session_data)

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Nothing where it was written for another session: whoever copies a row under a key of their own has nothing.

        A session of a release before says nothing of its key. It ends with its shift (SESSION_MOST_HOURS).
        """
        held: dict[str, Any] = super().decode(session_data)
        return held if held.pop(OF, self.kept_key) == self.kept_key else {}

    def exists(self, session_key: str | None) -> bool:
        return session_key is not None and super().exists(kept_key(session_key))

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            super().delete(kept_key(key))

    def _get_session_from_db(self) -> Session | None:
        """With whose it is, in one statement: nearly every page goes on to ask for that user (`taken_user`)."""
        now = timezone.now()  # noqa: TID251 - the clock by which Django has said when it ends
        user = next(iter(_users_with_session(key=self.kept_key)), None)
        if user is None:  # nobody's yet, or none at all
            found = Session.objects.filter(pk=self.kept_key).first()
        else:
            data, expires = (user.__dict__.pop(name) for name in ("session_data", "session_expires"))
            found = Session(self.kept_key, data, expires)
        if found is None or found.expire_date <= now:
            self._session_key = None
            return None
        current().kept[SIGNED_IN] = user
        return found

    def save(self, must_create: bool = False) -> None:
        """As Django does; of one that is there already without a savepoint, which every such page would pay for."""
        if must_create or self.session_key is None:
            super().save(must_create)
        elif not self._update():
            raise UpdateError

    def _update(self) -> bool:
        """Write what it holds; False where it was ended meanwhile."""
        row = self.create_model_instance(self._get_session())  # type: ignore[attr-defined]
        names = [one.attname for one in Session._meta.concrete_fields if not one.primary_key]
        return bool(Session.objects.filter(pk=row.pk).update(**{name: getattr(row, name) for name in names}))

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        key = kept_key(self._get_or_create_session_key())  # type: ignore[attr-defined]
        session = cast(Session, super().create_model_instance(data | {OF: key}))
        session.session_key = key
        session.user_id = _whose(data)
        session.began_at, session.used_at = _moment(data.get(BEGAN)), _moment(data.get(LAST_USE))
        session.source, session.browser = data.get(SOURCE, ""), data.get(BROWSER, "")
        return session


@written(key=str)
def _users_with_session(*, key: str) -> Any:
    """The user whose session stands under ``key``, as each page asks for one, with what the session holds."""
    held = {"session_data": F("sessions__session_data"), "session_expires": F("sessions__expire_date")}
    return User.objects.with_permissions().filter(sessions__session_key=key).annotate(**held).order_by()


def taken_user(pk: Any) -> User | None:
    """The user with this id, if they came with the session that this request has just read; to one asker, once."""
    user: User | None = current().kept.pop(SIGNED_IN, None)
    return user if user is not None and str(user.pk) == str(pk) else None


def _whose(data: dict[str, Any]) -> int | None:
    """Who is signed in with it, or has shown their password: what ends the sessions of a user ends both."""
    if SESSION_KEY in data:
        return int(data[SESSION_KEY])
    return data[FIRST_STEP][0] if FIRST_STEP in data else None


def note_where(request: Any, **kwargs: Any) -> None:
    """Receiver of ``user_logged_in``."""
    request.session[SOURCE] = source_of(request)
    request.session[BROWSER] = browser_in(request.META.get("HTTP_USER_AGENT", ""))


def live(session: Session) -> bool:
    """Whether it still is its user's: not where their password has changed since, or they may not sign in.

    Django ends such a session with its next page, by the hash of the password that it holds.
    """
    user, held = session.user, session.get_decoded().get(HASH_SESSION_KEY, "")
    if user is None or not user.may_sign_in:
        return False
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(held, one) for one in hashes)


def browser_in(words: str) -> str:
    """ "Firefox, Windows": enough to know one's own by; "" where neither is known."""
    found = [[name for sign, name in kinds.items() if sign in words][:1] for kinds in (BROWSERS, SYSTEMS)]
    return ", ".join(chain.from_iterable(found))


def _moment(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
