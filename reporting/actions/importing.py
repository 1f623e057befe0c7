"""Importing a file of historic decisions as facts."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from diversion import audit, clock
from diversion.accounts.models import User
from diversion.unit_of_work import unit_of_work
from reporting.facts import loading
from reporting.facts.loading import Counts
from reporting.intake import telling
from reporting.intake.ground import check_importer, force_of, keep_rejects, one_at_a_time, rejects_path
from reporting.intake.mappings.facts import Mapping, load
from reporting.intake.reading import Progress, Table, opened
from reporting.intake.rejects import Rejects
from reporting.intake.rows.extracts import Occurrences
from reporting.intake.rows.facts import RowReader
from reporting.models import ImportBatch, UnrecognisedValue


@dataclass(frozen=True)
class Imported:
    """What came of an import; ``force_created`` says that the force was not known before, ``told`` what else there is
    to say of the file."""

    batch: ImportBatch
    counts: Counts
    force_created: bool
    told: list[str]


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
    with opened(path, known.file, dates=known.date_formats) as file, Rejects() as rejects:
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
            reader = RowReader(
                known,
                places,
                len(file.header),
                keys=(batch.force_id, batch.source, batch.pk),
                today=clock.today(),
                least=file.least,
            )
            occurrences = Occurrences(loading.already_present(batch.force_id, batch.source))
            counts = loading.load(file, reader, occurrences, rejects, progress)
            _finish(batch, counts, rejects, rejects_file)
            told = list(_told(file, known, reader, counts))
    return Imported(batch, counts, created, told)


def _told(file: Table, mapping: Mapping, reader: RowReader, counts: Counts) -> Iterator[str]:
    yield from telling.about_file(file.notes, counts.fates)
    yield from telling.about_days(mapping.date, reader.unread)
    yield from telling.about_words(mapping, reader.told(), loading.unrecognised_total(counts))
    yield from telling.about_counts(file.header, mapping.file.columns)


def _finish(batch: ImportBatch, counts: Counts, rejects: Rejects, rejects_file: Path | None) -> None:
    """Put the counts on the batch and in the log, and the rejected rows where someone can mend them."""
    kept = rejects_path(rejects_file, batch.force, batch.source, batch.pk)
    batch.rows, batch.accepted = counts.rows, counts.accepted
    batch.rejected, batch.already_present = counts.rejected, counts.already_present
    batch.replaced, batch.skipped = counts.replaced, counts.skipped
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
