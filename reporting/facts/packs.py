"""What a scrutiny panel is told of a case or suspect, and what in an officer's own words would tell who it is."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format

from cases import legal
from cases.codes import DecisionResult
from cases.law.dates import age_on
from cases.models import Authorisation, Case
from diversion import clock
from diversion.accounts.models import User
from diversion.names.folding import INVISIBLE
from diversion.names.folding import words as folded
from reporting.codes import age_band

if TYPE_CHECKING:
    from reporting.models import Suspect

#: A postcode; a day written out or in figures; five figures or more together (a telephone, a crime or collar number).
TELLING = re.compile(
    r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b"
    r"|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b"
    r"|\b\d{1,2}(?:st|nd|rd|th)? (?:of )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b"
    r"|\d(?:[ -]?\d){4,}|\S+@\S+",
    re.IGNORECASE,
)
#: A name of one letter is not asked about.
SHORTEST = 2
#: Names that are everyday words too: a name where they have a capital within a sentence, else the word.
EVERYDAY_WORDS = """
    an art baker bank bell best bill black bond bridge bright brook brown bush care chance charity clay cook cross dawn
    day do drew east faith field flower ford fox free frost gay good grace grant gray green grey guy hall hand he hill
    him holly home hope hunt hunter in ivy joy judge king lane law light little long love man mark marsh may mile moody
    moon moss my new noble north no page parish park peace penny pool power price pride rice rich rob rock rose rush
    sharp she short sky small so song stone street strong summer sun swift to violet wall ward way well west white will
    wise wood wright yes you young
"""
EVERYDAY = frozenset(EVERYDAY_WORDS.split())
#: Hyphens of any kind part a word, and may stand within a name.
HYPHENS = r"\-\u2010\u2011\u2012\u2013_"
WORD = re.compile(rf"[^\W\d_]+(?:[’'{HYPHENS}][^\W\d_]+)*")
#: Letters that stand alone, one after another: a name that is spelt out. Nobody spells out a word that names nobody.
SPELT = re.compile(rf"(?<![^\W_])[^\W\d_](?:[\s.,*/|·{HYPHENS}]+[^\W\d_](?![^\W_]))+")
#: Of what stands before a word: that it begins a sentence. What stands for a first name or a title ends none.
BEGINS = re.compile(r"(?:^|[.!?:;…]|[\n\r])[\s\"'“”‘’()\[\]*•-]*$")
SHORTENED = re.compile(r"(?:\b[^\W\d_]|\b(?:mr|mrs|ms|dr|pc|dc|sgt|insp))\.\s*$", re.IGNORECASE)


def pack_of(case: Case) -> dict[str, Any]:
    """Of a case with its decision, crimes and person: offences, months, what was decided, and who in broad groups.

    No name, day of birth, address, number or free text; nobody of the force (domain: redaction for scrutiny panels).
    Ethnicity is the person's own answer in its 5+1 group. Months are the first of each, as YYYY-MM.
    """
    decision, person, day = case.decision, case.person, clock.local_date(case.decision.decided_at)
    crimes = list(case.allegations.all())
    authority = Authorisation.objects.filter(case=case).first()
    born, first = person.date_of_birth, min((one.committed_on for one in crimes), default=day)
    return {
        "offences": [one.offence.title for one in crimes],
        "committed": sorted({_month(one.committed_on) for one in crimes}),
        "decided": _month(day),
        "age": age_band(age_on(born, first) if born <= first else None),
        "sex": person.get_sex_display(),
        "ethnicity": str(person.ethnic_group.label),
        "says": decision.get_admission_display(),
        "earlier": case.get_earlier_outcomes_display(),
        "domestic_abuse": any(one.is_domestic_abuse for one in crimes),
        "hate_crime": any(one.counts_as_hate for one in crimes),
        "harmed": sorted({str(one.victim.get_kind_display()) for one in crimes if one.victim}),
        "harmed_say": sorted({str(one.get_victim_stance_display()) for one in crimes if one.victim_stance}),
        "decision": decision.get_result_display(),
        "why_not": decision.get_not_offered_reason_display(),
        "resolution": _resolution(case, day),
        "gave_reasons": bool(decision.rationale.strip()),
        "authority": authority.get_state_display() if authority else "",
    }


def _resolution(case: Case, day: date) -> str:
    """What was offered, or what was done where nothing was; "" where nothing is known of it."""
    decision = case.decision
    if not decision.disposal or decision.result == DecisionResult.UNDECIDED:
        return ""
    return legal.disposal_label(decision.disposal, day)


def pack_of_suspect(suspect: "Suspect") -> dict[str, Any]:
    """The same of a suspect of the outcome extract, as far as it tells."""
    return {
        "offences": [suspect.offence] if suspect.offence else [],
        "decided": _month(suspect.outcome_on),
        "age": suspect.age_band,
        "sex": suspect.gender,
        "ethnicity": suspect.ethnicity_self_group,
        "resolution": suspect.outcome,
    }


def _month(day: date) -> str:
    return day.strftime("%Y-%m")


def month_in_words(month: str) -> str:
    """ "June 2026" of "2026-06"."""
    return date_format(date.fromisoformat(f"{month}-01"), "F Y")


def telling_words(text: str, case: Case) -> list[str]:
    """What in ``text`` could say whose case it is or who decided it, in its order.

    What `naming_words` finds; and numbers, days, postcodes, addresses of e-mail. Anything else that tells is for
    whoever clears the words to see.
    """
    seen = as_seen(text)
    return _in_order([*_naming(seen, case), *((one.start(), one[0]) for one in TELLING.finditer(seen))])


def naming_words(text: str, case: Case) -> list[str]:
    """What in ``text`` names the person, those harmed, the officer or whoever decided, or is a number of the case.

    Also in the plural, or as somebody's: "the Quills", "Quill's"; with a hyphen or with what is not seen between its
    letters; spelt out: "Q u i l l". A name that is an everyday word too is one only with a capital within a sentence
    ("as Will said"), or spelt out.
    """
    return _in_order(_naming(as_seen(text), case))


def as_seen(text: str) -> str:
    """``text`` without what a reader does not see, and with each letter in one piece with its marks where it can be."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(letter for letter in composed if unicodedata.category(letter) not in INVISIBLE)


