"""Importing a force's outcome extract, in one transaction: whole or not at all, and once however often it is sent."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from uuid import UUID

from diversion import audit, clock
from diversion.accounts.models import User
from diversion.unit_of_work import unit_of_work
from reporting.intake import telling
from reporting.intake.ground import (
    check_importer,
    check_same_secret,
    force_of,
    keep_rejects,
    key_mark,
    one_at_a_time,
    rejects_path,
    suspects_secret,
)
from reporting.intake.mappings.suspects import DEFAULT, SHELF
from reporting.intake.reading import Table, opened
from reporting.intake.rejects import Rejects
from reporting.intake.rows.extracts import Fates, Occurrences, identity, readable
from reporting.intake.rows.suspects import SuspectReader
from reporting.models import Suspect, SuspectBatch

AT_ONCE = 2_000


@dataclass(frozen=True)
class ImportedSuspects:
    """What came of an import; ``unrecognised`` holds (column, word) -> how often, told once and never stored."""

    batch: SuspectBatch
    force_created: bool
    unrecognised: dict[tuple[str, str], int]
    told: list[str]


def import_suspects(
    *, path: Path, force: str, by: User | None, mapping: str = DEFAULT, rejects_file: Path | None = None
) -> ImportedSuspects:
    """Import the extract at ``path`` for the force with the slug ``force``; ``by`` None is the service's operator.

    MappingError or UnreadableFile where nothing can be imported; a row that cannot be a suspect is rejected by itself.
    """
    known = SHELF.load(mapping)
    check_importer(by, force)
    with opened(path, known.file, dates=known.date_formats) as file, Rejects() as rejects:
        fates = Fates(rejects)
        places = file.places_of(known.file.columns, known.name)
        with unit_of_work(f"import suspects for {force}"):
            one_at_a_time(force, "suspects")
            organisation, created = force_of(force)
            batch = SuspectBatch.objects.create(
                force=organisation,
                key_mark=key_mark(suspects_secret()),
                mapping=known.name,
                mapping_digest=known.digest,
                file_name=path.name[:255],
                imported_by=by,
            )
            check_same_secret(batch)
            reader = SuspectReader(
                known,
                places,
                len(file.header),
                force=force,
                secret=suspects_secret(),
                today=clock.today(),
                least=file.least,
            )
            _load(file, reader, batch, fates)
            _finish(batch, fates, rejects_file)
    return ImportedSuspects(
        batch, created, dict(reader.words.unrecognised), list(telling.about_file(file.notes, fates))
    )


def _load(file: Table, reader: SuspectReader, batch: SuspectBatch, fates: Fates) -> None:
    present = Suspect.objects.filter(force=batch.force).values_list("digest", "occurrence").iterator(chunk_size=20_000)
    occurrences = Occurrences({identity(digest.bytes, occurrence) for digest, occurrence in present})
    new = _new(file, reader, batch, occurrences, fates)
    while some := list(islice(new, AT_ONCE)):
        Suspect.objects.bulk_create(some)
        batch.accepted += len(some)


def _new(
    file: Table, reader: SuspectReader, batch: SuspectBatch, occurrences: Occurrences, fates: Fates
) -> Iterator[Suspect]:
    """The suspects not in the database yet; the others are counted on ``batch``, and the rejected in ``fates``."""
    for _, values in readable(file, reader.read, fates):
        if (occurrence := occurrences.of_new(values["digest"])) > 0:
            values["digest"] = UUID(bytes=values["digest"])
            yield Suspect(force=batch.force, batch=batch, occurrence=occurrence, **values)
        else:
            batch.already_present += 1


def _finish(batch: SuspectBatch, fates: Fates, rejects_file: Path | None) -> None:
    kept = rejects_path(rejects_file, batch.force, "suspects", batch.pk)
    batch.rejected, batch.skipped = fates.rejected, fates.skipped
    batch.rows = batch.accepted + batch.rejected + batch.already_present + batch.skipped
    batch.rejects_file = str(kept) if fates.rejected else ""
    batch.save()
    audit.record(
        "suspects.imported",
        audit.Nature.COLLECTION,
        by=batch.imported_by,
        subjects=[batch, batch.force],
        detail={"rows": batch.rows, "accepted": batch.accepted},
    )
    if fates.rejected:
        keep_rejects(fates.rejects, kept)
