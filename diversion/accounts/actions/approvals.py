"""Changes of an account that take two: one person asks, another approves, and whom it concerns is told."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from diversion import access, audit, clock
from diversion.accounts import permits
from diversion.accounts.actions import factors
from diversion.accounts.factors import locked
from diversion.accounts.models import AccountRequest, Organisation, Role, RoleAssignment, User
from diversion.accounts.models.permit import RANKS
from diversion.accounts.permissions import CASE_CONTENT, SECOND_PERSONS, Permission
from diversion.accounts.telling import tell_of_factor
from diversion.refusals import Refused

State = AccountRequest.State
LINK_LASTS = timedelta(days=3)  # from its approval
RESET_WAITS = timedelta(days=3)  # from its asking: a telephone that is lost is missed at once
MOST_ACTING = timedelta(days=92)  # three months, and then somebody looks at it again


@transaction.atomic
def ask(
    *,
    user: User,
    by: User,
    rank: str = "",
    roles: Iterable[Role] = (),
    link: bool = False,
    opens: bool = False,
    factors: bool = False,
    acting: tuple[date, date] | None = None,
) -> AccountRequest:
    """Ask a second person to give ``user`` a rank, roles or a link to set a password, or to open the account.

    ``factors``: to remove all that they show beside the password, because it is lost.

    With ``acting``, a first and a last day, the rank is one in which ``user`` acts on those days.

    Raises Refused for one's own account, and where another change of it waits.
    """
    access.check(by, Permission.MANAGE_USERS)
    own = get_object_or_404(User.objects.select_for_update(of=("self",)), pk=user.pk, organisation=by.organisation)
    if own.pk == by.pk:
        raise Refused("Nobody raises themselves: ask another administrator.")
    if own.account_requests.filter(state=State.WAITING).exists():
        raise Refused("A change of this account waits for a second person already: have that one decided first.")
    slugs = sorted(role.slug for role in roles)
    first, last = acting or (None, None)
    asked = AccountRequest.objects.create(
        user=own,
        rank=rank,
        roles=slugs,
        link=link,
        opens=opens,
        factors=factors,
        asked_by=by,
        asked_at=clock.now(),
        acting_from=first,
        acting_until=last,
    )
    _log("user.change_asked", asked, by)
    return asked


@transaction.atomic
def approve(*, request: AccountRequest, by: User) -> AccountRequest:
    """Agree to what was asked for: the rank and roles are given, the account opened, the link can be made.

    Raises Refused for whoever asked, whom it concerns, and where who asked manages no users any more.
    """
    asked = _waiting(request, by)
    if by.pk in (asked.asked_by_id, asked.user_id):
        raise Refused("A second person decides: neither whoever asked, nor whom it concerns.")
    if not asked.asked_by.can(Permission.MANAGE_USERS):
        raise Refused("Whoever asked for this no longer manages users: refuse it.")
    if asked.factors and asked.asked_at < clock.now() - RESET_WAITS:
        raise Refused(f"This was asked for more than {RESET_WAITS.days} days ago: refuse it, and have it asked anew.")
    roles = Role.objects.filter(Q(slug__in=asked.roles) | Q(users=asked.user))
    check_apart(roles, asked.user.organisation, asked.user)
    if asked.acting_from and asked.acting_until:
        check_acting(asked.user, asked.rank, asked.acting_from, asked.acting_until)
    asked.state, asked.decided_by, asked.decided_at = State.APPROVED, by, clock.now()
    asked.save(update_fields=["state", "decided_by", "decided_at"])
    _give(asked, by)
    _log("user.change_approved", asked, by)
    return asked


@transaction.atomic
def refuse(*, request: AccountRequest, by: User) -> AccountRequest:
    """Do not agree; whoever asked can take it back themselves."""
    asked = _waiting(request, by)
    asked.state, asked.decided_by, asked.decided_at = State.REFUSED, by, clock.now()
    asked.save(update_fields=["state", "decided_by", "decided_at"])
    _log("user.change_refused", asked, by)
    return asked


@transaction.atomic
def use_link(*, user: User, by: User) -> User:
    """Note that ``by`` made the link with which ``user`` sets a password: once for each that was approved."""
    access.check(by, Permission.MANAGE_USERS)
    own = get_object_or_404(User, pk=user.pk, organisation=by.organisation)
    asked = approved_links(own).select_for_update(of=("self",)).first()
    if asked is None or not own.is_active:
        raise Refused("No second person has approved a link for this account, or it has been made: ask for one.")
    asked.link_made_at = clock.now()
    asked.save(update_fields=["link_made_at"])
    _log("user.password_link_made", asked, by)
    return own


def approved_links(user: User) -> QuerySet[AccountRequest]:
    """Links for ``user`` that were approved and not made yet."""
    fresh = user.account_requests.filter(link=True, state=State.APPROVED, link_made_at=None)
    return fresh.filter(decided_at__gt=clock.now() - LINK_LASTS)


def check_apart(roles: Iterable[Role], organisation: Organisation, user: User | None = None) -> None:
    """Who says who may read a force's cases does not read them, nor acts in a rank that authorises.

    Raises Refused for roles that hold both, and for a ``user`` with an acting rank that counts today or later.
    """
    held = {permission for role in roles for permission in role.permissions}
    if organisation.kind != Organisation.Kind.POLICE_FORCE or Permission.MANAGE_USERS not in held:
        return
    if not CASE_CONTENT.isdisjoint(held):
        raise Refused("Whoever manages a force's users opens no case: choose the administrator's role or the others.")
    if user is not None and user.account_requests.acting().filter(acting_until__gte=clock.today()).exists():
        raise Refused("Whoever manages a force's users acts in no rank that authorises: end the acting rank first.")


def check_acting(user: User, rank: str, first: date, last: date) -> None:
    """Refuse an acting rank that gives nothing or too much, whose days contradict themselves, or that meets another."""
    if RANKS.index(rank) <= max(RANKS.index(user.rank), RANKS.index("constable")):
        raise Refused("Somebody acts in a rank above their own, sergeant or higher: choose one.")
    if user.can(Permission.MANAGE_USERS):
        raise Refused("Whoever manages a force's users opens no case, and so acts in no rank that authorises.")
    if last < first:
        raise Refused("The last day is before the first: mend one of the two.")
    if last < clock.today():
        raise Refused("These days have passed: an acting rank counts from today at the earliest.")
    if last - first > MOST_ACTING:
        raise Refused(f"An acting rank lasts {MOST_ACTING.days} days at the most: ask again for more.")
    if user.account_requests.acting().filter(acting_from__lte=last, acting_until__gte=first).exists():
        raise Refused("There is an acting rank on some of these days already: end it first, or choose other days.")


@transaction.atomic
def end_acting(*, request: AccountRequest, by: User) -> AccountRequest:
    """End an acting rank before its last day, at once. What was authorised in it stays authorised."""
    access.check(by, Permission.MANAGE_USERS)
    rows = AccountRequest.objects.acting().filter(user__organisation=by.organisation, acting_until__gte=clock.today())
    asked = get_object_or_404(rows.select_related("user").select_for_update(of=("self",)), pk=request.pk)
    if asked.user_id == by.pk:
        raise Refused("Nobody changes their own rank: ask another administrator.")
    asked.acting_ended_at, asked.acting_ended_by = clock.now(), by
    asked.save(update_fields=["acting_ended_at", "acting_ended_by"])
    _log("user.acting_ended", asked, by)
    return asked


def end_all_acting(user: User, by: User) -> None:
    """Every acting rank of ``user`` ends: the account is disabled."""
    user.account_requests.acting().update(acting_ended_at=clock.now(), acting_ended_by=by)


def call_off(user: User, by: User | None) -> None:
    """What waits for ``user`` is refused: it was asked for an account as it stands no more."""
    waiting = user.account_requests.filter(state=State.WAITING)
    waiting.update(state=State.REFUSED, decided_by=by, decided_at=clock.now())


def call_off_links(user: User) -> None:
    """No link that was approved for ``user`` can be made any more."""
    approved_links(user).update(link_made_at=clock.now())


def _waiting(request: AccountRequest, by: User) -> AccountRequest:
    """``request`` under a lock, its user's before its own: in this order their own pages call it off."""
    access.check(by, *SECOND_PERSONS)
    get_object_or_404(locked(request.user_id), organisation=by.organisation)
    asked = get_object_or_404(
        AccountRequest.objects.select_related("user", "asked_by").select_for_update(of=("self",)),
        pk=request.pk,
        user__organisation=by.organisation,
    )
    if asked.state != State.WAITING:
        raise Refused("This has been decided already.")
    return asked


