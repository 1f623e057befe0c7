"""Somebody with no offence alleged, sent to a service that helps."""

import uuid
from typing import Any

from diversion.accounts.models import User
from referrals.actions import helping
from referrals.actions.helping import HelpDetails
from referrals.models import HelpRequest, SchemeVersion


def passed_on(**values: Any) -> HelpDetails:
    """What an officer passes on of Robin, who sleeps rough and has a telephone."""
    usual: dict[str, Any] = {"name": "Robin Marked", "reach": "07700 900321", "reach_by": ("text",), "wants": ("stay",)}
    return HelpDetails(**usual | values)


def ask(officer: User, service: SchemeVersion, **values: Any) -> HelpRequest:
    """Robin, or somebody else by ``values``, sent by the officer."""
    about = {"service": service, "details": passed_on(**values), "agreed": True}
    return helping.ask_for_help(submission=uuid.uuid4(), **about, by=officer)


def typed(**values: Any) -> dict[str, Any]:
    """What the page "Get help for somebody" sends, with its button; to the service that was opened last."""
    offered = SchemeVersion.objects.filter(document__without_offence=True).latest("pk")
    usual: dict[str, Any] = {
        "service": str(offered.pk),
        "submission": str(uuid.uuid4()),
        "name": "Robin Marked",
        "reach": "07700 900321",
        "reach_by": ["text"],
        "hours": "any",
        "wants": ["stay", "mind"],
        "agreed": "yes",
    }
    return {name: value for name, value in (usual | values).items() if value is not None}
