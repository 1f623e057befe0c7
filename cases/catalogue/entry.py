"""One entry of the catalogue: an offence as it stands from a day to a day. What is not known stays empty."""

from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any, Self

#: The groups of figures. One spelling each, or the figures of a force would fall apart.
GROUPS = (
    "Violence",
    "Robbery",
    "Theft",
    "Fraud",
    "Criminal damage",
    "Drugs possession",
    "Drugs trafficking",
    "Public order",
    "Weapons",
    "Sexual",
    "Driving",
    "Miscellaneous",
)
#: What may change on an entry that cases rest on: words to find it by, and how long it runs. The rest are its facts.
CHANGEABLE = ("search", "valid_to")
#: Which entry this is.
IDENTITY = ("code", "valid_from")


@dataclass(frozen=True)
class Entry:
    """``None`` and ``""`` are "not known", never "no"; ``unsure`` names the columns whose value is not settled.

    ``group`` is that of figures, ``policy_group`` that of rules (cases.eligibility.codes). ``specified`` says whether
    an either-way offence is listed in SI 2015/790 (Criminal Justice and Courts Act 2015 s.17(3)). ``drug`` is in the
    words of the fact ``drug``. ``is_knife`` means that the offence itself is about a blade. ``gravity_adult`` and
    ``gravity_child`` are scores of the gravity matrices, 1 to 5. Both days are included; None is open.
    """

    code: str
    title: str
    group: str
    policy_group: str
    mode: str
    source: str
    act: str = ""
    section: str = ""
    search: str = ""
    specified: bool | None = None
    hate_variant: bool = False
    drug: str = ""
    is_knife: bool = False
    without_victim: bool = False
    recordable: bool | None = None
    home_office_code: str = ""
    cjs_code: str = ""
    gravity_adult: int | None = None
    gravity_child: int | None = None
    gravity_source: str = ""
    harm_days: int | None = None
    harm_source: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    unsure: str = ""
    note: str = ""

    @property
    def starts(self) -> date:
        return self.valid_from or date.min

    @property
    def ends(self) -> date:
        return self.valid_to or date.max

    def facts(self) -> dict[str, Any]:
        """What it says of the offence, by column; cases keep it as it was."""
        return {name: getattr(self, name) for name in COLUMNS if name not in (*CHANGEABLE, *IDENTITY)}

    def differences(self, other: "Entry") -> list[str]:
        """The columns of ``facts`` in which the two differ."""
        mine, theirs = self.facts(), other.facts()
        return [name for name in mine if mine[name] != theirs[name]]

    def ending(self, last: date | None) -> Self:
        return replace(self, valid_to=last)


COLUMNS = tuple(field.name for field in fields(Entry))
#: Columns that a file cannot do without. ``source`` may be left to the Act and section.
NEEDED = ("code", "title", "group", "policy_group", "mode")


def day_before(day: date) -> date:
    return day - timedelta(days=1)
