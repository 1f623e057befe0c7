"""Rows of a table of open cases, as another system would send them."""

from datetime import timedelta

from diversion import clock


def row(**changes: str) -> dict[str, str]:
    """One open community resolution of four weeks ago, over a shop theft, with a course to finish."""
    today = clock.today()
    return {
        "reference": "OLD-7",
        "officer": "amara@avonford.example",
        "given_names": "Noor",
        "family_name": "Salim",
        "date_of_birth": "14/06/2001",
        "sex": "F",
        "crime_number": "AV/900/26",
        "offence": "Theft from a shop",
        "committed_on": (today - timedelta(days=35)).isoformat(),
        "decided_on": (today - timedelta(days=28)).isoformat(),
        "origin": "Voluntary attendance",
        "admission": "admitted",
        "resolution": "community resolution",
        "condition": "I will finish the course.",
        "condition_kind": "course",
        "due_on": (today + timedelta(days=14)).isoformat(),
        "scheme": "",
        "ethnicity": "A2",
        "victim_kind": "business",
        "victim_name": "Corner Shop",
        "victim_view": "agrees",
    } | changes
