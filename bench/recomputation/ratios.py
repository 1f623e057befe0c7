"""Words of the cases about two counts of two totals, and about one count of one total."""

from collections.abc import Callable, Sequence
from math import log, sqrt
from typing import Any

from bench.recomputation.keys import Book, Inputs, book, confidence, whole, whole_number
from reporting.statistics import intervals, ratios, significance

Pair = tuple[float | None, float | None]
NOTHING: Pair = (None, None)


GROUP = ("group", "exposed", "treatment", "events_group")
REFERENCE = ("ref", "reference", "control", "comparison")


def _names(sides: Sequence[str], words: Sequence[str], *short: str) -> tuple[str, ...]:
    return (*(f"{side}_{word}" for side in sides for word in words), *short)


EVENTS, TOTAL = ("events", "count", "successes", "cases"), ("total", "n", "population", "nobs", "trials")
NAMES = (
    _names(GROUP, EVENTS, "a", "events1", "count1", "x1", "successes1"),
    _names(GROUP, TOTAL, "n1", "total1", "nobs1", "population1"),
    _names(REFERENCE, EVENTS, "c", "events2", "count2", "x2", "successes2"),
    _names(REFERENCE, TOTAL, "n2", "total2", "nobs2", "population2"),
)


def four(inputs: Inputs) -> tuple[int, int, int, int]:
    """(a, n1, c, n2) of a case, under the names that cases use or as a 2x2 ``table`` [[a, b], [c, d]]."""
    if "table" in inputs:
        (a, b), (c, d) = ([whole_number(count, "table") for count in row] for row in inputs["table"])
        return a, a + b, c, c + d
    a, n1, c, n2 = (whole(inputs, *names) for names in NAMES)
    return a, n1, c, n2


def of_both(figure: Callable[..., Any], otherwise: Any = None) -> Callable[[Inputs], Any]:
    """``figure`` of the four counts; ``otherwise`` where a group is empty, so that there is no ratio of it."""

    def found(inputs: Inputs) -> Any:
        counts = four(inputs)
        return figure(*counts) if counts[1] and counts[3] else otherwise

    return found


def katz(inputs: Inputs) -> Pair:
    """Katz interval, with the case's own ``z`` if it gives one."""
    z = inputs.get("z")
    z = None if z is None else float(z)
    return of_both(lambda a, n1, c, n2: ratios.katz(a, n1, c, n2, confidence(inputs), z=z))(inputs) or NOTHING


def exact(inputs: Inputs) -> Pair:
    """Exact conditional interval of the ratio."""
    return of_both(lambda a, n1, c, n2: ratios.conditional_exact(a, n1, c, n2, confidence(inputs)))(inputs) or NOTHING


def rate(inputs: Inputs, which: int) -> float | None:
    """Rate of the group (0) or of the reference (1)."""
    events, total = four(inputs)[2 * which : 2 * which + 2]
    return events / total if total else None


def ends(name: str, interval: Any) -> dict[str, Any]:
    """Entries for both ends of an interval under all the usual endings."""
    low, high = (f"{name}{{}}low {name}{{}}lower {name}{{}}lcl", f"{name}{{}}high {name}{{}}upper {name}{{}}ucl")
    joins = ["_", "_ci_"] if name else ["ci_", ""]
    return {
        " ".join(low.format(*[join] * 3) for join in joins): lambda i: interval(i)[0],
        " ".join(high.format(*[join] * 3) for join in joins): lambda i: interval(i)[1],
    }


def _difference(i: Inputs) -> float | None:
    first, second = rate(i, 0), rate(i, 1)
    return None if first is None or second is None else first - second


def plain_odds(a: int, n1: int, c: int, n2: int) -> float | None:
    """Cross-product odds ratio; 0 is one too, and None stands where nothing can be divided by."""
    ratios.log_ratio_variance(a, n1, c, n2)
    below = (n1 - a) * c
    return a * (n2 - c) / below if below else None


def _odds_interval(i: Inputs) -> Pair:
    found = of_both(lambda a, n1, c, n2: ratios.odds_ratio(a, n1, c, n2, confidence(i)))(i)
    return found[1] if found else NOTHING


def _z(i: Inputs) -> Pair:
    return significance.pooled_z(*four(i)) or NOTHING


def _square(value: float | None) -> float | None:
    return None if value is None else value * value


def _log(value: float | None) -> float | None:
    return log(value) if value else None


def _root(value: float | None) -> float | None:
    return None if value is None else sqrt(value)


def _inverse(i: Inputs) -> float | None:
    value = of_both(ratios.ratio)(i)
    return 1 / value if value else None


