"""``add_organisation``: a force, a provider or a service made from nothing, once, with its teams."""

from collections.abc import Callable

import pytest

from cases.models import PolicyVersion
from diversion.accounts.models import Organisation, Team
from diversion.audit.models import Event
from tests.conftest import Cast
from tests.integration.starting.conftest import Said, Typed

pytestmark = pytest.mark.usefixtures("frozen", "db")

SOUTHMOOR = ("add_organisation", "Southmoor Police", "--kind", "police_force", "--slug", "southmoor")
File = Callable[[str | bytes], str]


def counts(said: Said) -> tuple[int, int, int, int]:
    found = said.counts
    assert found["rows"] == found["added"] + found["unchanged"] + found["rejected"]
    return found["rows"], found["added"], found["unchanged"], found["rejected"]


def teams(slug: str) -> list[str]:
    return list(Team.objects.filter(organisation__slug=slug).values_list("name", flat=True))


def test_a_force_is_made_with_its_teams_and_its_default_policy(typed: Typed, a_file: File) -> None:
    """Nobody could record a decision without a policy, and nobody could be put into a team without a shell."""
    said = typed(*SOUTHMOOR, "--teams", a_file("Team\nResponse A\nTown\n"))
    force = Organisation.objects.get(slug="southmoor")
    assert (said.status, counts(said)) == (0, (2, 2, 0, 0))
    assert (force.name, force.kind, force.is_demonstration) == ("Southmoor Police", "police_force", False)
    assert teams("southmoor") == ["Response A", "Town"]
    policy = PolicyVersion.objects.get(force=force, kind=PolicyVersion.Kind.POLICY)
    assert (policy.state, policy.is_default) == (PolicyVersion.State.LIVE, True)


def test_it_leaves_its_events_in_the_log_of_the_organisation(typed: Typed, a_file: File) -> None:
    """Whoever reads the force's log must find when its record began, and who is meant by the service."""
    typed(*SOUTHMOOR, "--teams", a_file("team\nTown\n"))
    force = Organisation.objects.get(slug="southmoor")
    events = dict(Event.objects.filter(organisation_id=force.pk).values_list("kind", "detail"))
    assert events == {"organisation.added": {"kind": "police_force"}, "organisation.teams_added": {"teams": ["Town"]}}


def test_said_again_it_changes_nothing_and_says_what_stands(typed: Typed, a_file: File) -> None:
    """A script that starts a service is run again: a second force, team or policy would split the record."""
    file = a_file("team\nTown\n")
    typed(*SOUTHMOOR, "--teams", file)
    before = Event.objects.count(), PolicyVersion.objects.count()
    said = typed(*SOUTHMOOR, "--teams", file)
    assert (said.status, counts(said), said.counts["is_new"]) == (0, (1, 0, 1, 0), False)
    assert "Southmoor Police stands already, with the slug 'southmoor'." in said.told
    assert (Event.objects.count(), PolicyVersion.objects.count()) == before


def test_another_name_for_a_slug_is_told_and_not_taken(typed: Typed) -> None:
    """A typing error must not rename a force on every page."""
    typed(*SOUTHMOOR)
    said = typed("add_organisation", "Southmoor Constabulary", "--kind", "police_force", "--slug", "southmoor")
    assert said.status == 0
    assert "it keeps that name, and 'Southmoor Constabulary' is not taken" in said.told
    assert Organisation.objects.get(slug="southmoor").name == "Southmoor Police"


def test_each_row_of_teams_has_one_fate_and_a_reason(typed: Typed, a_file: File) -> None:
    """A team left out in silence is found out when its officers see no cases."""
    typed(*SOUTHMOOR, "--teams", a_file("team\nTown\n"))
    file = a_file(
        b"\xef\xbb\xbfTEAM;\r\ntown;\r\nNorth  side;\r\n\r\n" + b"x" * 151 + b";\r\nNORTH SIDE;\r\nCaf\xe9;\r\n"
    )
    said = typed(*SOUTHMOOR, "--teams", file)
    assert (said.status, counts(said)) == (3, (5, 1, 1, 3))
    assert "Line 5: rejected: the name cannot be one: Ensure this value has at most 150 characters" in said.told
    assert "Line 6: rejected: the team stands on line 3 already." in said.told
    assert "Line 7: rejected: it is not written in UTF-8: save the file as “CSV UTF-8”, or give --encoding" in said.told
    assert teams("southmoor") == ["North side", "Town"]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [("team\nCafé\n".encode("cp1252"), ["--encoding", "cp1252"]), ("team\nCafé\n".encode("utf-16"), [])],
    ids=["Windows", "UTF-16"],
)
def test_files_as_office_programs_write_them_are_read(
    typed: Typed, a_file: File, content: bytes, encoding: list[str]
) -> None:
    """An accent must not cost a team, nor be kept as rubbish."""
    assert typed(*SOUTHMOOR, "--teams", a_file(content), *encoding).status == 0
    assert teams("southmoor") == ["Café"]


@pytest.mark.parametrize(
    ("content", "mend"),
    [
        ("teem\nTown\n", "has a column 'teem' that is not known; did you mean 'team'?"),
        ("team,team\nA,B\n", "has two columns called 'team'"),
        ("", "is empty"),
    ],
    ids=["misspelt", "twice", "empty"],
)
def test_a_file_that_cannot_be_read_makes_nothing(typed: Typed, a_file: File, content: str, mend: str) -> None:
    """A force without its teams would look ready."""
    said = typed(*SOUTHMOOR, "--teams", a_file(content))
    assert said.status == 1
    assert mend in said.told
    assert not Organisation.objects.filter(slug="southmoor").exists()


@pytest.mark.parametrize(
    ("name", "kind", "slug", "mend"),
    [
        ("Southmoor", "police_force", "South Moor", "use lower-case letters, digits and hyphens"),
        (" ", "police_force", "southmoor", "name: This field cannot be blank"),
        ("Southmoor", "provider", "avonford", "choose another slug"),
        ("AVONFORD police", "police_force", "avon", "stands already, under the slug 'avonford'"),
        ("Avonford Police", "police_force", "avonford", "belongs to the demonstration"),
    ],
)
def test_what_cannot_be_an_organisation_is_refused_with_the_mend(
    typed: Typed, cast: Cast, name: str, kind: str, slug: str, mend: str
) -> None:
    """A second Avonford would take half its cases; a made-up one must never become real."""
    before = list(Organisation.objects.values())
    said = typed("add_organisation", name, "--kind", kind, "--slug", slug)
    assert said.status == 1
    assert mend in said.told
    assert list(Organisation.objects.values()) == before


@pytest.mark.parametrize("kind", ["provider", "youth_justice", "oversight", "research"])
def test_others_than_forces_have_no_policy(typed: Typed, kind: str) -> None:
    """A policy of a provider would be one that nobody may sign."""
    assert typed("add_organisation", "Elsewhere", "--kind", kind, "--slug", "elsewhere").status == 0
    assert Organisation.objects.get(slug="elsewhere").kind == kind
    assert not PolicyVersion.objects.filter(force__slug="elsewhere").exists()
