"""The ground under a test: reference data, the cast, and schemes that are open."""

from datetime import date

from cases.actions.catalogue import load_offences
from cases.eligibility.schemes import load_scheme_library
from diversion.accounts.actions.roles import seed_roles
from diversion.accounts.models import User
from diversion.demonstration import cast as demonstration
from diversion.demonstration import schemes as established
from referrals.actions import schemes
from referrals.models import Scheme


def assemble(password_hash: str | None = None) -> dict[str, User]:
    """Seed what every installation has, and make the cast."""
    seed_roles()
    load_offences()
    return demonstration.assemble(password_hash)


def adopt_scheme(slug: str, cast: dict[str, User], *, provider: str = "hana") -> Scheme:
    """A scheme of the library for Avonford, delivered by the organisation of ``provider`` under a live agreement."""
    coordinator, organisation = cast["elin"], cast[provider].organisation
    schemes.agree_sharing(
        force=coordinator.organisation,
        provider=organisation,
        from_day=date(2020, 1, 1),
        document="Sharing agreement 1",
        by=coordinator,
    )
    definition = next(entry for entry in load_scheme_library() if entry.slug == slug)
    return established.establish(definition, force=coordinator.organisation, provider=organisation, capacity=30)
