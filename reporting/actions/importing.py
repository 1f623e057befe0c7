"""Importing a file of historic decisions as facts."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
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
from reporting.intake.rows.facts import RowReader, Seen
from reporting.intake.rows.forces import ForceReader
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
    """What came of an import: a batch for each force in the file, and what became of its rows in all.

    ``made`` are forces that were not known before, ``told`` what else there is to say of the file; ``months`` holds the
    facts of the replaced months before and after, and ``taken_out`` how many older facts went.
    """

    batches: list[ImportBatch]
    counts: Counts
    made: list[Organisation]
    told: list[str]
    months: Monthly = field(default_factory=dict)
    taken_out: int = 0

    @property
    def batch(self) -> ImportBatch:
        """The only batch, or the first of several."""
        return self.batches[0]

    @property
    def force_created(self) -> bool:
        return bool(self.made)


def import_facts(
    *,
    path: Path,
    mapping: str | Mapping,
    force: str = "",
    by: User | None,
    rejects_file: Path | None = None,
    progress: Progress = loading.none_shown,
    replace: Months | None = None,
    confirm: bool = False,
) -> Imported:
    """Import the file at ``path`` for the force with the slug ``force``, in one transaction: whole or not at all.

    A mapping with ``force.column`` has the force in each row: then ``force`` may be left out, or confines the import to
    that one. ``by`` None is the service's operator. MappingError or UnreadableFile where nothing can be imported,
    before the first row is read; a row that cannot be a fact is rejected by itself. With ``replace``, older facts of
    those months are taken out first (``undo_import`` brings them back); Refused where a month would lose over a third
    of its facts, unless ``confirm`` says that this is right.
    """
    known = load(mapping) if isinstance(mapping, str) else mapping
    if known.force is None or force:
        check_importer(by, force)
    asked = Asked(rejects_file, progress, replace, confirm)
    with opened(path, known.file, dates=known.date_formats) as file, Rejects() as rejects:
        places = file.places_of(known.file.columns, known.name)
        forces = ForceReader(known, places, len(file.header), file.least, force) if known.force else None
        slugs = [force] if force or not forces else _forces_in(path, known, forces)
        for slug in slugs:
            check_importer(by, slug)
        with unit_of_work(f"import for {', '.join(slugs)[:180]}"):
            return _Import(file, known, places, asked, forces).run(slugs, path, rejects, by=by)


def _forces_in(path: Path, mapping: Mapping, forces: ForceReader) -> list[str]:
    """The forces that the rows name, in order. The file is read once for them: a batch is made before its facts."""
    found: set[str] = set()
    with opened(path, mapping.file) as file:
        for _, fields, _ in chain.from_iterable(file.chunks()):
            with suppress(ValueError):
                if fields and not isinstance(fields, str):
                    found.add(forces.read(fields))
    if not found:
        raise Refused(f"No row of {path.name} says its force in the column '{mapping.force and mapping.force.column}'.")
    return sorted(found)


@dataclass
class _Import:
    """One import under way, within its transaction."""

    file: Table
    mapping: Mapping
    places: list[int]
    asked: Asked
    forces: ForceReader | None

    def run(self, slugs: list[str], path: Path, rejects: Rejects, *, by: User | None) -> Imported:
        for slug in slugs:  # in one order, so that two imports never wait for each other
            one_at_a_time(slug, self.mapping.name)
        made: list[Organisation] = []
        batches = [self._batch(slug, path, made, by) for slug in slugs]
        months, taken_out = self.asked.replace, 0
        before = [replacing.by_month(batch.force_id, batch.source, months) if months else {} for batch in batches]
        if months:
            taken_out = sum(replacing.take_out(batch, months) for batch in batches)
        shares = {slug: self._share(batch, rejects) for slug, batch in zip(slugs, batches, strict=True)}
        loading.load(self.file, shares, self.asked.progress, self.forces)
        changed = self._changed(batches, before)
        kept = rejects_path(self.asked.rejects_file, batches[0].force, self.mapping.name, batches[0].pk)
        for share, batch in zip(shares.values(), batches, strict=True):
            _finish(batch, share.counts, kept)
        if rejects.count:
            keep_rejects(rejects, kept)
        total = Counts.merged([share.counts for share in shares.values()])
        told = [*self._told(batches, list(shares.values()), total), *telling.about_months(changed)]
        told += [line for batch in batches for line in _releases_told(batch, months)]
        return Imported(batches, total, made, told, changed, taken_out)

    def _batch(self, slug: str, path: Path, made: list[Organisation], by: User | None) -> ImportBatch:
        force, created = force_of(slug)
        if created:
            made.append(force)
        replace = self.asked.replace
        return ImportBatch.objects.create(
            force=force,
            source=self.mapping.name,
            file_name=path.name[:255],
            mapping_digest=self.mapping.digest,
            imported_by=by,
            replaced_from=replace.first if replace else None,
            replaced_to=replace.last if replace else None,
        )

    def _share(self, batch: ImportBatch, rejects: Rejects) -> Share:
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

    def _changed(self, batches: list[ImportBatch], before: list[replacing.Monthly]) -> Monthly:
        """Facts by month before and after. Refused where one falls by over a third, unless that is confirmed."""
        months = self.asked.replace
        if months is None:
            return {}
        changed: Monthly = {}
        for batch, earlier in zip(batches, before, strict=True):
            changed |= _before_and_after(batch, months, earlier)
            if not self.asked.confirm:
                _stop_at_a_fall(batch.force.slug, changed[batch.force.slug], replacing.counted_twice(batch))
        return changed

    def _told(self, batches: list[ImportBatch], shares: list[Share], total: Counts) -> Iterator[str]:
        yield from telling.about_file(self.file.notes, total.fates)
        yield from telling.about_days(self.mapping.date, [text for share in shares for text in share.reader.unread])
        left: Counter[date] = Counter()
        for batch, share in zip(batches, shares, strict=True):
            left.update(replacing.not_repeated(batch, share.reader.days, share.counts.repeated))
        yield from telling.about_earlier(left, total.known_of_old)
        seen = Seen(self.mapping)
        for share in shares:
            seen.merge(share.reader.told())
        yield from telling.about_words(self.mapping, seen, loading.unrecognised_total(total))
        if self.mapping.count is None:
            yield from telling.about_counts(self.file.header, self.mapping.file.columns)
        else:
            yield from telling.about_events(total.events, len(total.hidden))


def _before_and_after(batch: ImportBatch, months: Months, before: replacing.Monthly) -> Monthly:
    after = replacing.by_month(batch.force_id, batch.source, months)
    every = sorted({*before, *after})
    return {batch.force.slug: {month: (before.get(month, 0), after.get(month, 0)) for month in every}}


def _stop_at_a_fall(force: str, months: dict[date, tuple[int, int]], twice: replacing.Monthly) -> None:
    """Refused where a month has lost over a third of its facts: half a download looks like a publication too."""
    falls = [
        f"{force} {month:%Y-%m} from {before:,} facts to {after:,} ({(after - before) / before:.0%})"
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


def _finish(batch: ImportBatch, counts: Counts, rejects_file: Path | None) -> None:
    """Put the counts on the batch and in the log."""
    batch.rows, batch.accepted = counts.rows, counts.accepted
    batch.rejected, batch.already_present = counts.rejected, counts.already_present
    batch.replaced, batch.skipped = counts.replaced, counts.skipped
    batch.rejects_file = str(rejects_file) if counts.rejected and rejects_file else ""
    batch.save()
    UnrecognisedValue.objects.bulk_create(
        UnrecognisedValue(batch=batch, happened_on=day, column=column[:100], value=value, count=number)
        for (day, column, value), number in counts.unrecognised.items()
    )
    SuppressedCount.objects.bulk_create(counts.hidden)
    detail: dict[str, object] = {"source": batch.source, "rows": counts.rows, "accepted": counts.accepted}
    if batch.replaced_from:
        detail |= {"replaced": counts.replaced, "taken_out": batch.took_out.count()}
        detail |= {"from": str(batch.replaced_from), "to": str(batch.replaced_to)}
    audit.record(
        "facts.imported",
        audit.Nature.COLLECTION,
        by=batch.imported_by,
        subjects=[batch, batch.force],
        detail=detail,
    )


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
            detail={"source": found.source, "gone": gone, "back": back},
        )
        told = [*telling.about_months(changed), *_releases_told(found, months)]
        found.delete()
    return Undone(found.file_name, gone, back, told)
