"""Reading the users of one's own organisation. No case content is reached from here."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db.models import F, QuerySet
from django.shortcuts import get_object_or_404

from diversion import clock
from diversion.accounts.actions.searches import LASTS
from diversion.accounts.models import AccountRequest, Role, Search, Session, Team, User, UserName
from diversion.accounts.sessions import live
from diversion.name_index import named
from diversion.names.tokens import ways


def users(*, by: User, text: str = "", active: bool | None = None) -> QuerySet[User]:
    """The users of ``by``'s organisation by the beginning of any word of name and e-mail address, in order of name."""
    found = User.objects.filter(organisation=by.organisation).select_related("team").prefetch_related("roles")
    if text:
        found = found.filter(named(UserName, ways(text), domain=by.name_domain))
    if active is not None:
        here = User.objects.here()
        found = found.filter(pk__in=here) if active else found.exclude(pk__in=here)
    return found.order_by("full_name", "pk")


def open_user(*, pk: int, by: User) -> User:
    """A user of ``by``'s organisation; 404 for anybody else's."""
    return get_object_or_404(users(by=by), pk=pk)


def sessions_of(user: User) -> list[Session]:
    """The sign-ins of ``user`` that go on, the one used last first."""
    oldest = clock.now() - timedelta(hours=settings.SESSION_MOST_HOURS)
    rows = Session.objects.filter(user=user, expire_date__gt=clock.now()).exclude(began_at__lt=oldest)
    rows = rows.select_related("user__organisation").order_by(F("used_at").desc(nulls_last=True), "-began_at", "pk")
    return [one for one in rows if live(one)]


def roles_for(user: User) -> QuerySet[Role]:
    """The roles that somebody in ``user``'s organisation may hold."""
    return Role.objects.filter(organisation_kind=user.organisation.kind)


def waiting_requests(*, by: User) -> QuerySet[AccountRequest]:
    """Changes of accounts of ``by``'s organisation that wait for a second person, the oldest first."""
    waiting = AccountRequest.objects.filter(user__organisation=by.organisation, state=AccountRequest.State.WAITING)
    return waiting.select_related("user", "asked_by")


def open_request(*, pk: int, by: User) -> AccountRequest:
    """A change asked for an account of ``by``'s organisation; 404 for anybody else's."""
    asked = AccountRequest.objects.filter(user__organisation=by.organisation).select_related("user", "asked_by")
    return get_object_or_404(asked, pk=pk)


def teams_for(user: User) -> QuerySet[Team]:
    return Team.objects.filter(organisation=user.organisation)


def kept_search(*, pk: uuid.UUID, page: str, by: User) -> Search | None:
    """What ``by`` themselves searched for on ``page``; None once it is over, and for anybody else's."""
    own = Search.objects.filter(user=by, page=page, made_at__gt=clock.now() - LASTS)
    return own.filter(pk=pk).first()