def _in_order(found: Iterable[tuple[int, str]]) -> list[str]:
    return list(dict.fromkeys(words for _place, words in sorted(found)))


def _naming(text: str, case: Case) -> list[tuple[int, str]]:
    names = {word for name in _names(case) for word in _words_of(name) if len(word) >= SHORTEST}
    found = [(one.start(), one[0]) for one in WORD.finditer(text) if _is_name(one, names)]
    found += [(one.start(), one[0]) for one in SPELT.finditer(text) if _spells(one[0], names)]
    numbers = [case.reference, *(one.crime.number for one in case.allegations.all())]
    numbers += [user.collar_number for user in _deciders(case) if user.collar_number]
    lowered = text.lower()
    return found + [(lowered.find(one.lower()), one) for one in numbers if one.lower() in lowered]


def _words_of(name: str) -> Iterator[str]:
    """The folded words of a name; those with a hyphen also as one: "Anne-Marie" is written "Annemarie"."""
    for word in name.split():
        yield from (*folded(word), "".join(folded(word)))


def _is_name(word: re.Match[str], names: set[str]) -> bool:
    """Whether a word, or a part of it, is a name, or one with the ending of a plural or a possessive."""
    pieces = re.split(f"[{HYPHENS}]", word[0])
    if len(pieces) > 1 and _known("".join(folded(word[0])), names - EVERYDAY):
        return True
    first = not _begins_sentence(word)
    return any(_names_one(piece, names, within=first or place > 0) for place, piece in enumerate(pieces))


def _spells(letters: str, names: set[str]) -> bool:
    """Whether letters that stand alone spell a name, perhaps after a word of one letter: "a W i l l"."""
    joined = "".join(folded(letters))
    return any(name == joined or (len(name) > SHORTEST and name in joined) for name in names)


def _names_one(piece: str, names: set[str], *, within: bool) -> bool:
    sought = names if within and piece[:1].isupper() else names - EVERYDAY
    return any(_known(part, sought) for part in folded(piece))


def _known(word: str, names: set[str]) -> bool:
    return any(word.removesuffix(ending) in names for ending in ("", "s", "es"))


def _begins_sentence(word: re.Match[str]) -> bool:
    before = word.string[: word.start()]
    return BEGINS.search(before) is not None and SHORTENED.search(before) is None


def _names(case: Case) -> Iterable[str]:
    yield from (case.person.given_names, case.person.family_name)
    yield from (one.victim.name for one in case.allegations.all() if one.victim)
    yield from (user.full_name for user in _deciders(case))


def _deciders(case: Case) -> Iterable[User]:
    """The officer in the case, and whoever decided on it."""
    yield from (case.officer, case.decision.decided_by)
    decided = Authorisation.objects.filter(case=case, decided_by__isnull=False).select_related("decided_by")
    yield from (one.decided_by for one in decided if one.decided_by)
