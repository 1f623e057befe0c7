"""Mapping files: what is wrong with one is said with file and key."""

from collections.abc import Callable
from pathlib import Path

import pytest

from reporting import codes
from reporting.intake.mappings import facts as mapping
from reporting.intake.mappings.parts import MappingError

POLICE = (mapping.FOLDER / "police-uk-stop-search.toml").read_text(encoding="utf-8")

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(*changes: tuple[str, str], name: str = "police-uk-stop-search") -> Path:
        text = POLICE
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        path = tmp_path / f"{name}.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("name", mapping.names())
def test_every_mapping_that_is_shipped_can_be_used(name: str) -> None:
    """A mapping that does not load would be found out by the person who imports, not by us."""
    assert mapping.load(name).name == name


def test_the_18_and_one_words_of_police_uk_reach_every_code() -> None:
    """A word left out would silently move its people to Unknown."""
    part = mapping.load("police-uk-stop-search").ethnicity_self_defined
    assert part is not None
    assert set(part.values.values()) == set(codes.SELF_CODES)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"Black" = "Black"', '"Black" = "Blakc"', r"ethnicity_officer_defined\.values\.Black: 'Blakc' is none of"),
        ('column = "Gender"', 'column = "Sex"', "not among file.columns: Sex"),
        ('code = "outcome_under_10"', 'code = "Under 10!"', r"quality\.1\.code: 'Under 10!' is not a code"),
        ('"Type" = { not = [', '"Type" = { nought = [', r"considered\.Type\.nought: Extra inputs"),
        ('outside = "reject"', 'outside = "ignore"', r"date\.outside: Input should be 'reject' or 'flag'"),
        ("earliest = 1986-01-01", 'earliest = "long ago"', r"date\.earliest: Input should be a valid date"),
        ('"Type" = { not = ["Vehicle search"] }', '"Type" = {}', r"considered\.Type: give either 'in' or 'not'"),
        ('title = "Stop', 'titel = "Stop', r"title: Field required; titel: Extra inputs"),
        ('"Type", "Date",', '"Type", "Date", "Type",', r"file.columns names twice: Type"),
        ('name = "police-uk-stop-search"', 'name = "live"', "'live' is the name of this service's own decisions"),
        ('name = "police-uk-stop-search"', 'name = "other"', "name is 'other', and must be 'police-uk-stop-search'"),
        ("[considered]", "[considered", "is not TOML"),
        ('format = "iso"', 'format = "%Y"', r"date\.format: '%Y' gives no day; where rows have none write 'year'"),
        ('format = "iso"', 'format = "%H:%M"', r"date\.format: '%H:%M' does not say year, month and day"),
        ('format = "iso"', 'format = "DD/MM/YYYY"', r"'DD/MM/YYYY' is not a pattern; did you mean '%d/%m/%Y'\?"),
        ('format = "iso"', 'format = "dd/mm/yyyy hh:mm"', r"did you mean '%d/%m/%Y %H:%M'\?"),
        ('format = "iso"', 'format = "%d/%m/%Q"', r"is not a pattern of strptime"),
        (
            '"Europe/London"',
            '"Europe/Londn"',
            r"date\.zone: 'Europe/Londn' is no time zone; did you mean 'Europe/London'",
        ),
        (
            "[file]",
            '[file]\nencoding = "cp1525"',
            r"file\.encoding: 'cp1525' is no encoding of text; did you mean 'cp1252'",
        ),
        ("[file]", '[file]\ndelimiter = "::"', r"file\.delimiter: '::' is not one character"),
        (
            'numbers = ["Latitude"',
            'numbers = ["Lattitude"',
            r"not among file\.columns: Lattitude; did you mean 'Latitude'",
        ),
        ("[known]", "[knwon]", r"knwon: Extra inputs are not permitted; did you mean 'known'\?"),
        (
            '"under 10", "10-17"]',
            '"under 10", "10-18"]',
            r"quality\.warning_or_notice_under_18\.Age range: '10-18' is not",
        ),
    ],
)
def test_a_fault_is_told_with_file_and_key(write: Write, old: str, new: str, said: str) -> None:
    """Whoever writes a mapping can mend only what they can find."""
    with pytest.raises(MappingError, match=said) as caught:
        mapping.read(write((old, new)))
    assert "police-uk-stop-search.toml" in str(caught.value)


def test_a_mapping_that_is_not_there_names_those_that_are() -> None:
    """A slip in the name of the mapping is mended from the message."""
    with pytest.raises(MappingError, match="choose cook-county-diversion or police-uk-outcomes or"):
        mapping.load("police-uk")


@pytest.mark.parametrize("name", ["../secrets", "/etc/passwd", ""])
def test_a_mapping_is_never_read_from_elsewhere(name: str) -> None:
    """A name is a name and no path, whoever passes it on."""
    with pytest.raises(MappingError, match="There is no mapping"):
        mapping.load(name)


def test_the_digest_changes_with_a_word_and_not_with_a_comment(write: Write) -> None:
    """Later, the batch says under which mapping its figures were made."""
    before = mapping.read(write()).digest
    assert mapping.read(write(("# Stop and search records as", "# A remark about"))).digest == before
    assert mapping.read(write(('"10-17" = "10-17"', '"10-17" = "18-24"'))).digest != before
