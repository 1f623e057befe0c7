"""What a source of facts can say: its words, age ranges and outcomes, live cases and imported files alike."""

from dataclasses import dataclass
from functools import cache

from reporting import codes
from reporting.intake.mappings.facts import Mapping, load, names
from reporting.intake.rows.facts import IMPOSSIBLE_DATE
from reporting.intake.words import LIVE_WORDS, Words

EVENTS = "Events, not people: the source gives counts, and somebody may be in several of them."
OWN_DECISIONS = "Decisions recorded in this service"


@dataclass(frozen=True)
class Source:
    """``disposals`` are those that a considered row can have, in the order in which tables show them."""

    name: str
    title: str
    licence: str
    words: Words
    age_bands: tuple[str, ...]
    disposals: tuple[str, ...]
    quality: dict[str, str]
    counted: bool = False  # whether its rows are counts of events


LIVE_QUALITY = {
    "age_impossible": "a date of birth after the offence",
    "ethnicity_carried": "an ethnicity carried from the record, which the person did not confirm",
}
DECIDED = tuple(code for code in LIVE_WORDS.disposals if code != codes.NOT_DECIDED)
LIVE_SOURCE = Source(codes.LIVE, OWN_DECISIONS, "", LIVE_WORDS, codes.AGE_BANDS, DECIDED, quality=LIVE_QUALITY)


@cache
def source_named(name: str) -> Source:
    """The source ``name``. MappingError for an imported one whose mapping is gone or faulty."""
    return LIVE_SOURCE if name == codes.LIVE else _of_mapping(load(name))


def all_names() -> list[str]:
    """Every source that facts can have."""
    return [codes.LIVE, *names()]


def _of_mapping(mapping: Mapping) -> Source:
    rule = mapping.considered.get(mapping.disposal.column)
    considered = [code for word, code in mapping.disposal.values.items() if rule is None or rule.holds(word)]
    bands = mapping.age_band.values.values() if mapping.age_band else ()
    quality = {rule.code: rule.words for rule in mapping.quality} | {rule.code: rule.words for rule in mapping.order}
    if mapping.date.outside == "flag":
        quality[IMPOSSIBLE_DATE] = f"a date before {mapping.date.earliest}, or that had not come yet, or unreadable"
    return Source(
        name=mapping.name,
        title=mapping.title,
        licence=mapping.licence,
        words=_events(mapping.words) if mapping.count else mapping.words,
        age_bands=tuple(dict.fromkeys(band for band in bands if band != codes.UNKNOWN)),
        disposals=tuple(dict.fromkeys(considered)),
        quality=quality,
        counted=mapping.count is not None,
    )


def _events(words: Words) -> Words:
    """The words of a source of counts, which say under every table what it counts."""
    return words.model_copy(update={"footnotes": (EVENTS, *words.footnotes)})
