"""Importing a file of historic decisions as facts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from diversion import audit, clock
from diversion.accounts.models import Organisation, User
from diversion.refusals import Refused
from diversion.unit_of_work import unit_of_work
from reporting.facts import loading, replacing
from reporting.facts.loading import Counts, Share
from reporting.intake import telling
from reporting.intake.ground import check_importer, force_of, keep_rejects, one_at_a_time, rejects_path
from reporting.intake.mappings.facts import Mapping, load
from reporting.intake.periods import Months
from reporting.intake.reading import Progress, Table, opened
from reporting.intake.rejects import Rejects
from reporting.intake.rows.extracts import Fates, Occurrences
from reporting.intake.rows.facts import RowReader
from reporting.models import ImportBatch, Release, SuppressedCount, UnrecognisedValue

#: Facts of each month before and after, by force.
Monthly = dict[str, dict[date, tuple[int, int]]]


@dataclass(frozen=True)
class Asked:
    """What was asked for: ``replace`` names months whose older facts the file takes the place of."""

    rejects_file: Path | None
    progress: Progress
    replace: Months | None
    confirm: bool


@dataclass(frozen=True)
class Imported:
    """What came of an import. ``force_created`` says that the force was not known before, ``told`` what else there is
    to say of the file; ``months`` holds the facts of the replaced months before and after, and ``taken_out`` how many
    older facts went."""

    batch: ImportBatch
    counts: Counts
    force_created: bool
    told: list[str]
    months: Monthly = field(default_factory=dict)
    taken_out: int = 0
    counted: bool = False

    @property
    def events(self) -> dict[str, int]:
        """Of a file of counts: facts written, and counts that the publisher hid."""
        return {"events": self.counts.events, "suppressed": len(self.counts.hidden)} if self.counted else {}


def import_facts(
    *,
    path: Path,
    mapping: str | Mapping,
    force: str,
    by: User | None,
    rejects_file: Path | None = None,
    progress: Progress = loading.none_shown,
    replace: Months | None = None,
    confirm: bool = False,
) -> Imported:
    """Import the file at ``path`` for the force with the slug ``force``, in one transaction: whole or not at all.

    ``by`` None is the service's operator. MappingError or UnreadableFile where nothing can be imported, before the
    first row is read; a row that cannot be a fact is rejected by itself. With ``replace``, older facts of those months
    are taken out first (``undo_import`` brings them back); Refused where a month would lose over a third of its facts,
    unless ``confirm`` says that this is right.
    """
    known = load(mapping) if isinstance(mapping, str) else mapping
    check_importer(by, force)
    asked = Asked(rejects_file, progress, replace, confirm)
    with opened(path, known.file, dates=known.date_formats) as file, Rejects() as rejects:
        places = file.places_of(known.file.columns, known.name)
        with unit_of_work(f"import {path.name} for {force}"):
            one_at_a_time(force, known.name)
            organisation, created = force_of(force)
            batch = _batch(organisation, known, path, replace, by)
            return _Import(file, known, places, batch, asked).run(rejects, created=created)


def _batch(force: Organisation, mapping: Mapping, path: Path, replace: Months | None, by: User | None) -> ImportBatch:
    return ImportBatch.objects.create(
        force=force,
        source=mapping.name,
        file_name=path.name[:255],
        mapping_digest=mapping.digest,
        imported_by=by,
        replaced_from=replace.first if replace else None,
        replaced_to=replace.last if replace else None,
    )


@dataclass
class _Import:
    """One import under way, within its transaction."""

    file: Table
    mapping: Mapping
    places: list[int]
    batch: ImportBatch
    asked: Asked

    def run(self, rejects: Rejects, *, created: bool) -> Imported:
        batch, months = self.batch, self.asked.replace
        before = replacing.by_month(batch.force_id, batch.source, months) if months else {}
        taken_out = replacing.take_out(batch, months) if months else 0
        share = self._share(rejects)
        loading.load(self.file, share, self.asked.progress)
        changed = _before_and_after(batch, months, before) if months else {}
        if months and not self.asked.confirm:
            _stop_at_a_fall(changed[batch.force.slug], replacing.counted_twice(batch))
        _finish(batch, share.counts, rejects, self.asked.rejects_file, taken_out)
        told = [*self._told(share), *telling.about_months(changed), *_releases_told(batch, months)]
        counted = self.mapping.count is not None
        return Imported(batch, share.counts, created, told, changed, taken_out, counted)

    def _share(self, rejects: Rejects) -> Share:
        batch = self.batch
        reader = RowReader(
            self.mapping,
            self.places,
            len(self.file.header),
            keys=(batch.force_id, batch.source, batch.pk),
            today=clock.today(),
            least=self.file.least,
        )
        present = loading.already_present(batch.force_id, batch.source)
        replaced = replacing.replaced_identities(batch.force_id, batch.source, self.asked.replace)
        return Share(reader, Occurrences(present, replaced), Counts(Fates(rejects)), self.asked.replace)

    def _told(self, share: Share) -> Iterator[str]:
        counts, reader = share.counts, share.reader
        yield from telling.about_file(self.file.notes, counts.fates)
        yield from telling.about_days(self.mapping.date, reader.unread)
        left = replacing.not_repeated(self.batch, reader.days, counts.repeated)
        yield from telling.about_earlier(left, counts.known_of_old)
        yield from telling.about_words(self.mapping, reader.told(), loading.unrecognised_total(counts))
        if self.mapping.count is None:
            yield from telling.about_counts(self.file.header, self.mapping.file.columns)
        else:
            yield from telling.about_events(counts.events, len(counts.hidden))


def _before_and_after(batch: ImportBatch, months: Months, before: replacing.Monthly) -> Monthly:
    after = replacing.by_month(batch.force_id, batch.source, months)
    every = sorted({*before, *after})
    return {batch.force.slug: {month: (before.get(month, 0), after.get(month, 0)) for month in every}}


def _stop_at_a_fall(months: dict[date, tuple[int, int]], twice: replacing.Monthly) -> None:
    """Refused where a month has lost over a third of its facts: half a download looks like a publication too."""
    falls = [
        f"{month:%Y-%m} from {before:,} facts to {after:,} ({(after - before) / before:.0%})"
        for month, (before, after) in months.items()
        if 3 * after < 2 * (before - twice.get(month, 0))
    ]
    if falls:
        raise Refused(
            f"Nothing was replaced, because a month would fall by over a third: {'; '.join(falls)}. If the file is "
            "whole, and these figures are right, add --confirm."
        )


def _releases_told(batch: ImportBatch, months: Months | None) -> Iterator[str]:
    """The releases whose figures were made of facts that are now replaced, or brought back."""
    if months is None:
        return
    made = Release.objects.filter(
        force=batch.force, source=batch.source, start__lte=months.last, end__gte=months.first
    ).order_by("made_at", "pk")
    for release in made:
        yield (
            f"The release '{release.name}' tells of these months as they were before. It does not change; its page "
            "shows what has changed since."
        )


def _finish(batch: ImportBatch, counts: Counts, rejects: Rejects, rejects_file: Path | None, taken_out: int) -> None:
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
    SuppressedCount.objects.bulk_create(counts.hidden)
    detail: dict[str, object] = {"source": batch.source, "rows": counts.rows, "accepted": counts.accepted}
    if batch.replaced_from:
        detail |= {"replaced": counts.replaced, "taken_out": taken_out, "from": str(batch.replaced_from)}
        detail |= {"to": str(batch.replaced_to)}
    audit.record(
        "facts.imported",
        audit.Nature.COLLECTION,
        by=batch.imported_by,
        subjects=[batch, batch.force],
        detail=detail,
    )
    if rejects.count:
        keep_rejects(rejects, kept)


@dataclass(frozen=True)
class Undone:
    """What came of undoing an import: facts that are ``gone``, and those that are ``back``."""

    file_name: str
    gone: int
    back: int
    told: list[str]


def undo_import(*, batch: int, by: User | None) -> Undone:
    """Take back the import with the number ``batch``: its facts go, and those that it replaced are facts again.

    Refused where a later import has replaced some of the same months: that one is undone first.
    """
    found = ImportBatch.objects.filter(pk=batch).select_related("force").first()
    if found is None:
        raise Refused(f"There is no import {batch}: the number stands in the last line of the import.")
    check_importer(by, found.force.slug)
    with unit_of_work(f"undo import {batch}"):
        one_at_a_time(found.force.slug, found.source)
        months = Months(found.replaced_from, found.replaced_to) if found.replaced_from and found.replaced_to else None
        later = replacing.later_replacement(found)
        if later is not None:
            raise Refused(f"Import {later.pk} ({later.file_name}) has replaced some of the same months: undo it first.")
        before = replacing.by_month(found.force_id, found.source, months) if months else {}
        gone, back = replacing.undo(found)
        changed = _before_and_after(found, months, before) if months else {}
        audit.record(
            "facts.import_undone",
            audit.Nature.ERASURE,
            by=by,
            subjects=[found, found.force],
            detail={"source": found.source, "file": found.file_name, "gone": gone, "back": back},
        )
        told = [*telling.about_months(changed), *_releases_told(found, months)]
        found.delete()
    return Undone(found.file_name, gone, back, told)
