"""Keeping what the force's record system tells of crimes, for "Record a decision" to fill in."""

from collections.abc import Iterable
from dataclasses import asdict

from django.db import transaction

from cases.intake.crimes import Told, ToldCrime
from cases.models import KnownCrime
from diversion import audit, clock
from diversion.accounts.models import Organisation, User
from diversion.postgres.locks import one_at_a_time
from diversion.refusals import Refused

FACTS = ("offence", "committed_on", "area", "victim_kind", "victim_name", "suspects", "brought_at")


@transaction.atomic
def bring_crimes(*, told: Told, force: Organisation, by: User | None) -> int:
    """Keep each crime as it is told now, in place of what was told of it before; how many there are.

    What a record system sends comes as a file on the server, and by no page: ``by`` None is the operator.
    """
    if force.kind != Organisation.Kind.POLICE_FORCE:
        raise Refused(f"{force} is not a police force: its record system tells of no crimes.")
    one_at_a_time(f"known crimes of {force.pk}")
    KnownCrime.objects.bulk_create(
        _as_rows(told.crimes, force), update_conflicts=True, update_fields=FACTS, unique_fields=["force", "number"]
    )
    detail = {"crimes": len(told.crimes), "rejected": len(told.rejects)}
    audit.record("crimes.brought", audit.Nature.ADMINISTRATION, by=by, subjects=[force], detail=detail)
    return len(told.crimes)


def _as_rows(crimes: Iterable[ToldCrime], force: Organisation) -> list[KnownCrime]:
    now = clock.now()
    return [
        KnownCrime(
            force=force,
            number=one.number,
            offence=one.offence,
            committed_on=one.committed_on,
            area=one.area,
            victim_kind=one.victim_kind,
            victim_name=one.victim_name,
            suspects=[asdict(suspect) for suspect in one.suspects],
            brought_at=now,
        )
        for one in crimes
    ]
