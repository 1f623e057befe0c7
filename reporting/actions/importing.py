"""Importing a file of historic decisions as facts."""

from dataclasses import dataclass
from pathlib import Path

from diversion import audit, clock
from diversion.accounts.models import User
from diversion.unit_of_work import unit_of_work
from reporting.facts import loading
from reporting.facts.loading import Counts
from reporting.intake.ground import check_importer, force_of, keep_rejects, one_at_a_time, rejects_path
from reporting.intake.mappings.facts import Mapping, load
from reporting.intake.reading import CsvFile, Progress, opened
from reporting.intake.rejects import Rejects
from reporting.intake.rows.extracts import Occurrences
from reporting.intake.rows.facts import RowReader
from reporting.models import ImportBatch, UnrecognisedValue


@dataclass(frozen=True)
class Imported:
    """What came of an import; ``force_created`` says that the force was not known before."""

    batch: ImportBatch
    counts: Counts
    force_created: bool


def import_facts(
    *,
    path: Path,
    mapping: str | Mapping,
    force: str,
    by: User | None,
    rejects_file: Path | None = None,
    progress: Progress = loading.none_shown,
) -> Imported:
    """Import the CSV file at ``path`` for the force with the slug ``force``, in one transaction: whole or not at all.

    ``by`` None is the service's operator. MappingError or UnreadableFile where nothing can be imported, before the
    first row is read; a row that cannot be a fact is rejected by itself.
    """
    known = load(mapping) if isinstance(mapping, str) else mapping
    check_importer(by, force)
    with opened(path, multiline=known.file.multiline) as file, Rejects() as rejects:
        places = file.places_of(known.file.columns, known.name)
        with unit_of_work(f"import {path.name} for {force}"):
            one_at_a_time(force, known.name)
            organisation, created = force_of(force)
            batch = ImportBatch.objects.create(
                force=organisation,
                source=known.name,
                file_name=path.name[:255],
                mapping_digest=known.digest,
                imported_by=by,
            )
            counts = _load(file, known, places, batch, rejects, progress)
            _finish(batch, counts, rejects, rejects_file)
    return Imported(batch, counts, created)


def _load(
    file: CsvFile, mapping: Mapping, places: list[int], batch: ImportBatch, rejects: Rejects, progress: Progress
) -> Counts:
    keys = (batch.force_id, batch.source, batch.pk)
    reader = RowReader(mapping, places, len(file.header), keys=keys, today=clock.today())
    occurrences = Occurrences(loading.already_present(batch.force_id, batch.source))
    return loading.load(file, reader, occurrences, rejects, progress)


def _finish(batch: ImportBatch, counts: Counts, rejects: Rejects, rejects_file: Path | None) -> None:
    """Put the counts on the batch and in the log, and the rejected rows where someone can mend them."""
    kept = rejects_path(rejects_file, batch.force, batch.source, batch.pk)
    batch.rows, batch.accepted = counts.rows, counts.accepted
    batch.rejected, batch.already_present = counts.rejected, counts.already_present
    batch.rejects_file = str(kept) if rejects.count else ""
    batch.save()
    UnrecognisedValue.objects.bulk_create(
        UnrecognisedValue(batch=batch, happened_on=day, column=column[:100], value=value, count=number)
        for (day, column, value), number in counts.unrecognised.items()
    )
    audit.record(
        "facts.imported",
        audit.Nature.COLLECTION,
        by=batch.imported_by,
        subjects=[batch, batch.force],
        detail={"source": batch.source, "rows": counts.rows, "accepted": counts.accepted},
    )
    if rejects.count:
        keep_rejects(rejects, kept)
