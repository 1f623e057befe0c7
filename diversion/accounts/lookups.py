"""Users as the access log names them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from diversion.audit.lookups import Found, ids_of

if TYPE_CHECKING:
    from diversion.accounts.models import User


def find(reference: str, by: "User") -> Found:
    """A user has no reference: the log is asked for one by the list of users."""
    return Found()


def names(keys: Iterable[str], by: "User") -> dict[str, str]:
    """The names of users of ``by``'s own organisation."""
    from diversion.accounts.models import User

    own = User.objects.filter(pk__in=ids_of(keys, "accounts.user"), organisation=by.organisation)
    return {f"accounts.user:{user.pk}": user.full_name for user in own}
