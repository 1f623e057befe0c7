"""How the columns of a census table become residents by ethnic group: mappings/population/*.toml."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from reporting import codes
from reporting.intake.mappings.extracts import ExtractMapping, Shelf
from reporting.intake.mappings.parts import FOLDER, one_of

DEFAULT = "census-2021-by-force"
KNOWN_GROUPS = tuple(group for group in codes.ETHNIC_GROUPS if group != codes.UNKNOWN)
Group = Annotated[str, one_of(*KNOWN_GROUPS)]


class PopulationMapping(ExtractMapping):
    """One form of census table: a row for each area, a column or more for each of the five groups."""

    year: int = Field(ge=1801, description="the year of the census")
    area: str = Field(description="the column that names the area")
    groups: dict[Group, tuple[str, ...]] = Field(description="group -> the columns whose residents are in it")
    notes: tuple[str, ...] = Field(default=(), description="sentences that stand beside the figures")

    @property
    def columns_used(self) -> set[str]:
        return {self.area, *(column for columns in self.groups.values() for column in columns)}

    @model_validator(mode="after")
    def each_resident_is_in_one_group(self) -> Self:
        if missing := [group for group in KNOWN_GROUPS if not self.groups.get(group)]:
            raise ValueError(f"groups: no column is given for {', '.join(missing)}")
        columns = [column for columns in self.groups.values() for column in columns]
        if twice := sorted({column for column in columns if columns.count(column) > 1}):
            raise ValueError(f"groups: '{twice[0]}' is in two groups, and its residents would count twice")
        return self


SHELF = Shelf(FOLDER / "population", PopulationMapping, "population")
