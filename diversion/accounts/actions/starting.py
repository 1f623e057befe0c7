"""The first people of an organisation. Nobody there can ask or approve yet, so the service's operator sets them up."""

from django.db import transaction

from diversion import audit
from diversion.accounts.actions.roles import grant
from diversion.accounts.models import Organisation, Role, User
from diversion.accounts.permissions import SECOND_PERSONS, Permission
from diversion.refusals import Refused


@transaction.atomic
def add_first_administrator(*, email: str, full_name: str, organisation: Organisation, by: User | None) -> User:
    """Make an administrator's account, without a password, where the organisation has none.

    One who is alone there could change no account: what they ask for needs another to approve it. So a second is made
    while nobody else may approve. ``by`` None is the service's operator; in production the database lets nobody do this
    but the owner of its tables. Raises Refused, with what to do instead.
    """
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    role = administrator_role(organisation)
    _check_needed(organisation)
    if User.objects.filter(email=email.lower()).exists():
        raise Refused(f"{email} has an account already: take another address.")
    user = User.objects.create_user(email, full_name=full_name, organisation=organisation)
    audit.record(
        "user.first_administrator",
        audit.Nature.ADMINISTRATION,
        by=by,
        subjects=[user],
        detail={"role": role.slug},
        organisation_id=organisation.pk,
    )
    grant(user=user, role=role, by=by)
    return user


def administrator_role(organisation: Organisation) -> Role:
    """The role of whoever manages users and nothing else there. Refused for a kind of organisation without one."""
    roles = Role.objects.filter(
        organisation_kind=organisation.kind, permissions__contains=[Permission.MANAGE_USERS.value]
    )
    if not roles:
        kind = organisation.get_kind_display()
        raise Refused(f"{organisation} ({kind}) has no users to manage: nobody signs in there.")
    return min(roles, key=lambda role: (sorted(role.permissions), role.slug))


def nobody_approves(organisation: Organisation) -> bool:
    """Whether nobody asks for a change of an account there, or nobody else could approve it."""
    asks = organisation.users.who_may(Permission.MANAGE_USERS).first()
    if asks is None:
        return True
    others = (organisation.users.who_may(permission).exclude(pk=asks.pk) for permission in SECOND_PERSONS)
    return not any(each.exists() for each in others)


def _check_needed(organisation: Organisation) -> None:
    if not nobody_approves(organisation):
        there = organisation.users.who_may(Permission.MANAGE_USERS)
        names = " and ".join(user.full_name for user in there[:2])
        raise Refused(
            f"{organisation} has an administrator already ({names}), and somebody who approves what they ask for: they "
            "add users on the page Users. A link to set a new password is asked for there too."
        )
