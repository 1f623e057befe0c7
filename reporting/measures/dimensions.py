"""By what figures may be split: each dimension with its column, its groups in order, and what it says of people."""

from dataclasses import dataclass
from itertools import pairwise

from referrals.codes import NeedDomain
from reporting import codes
from reporting.measures.declared import NoMeasure

UNKNOWN = codes.UNKNOWN
MOST_DIMENSIONS = 3


@dataclass(frozen=True)
class Dimension:
    """``column`` is SQL over ``f`` and ``s`` that gives text. ``reference``: the group compared with, unless another
    is chosen. ``live``: only this service's own decisions can tell it. ``time``: parts of the period."""

    name: str
    words: str
    column: str
    order: tuple[str, ...] = ()
    reference: str = ""
    live: bool = False
    time: bool = False
    # Dimensions of one kin are coarser and finer forms of each other: one can be worked out from another.
    kin: str = ""
    # Says who people are, not what happened to them: only such a dimension stands in a release.
    who: bool = False
    # Known only of people whom a provider has taken on and asked.
    asked: bool = False
    # Says what whoever accepted was given: a release may tell of them, and of nobody else, by it.
    result: bool = False


def _ages(name: str, words: str, lowest: tuple[int, ...], reference: str) -> Dimension:
    """Bands by the lowest age of each but the first, from the age at the earliest offence."""
    labels = [f"under {lowest[0]}"]
    labels += [f"{low}-{high - 1}" for low, high in pairwise(lowest)] + [f"{lowest[-1]} and over"]
    cases = " ".join(f"WHEN f.age < {low} THEN '{label}'" for low, label in zip(lowest, labels, strict=False))
    column = f"CASE WHEN f.age IS NULL THEN '{UNKNOWN}' {cases} ELSE '{labels[-1]}' END"
    return Dimension(name, words, column, (*labels, UNKNOWN), reference, live=True, kin="age", who=True)


#: White British, Gypsy, Roma and Traveller people, and other White minorities apart; the rest in the 5+1 groups.
_APART = f"""CASE f.ethnicity_self_code WHEN 'W1' THEN 'White British' WHEN 'W3' THEN 'Gypsy, Roma or Traveller'
    WHEN 'W4' THEN 'Gypsy, Roma or Traveller' WHEN 'W2' THEN 'White minorities' WHEN 'W9' THEN 'White minorities'
    ELSE CASE f.ethnicity_self_group WHEN 'White' THEN '{UNKNOWN}' ELSE f.ethnicity_self_group END END"""
APART = ("White British", "Gypsy, Roma or Traveller", "White minorities", "Black", "Asian", "Mixed", "Other", UNKNOWN)

#: The coarsest forms, for a force so small that nothing finer could be told.
_TWO = f"CASE WHEN f.ethnicity_self_group IN ('White', '{UNKNOWN}') THEN f.ethnicity_self_group ELSE '{{}}' END"
NOT_WHITE = "All other than White"
_TWO_AGES = f"""CASE WHEN f.age_band IN ('under 10', '10-17') THEN 'under 18' WHEN f.age_band = '{UNKNOWN}'
    THEN '{UNKNOWN}' ELSE '18 and over' END"""

_SAID_NOTHING = f"f.ethnicity_self_code IN ('', '{codes.NOT_STATED}')"
_CODE = f"CASE WHEN {_SAID_NOTHING} THEN '{UNKNOWN}' ELSE f.ethnicity_self_code END"

_HISTORY = f"CASE s.history WHEN 'unknown' THEN '{UNKNOWN}' ELSE s.history END"
_FIRST = f"""CASE s.history WHEN 'none' THEN 'first' WHEN 'resolution' THEN 'repeated first-time entrant'
    WHEN 'unknown' THEN '{UNKNOWN}' ELSE 'repeat' END"""


def _answers(name: str, words: str) -> Dimension:
    """Whoever prefers not to say is unknown, like those who were not asked: compared with nobody."""
    column = f"CASE WHEN s.{name} IN ('yes', 'no') THEN s.{name} ELSE '{UNKNOWN}' END"
    return Dimension(name, words, column, ("yes", "no", UNKNOWN), reference="no", live=True, who=True, asked=True)


