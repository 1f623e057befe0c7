"""Setting up whose record it is: organisations and their teams. The service's operator does it, by a command."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from diversion import audit
from diversion.accounts.models import Organisation, Team, User
from diversion.refusals import Refused

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class SetUp:
    """The organisation as it stands, and what this call added to it."""

    organisation: Organisation
    is_new: bool
    teams: Sequence[str]


@transaction.atomic
def add_organisation(*, name: str, slug: str, kind: str, teams: Sequence[str] = (), by: User | None) -> SetUp:
    """Add an organisation with its teams. One that stands already keeps its name, and gets the teams it lacks.

    ``by`` None is the service's operator. Raises Refused for a slug or name that cannot be one, and where the slug or
    the name is another's.
    """
    _check(name, slug, kind)
    organisation, is_new = Organisation.objects.get_or_create(slug=slug, defaults={"name": name, "kind": kind})
    if organisation.is_demonstration:
        raise Refused(f"{organisation} is made up, and belongs to the demonstration: choose another slug.")
    if organisation.kind != kind:
        raise Refused(f"'{slug}' is {organisation} ({organisation.get_kind_display()}): choose another slug.")
    added = _add_teams(organisation, teams)
    if is_new:
        _log("organisation.added", organisation, by, {"kind": kind})
    if added:
        _log("organisation.teams_added", organisation, by, {"teams": added})
    return SetUp(organisation, is_new, added)


def _check(name: str, slug: str, kind: str) -> None:
    if not SLUG.fullmatch(slug):
        raise Refused(f"'{slug}' is no slug: use lower-case letters, digits and hyphens (thames-valley).")
    try:
        Organisation(name=name, slug=slug, kind=kind).clean_fields()
    except ValidationError as fault:
        told = "; ".join(f"{field}: {' '.join(words)}" for field, words in fault.message_dict.items())
        raise Refused(f"This cannot be an organisation: {told}") from None
    namesake = Organisation.objects.filter(name__iexact=name).exclude(slug=slug).first()
    if namesake:
        raise Refused(f"{namesake} stands already, under the slug '{namesake.slug}': give that one, or another name.")


def _add_teams(organisation: Organisation, names: Sequence[str]) -> list[str]:
    """Capitals make no other team: "response a" is Response A."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    there = {team.name.casefold() for team in organisation.teams.all()}
    wanted = {name.casefold(): name for name in reversed(names)}  # of two that differ in capitals, the first
    added = [name for folded, name in reversed(wanted.items()) if folded not in there]
    Team.objects.bulk_create(Team(organisation=organisation, name=name) for name in added)
    return added


def _log(kind: str, own: Organisation, by: User | None, detail: Mapping[str, object]) -> None:
    nature = audit.Nature.ADMINISTRATION
    audit.record(kind, nature, by=by, subjects=[own], detail=detail, organisation_id=own.pk)
