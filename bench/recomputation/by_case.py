"""One case in, one line out."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bench.recomputation import keys, lists, more, ratios, suppression
from bench.recomputation.keys import Book

BOOKS: dict[str, Book] = {
    "risk_ratio": ratios.RATIO,
    "rate_ratio": ratios.RATIO,
    "rri": ratios.RATIO,
    "rri_exact": ratios.EXACT,
    "one_proportion": ratios.ONE,
    "two_proportions": ratios.TWO,
    "stratified": lists.STRATIFIED,
    "multiple_testing": lists.MULTIPLE,
    "kaplan_meier": lists.KAPLAN_MEIER,
    "suppression": suppression.SUPPRESSION,
    "k_groups": more.K_GROUPS,
    "person_time": more.PERSON_TIME,
    "cox": more.COX,
}
# What is given for a case that names nothing under ``expected``.
USUAL: dict[str, tuple[str, ...]] = {
    "risk_ratio": ("rr", "ci_low", "ci_high", "z_pooled", "p_two_sided"),
    "rate_ratio": ("ratio", "katz_ci_low", "katz_ci_high"),
    "rri": ("rri", "ci_low", "ci_high"),
    "rri_exact": ("rri", "exact_ci_low", "exact_ci_high", "katz_ci_low", "katz_ci_high"),
    "one_proportion": ("proportion", "wilson_low", "wilson_high", "exact_low", "exact_high"),
    "two_proportions": ("ci_low", "ci_high"),
    "stratified": ("or_pooled", "ci_low", "ci_high", "mh_stat", "mh_p", "rr_mh", "rr_ci_low", "rr_ci_high"),
    "multiple_testing": ("p_sorted_raw", "bh_sorted", "holm_sorted"),
    "kaplan_meier": ("time", "n_risk", "n_event", "survival", "std_err", "ci_low", "ci_high"),
    "suppression": ("primary", "secondary", "suppressed", "shown"),
    "k_groups": ("chi2", "df", "p", "smallest_expected"),
    "person_time": ("rate_ratio", "ci_low", "ci_high", "exact_p"),
    "cox": ("hazard_ratio", "ci_low", "ci_high", "p"),
}
# In place of these, where the inputs are such as ask for something else: (category, a name of the inputs) -> names.
USUAL_OF: dict[tuple[str, str], tuple[str, ...]] = {
    ("kaplan_meier", "group1"): ("chi2", "p"),
    ("kaplan_meier", "at_times"): ("survival",),
    ("kaplan_meier", "at"): ("survival",),
    ("stratified", "table"): ("crude_or", "crude_rr"),
    ("suppression", "row_totals"): ("cells_recoverable", "recoverable_cell", "recovered_value", "safe", "intervals"),
    ("suppression", "denominator"): ("recovered_count", "must_also_hide"),
}
# Errors that a case's own content can bring about: told on its line, the run goes on.
CASE_FAULTS = (ValueError, ArithmeticError)


def lines(cases: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """One line for each case: ``computed``, ``skipped`` or ``error``, never an exception."""
    for number, case in enumerate(cases, start=1):
        if isinstance(case, Mapping):
            yield recompute(case)
        else:
            yield {"id": None, "error": f"case {number} is not an object with 'id', 'category' and 'inputs'"}


def recompute(case: Mapping[str, Any]) -> dict[str, Any]:
    """Recompute a case's numbers from its inputs. The values under ``expected`` are never read, only its names."""
    category, inputs = case.get("category"), case.get("inputs")
    name = {"id": keys.as_json(case.get("id"))}
    if not isinstance(category, str) or category not in BOOKS:
        return {**name, "skipped": f"category {category!r} is not one that this command recomputes"}
    if not isinstance(inputs, Mapping):
        return {**name, "error": "'inputs' must be an object of named numbers or lists"}
    names = wanted(case)
    return {**name, **_compute(_book(category, names), names, {"name": case.get("name"), **inputs})}


def wanted(case: Mapping[str, Any]) -> list[str]:
    """Names that the case lists under ``expected`` (an object's keys or a list), else the usual ones."""
    expected = case.get("expected")
    names = [name for name in expected if isinstance(name, str)] if isinstance(expected, Mapping | list) else []
    return names or list(_usual(str(case["category"]), case.get("inputs")))


def _usual(category: str, inputs: Any) -> tuple[str, ...]:
    if not isinstance(inputs, Mapping):
        return USUAL[category]
    if category == "suppression" and isinstance(inputs.get("cells"), list) and inputs["cells"]:
        return ("rate_hidden",)
    return next((names for (of, name), names in USUAL_OF.items() if of == category and name in inputs), USUAL[category])


def _book(category: str, names: list[str]) -> Book:
    risk = any(name.startswith(("rr", "risk")) for name in names)
    odds = any(name.startswith(("or", "mh_stat", "odds")) for name in names)
    return lists.STRATIFIED_RISK if category == "stratified" and risk and not odds else BOOKS[category]


def _compute(book: Book, names: list[str], inputs: Mapping[str, Any]) -> dict[str, Any]:
    computed: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for name in names:
        try:
            computed[name] = keys.as_json(keys.look_up(book, name, inputs))
        except keys.UnknownName:
            faults[name] = "no number goes by this name in this category"
        except (TypeError, KeyError, IndexError, AttributeError) as fault:
            faults[name] = f"the inputs are not in the form of this category ({type(fault).__name__}: {fault})"
        except CASE_FAULTS as fault:
            faults[name] = str(fault) or type(fault).__name__
    if not computed:
        return {"error": "; ".join(f"{name}: {fault}" for name, fault in faults.items())}
    return {"computed": computed, "not_computed": faults} if faults else {"computed": computed}
