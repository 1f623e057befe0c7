"""Importing a follow-up extract, in one transaction: whole or not at all, and once however often it is sent."""

from collections.abc import Iterator
from dataclasses import dataclass, field
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
    keep_rejects,
    key_mark,
    known_force,
    one_at_a_time,
    rejects_path,
    suspects_secret,
)
from reporting.intake.mappings.followup import DEFAULT, SHELF
from reporting.intake.reading import Table, opened
from reporting.intake.rejects import Rejects
from reporting.intake.rows.extracts import Digests, Fates, readable
from reporting.intake.rows.followup import FollowUpReader, Said
from reporting.linking.agreement import Word, contradiction
from reporting.linking.decisions import decisions_of
from reporting.linking.followup import Decided
from reporting.models import FollowUp, FollowUpBatch

AT_ONCE = 2_000
MOST_TOLD = 20


@dataclass
class ImportedFollowUp:
    """What came of an import. ``contradictions`` holds (line, why) of the first so many; the batch has their number.

    ``unrecognised`` holds (column, word) -> how often, told once and never stored.
    """

    batch: FollowUpBatch
    contradictions: list[tuple[int, str]] = field(default_factory=list)
    unrecognised: dict[tuple[str, str], int] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)


def import_followup(
    *, path: Path, force: str, by: User | None, mapping: str = DEFAULT, rejects_file: Path | None = None
) -> ImportedFollowUp:
    """Import the extract at ``path`` for the force with the slug ``force``; ``by`` None is the service's operator.

    MappingError or UnreadableFile where nothing can be imported; a row that cannot be, or is about no decision recorded
    here, is rejected by itself.
    """
    known = SHELF.load(mapping)
    check_importer(by, force)
    with opened(path, known.file, dates=known.date_formats) as file, Rejects() as rejects:
        fates = Fates(rejects)
        places = file.places_of(known.file.columns, known.name)
        with unit_of_work(f"import follow-up for {force}"):
            one_at_a_time(force, "follow-up")
            organisation = known_force(force)
            batch = FollowUpBatch.objects.create(
                force=organisation,
                key_mark=key_mark(suspects_secret()),
                mapping=known.name,
                mapping_digest=known.digest,
                file_name=path.name[:255],
                imported_by=by,
            )
            check_same_secret(batch)
            digests = Digests(suspects_secret(), force)
            reader = FollowUpReader(
                known,
                places,
                len(file.header),
                force=force,
                digests=digests,
                today=clock.today(),
                least=file.least,
            )
            done = ImportedFollowUp(batch)
            _Loader(reader, done).load(file, fates)
            done.told = list(telling.about_file(file.notes, fates))
            done.unrecognised = dict(reader.words.unrecognised)
            _finish(batch, fates, rejects_file)
    return done


class _Loader:
    """Writes what is new, and compares it with what earlier extracts said of the same decision."""

    def __init__(self, reader: FollowUpReader, done: ImportedFollowUp) -> None:
        self.reader, self.done, self.batch = reader, done, done.batch
        self._decisions = decisions_of(done.batch.force)
        self._words: dict[int, list[Word]] = {}
        self._present: set[UUID] = set()
        for row in FollowUp.objects.filter(force=done.batch.force).iterator(chunk_size=20_000):
            self._present.add(row.digest)
            self._words.setdefault(row.case_id, []).append(_word_of(row))
        self._in_this_file: dict[int, UUID] = {}

    def load(self, file: Table, fates: Fates) -> None:
        new = self._new(file, fates)
        while some := list(islice(new, AT_ONCE)):
            FollowUp.objects.bulk_create(some)
            self.batch.accepted += len(some)

    def _new(self, file: Table, fates: Fates) -> Iterator[FollowUp]:
        """The rows that say something new; those that say the same again are counted on the batch."""
        for line, (said, decided, digest) in readable(file, self._read, fates):
            row = FollowUp(force=self.batch.force, batch=self.batch, digest=digest, **_columns(said, decided))
            if digest in self._present:
                self.batch.unchanged += 1
                continue
            self._present.add(digest)
            self._compare(line, row)
            yield row

    def _read(self, fields: list[str]) -> tuple[Said, Decided, UUID]:
        said = self.reader.read(fields)
        decided = self._decisions.of(said)
        values = _columns(said, decided)
        digest = UUID(bytes=self.reader.digests.of("follow-up", *(f"{name}={values[name]}" for name in sorted(values))))
        if self._in_this_file.setdefault(decided.case_id, digest) != digest:
            raise ValueError("an earlier row of this file says something else of the same decision")
        return said, decided, digest

    def _compare(self, line: int, row: FollowUp) -> None:
        word, before = _word_of(row), self._words.setdefault(row.case_id, [])
        why = next((why for earlier in before if (why := contradiction(earlier, word))), "")
        before.append(word)
        if why:
            self.batch.contradictions += 1
            if len(self.done.contradictions) < MOST_TOLD:
                self.done.contradictions.append((line, why))


def _columns(said: Said, decided: Decided) -> dict[str, object]:
    return {
        "case_id": decided.case_id,
        "person_key": said.person,
        "followed_from": said.followed_from,
        "followed_to": said.followed_to,
        "reoffence_on": said.reoffence_on,
        "proven_on": said.proven_on,
        "reoffences": said.reoffences,
        "scope": said.scope,
    }


def _word_of(row: FollowUp) -> Word:
    return Word(row.followed_to, row.reoffence_on, row.proven_on, row.reoffences, row.person_key, row.scope)


def _finish(batch: FollowUpBatch, fates: Fates, rejects_file: Path | None) -> None:
    kept = rejects_path(rejects_file, batch.force, "followup", batch.pk)
    batch.rejected, batch.skipped = fates.rejected, fates.skipped
    batch.rows = batch.accepted + batch.unchanged + batch.rejected + batch.skipped
    batch.rejects_file = str(kept) if fates.rejected else ""
    batch.save()
    audit.record(
        "followup.imported",
        audit.Nature.COLLECTION,
        by=batch.imported_by,
        subjects=[batch, batch.force],
        detail={"rows": batch.rows, "accepted": batch.accepted, "contradictions": batch.contradictions},
    )
    if fates.rejected:
        keep_rejects(fates.rejects, kept)
