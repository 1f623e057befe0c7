"""Rules of a scheme's document that are no criteria of the person: hours agreed, and schemes to refer to first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from cases.eligibility.kept import KeptOption
from cases.findings import Finding
from referrals.models import SchemeVersion
from referrals.schemes.condition_words import ConditionDetails


def findings(
    version: SchemeVersion, conditions: Sequence[ConditionDetails], hours: Mapping[int, int]
) -> Iterator[Finding]:
    """What is wrong with the conditions of an accepted offer under this scheme.

    ``hours`` holds those agreed by the place of the condition in ``conditions``. Reads no database.
    """
    for template in version.rules.conditions:
        fewest, most = template.minimum_hours, template.maximum_hours
        for place, one in enumerate(conditions):
            fault = hours_fault(fewest, most, hours.get(place)) if one.kind == template.type else ""
            if fault:
                name = version.scheme.name
                given = {"hours": str(hours.get(place, "")), "asked": hours_in_words(fewest, most)}
                yield _stops(f"scheme.hours.{template.slug}", f"{name}: {fault}", name, given)


def hours_fault(fewest: int | None, most: int | None, hours: Decimal | int | None) -> str:
    """What is wrong with the hours agreed ("" for nothing), and how to mend it; ``hours`` None: none are given."""
    if fewest is None and most is None:
        return ""
    if hours is not None and (fewest or 0) <= hours <= (most or hours):
        return ""
    asked = f"The scheme asks {hours_in_words(fewest, most)} hours of work"
    return f"{asked}: enter how many were agreed" if hours is None else f"{asked}, not {hours:g}: change the hours"


def hours_in_words(fewest: int | None, most: int | None) -> str:
    """ "18 to 36", "at least 18", or "at most 20"."""
    if fewest is not None and most is not None:
        return f"{fewest} to {most}"
    return f"at least {fewest}" if fewest is not None else f"at most {most}"


def not_referred(
    versions: Iterable[SchemeVersion], options: Iterable[KeptOption], chosen: SchemeVersion | None, reason: str
) -> Iterator[Finding]:
    """The schemes that an officer must refer to, where somebody does not go there, nothing known rules it out, and
    nobody said why.

    ``versions`` are the force's schemes open on the day, ``options`` what the rules said of each for these answers,
    ``chosen`` the scheme that was offered, if any, and ``reason`` why it was no other.
    """
    if reason.strip() or (chosen is not None and chosen.rules.must_refer):
        return
    could_go = {option.key for option in options if not option.is_closed}
    for version in versions:
        if version.rules.must_refer and f"scheme:{version.scheme.slug}" in could_go:
            name = version.scheme.name
            words = (
                f"Officers refer whoever is eligible to {name}, and nothing here rules it out: refer, or say why not."
            )
            yield _stops(f"record.not_referred.{version.scheme.slug}", words, name, {})


def _stops(rule: str, reason: str, name: str, values: Mapping[str, str]) -> Finding:
    return Finding(rule, "not_met", "blocks", reason, f"rules of {name}", about="scheme", values=values)
