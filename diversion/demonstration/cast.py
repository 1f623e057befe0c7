"""One cast, in the tests and in the demonstration. Nobody here exists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from diversion import clock
from diversion.accounts import permits
from diversion.accounts.actions.roles import grant
from diversion.accounts.models import Organisation, Role, Team, Training, User

PASSWORD = "a demonstration only"  # noqa: S105 - made-up people in a made-up force
Kind = Organisation.Kind
TRAINED = ("inspector", "superintendent")


@dataclass(frozen=True)
class Member:
    key: str
    full_name: str
    role: str  # slug of a role, "" for none
    organisation: str
    rank: str = ""
    collar_number: str = ""
    team: str = ""

    @property
    def email(self) -> str:
        return f"{self.key}@{self.organisation}.example"


ORGANISATIONS = (
    ("avonford", "Avonford Police", Kind.POLICE_FORCE),
    ("northmoor", "Northmoor Police", Kind.POLICE_FORCE),
    ("bridgeway", "Bridgeway", Kind.PROVIDER),
    ("harbour", "Harbour Trust", Kind.PROVIDER),
    ("avonford-youth", "Avonford Youth Justice", Kind.YOUTH_JUSTICE),
    ("avonford-panel", "Avonford Scrutiny Panel", Kind.OVERSIGHT),
    ("ashdown", "Ashdown Institute", Kind.RESEARCH),
)

CAST = (
    Member("amara", "Amara Okafor", "officer", "avonford", "constable", "2041", "Response A"),
    Member("callum", "Callum Reid", "officer", "avonford", "constable", "2077", "Response A"),
    Member("ben", "Ben Hughes", "officer", "northmoor", "constable", "118", "Town"),
    Member("carol", "Carol Singh", "supervisor", "avonford", "sergeant", "1310", "Response A"),
    Member("david", "David Mbeki", "inspector", "avonford", "inspector", "907", "Response A"),
    Member("elin", "Elin Rees", "coordinator", "avonford"),
    Member("vera", "Vera Stone", "victim-coordinator", "avonford"),
    Member("mina", "Mina Shah", "coordinator", "northmoor"),
    Member("noel", "Noel Grant", "inspector", "northmoor", "inspector", "77"),
    Member("fatima", "Fatima Noor", "navigator", "bridgeway"),
    Member("george", "George Tate", "navigator", "harbour"),
    Member("hana", "Hana Kim", "partner-manager", "bridgeway"),
    Member("hugh", "Hugh Barrow", "partner-manager", "harbour"),
    Member("yusuf", "Yusuf Demir", "youth-justice-worker", "avonford-youth"),
    Member("ian", "Ian Doyle", "monitoring-inspector", "avonford", "inspector", "611"),
    Member("rosa", "Rosa Quinn", "checker", "avonford"),
    Member("samir", "Samir Adeyemi", "checker", "avonford"),
    Member("jo", "Jo Park", "information-manager", "avonford"),
    Member("kit", "Kit Lowe", "administrator", "avonford"),
    Member("petra", "Petra Lang", "panel-member", "avonford-panel"),
    Member("quentin", "Quentin Moss", "panel-member", "avonford-panel"),
    # The stranger: signed in, and with no business in anybody's records.
    Member("lena", "Lena Frost", "", "ashdown"),
)


@transaction.atomic
def assemble(password_hash: str | None = None) -> dict[str, User]:
    """Make the cast where it is missing, and return it by key. Roles must have been seeded."""
    organisations = {}
    for slug, name, kind in ORGANISATIONS:
        values = {"name": name, "kind": kind, "is_demonstration": True}
        organisations[slug], _ = Organisation.objects.get_or_create(slug=slug, defaults=values)
    here = {user.email: user for user in User.objects.filter(email__in=[member.email for member in CAST])}
    # Hashing is slow by design, so it is done once for all of them, and not at all where nobody is missing.
    password = password_hash or (make_password(PASSWORD) if len(here) < len(CAST) else "")
    people = {
        member.key: here.get(member.email) or _join(member, organisations[member.organisation], password)
        for member in CAST
    }
    _train([people[member.key] for member in CAST if member.rank in TRAINED and member.email not in here])
    return people


def _train(users: Sequence[User]) -> None:
    """Whoever authorises where there is domestic abuse was trained for it."""
    last = clock.today() + timedelta(days=2 * 365)
    for user in users:
        Training.objects.create(user=user, trained_on=date(2024, 3, 4), counts_until=last)


def _join(member: Member, organisation: Organisation, password: str) -> User:
    team = Team.objects.get_or_create(organisation=organisation, name=member.team)[0] if member.team else None
    user = User(
        email=member.email,
        full_name=member.full_name,
        organisation=organisation,
        collar_number=member.collar_number,
        team=team,
    )
    user.set_unusable_password()
    user.save()
    permits.allow_rank(user, member.rank, permits.SERVICE)
    permits.allow_password(user, password, permits.SERVICE)
    user.rank, user.password = member.rank, password
    user.save(update_fields=["rank", "password"])
    if member.role:
        grant(user=user, role=Role.objects.get(slug=member.role), by=None)
    return user
