"""Importing a file of historic decisions as facts."""

import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection

from diversion import access, audit, clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.refusals import Refused
from diversion.unit_of_work import unit_of_work
from reporting.facts import loading
from reporting.facts.loading import Counts, Occurrences
from reporting.facts.mapping import Mapping, load
from reporting.facts.reading import CsvFile, Progress, opened
from reporting.facts.rejects import Rejects
from reporting.facts.rows import RowReader
from reporting.models import ImportBatch, UnrecognisedValue

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


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
    _check(by, force)
    with opened(path, multiline=known.file.multiline) as file, Rejects() as rejects:
        places = file.places_of(known.file.columns, known.name)
        with unit_of_work(f"import {path.name} for {force}"):
            _one_at_a_time(force, known.name)
            organisation, created = _force(force)
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


def _check(by: User | None, force: str) -> None:
    if by is not None:
        access.check(by, Permission.RUN_REPORTS)
        if by.organisation.slug != force:
            raise PermissionDenied
    if not SLUG.fullmatch(force) or len(force) > 50:
        raise Refused(f"'{force}' is no name for a force: use lower-case letters, digits and hyphens (thames-valley).")


def _one_at_a_time(force: str, source: str) -> None:
    """Wait for an import for the same force and source; the lock goes with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"import_facts {force} {source}"])


def _force(slug: str) -> tuple[Organisation, bool]:
    kind = Organisation.Kind.POLICE_FORCE
    name = re.sub(r" (And|Of|The)\b", lambda word: word[0].lower(), slug.replace("-", " ").title())
    force, created = Organisation.objects.get_or_create(slug=slug, defaults={"name": name, "kind": kind})
    if force.kind != kind:
        raise Refused(f"{force} is not a police force: facts belong to a force. Choose another --force.")
    return force, created


def _load(
    file: CsvFile, mapping: Mapping, places: list[int], batch: ImportBatch, rejects: Rejects, progress: Progress
) -> Counts:
    keys = (batch.force_id, batch.source, batch.pk)
    reader = RowReader(mapping, places, len(file.header), keys=keys, today=clock.today())
    occurrences = Occurrences(loading.already_present(batch.force_id, batch.source))
    return loading.load(file, reader, occurrences, rejects, progress)


def _finish(batch: ImportBatch, counts: Counts, rejects: Rejects, rejects_file: Path | None) -> None:
    """Put the counts on the batch and in the log, and the rejected rows where someone can mend them."""
    kept = rejects_file or settings.LOCAL_DIR / "rejects" / f"{batch.force.slug}-{batch.source}-{batch.pk}.csv"
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
        _keep(rejects, kept)


def _keep(rejects: Rejects, path: Path) -> None:
    """The last step before the transaction ends: an import that fails leaves no file of rejects behind."""
    try:
        rejects.keep(path)
    except OSError as error:
        raise Refused(
            f"The rejected rows cannot be kept in {path} ({error.strerror or error}), so nothing was imported: choose "
            "another --rejects-file."
        ) from None
