"""A pasted summary on the page "Record a decision"."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case
from diversion.accounts.models import User
from referrals.models import DecisionDraft
from tests.conftest import Cast
from tests.factories.cases import person, record

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("frozen")
PASTED = """Crime no: av/77/26
Offence: Theft from a shop
Date: 7 June 2026
Aggrieved: Hart's Stores
Suspect: PRICE, Sam 04/03/2001
Sex: unclear
Officer's note: he was wearing a MARKEDHAT
"""


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def paste(client: Client, text: str = PASTED) -> Any:
    return client.post(reverse("summary_read"), {"summary": text})


def test_the_page_is_filled_in_and_nothing_is_recorded(cast: Cast, signed_in: SignIn) -> None:
    """Typed again, a digit of a crime number goes wrong; recorded unread, somebody else's would."""
    page = text_of(paste(signed_in(cast["amara"])))
    for words in (
        'value="av/77/26"',
        "Theft from a shop",
        'value="Hart&#x27;s Stores"',
        'value="Sam"',
        'value="Price"',
    ):
        assert words in page
    assert "Check it before you record anything" in page
    assert "Not placed; type it where it belongs: Sex: unclear" in page
    assert not Case.objects.exists()


def test_somebody_on_record_is_offered(cast: Cast, signed_in: SignIn) -> None:
    """They would be recorded a second time, and their earlier outcomes would not count."""
    record(cast["amara"], person=person())
    page = text_of(paste(signed_in(cast["amara"])))
    assert "Is this the same person?" in page


def test_the_text_is_kept_nowhere(cast: Cast, signed_in: SignIn) -> None:
    """A narrative tells of other people, and the page says that it is not kept."""
    client = signed_in(cast["amara"])
    assert "MARKEDHAT" not in text_of(paste(client))
    assert all("MARKEDHAT" not in str(draft.typed) for draft in DecisionDraft.objects.all())
    assert DecisionDraft.objects.exists()
    assert "MARKEDHAT" not in str(dict(client.session))


@pytest.mark.parametrize(("text", "words"), [("", "Paste the summary first"), ("Hello", "needs its label")])
def test_what_cannot_be_read_stays_in_its_box(text: str, words: str, cast: Cast, signed_in: SignIn) -> None:
    response = paste(signed_in(cast["amara"]), text)
    assert response.status_code == 422
    assert words in text_of(response)
    assert text in text_of(response)
