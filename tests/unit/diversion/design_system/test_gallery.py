"""The gallery: all parts and fields, through the whole of Django."""

import re

import pytest
from django.test import Client

from diversion.design_system.gallery_samples import FILLED
from tests.unit.diversion.design_system.page import dangling_references, elements, repeated_ids

PAGES = ["/gallery/", "/gallery/fields/", "/gallery/fields/filled/", "/gallery/fields/wrong/", "/gallery/figures/"]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", PAGES)
def test_each_page_is_sound(client: Client, address: str) -> None:
    """References that lead nowhere, ids used twice, styles the policy blocks: each breaks the page for somebody."""
    html = client.get(address).content.decode()
    assert dangling_references(re.sub(r'href="#[a-z]*"', "", html)) == set()
    assert repeated_ids(html) == set()
    assert [attrs for attrs in elements(html) if "style" in attrs] == []
    assert len(elements(html, "h1")) == 1
    assert elements(html, "html")[0]["lang"] == "en-gb"


@pytest.mark.parametrize("address", PAGES)
def test_inline_scripts_carry_the_nonce_that_the_policy_names(client: Client, address: str) -> None:
    """Without it the browser refuses them."""
    response = client.get(address)
    [nonce] = re.findall(r"'nonce-([^']+)'", response["Content-Security-Policy"])
    inline = [attrs for attrs in elements(response.content.decode(), "script") if "src" not in attrs]
    assert inline
    assert {attrs["nonce"] for attrs in inline} == {nonce}


def test_filled_fields_show_what_was_saved(client: Client) -> None:
    """A field that forgets its value makes people overwrite what they meant to keep."""
    html = client.get("/gallery/fields/filled/").content.decode()
    values = {attrs["name"]: attrs.get("value") for attrs in elements(html, "input", type="text") if "name" in attrs}
    assert values["name"] == FILLED["name"]
    assert values["born"] == "27 March 1994"
    checked = {attrs["value"] for attrs in elements(html, "input") if "checked" in attrs}
    assert checked >= {"letter", "yes", "home", "work"}
    selected = {attrs["value"] for attrs in elements(html, "option") if "selected" in attrs}
    assert selected >= {"049/00", "n"}


def test_a_row_can_be_added_and_removed_by_plain_submits(client: Client) -> None:
    """Without JavaScript the buttons are all there is."""
    rows = {
        "crimes-TOTAL_FORMS": "2",
        "crimes-INITIAL_FORMS": "0",
        "crimes-0-crime_number": "A",
        "crimes-1-crime_number": "B",
    }
    added = client.post("/gallery/fields/", {**rows, "crimes-add": "1"}).content.decode()
    assert len(re.findall(r'name="crimes-\d-crime_number"', added)) == 3
    removed = client.post("/gallery/fields/", {**rows, "crimes-remove": "0"}).content.decode()
    [left] = [attrs for attrs in elements(removed, "input") if attrs.get("name") == "crimes-0-crime_number"]
    assert left["value"] == "B"


def test_enter_in_a_text_box_does_not_press_remove(client: Client) -> None:
    """A browser presses the form's first submit button: it must be the one that saves."""
    html = client.get("/gallery/fields/").content.decode()
    main = html.split("<main")[1]
    assert "name" not in elements(main, "button", type="submit")[0]


@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/"])
def test_sign_in_pages_wear_the_same_dress(client: Client, address: str) -> None:
    """Somebody who lands on a page that looks like no other should not type a password into it."""
    html = client.get(address).content.decode()
    assert elements(html, "link", rel="stylesheet")[0]["href"].endswith(".css")
    assert len(elements(html, "h1")) == 1
    assert dangling_references(html) == set()
    assert "placeholder" not in html


def test_a_refused_sign_in_says_so_in_title_and_summary(client: Client) -> None:
    """And it does not say whether the account exists."""
    html = client.post("/accounts/login/", {"login": "nobody@example.org", "password": "wrong"}).content.decode()
    assert "<title>Error: Sign in – Diversion</title>" in html
    assert "govuk-error-summary" in html