DIMENSIONS = (
    Dimension(
        "ethnicity",
        "Ethnicity, self-defined (5+1)",
        "f.ethnicity_self_group",
        codes.ETHNIC_GROUPS,
        reference="White",
        kin="ethnicity",
        who=True,
    ),
    Dimension(
        "ethnicity_apart",
        "Ethnicity, White minorities apart",
        _APART,
        APART,
        reference="White British",
        kin="ethnicity",
        who=True,
    ),
    Dimension(
        "ethnicity_code",
        "Ethnicity, self-defined (18+1)",
        _CODE,
        (*codes.SELF_CODES[:-1], UNKNOWN),
        reference="W1",
        kin="ethnicity",
        who=True,
    ),
    Dimension(
        "ethnicity_two",
        "Ethnicity, two groups",
        _TWO.format(NOT_WHITE),
        ("White", NOT_WHITE, UNKNOWN),
        reference="White",
        kin="ethnicity",
        who=True,
    ),
    Dimension(
        "ethnicity_officer",
        "Ethnicity, officer-defined",
        "f.ethnicity_officer_group",
        codes.ETHNIC_GROUPS,
        "White",
        who=True,
    ),
    Dimension("gender", "Gender", "f.gender", codes.GENDERS, reference="Male", who=True),
    Dimension(
        "age_band",
        "Age (police.uk bands)",
        "f.age_band",
        (*codes.AGE_BANDS, UNKNOWN),
        reference="25-34",
        kin="age",
        who=True,
    ),
    Dimension(
        "age_two",
        "Age, two bands",
        _TWO_AGES,
        ("under 18", "18 and over", UNKNOWN),
        reference="18 and over",
        kin="age",
        who=True,
    ),
    _ages("age_18_25", "Age (18 to 25 apart)", (18, 26), "26 and over"),
    _ages("age_justice", "Age (Ministry of Justice bands)", (10, 15, 18, 21, 25, 30, 35, 40, 45, 50), "30-34"),
    _ages("age_custody", "Age (custody bands)", (10, 18, 21), "21 and over"),
    Dimension("month", "Month", "to_char(f.month, 'YYYY-MM')", time=True, kin="time"),
    Dimension("quarter", "Quarter", "to_char(f.month, 'YYYY \"Q\"Q')", time=True, kin="time"),
    Dimension("year", "Year", "to_char(f.month, 'YYYY')", time=True, kin="time"),
    Dimension("scheme", "Scheme", f"CASE f.scheme WHEN '' THEN '{UNKNOWN}' ELSE f.scheme END", result=True),
    Dimension("disposal", "Disposal", "f.disposal", result=True),
    Dimension("area", "Area", f"CASE s.area WHEN '' THEN '{UNKNOWN}' ELSE s.area END", live=True, who=True),
    Dimension("offence_group", "Offence group", "s.offence_group", live=True, who=True),
    Dimension("gravity", "Gravity", f"COALESCE(s.gravity::text, '{UNKNOWN}')", live=True, who=True),
    Dimension(
        "history",
        "Earlier outcomes, as far as this force knows",
        _HISTORY,
        ("none", "resolution", "caution", "conviction", UNKNOWN),
        reference="none",
        live=True,
        kin="history",
        who=True,
    ),
    Dimension(
        "first_or_repeat",
        "First or repeat, as far as this force knows",
        _FIRST,
        ("first", "repeated first-time entrant", "repeat", UNKNOWN),
        reference="first",
        live=True,
        kin="history",
        who=True,
    ),
    Dimension(
        "origin", "Origin", "s.origin", ("street", "custody", "voluntary"), reference="street", live=True, who=True
    ),
    Dimension("intervention", "Intervention received", "s.intervention", live=True),
    _answers("disability", "Disability, as the person says"),
    _answers("care_experience", "Care experience, as the person says"),
)
BY_NAME = {dimension.name: dimension for dimension in DIMENSIONS}
RESULTS = frozenset(dimension.name for dimension in DIMENSIONS if dimension.result)
#: What splits the measures that count needs, and no others.
NEED = Dimension("need", "Need", "n.domain", tuple(NeedDomain.values), live=True)


def named(names: list[str] | tuple[str, ...], *, live: bool, most: int = MOST_DIMENSIONS) -> tuple[Dimension, ...]:
    """The dimensions asked for. NoMeasure where one cannot be had, or where there are more than ``most``."""
    if len(names) > most or len(set(names)) != len(names):
        raise NoMeasure(f"Choose at most {most} different dimensions: {', '.join(names)} are {len(names)}.")
    return tuple(one(name, live=live) for name in names)


def one(name: str, *, live: bool) -> Dimension:
    """The dimension ``name``. NoMeasure where the source cannot tell it."""
    if name == NEED.name:
        raise NoMeasure("'need' splits the measures that count needs: choose need_met or need_lower.")
    if name not in BY_NAME:
        raise NoMeasure(f"There is no dimension '{name}': choose {', '.join(BY_NAME)}.")
    if BY_NAME[name].live and not live:
        raise NoMeasure(f"'{name}' can be told of this service's own decisions only: choose the source 'live'.")
    return BY_NAME[name]


def check_group(name: str, group: str) -> None:
    """NoMeasure where the groups of the dimension are listed and ``group`` is none of them: a word misspelt would
    leave nobody, and every count would be 0."""
    order = BY_NAME[name].order if name in BY_NAME else ()
    if order and group not in order:
        raise NoMeasure(f"'{name}' has no group '{group}': choose {'; '.join(order)}.")


def ordered(dimension: Dimension, groups: set[str]) -> list[str]:
    """The groups in their order, those that it does not name after them, Unknown last."""
    known = [group for group in dimension.order if group in groups and group != UNKNOWN]
    others = sorted(groups - set(dimension.order) - {UNKNOWN})
    return [*known, *others, *([UNKNOWN] if UNKNOWN in groups else [])]
