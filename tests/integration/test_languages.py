"""What a browser gets that prefers another language: one language to a page, and its name in ``lang``."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from cases.models import Case
from diversion import languages
from diversion.accounts.models import User
from tests.conftest import Cast
from tests.factories.cases import record

SignIn = Callable[[User], Client]
WELSH = {"accept-language": "cy-GB, cy;q=0.9, en;q=0.5"}
pytestmark = pytest.mark.usefixtures("frozen")


def test_a_welsh_browser_gets_dates_in_the_language_of_the_page(cast: Cast, signed_in: SignIn) -> None:
    """“5 Mehefin 2026” among English sentences, on a page said to be Welsh, is read out as nonsense."""
    case: Case = record(cast["amara"])
    response = signed_in(cast["amara"]).get(reverse("case_page", args=[case.reference]), headers=WELSH)
    page = response.content.decode()
    assert '<html lang="en-gb"' in page
    assert response["Content-Language"] == "en-gb"
    month = f"{case.recorded_at:%B %Y}"
    assert month in page


def test_a_welsh_browser_gets_mistakes_in_the_language_of_the_page(cast: Cast, signed_in: SignIn) -> None:
    """Half the messages of a form are Django's, which has them in Welsh; the other half are ours, in English."""
    posted = {"family_name": "x" * 300, "given_names": ""}
    response = signed_in(cast["amara"]).post(reverse("record_decision"), posted, headers=WELSH)
    page = " ".join(response.content.decode().split())
    assert '<html lang="en-gb"' in page
    assert "Ensure this value has at most" in page
    assert "Sicrhewch" not in page


def test_the_languages_offered_are_those_that_are_whole() -> None:
    """A list kept by hand is what offered Welsh without a word of it."""
    assert languages.offered(settings.LOCALE_PATHS[0]) == settings.LANGUAGES
    assert settings.LANGUAGES[0] == languages.ENGLISH
