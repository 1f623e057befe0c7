"""What came of each scheme, by offence or group of people, each figure with its grade; and the effect of accepting.

A scheme's own figures have nobody to compare with: they are descriptive. The only comparison is that of accepting with
not being diverted, over the whole force (``effect``). Of voluntary schemes police hear nothing after the referral.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from diversion.accounts.models import Organisation
from referrals.models import SchemeVersion
from reporting.codes import LIVE, NO_SCHEME
from reporting.door import Audience, Leaving, leave
from reporting.measures import figures
from reporting.measures.declared import BY_NAME
from reporting.measures.dimensions import BY_NAME as DIMENSIONS
from reporting.measures.dimensions import UNKNOWN, ordered
from reporting.measures.effect import effect
from reporting.measures.evidence import Grade
from reporting.measures.schemes import without_small_rates

#: By what schemes are split: the dimensions of which a list of cases can be confined to one group.
SPLIT_BY = ("offence_group", "ethnicity", "gender", "age_band")
TOLD = ("accepted", "referred", "started", "completed_in_time", "reoffended_12")
#: What police know of a voluntary scheme.
UNTIL_REFERRAL = TOLD[:2]
Measured = dict[str, dict[str, Any]]


def what_works(force: Organisation, start: date, end: date, *, by: str) -> Leaving:
    """``schemes`` by name, each with ``voluntary``, ``everybody`` and ``groups`` of ``by``; ``effect``; operational.

    ``everybody`` and each of ``groups`` hold the measures of ``TOLD`` by name, those of ``UNTIL_REFERRAL`` alone of a
    voluntary scheme; no rate under 10 people. ``effect``: the findings of section 16 with what they cannot show.
    """
    rows = figures.compute(force, start, end, ("scheme", by), None, TOLD, source=LIVE)["rows"]
    voluntary = _voluntary(force)
    found: dict[str, dict[str, Measured]] = {}
    for row in rows:
        name, group, measure = row["at"].get("scheme", UNKNOWN), row["at"].get(by, ""), row["measure"]
        if name not in (NO_SCHEME, UNKNOWN) and (name not in voluntary or measure in UNTIL_REFERRAL):
            found.setdefault(name, {}).setdefault(group, {})[measure] = without_small_rates(row)
    content = {
        **figures.about(force, start, end, LIVE),
        "by": by,
        "by_words": DIMENSIONS[by].words,
        "grade": str(Grade.DESCRIPTIVE),
        "measures": [figures.described(BY_NAME[name]) for name in TOLD],
        "schemes": [_scheme(name, found[name], by, name in voluntary) for name in sorted(found)],
        "effect": [_without_small(finding) for finding in effect(force, start, end)["findings"]],
    }
    return leave(content, audience=Audience.OPERATIONAL, force=force)


def _without_small(finding: dict[str, Any]) -> dict[str, Any]:
    return finding | {side: without_small_rates(finding[side]) for side in ("group", "comparator")}


def _scheme(name: str, groups: Mapping[str, Measured], by: str, voluntary: bool) -> dict[str, Any]:
    order = ordered(DIMENSIONS[by], set(groups) - {""})
    return {
        "scheme": name,
        "voluntary": voluntary,
        "everybody": groups[""],
        "groups": [{"group": group, **groups[group]} for group in order],
    }


def _voluntary(force: Organisation) -> set[str]:
    """The names, as facts have them, of schemes of which any version is voluntary."""
    versions = SchemeVersion.objects.filter(scheme__force=force)
    named = versions.filter(confidentiality=SchemeVersion.Confidentiality.VOLUNTARY)
    return {name[:50] for name in named.values_list("scheme__name", flat=True)}
