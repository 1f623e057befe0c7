"""Forgetting the extracts that a force has sent, so that they can be imported anew under another secret."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from diversion import audit
from diversion.accounts.models import Organisation, User
from reporting.intake.ground import check_importer, known_force, one_at_a_time
from reporting.models import FollowUpBatch, SuspectBatch
from reporting.models.batch import KeyedBatch


@dataclass(frozen=True)
class Forgotten:
    """``files`` are the names of the extracts, the earliest first; ``rows``: suspects and follow-ups that are gone."""

    files: list[str]
    rows: int


def extracts_of(force: Organisation) -> Iterator[KeyedBatch]:
    """Each kind's, the earliest first."""
    for kind in (SuspectBatch, FollowUpBatch):
        yield from kind.objects.filter(force=force).order_by("imported_at", "pk")


@transaction.atomic
def forget_extracts(*, force: str, by: User | None) -> Forgotten:
    """Remove all that the extracts of the force with this slug brought; ``by`` None is the service's operator.

    Decisions and facts stay. Figures of suspects and of reoffending have nothing to stand on until the same extracts
    are imported again.
    """
    check_importer(by, force)
    for what in ("suspects", "follow-up"):
        one_at_a_time(force, what)
    organisation = known_force(force)
    found = list(extracts_of(organisation))
    rows = sum(batch.delete()[0] - 1 for batch in found)
    detail = {"count": len(found), "rows": rows}
    audit.record(
        "extracts.forgotten",
        audit.Nature.ERASURE,
        by=by,
        subjects=[organisation],
        detail=detail,
        organisation_id=organisation.pk,
    )
    return Forgotten([batch.file_name for batch in found], rows)
