"""``import_users``: a list of officers becomes accounts that wait for a second person, and never more."""

from collections.abc import Callable

import pytest

from diversion.accounts.actions import approvals
from diversion.accounts.models import AccountRequest, User
from diversion.audit.models import Event
from tests.conftest import Cast
from tests.integration.starting.conftest import Said, Typed

pytestmark = pytest.mark.usefixtures("frozen", "cast")

File = Callable[[str | bytes], str]
HEADER = "Email,Name,Rank,Collar number,Team,Roles\n"
ZOE = "Zoe@avonford.example,Zoé Hart,Sergeant,77,response a,supervisor\n"
PAT = "pat@avonford.example,Pat Lane,constable,78,,Officer\n"


def run(typed: Typed, file: str, *words: str) -> Said:
    said = typed("import_users", file, "--organisation", "avonford", "--by", "kit@avonford.example", *words)
    if said.last:
        found = said.counts
        assert found["rows"] == found["added"] + found["unchanged"] + found["rejected"]
    return said


def counts(said: Said) -> tuple[int, int, int, int]:
    found = said.counts
    return found["rows"], found["added"], found["unchanged"], found["rejected"]


def everything() -> tuple[object, ...]:
    return list(User.objects.values()), list(AccountRequest.objects.values()), Event.objects.count()


def test_accounts_are_made_closed_and_wait_for_a_second_person(typed: Typed, a_file: File) -> None:
    """A list must not be a way round the second person: it could raise a hundred at once."""
    said = run(typed, a_file(HEADER + ZOE + PAT))
    assert (said.status, counts(said)) == (0, (2, 2, 0, 0))
    zoe = User.objects.get(email="zoe@avonford.example")
    assert (zoe.full_name, zoe.collar_number, str(zoe.team)) == ("Zoé Hart", "77", "Response A")
    assert (zoe.is_active, zoe.rank, zoe.roles.exists(), zoe.has_usable_password()) == (False, "", False, False)
    asked = zoe.account_requests.get()
    assert (asked.state, asked.rank, asked.roles, asked.link) == ("waiting", "sergeant", ["supervisor"], True)


def test_once_a_second_person_approves_the_list_is_what_stands(typed: Typed, a_file: File, cast: Cast) -> None:
    """What was asked for by the list is what its officers can do, and the list said again finds it so."""
    run(typed, a_file(HEADER + ZOE))
    approvals.approve(request=AccountRequest.objects.get(user__email="zoe@avonford.example"), by=cast["jo"])
    zoe = User.objects.get(email="zoe@avonford.example")
    assert (zoe.is_active, zoe.rank, [role.slug for role in zoe.roles.all()]) == (True, "sergeant", ["supervisor"])
    assert counts(run(typed, a_file(HEADER + ZOE))) == (1, 0, 1, 0)


def test_said_again_it_changes_nothing(typed: Typed, a_file: File) -> None:
    """The same list with one more officer is sent each month."""
    run(typed, a_file(HEADER + ZOE))
    before = everything()
    assert counts(run(typed, a_file(HEADER + ZOE))) == (1, 0, 1, 0)
    assert everything() == before
    assert counts(run(typed, a_file(HEADER + ZOE + PAT))) == (2, 1, 1, 0)


def test_a_dry_run_says_what_would_become_of_each_row_and_keeps_nothing(typed: Typed, a_file: File) -> None:
    """Whoever starts a service looks first."""
    before = everything()
    said = run(typed, a_file(HEADER + ZOE + PAT.replace("Officer", "Oficer")), "--dry-run")
    assert (said.status, counts(said), said.counts["dry_run"]) == (3, (2, 1, 0, 1), True)
    assert "Line 3: rejected: there is no role 'Oficer' here; did you mean 'officer'?" in said.told
    assert everything() == before


def test_it_leaves_its_events_by_whoever_asked(typed: Typed, a_file: File, cast: Cast) -> None:
    """Each account has a name behind it."""
    run(typed, a_file(HEADER + ZOE))
    kinds = Event.objects.filter(actor_id=cast["kit"].pk).values_list("kind", flat=True)
    assert set(kinds) >= {"user.added", "user.change_asked"}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("amara@avonford.example,Amara Okafor,Inspector,2041,Response A,officer", "rank constable, not inspector"),
        ("ben@northmoor.example,Ben Hughes,,,,", "has an account of another organisation"),
        ("zoe,Zoe Hart,,,,", "email: Enter a valid email address"),
        ("zoe@x.example,,,,,", "full_name: This field cannot be blank"),
        ("zoe@x.example,Zoe,Chief,,,", "there is no rank 'Chief' here"),
        ("zoe@x.example,Zoe,,,Response Z,", "there is no team 'Response Z' here; did you mean 'response a'"),
        ("zoe@x.example,Zoe,,,,navigator", "there is no role 'navigator' here"),
        ("zoe@x.example,Zoe,,,,administrator; officer", "opens no case"),
        ("zoe@x.example,Zoe", "it has 2 fields and the header 6"),
    ],
    ids=["contradicts", "elsewhere", "address", "nameless", "rank", "team", "role", "apart", "short"],
)
def test_a_row_that_cannot_be_taken_says_why_and_the_others_are(typed: Typed, a_file: File, row: str, why: str) -> None:
    """One wrong row must neither stop a hundred officers nor pass in silence."""
    said = run(typed, a_file(f"{HEADER}{row}\n{PAT}"))
    assert (said.status, counts(said)) == (3, (2, 1, 0, 1))
    assert "Line 2: rejected:" in said.told
    assert why in said.told


def test_an_address_twice_in_the_list_is_told(typed: Typed, a_file: File) -> None:
    """Of two rows about one officer nobody knows which is right: the first stands."""
    said = run(typed, a_file(HEADER + PAT + PAT.upper()))
    assert counts(said) == (2, 1, 0, 1)
    assert "Line 3: rejected: this address stands on line 2 already." in said.told


@pytest.mark.parametrize(
    ("by", "mend"),
    [
        ("amara@avonford.example", "its administrators are kit@avonford.example"),
        ("kit@avonford.example", "make one with first_administrator"),
    ],
)
def test_nobody_but_an_administrator_of_it_asks(typed: Typed, a_file: File, by: str, mend: str) -> None:
    """An account must have been asked for by somebody who answers for the organisation's users."""
    slug = "avonford" if by.startswith("amara") else "northmoor"
    said = typed("import_users", a_file(HEADER + ZOE), "--organisation", slug, "--by", by)
    assert (said.status, said.last) == (1, "")
    assert mend in said.told