def _give(asked: AccountRequest, by: User) -> None:
    """Do what was approved; the permits name the request, and the database compares them."""
    user, leave = asked.user, permits.Leave(permits.Grounds.SECOND_PERSON, by, asked)
    if asked.rank and not asked.acting_from:
        permits.allow_rank(user, asked.rank, leave)
        user.rank = asked.rank
    if asked.opens and not user.is_active:
        permits.allow_opening(user, leave)
        user.is_active = True
    if asked.factors:
        factors.take_all(user, leave)
        tell_of_factor("all-removed", user)
    user.save(update_fields=["rank", "is_active"])
    held = user.roles.values_list("pk", flat=True)
    roles = list(Role.objects.filter(slug__in=asked.roles).exclude(pk__in=held))
    permits.allow_roles(user, roles, leave)
    RoleAssignment.objects.bulk_create(RoleAssignment(user=user, role=role) for role in roles)
    user.forget_permissions()


def _log(kind: str, asked: AccountRequest, by: User) -> None:
    detail = {"request": asked.pk, "rank": asked.rank, "roles": asked.roles, "link": asked.link, "opens": asked.opens}
    detail["factors"] = asked.factors
    if asked.acting_from and asked.acting_until:
        detail |= {"acting_from": asked.acting_from.isoformat(), "acting_until": asked.acting_until.isoformat()}
    known = {name: value for name, value in detail.items() if value}
    audit.record(kind, audit.Nature.ADMINISTRATION, by=by, subjects=[asked.user], detail=known)