COMMON: Book = book(
    {
        "rr rri ratio rate_ratio risk_ratio relative_risk relative_rate crude_rr rr_crude crude": of_both(ratios.ratio),
        "inverse inverse_ratio inverse_rr": _inverse,
        "log_rr ln_rr log_ratio": lambda i: _log(of_both(ratios.ratio)(i)),
        "se_log_rr se_ln_rr se_log se": lambda i: _root(of_both(ratios.log_ratio_variance)(i)),
        "group group_rate group_share group_risk rate p1": lambda i: rate(i, 0),
        "ref ref_rate ref_share ref_risk p2": lambda i: rate(i, 1),
        "diff difference rd risk_difference": _difference,
        "or odds_ratio crude_or or_crude": of_both(plain_odds),
        "z z_pooled z_stat": lambda i: _z(i)[0],
        "chi2 chi2_pooled": lambda i: _square(_z(i)[0]),
        "p p_two_sided p_value p_z p_pooled": lambda i: _z(i)[1],
        "p_fisher fisher_p p_exact": lambda i: significance.fisher(*four(i)),
        "smallest_expected min_expected": lambda i: significance.smallest_expected(*four(i)),
        "upper_bound group_upper_bound": lambda i: intervals.upper_bound_of_none(four(i)[1], confidence(i)),
        **ends("katz", katz),
        **ends("wald", katz),
        **ends("log", katz),
        **ends("exact", exact),
        **ends("or", _odds_interval),
        **ends("newcombe", lambda i: intervals.newcombe(*four(i), confidence(i)) or NOTHING),
        **ends("diff", lambda i: intervals.newcombe(*four(i), confidence(i)) or NOTHING),
        **ends("group", lambda i: intervals.wilson(*four(i)[:2], confidence(i)) or NOTHING),
        **ends("ref", lambda i: intervals.wilson(*four(i)[2:], confidence(i)) or NOTHING),
    }
)
RATIO: Book = {**COMMON, **book(ends("", katz)), **book(ends("rr", katz)), **book(ends("rri", katz))}
EXACT: Book = {**COMMON, **book(ends("", exact)), **book(ends("rr", exact)), **book(ends("rri", exact))}

SPELLINGS = {
    "newcombe": "newcomb",
    "newcombe-hybrid": "newcomb",
    "newcombe-hybrid-score": "newcomb",
    "agresti-caffo": "agresti-caffo",
    "katz": "log",
    "katz-log": "log",
    "adjusted-log": "log-adjusted",
    "koopman": "score",
    "miettinen-nurminen": "score",
    "woolf": "logit",
    "woolf-logit": "logit",
    "gart": "logit-adjusted",
    "adjusted-logit": "logit-adjusted",
}
COMPARES = {"difference": "diff", "rd": "diff", "rr": "ratio", "or": "odds-ratio", "odds_ratio": "odds-ratio"}
USUAL = {"diff": "newcomb", "ratio": "log", "odds-ratio": "logit"}


def by_method(inputs: Inputs) -> Pair:
    """Interval for the ``compare`` and ``method`` that a case names; Newcombe's difference where it names none."""
    asked = str(inputs.get("compare", "diff")).lower()
    compare = COMPARES.get(asked, asked)
    if compare not in USUAL:
        raise ValueError(f"'compare' must be one of {', '.join(USUAL)}, not {asked!r}.")
    method = str(inputs.get("method", USUAL[compare])).lower().replace("_", "-").replace(" ", "-")
    counts = four(inputs)
    if not (counts[1] and counts[3]):
        return NOTHING
    return significance.interval_by_method(
        *counts, compare=compare, method=SPELLINGS.get(method, method), confidence=confidence(inputs)
    )


TWO: Book = {**COMMON, **book(ends("", by_method))}


def one(inputs: Inputs) -> tuple[int, int]:
    """(events, total) of a case about one proportion."""
    events = whole(inputs, "events", "successes", "count", "x", "a", "group_events")
    return events, whole(inputs, "total", "n", "nobs", "trials", "population", "n1", "group_total")


def _wilson(i: Inputs) -> Pair:
    return intervals.wilson(*one(i), confidence(i)) or NOTHING


def _exact_one(i: Inputs) -> Pair:
    return intervals.clopper_pearson(*one(i), confidence(i)) or NOTHING


def _other(method: str) -> Any:
    return lambda i: intervals.other_interval(*one(i), method=method, confidence=confidence(i)) or NOTHING


def _chosen(i: Inputs) -> Pair:
    return (_exact_one if str(i.get("method", "wilson")).lower() in {"exact", "clopper-pearson"} else _wilson)(i)


def _proportion(i: Inputs) -> float | None:
    events, total = one(i)
    intervals.check_counts(events, total)
    return events / total if total else None


ONE: Book = book(
    {
        "p proportion share rate estimate": _proportion,
        "upper_bound upper_bound_of_none": lambda i: intervals.upper_bound_of_none(one(i)[1], confidence(i)),
        **ends("", _chosen),
        **ends("wilson", _wilson),
        **{
            key: value
            for name in ("exact", "clopper_pearson", "cp", "beta")
            for key, value in ends(name, _exact_one).items()
        },
        **{
            key: value for name in ("agresti_coull", "ac") for key, value in ends(name, _other("agresti_coull")).items()
        },
        **{
            key: value
            for name in ("wald", "normal", "asymptotic")
            for key, value in ends(name, _other("normal")).items()
        },
        **ends("jeffreys", _other("jeffreys")),
    }
)
