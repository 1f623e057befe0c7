"""The document of a scheme as a coordinator types it in the browser."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import slugify
from pydantic import ValidationError

from cases.codes import Admission
from cases.eligibility.base import Span, explain
from cases.eligibility.codes import Rank, Severity
from cases.eligibility.criteria import Criterion, Source
from cases.eligibility.kinds_coded import Admission as AdmissionTest
from cases.eligibility.kinds_coded import Consent
from cases.eligibility.kinds_counted import History
from cases.eligibility.kinds_dates import Age, EntryWindow
from cases.eligibility.schemes import ConditionTemplate, Effect, Ladder, Length, RepeatPolicy, SchemeDocument
from diversion.refusals import Refused
from referrals.models import SchemeVersion

# Typed by the force's own coordinator: the force is the source, and nobody has read it elsewhere.
FORCE_POLICY = Source(key="force policy", tag="known")
VOLUNTARY = SchemeVersion.Confidentiality.VOLUNTARY.value
NO_DISPOSAL = "none"
# Who may let somebody in again: our default, which the policy editor changes (domain notes 2.12).
RETURNED_BY = Rank.INSPECTOR

Values = Mapping[str, Any]


@dataclass(frozen=True)
class TemplateDetails:
    """A condition as it is typed: hours of work and sessions to attend where it asks for them."""

    kind: str
    object: str
    wording: str
    is_mandatory: bool = False
    due_days: int | None = None
    minimum_hours: int | None = None
    maximum_hours: int | None = None
    sessions: int | None = None


def slug_of(name: str) -> str:
    """The short name of a scheme; "" where the name holds no letter or figure."""
    return slugify(name)[:60]


def typed_document(
    values: Values, conditions: Iterable[TemplateDetails] = (), *, name: str = "", before: SchemeDocument | None = None
) -> SchemeDocument:
    """The document of a version with these ``values`` (named as the form's fields) and ``conditions``.

    ``before`` is the version that is changed: who may enter, and what is not typed, stays as it is there. Raises
    Refused, with what does not hold together.
    """
    kept = before.model_dump() if before else {"sources": (FORCE_POLICY,), "criteria": criteria_for(values, name)}
    try:
        return SchemeDocument.model_validate(kept | _typed(values, conditions, before))
    except ValidationError as error:
        raise Refused(f"These rules do not hold together. {explain(error)}") from error


def _typed(values: Values, conditions: Iterable[TemplateDetails], before: SchemeDocument | None) -> dict[str, Any]:
    shared = values.get("confidentiality") or SchemeVersion.Confidentiality.ENFORCEABLE.value
    length = _length(values)
    return {
        "note": values.get("notes") or "",
        "worker_title": values.get("worker_title") or "navigator",
        "disposal_modes": tuple(values.get("disposals") or ()) or (NO_DISPOSAL,),
        "enforceable": before.enforceable if before and before.confidentiality == shared else shared != VOLUNTARY,
        "confidentiality": shared,
        "duration": length,
        "open_ended": length is None,
        "min_conditions": values.get("min_conditions") or 0,
        "max_conditions": values.get("max_conditions"),
        "conditions": _conditions(conditions, before.conditions if before else ()),
        "must_refer": bool(values.get("must_refer")),
        "without_offence": bool(values.get("without_offence")),
        "variation_rank": values.get("variation_rank") or None,
        "breach": _ladder(values),
        "on_success": Effect(text=values.get("success_text") or "", outcome=values.get("success_outcome") or None),
        "on_failure": _failure(values, before),
    }


def _failure(values: Values, before: SchemeDocument | None) -> Effect:
    outcome = before.on_failure.outcome if before else None
    returns_to = tuple(values.get("returns_to") or ())
    return Effect(text=values.get("failure_text") or "", outcome=outcome, returns_to=returns_to)


def _ladder(values: Values) -> Ladder:
    return Ladder(
        missed=values.get("breach_missed") or Ladder().missed,
        rank=values.get("breach_rank") or None,
        second_rank=values.get("breach_second_rank") or None,
    )


def _length(values: Values) -> Length | None:
    amount = values.get("duration")
    return Length(amount=amount, unit=values["duration_unit"]) if amount else None


def _conditions(typed: Iterable[TemplateDetails], before: Iterable[ConditionTemplate]) -> tuple[ConditionTemplate, ...]:
    """The conditions; one that was there before keeps its name, and its time in weeks or months if that is the same."""
    known: dict[tuple[str, str], ConditionTemplate] = {(one.type, one.wording): one for one in before}
    return tuple(_condition(place, one, known.get((one.kind, one.wording))) for place, one in enumerate(typed, 1))


def _condition(place: int, typed: TemplateDetails, before: ConditionTemplate | None) -> ConditionTemplate:
    due = Span(amount=typed.due_days, unit="days") if typed.due_days else None
    if before and days_of(before.due) == typed.due_days:
        due = before.due
    return ConditionTemplate(
        slug=before.slug if before else f"{typed.kind.replace('_', '-')}-{place}",
        type=typed.kind,  # type: ignore[arg-type]
        object=typed.object,  # type: ignore[arg-type]
        wording=typed.wording,
        mandatory=typed.is_mandatory,
        due=due,
        minimum_hours=typed.minimum_hours,
        maximum_hours=typed.maximum_hours,
        sessions=typed.sessions,
    )


DAYS_IN = {"days": 1, "weeks": 7, "months": 30}


def days_of(span: Span | None) -> int | None:
    """About how many days a span is, for a field that counts in days; None for none."""
    return span.amount * DAYS_IN[span.unit] if span else None


def criteria_for(values: Values, name: str) -> tuple[Criterion, ...]:
    """What the typed ages, admissions, entry window and limit on coming back decide; and that the person agrees."""
    found = [made for make in RULES if (made := make(values, name)) is not None]
    return (*found, _criterion("consent", "The person has not agreed to take part.", Consent()))


def _age(values: Values, name: str) -> Criterion | None:
    minimum, maximum = values.get("min_age"), values.get("max_age")
    if minimum is None and maximum is None:
        return None
    reason = f"The scheme is for people {ages_in_words(minimum, maximum)}."
    return _criterion("age", reason, Age(minimum=minimum, maximum=maximum))


def _admission(values: Values, name: str) -> Criterion | None:
    admissions = list(values.get("admissions") or [])
    if not admissions or set(admissions) == set(Admission.values):
        return None  # asks nothing
    words = ", or ".join(str(Admission(code).label).lower() for code in admissions)
    return _criterion("admission", f"The scheme takes a person who: {words}.", AdmissionTest(any_of=tuple(admissions)))


def _entry_window(values: Values, name: str) -> Criterion | None:
    months = values.get("entry_window_months")
    if not months:
        return None
    reason = f"The offence is more than {months} month{'s' * (months != 1)} old."
    return _criterion("entry-window", reason, EntryWindow(window=Span(amount=months, unit="months")))


def _repeat(values: Values, name: str) -> Criterion | None:
    """A limit on coming back; an inspector may set it aside."""
    most = values.get("repeat_maximum")
    if most is None:
        return None
    asked = RepeatPolicy(
        maximum=most,
        within_months=values.get("repeat_months"),
        if_engaged=bool(values.get("repeat_if_engaged")),
        override_by=RETURNED_BY,
    )
    test = History(scheme=slug_of(name), maximum=most, within_months=asked.within_months, unengaged=asked.if_engaged)
    reason = f"The person was on this scheme before. {repeat_in_words(asked)}."
    return _criterion("repeat", reason, test, override_by=RETURNED_BY)


def _criterion(name: str, reason: str, test: Any, **values: Any) -> Criterion:
    return Criterion(
        id=f"typed-{name}", severity=Severity.BLOCKS, reason=reason, sources=(FORCE_POLICY,), test=test, **values
    )


RULES: tuple[Callable[[Values, str], Criterion | None], ...] = (_age, _admission, _entry_window, _repeat)


def ages_in_words(minimum: int | None, maximum: int | None) -> str:
    """ "aged 18 to 25", "aged 18 or over", "aged 17 or under", or "of any age" (whole years)."""
    if minimum is not None and maximum is not None:
        return f"aged {minimum} to {maximum}"
    if minimum is not None:
        return f"aged {minimum} or over"
    return "of any age" if maximum is None else f"aged {maximum} or under"


def repeat_in_words(repeat: RepeatPolicy) -> str:
    """ "At most 1 earlier time in 12 months, unless an inspector decides otherwise"; or that there is no limit."""
    if repeat.maximum is None:
        return "No limit on coming back"
    times = "time" if repeat.maximum == 1 else "times"
    most = f"At most {repeat.maximum} earlier {times}" if repeat.maximum else "No earlier time"
    unengaged = " without taking part" if repeat.if_engaged else ""
    window = f" in {repeat.within_months} months" if repeat.within_months else ""
    override = (
        f", unless {'an' if repeat.override_by == Rank.INSPECTOR else 'a'} {repeat.override_by} decides otherwise"
    )
    return f"{most}{unengaged}{window}{override if repeat.override_by else ''}"
