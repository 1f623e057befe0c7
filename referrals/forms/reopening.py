"""The page "Record a decision" of a case that was left open, as it was typed: everything said is there again.

What was corrected since stands in place of what was typed then.
"""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.http import QueryDict

from cases.codes import NAMED_TO_DECIDE
from cases.models import Case
from referrals.forms.crimes import initial_crime
from referrals.forms.earlier import PREFIX as EARLIER
from referrals.forms.facts import EXCLUSIONS, NONE_OF_THESE, NOT_CHECKED, NOT_KNOWN
from referrals.forms.facts import PREFIX as FACTS
from referrals.forms.person_values import initial_of
from referrals.judging.recorded import answers_of

DECISION = ("follow", "admission", "evidence", "earlier_outcomes", "rationale")


def typed_of(case: Case) -> QueryDict:
    """What the page of ``case`` would send, but for what came of it: that is to be decided."""
    answers = answers_of(case)
    values = {
        "submission": str(uuid.uuid4()),
        "deciding": case.reference,
        "deciding_version": case.version,
        "narrowed": "1",
        **initial_of(case.person),
        "ethnicity_said": ethnicity_said(case, answers),
        **_crimes(case),
        **{name: answers[name] for name in DECISION if name in answers},
        "origin": case.origin,
        "gravity_score": answers.get("facts", {}).get("gravity_score", ""),
        "waits_for": case.pending.waits_for if case.pending.waits_for in NAMED_TO_DECIDE else "",
        "decide_by": case.pending.due_on,
        **_earlier(answers.get("earlier", ())),
        **_facts(answers),
    }
    return as_sent(values)


def ethnicity_said(case: Case, answers: Mapping[str, Any]) -> str:
    """How the ethnicity on record was said to stand when ``case`` was left open; "" where the record holds another now,
    of which nobody has said anything."""
    is_same = answers.get("ethnicity") == case.person.ethnicity_self_defined
    return str(answers.get("ethnicity_said", "")) if is_same else ""


def as_sent(values: Mapping[str, Any]) -> QueryDict:
    """``values`` by the name of their box, as a browser would send them."""
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name, [_text(one) for one in value] if isinstance(value, list) else [_text(value)])
    return data


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)


def _crimes(case: Case) -> dict[str, Any]:
    """Each crime as it stands in this case, with what its victim thinks."""
    rows = list(case.allegations.select_related("crime", "offence", "victim").order_by("pk"))
    known = [initial_crime(one) | {"victim_stance": one.victim_stance} for one in rows]
    return as_rows("crimes", known)


def _earlier(said: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What was said to have come earlier; where nothing was, the page begins with what the record holds."""
    rows = [{"on": one.get("date", ""), **{name: one[name] for name in one if name != "date"}} for one in said]
    return as_rows(EARLIER, rows) if rows else {}


def as_rows(prefix: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """``rows`` of the formset ``prefix``, by the name of their box."""
    sent: dict[str, Any] = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
    for place, row in enumerate(rows):
        sent |= {f"{prefix}-{place}-{name}": value for name, value in row.items()}
    return sent


def _facts(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to what an offer would ask, where one was in mind before it was left open."""
    not_known: Mapping[str, str] = answers.get("not_known", {})
    said = {name: value for name, value in answers.get("facts", {}).items() if name != "gravity_score"}
    sent: dict[str, Any] = {name: NOT_KNOWN for name in not_known if name not in EXCLUSIONS}
    sent |= {name: _ticked(value) for name, value in said.items() if name not in EXCLUSIONS}
    if not_known:
        sent["not_known_because"] = next(iter(not_known.values()))
    return {f"{FACTS}-{name}": value for name, value in (sent | _group(answers, said, not_known)).items()}


def _ticked(value: Any) -> Any:
    """An answer as its boxes were ticked: of needs that are known in part, "not known" beside those that are."""
    if value == []:
        return [NONE_OF_THESE]
    if not isinstance(value, dict):
        return value
    so = [name for name, is_so in value.items() if is_so]
    return [*so, NOT_KNOWN] if None in value.values() else so or [NONE_OF_THESE]


def _group(answers: Mapping[str, Any], said: Mapping[str, Any], not_known: Mapping[str, str]) -> dict[str, Any]:
    """What was ticked of the exclusions that were asked as one group, or that nobody had checked them."""
    if group := [name for name in EXCLUSIONS if name in said]:
        ticked = [name for name in group if said[name]] or [answers.get("checked", "")]
        return {"any_of_shown": ",".join(group), "any_of": ticked}
    unchecked = [name for name in EXCLUSIONS if name in not_known]
    return {"any_of_shown": ",".join(unchecked), "any_of": [NOT_CHECKED]} if unchecked else {}
