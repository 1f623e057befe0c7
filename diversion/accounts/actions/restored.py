"""What a backup cannot know of accounts: who was disabled after it was made."""

from collections.abc import Collection

from django.db import transaction

from diversion import audit
from diversion.accounts import permits
from diversion.accounts.actions import approvals, factors
from diversion.accounts.models import User


@transaction.atomic
def disable_again(*, emails: Collection[str], by: User | None) -> list[User]:
    """Disable the accounts with these addresses that a restore opened again; those that it did.

    ``by`` None is the service itself. What waits for any of them is refused, and no link for them can be made.
    """
    found = User.objects.select_for_update(of=("self",)).filter(email__in=emails).order_by("pk")
    return [user for user in found if _disable(user, by)]


def _disable(user: User, by: User | None) -> bool:
    approvals.call_off(user, by)
    approvals.call_off_links(user)
    if not user.is_active:
        return False
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    factors.take_all(user, permits.Leave(permits.Grounds.ADMINISTRATOR, by))
    nature, own = audit.Nature.ADMINISTRATION, user.organisation_id
    audit.record("user.disabled", nature, by=by, subjects=[user], organisation_id=own)
    return True
