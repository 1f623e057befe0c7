"""Rules that a coordinator types in the browser, as criteria in the terms of ``cases.eligibility``.

The ages, the admission and the entry window of a version stand in fields of their own, to be read and listed; what
decides is the criterion. So both are written together, here and nowhere else.
"""

from collections.abc import Callable, Mapping
from typing import Any

from cases.codes import Admission
from cases.eligibility.base import Span
from cases.eligibility.codes import Severity
from cases.eligibility.criteria import Criterion, Source
from cases.eligibility.kinds_coded import Admission as AdmissionTest
from cases.eligibility.kinds_dates import Age, EntryWindow
from referrals.models import SchemeVersion

# Typed by the force's own coordinator: the force is the source, and nobody has read it elsewhere.
FORCE_POLICY = Source(key="force policy", tag="known")

Values = Mapping[str, Any]


def criteria_for(values: Values, before: SchemeVersion | None = None) -> list[dict[str, Any]]:
    """The criteria of a version with these ``values`` (fields of SchemeVersion), as stored JSON.

    Criteria of the version ``before`` are carried over with their sources; where a typed value differs from it, the
    criterion typed now replaces those of its kind. A test nested in another is left as it is.
    """
    stored = list(before.criteria) if before else []
    for kind, names, make in RULES:
        if before and all(_same(values.get(name), getattr(before, name)) for name in names):
            continue
        stored = [criterion for criterion in stored if criterion["test"]["kind"] != kind]
        if made := make(values):
            stored.append(made.model_dump(mode="json"))
    return stored


def _same(typed: Any, stored: Any) -> bool:
    return sorted(typed) == sorted(stored) if isinstance(stored, list) else typed == stored


def _age(values: Values) -> Criterion | None:
    minimum, maximum = values.get("min_age"), values.get("max_age")
    if minimum is None and maximum is None:
        return None
    reason = f"The scheme is for people {ages_in_words(minimum, maximum)}."
    return _criterion("age", reason, Age(minimum=minimum, maximum=maximum))


def _admission(values: Values) -> Criterion | None:
    admissions = list(values.get("admissions") or [])
    if not admissions or set(admissions) == set(Admission.values):
        return None  # asks nothing
    words = ", or ".join(str(Admission(code).label).lower() for code in admissions)
    return _criterion("admission", f"The scheme takes a person who: {words}.", AdmissionTest(any_of=tuple(admissions)))


def _entry_window(values: Values) -> Criterion | None:
    months = values.get("entry_window_months")
    if not months:
        return None
    reason = f"The offence is more than {months} month{'s' * (months != 1)} old."
    return _criterion("entry-window", reason, EntryWindow(window=Span(amount=months, unit="months")))


def _criterion(name: str, reason: str, test: Any) -> Criterion:
    return Criterion(id=f"typed-{name}", severity=Severity.BLOCKS, reason=reason, sources=(FORCE_POLICY,), test=test)


RULES: tuple[tuple[str, tuple[str, ...], Callable[[Values], Criterion | None]], ...] = (
    ("age", ("min_age", "max_age"), _age),
    ("admission", ("admissions",), _admission),
    ("entry_window", ("entry_window_months",), _entry_window),
)


def ages_in_words(minimum: int | None, maximum: int | None) -> str:
    """ "aged 18 to 25", "aged 18 or over", "aged 17 or under", or "of any age" (whole years)."""
    if minimum is not None and maximum is not None:
        return f"aged {minimum} to {maximum}"
    if minimum is not None:
        return f"aged {minimum} or over"
    return "of any age" if maximum is None else f"aged {maximum} or under"
