"""Reading the users of one's own organisation. No case content is reached from here."""

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from diversion.accounts.models import Role, Team, User


def users(*, by: User, text: str = "", active: bool | None = None) -> QuerySet[User]:
    """The users of ``by``'s organisation whose name or e-mail address holds ``text``, by name."""
    found = User.objects.filter(organisation=by.organisation).select_related("team").prefetch_related("roles")
    if text:
        found = found.filter(Q(full_name__icontains=text) | Q(email__icontains=text))
    if active is not None:
        found = found.filter(is_active=active)
    return found.order_by("full_name", "pk")


def open_user(*, pk: int, by: User) -> User:
    """A user of ``by``'s organisation; 404 for anybody else's."""
    return get_object_or_404(users(by=by), pk=pk)


def roles_for(user: User) -> QuerySet[Role]:
    """The roles that somebody in ``user``'s organisation may hold."""
    return Role.objects.filter(organisation_kind=user.organisation.kind)


def teams_for(user: User) -> QuerySet[Team]:
    return Team.objects.filter(organisation=user.organisation)
