"""What a valid page hands to the action, and every answer on it as it is kept with the assessment."""

from datetime import date
from typing import Any

from cases.details import DecisionDetails
from cases.models import Catalogue
from diversion import clock
from referrals.actions.deciding import Support
from referrals.forms.recording import RecordingPage
from referrals.judging import judge
from referrals.judging.finding import needs
from referrals.judging.options import assess_options

NOT_ANSWERS = ("submission", "same_person", "existing", "person_version")
EMPTY: tuple[Any, ...] = ("", None, [])


def for_action(page: RecordingPage) -> dict[str, Any]:
    """The arguments of ``record_decision`` from a page that is valid, other than ``by``."""
    decision, proposal, given = page.decision.cleaned_data, page.proposal, answers(page)
    return {
        "submission": decision["submission"],
        "person": page.person.details(),
        "crimes": proposal.crimes,
        "origin": decision["origin"],
        "earlier_outcomes": decision["earlier_outcomes"],
        "decision": _details(page),
        "support": _support(page),
        "answers": given,
        "findings": [judgement.stored() for judgement in page.judgements],
        "options": assess_options(
            given,
            force=page.by.organisation,
            offences=Catalogue(crime.offence for crime in proposal.crimes),
            at=clock.today(),
            known_earlier=proposal.known_earlier,
        ),
        "rules": judge.rules_in_words(proposal, clock.today()),
    }


def _details(page: RecordingPage) -> DecisionDetails:
    decision = page.decision.cleaned_data
    names = ("result", "admission", "disposal", "not_offered_reason", "declined_reason", "rationale", "without_scheme")
    return DecisionDetails(**{name: decision[name] for name in names}, needs_authority=needs(page.judgements))


def _support(page: RecordingPage) -> Support:
    proposal, wanted = page.proposal, page.decision.cleaned_data["slot"]
    slot = next((slot for slot in page.decision.slots if str(slot.pk) == wanted), None)
    return Support(
        scheme_version=proposal.version,
        slot=slot if page.accepted else None,
        conditions=proposal.conditions,
        ends_on=proposal.ends_on,
    )


def answers(page: RecordingPage) -> dict[str, Any]:
    """Every answer given, as plain JSON: codes as they are, dates in ISO form."""
    given = {**page.person.cleaned_data, **page.decision.cleaned_data}
    found = {name: value for name, value in given.items() if name not in NOT_ANSWERS}
    found["person_already_on_record"] = page.person.cleaned_data.get("existing") is not None
    found["crimes"] = [_kept(form.cleaned_data) for form in page.crimes.filled()]
    found["conditions"] = [_kept(vars(details)) for details in page.proposal.conditions]
    if page.proposal.version:
        found["scheme"] = page.proposal.version.scheme.slug
    return _kept(found)


def _kept(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in values.items() if value not in EMPTY}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | bool | int | list | dict) else str(value)
