"""What `npm run build` made: the files that browsers are served."""

import re
from pathlib import Path

import pytest
from django.conf import settings

BUILD = Path(settings.BASE_DIR) / "static" / "build"
pytestmark = pytest.mark.skipif(not (BUILD / "app.css").exists(), reason="not built: run `make setup`")

NOT_OURS = re.compile(r"crest|crown|logotype|govuk-icon|opengraph|\.woff2?$|\.ttf$", re.IGNORECASE)


def served() -> list[str]:
    return [path.relative_to(BUILD).as_posix() for path in BUILD.rglob("*") if path.is_file()]


@pytest.fixture(scope="module")
def css() -> str:
    return (BUILD / "app.css").read_text()


def test_no_crown_crest_logotype_or_font_of_government_is_served() -> None:
    """This is not GOV.UK: passing for it is not allowed, and would mislead people."""
    ours = {"fonts/DejaVuSans.ttf", "fonts/DejaVuSans-Bold.ttf"}  # of the papers that people are given
    assert [name for name in served() if NOT_OURS.search(name) and name not in ours] == []


def test_the_style_sheet_names_no_gds_transport_and_no_font_file(css: str) -> None:
    """The typeface is licensed for gov.uk addresses only."""
    assert "GDS Transport" not in css
    assert "@font-face" not in css


def test_every_image_the_style_sheet_names_is_served_by_a_relative_address(css: str) -> None:
    """Hashed static storage rewrites relative addresses only, and fails the release on one that leads nowhere."""
    named = set(re.findall(r"url\([\"']?([^\"')]+)", css)) - {""}
    named = {name for name in named if not name.startswith("data:")}
    assert named
    assert [name for name in named if name.startswith(("/", "http")) or not (BUILD / name).exists()] == []


def test_no_file_names_a_source_map_that_is_not_there() -> None:
    """Hashed static storage fails on those too."""
    assert [
        name for name in served() if name.endswith((".css", ".js")) and "sourceMappingURL" in (BUILD / name).read_text()
    ] == []


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_our_colour_is_ours_and_can_be_read(css: str) -> None:
    """White words stand on it: at least 4.5 to 1 (WCAG 2.2, 1.4.3). The last definition is the one that holds."""
    brand = re.findall(r"--govuk-brand-colour:\s*(#[0-9a-f]{6})", css)[-1]
    assert brand not in ("#1d70b8", "#0b0c0c")
    assert 1.05 / (_luminance(brand) + 0.05) >= 4.5
