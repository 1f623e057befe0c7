"""Importing a force's outcome extract, in one transaction: whole or not at all, and once however often it is sent."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from diversion import audit, clock
from diversion.accounts.models import User
from diversion.environment import secret
from diversion.unit_of_work import unit_of_work
from reporting.actions.importing import _check, _force, _keep, _one_at_a_time
from reporting.facts.loading import Occurrences, _key
from reporting.facts.reading import CsvFile, opened
from reporting.facts.rejects import Rejects
from reporting.models import Suspect, SuspectBatch
from reporting.suspects.mapping import DEFAULT, load
from reporting.suspects.rows import SuspectReader

AT_ONCE = 2_000


@dataclass(frozen=True)
class ImportedSuspects:
    """What came of an import; ``unrecognised`` holds (column, word) -> how often, told once and never stored."""

    batch: SuspectBatch
    force_created: bool
    unrecognised: dict[tuple[str, str], int]


def suspects_secret() -> str:
    """The secret that keys the digests: SUSPECTS_SECRET, or in development one made once and kept."""
    kept = None if settings.ENVIRONMENT == "production" else Path(settings.LOCAL_DIR) / "suspects_secret"
    return secret("SUSPECTS_SECRET", kept_in=kept)


def import_suspects(
    *, path: Path, force: str, by: User | None, mapping: str = DEFAULT, rejects_file: Path | None = None
) -> ImportedSuspects:
    """Import the extract at ``path`` for the force with the slug ``force``; ``by`` None is the service's operator.

    MappingError or UnreadableFile where nothing can be imported; a row that cannot be a suspect is rejected by itself.
    """
    known = load(mapping)
    _check(by, force)
    with opened(path, multiline=known.file.multiline) as file, Rejects() as rejects:
        places = file.places_of(known.file.columns, known.name)
        with unit_of_work(f"import suspects {path.name} for {force}"):
            _one_at_a_time(force, "suspects")
            organisation, created = _force(force)
            batch = SuspectBatch.objects.create(
                force=organisation,
                mapping=known.name,
                mapping_digest=known.digest,
                file_name=path.name[:255],
                imported_by=by,
            )
            reader = SuspectReader(
                known, places, len(file.header), force=force, secret=suspects_secret(), today=clock.today()
            )
            _load(file, reader, batch, rejects)
            _finish(batch, rejects, rejects_file)
    return ImportedSuspects(batch, created, dict(reader.unrecognised))


def _load(file: CsvFile, reader: SuspectReader, batch: SuspectBatch, rejects: Rejects) -> None:
    present = Suspect.objects.filter(force=batch.force).values_list("digest", "occurrence").iterator(chunk_size=20_000)
    occurrences = Occurrences({_key(digest.bytes, occurrence) for digest, occurrence in present})
    new = _new(file, reader, batch, occurrences, rejects)
    while some := list(islice(new, AT_ONCE)):
        Suspect.objects.bulk_create(some)
        batch.accepted += len(some)


def _new(
    file: CsvFile, reader: SuspectReader, batch: SuspectBatch, occurrences: Occurrences, rejects: Rejects
) -> Iterator[Suspect]:
    """The suspects not in the database yet; the others and the rejected are counted on ``batch``."""
    for chunk in file.chunks():
        for line, fields, _ in chunk:
            if not fields:
                continue  # a blank line
            try:
                values = _read(reader, fields)
            except ValueError as fault:
                # The row itself is not kept: it holds the force's own key of the person.
                rejects.add(line, _reason(fault), "")
                continue
            if occurrence := occurrences.of_new(values["digest"]):
                values["digest"] = UUID(bytes=values["digest"])
                yield Suspect(force=batch.force, batch=batch, occurrence=occurrence, **values)
            else:
                batch.already_present += 1


def _read(reader: SuspectReader, fields: list[str] | str) -> dict[str, Any]:
    if isinstance(fields, str):
        raise ValueError(fields)
    return reader.read(fields)


def _reason(fault: ValueError) -> str:
    return "it is not written in UTF-8" if isinstance(fault, UnicodeEncodeError) else str(fault)


def _finish(batch: SuspectBatch, rejects: Rejects, rejects_file: Path | None) -> None:
    kept = rejects_file or settings.LOCAL_DIR / "rejects" / f"{batch.force.slug}-suspects-{batch.pk}.csv"
    batch.rejected = rejects.count
    batch.rows = batch.accepted + batch.rejected + batch.already_present
    batch.rejects_file = str(kept) if rejects.count else ""
    batch.save()
    audit.record(
        "suspects.imported",
        audit.Nature.COLLECTION,
        by=batch.imported_by,
        subjects=[batch, batch.force],
        detail={"rows": batch.rows, "accepted": batch.accepted},
    )
    if rejects.count:
        _keep(rejects, kept)
