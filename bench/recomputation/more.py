"""Several groups at once, people followed for different times, and hazards: where scipy or statsmodels have them."""

from math import exp, log, sqrt

from bench.recomputation.keys import Book, Inputs, book, confidence
from bench.recomputation.lists import followed
from reporting.statistics.intervals import z_value


def _chi_squared(i: Inputs) -> tuple[float, float, int, float]:
    """(statistic, p, degrees of freedom, smallest expected count) of events and others in k groups (Pearson 1900)."""
    from scipy.stats import chi2_contingency

    events, totals = [int(n) for n in i["events"]], [int(n) for n in i["totals"]]
    pairs = list(zip(events, totals, strict=True))
    if len(pairs) < 2 or any(not 0 <= some <= every for some, every in pairs):
        raise ValueError("inputs need 'events' and 'totals', lists of two groups or more, no events over their total.")
    if not 0 < sum(events) < sum(totals):
        raise ValueError("everybody or nobody had the event: the groups cannot differ.")
    found = chi2_contingency([events, [every - some for some, every in pairs]], correction=False)
    return float(found.statistic), float(found.pvalue), int(found.dof), float(found.expected_freq.min())


K_GROUPS: Book = book(
    {
        "chi2 statistic": lambda i: _chi_squared(i)[0],
        "p p_value": lambda i: _chi_squared(i)[1],
        "df dof": lambda i: _chi_squared(i)[2],
        "smallest_expected min_expected": lambda i: _chi_squared(i)[3],
    }
)


def _times(i: Inputs) -> tuple[int, float, int, float]:
    a, t, c, u = int(i["group_events"]), float(i["group_time"]), int(i["ref_events"]), float(i["ref_time"])
    if min(a, c) < 0 or min(t, u) <= 0:
        raise ValueError("events are not below nought, and person-time is above it.")
    return a, t, c, u


def _rate_ratio(i: Inputs) -> float | None:
    a, t, c, u = _times(i)
    return a / t / (c / u) if c else None


def _ends(i: Inputs) -> tuple[float | None, float | None]:
    """On the log scale, ln ± z √(1/a + 1/c) (Rothman, Greenland and Lash 2008, ch. 14)."""
    a, _, c, _ = _times(i)
    ratio = _rate_ratio(i)
    if not ratio or not a:
        return None, None
    half = z_value(confidence(i)) * sqrt(1 / a + 1 / c)
    return exp(log(ratio) - half), exp(log(ratio) + half)


def _exact(i: Inputs) -> float:
    """Two-sided exact p: of all events those of the group, binomial by its share of the time."""
    from scipy.stats import binomtest

    a, t, c, u = _times(i)
    return float(binomtest(a, a + c, t / (t + u)).pvalue) if a + c else 1.0


PERSON_TIME: Book = book(
    {
        "rate_ratio ratio irr": _rate_ratio,
        "ci_low lower": lambda i: _ends(i)[0],
        "ci_high upper": lambda i: _ends(i)[1],
        "exact_p p p_value": _exact,
    }
)


def _cox(i: Inputs) -> tuple[float, float, float, float]:
    """(hazard ratio, low, high, p) of group1 beside group2, ties by Efron (Cox 1972; Efron 1977)."""
    import numpy as np
    from statsmodels.duration.hazard_regression import PHReg

    if "group1" not in i or "group2" not in i:
        raise ValueError("a hazard ratio needs 'group1' and 'group2'.")
    (times, marks), (others, other_marks) = followed(i["group1"]), followed(i["group2"])
    if not any(marks) or not any(other_marks):
        raise ValueError("a hazard ratio needs an event in each group.")
    groups = np.array([[1.0]] * len(times) + [[0.0]] * len(others))
    fitted = PHReg(np.array([*times, *others]), groups, status=np.array([*marks, *other_marks]), ties="efron").fit()
    half = z_value(confidence(i)) * float(fitted.bse[0])
    beta = float(fitted.params[0])
    return exp(beta), exp(beta - half), exp(beta + half), float(fitted.pvalues[0])


COX: Book = book(
    {
        "hazard_ratio hr": lambda i: _cox(i)[0],
        "ci_low lower": lambda i: _cox(i)[1],
        "ci_high upper": lambda i: _cox(i)[2],
        "p p_value": lambda i: _cox(i)[3],
    }
)
