"""Importing how many people live in a force's area, by ethnic group, from a census table."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diversion import audit, clock
from diversion.accounts.models import User
from diversion.refusals import Refused
from diversion.unit_of_work import unit_of_work
from reporting.intake import counts
from reporting.intake.ground import check_importer, known_force, one_at_a_time
from reporting.intake.mappings.population import DEFAULT, SHELF, PopulationMapping
from reporting.intake.near import did_you_mean
from reporting.intake.reading import Table, UnreadableFile, opened
from reporting.models import Population


@dataclass(frozen=True)
class ImportedPopulation:
    """What stands now, and what became of what stood: "added", "unchanged" or "replaced"."""

    population: Population
    fate: str


def import_population(
    *, path: Path, force: str, by: User | None, area: str = "", mapping: str = DEFAULT
) -> ImportedPopulation:
    """Import the row of ``area`` (else of the force's own name) for the force with the slug ``force``.

    ``by`` None is the service's operator. Other numbers for the same census replace those that stood. MappingError,
    UnreadableFile or Refused, saying how to mend it, where the file, the row or a number in it cannot be read.
    """
    known = SHELF.load(mapping)
    check_importer(by, force)
    with unit_of_work(f"import population for {force}"):
        one_at_a_time(force, "population")
        organisation = known_force(force)
        name = area.strip() or organisation.name
        with opened(path, known.file) as file:
            groups = _row_of(file, known, name)
        told = {"title": known.title, "area": name, "groups": groups, "notes": list(known.notes)}
        before = Population.objects.filter(force=organisation, year=known.year).first()
        if before and {key: getattr(before, key) for key in told} == told:
            return ImportedPopulation(before, "unchanged")
        kept, created = Population.objects.update_or_create(
            force=organisation,
            year=known.year,
            defaults={**told, "file_name": path.name[:255], "imported_by": by, "imported_at": clock.now()},
        )
        detail = {"year": known.year, "area": name, "groups": groups, "before": before.groups if before else None}
        audit.record("population.imported", audit.Nature.COLLECTION, by=by, subjects=[kept.force], detail=detail)
        return ImportedPopulation(kept, "added" if created else "replaced")


def _row_of(file: Table, known: PopulationMapping, area: str) -> dict[str, int]:
    """{group: residents} of the one row that is of ``area``."""
    columns = list(known.file.columns)
    places = dict(zip(columns, file.places_of(columns, known.name), strict=True))
    rows = [fields for chunk in file.chunks() for _, fields, _ in chunk if fields and not isinstance(fields, str)]
    named = [(_field(row, places[known.area]), row) for row in rows]
    found = [row for name, row in named if name.casefold() == area.casefold()]
    if not found:
        near = did_you_mean(area, [name for name, _ in named])
        raise Refused(f"No row of {file.name} is of '{area}'{near or ': name one of its areas with --area.'}")
    if len(found) > 1:
        raise UnreadableFile(f"{file.name} has {len(found)} rows of '{area}', and one is needed: leave one.")
    return {
        group: sum(_residents(found[0], places[column], column, area) for column in columns)
        for group, columns in known.groups.items()
    }


def _field(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""


def _residents(row: Sequence[str], place: int, column: str, area: str) -> int:
    """A count of residents. UnreadableFile for what is none: a sum without it would be taken for the whole."""
    try:
        number: Any = counts.read(_field(row, place), counts.SUPPRESSED)
    except ValueError as why:
        raise UnreadableFile(f"'{column}' of '{area}': {why}. Give a table with a whole number there.") from None
    if not isinstance(number, int):
        raise UnreadableFile(f"'{column}' of '{area}' was hidden by its publisher: give a table that tells it.")
    return number
