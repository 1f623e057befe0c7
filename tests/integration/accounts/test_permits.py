"""The database refuses a change of rank, roles or password that nobody has put their name to."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from diversion.accounts import permits
from diversion.accounts.actions import approvals, users
from diversion.accounts.models import Permit, Role, RoleAssignment, User
from diversion.demonstration.cast import PASSWORD
from diversion.postgres import functions
from tests.conftest import Cast

pytestmark = pytest.mark.usefixtures("frozen")
OTHER_HASH = "md5$salt$0123456789abcdef0123456789abcdef"


def is_refused(statement: str, *values: object) -> bool:
    """Whether the database itself refuses the statement; whatever it does is undone."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            assert cursor.rowcount > 0, "the statement touched nothing: it proves nothing"
            transaction.set_rollback(True)
    except DatabaseError as error:
        return "No permit" in str(error) or "begins without" in str(error) or "keeps its" in str(error)
    return False


def test_sql_raises_nobody(cast: Cast) -> None:
    """The attack that worked: with the web's credentials a constable became an inspector, and nothing said so."""
    amara = cast["amara"].pk
    assert is_refused("UPDATE accounts_user SET rank = 'inspector' WHERE id = %s", amara)
    assert is_refused("UPDATE accounts_user SET password = %s WHERE id = %s", OTHER_HASH, amara)
    assert is_refused("UPDATE accounts_user SET email = 'me@elsewhere.example' WHERE id = %s", amara)
    assert is_refused("UPDATE accounts_user SET organisation_id = %s WHERE id = %s", cast["ben"].organisation_id, amara)
    role = Role.objects.get(slug="information-manager").pk
    assert is_refused("INSERT INTO accounts_roleassignment (user_id, role_id) VALUES (%s, %s)", amara, role)
    assert is_refused("UPDATE accounts_roleassignment SET role_id = %s WHERE user_id = %s", role, amara)
    assert is_refused("DELETE FROM accounts_roleassignment WHERE user_id = %s", amara)


def test_sql_opens_no_account_that_was_disabled(cast: Cast) -> None:
    """The attack that worked: whoever left keeps their password, and one statement lets them in again, unseen."""
    amara, opens = cast["amara"], "UPDATE accounts_user SET is_active = true WHERE id = %s"
    assert not is_refused(opens, amara.pk), "it is open"
    users.disable_user(user=amara, by=cast["kit"])
    assert is_refused(opens, amara.pk)
    alone = permits.Leave(Permit.Grounds.ADMINISTRATOR, cast["kit"])
    with pytest.raises(DatabaseError, match="needs a second person"), transaction.atomic():
        permits.allow_opening(amara, alone)
    users.ask_for_link(user=cast["callum"], by=cast["kit"])
    other = permits.Leave(Permit.Grounds.SECOND_PERSON, cast["jo"], cast["callum"].account_requests.get())
    with pytest.raises(DatabaseError, match="No second person"), transaction.atomic():
        permits.allow_opening(amara, other)
    users.enable_user(user=User.objects.get(pk=amara.pk), by=cast["kit"])
    approvals.approve(request=amara.account_requests.get(), by=cast["jo"])
    assert User.objects.get(pk=amara.pk).is_active
    assert _last_permit(amara).what == Permit.What.OPENED


def test_an_account_is_not_born_with_power(cast: Cast) -> None:
    """A second account, made an inspector at once, would do what the first may not."""
    words = (
        "INSERT INTO accounts_user (email, full_name, collar_number, rank, organisation_id, is_active, date_joined,"
        " password) VALUES ('x@avonford.example', 'X', '', %s, %s, true, now(), %s)"
    )
    force = cast["amara"].organisation_id
    assert is_refused(words, "inspector", force, "!none")
    assert is_refused(words, "", force, OTHER_HASH)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_role SET permissions = '{view_access_log}' WHERE slug = 'officer'",
        "UPDATE accounts_role SET slug = 'officer' WHERE slug = 'inspector'",
        "INSERT INTO accounts_role (slug, name, organisation_kind, permissions) VALUES ('desk', '', 'provider', '{}')",
        "DELETE FROM accounts_role WHERE slug = 'commissioner'",
    ],
)
def test_nobody_widens_adds_renames_or_removes_a_role(cast: Cast, statement: str) -> None:
    """One statement would let every officer read the access log; under another slug an approval gives other power."""
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)


def test_a_permit_lets_nothing_else_through(cast: Cast) -> None:
    """Leave to be a sergeant is no leave to be an inspector, and a colleague's is no leave at all."""
    permits.allow_rank(cast["amara"], "sergeant", permits.SERVICE)
    assert is_refused("UPDATE accounts_user SET rank = 'inspector' WHERE id = %s", cast["amara"].pk)
    assert is_refused("UPDATE accounts_user SET rank = 'sergeant' WHERE id = %s", cast["callum"].pk)
    assert not is_refused("UPDATE accounts_user SET rank = 'sergeant' WHERE id = %s", cast["amara"].pk)


@pytest.mark.django_db(transaction=True)
def test_a_permit_is_good_for_its_own_transaction() -> None:
    """One that could be used again would let somebody be raised a year after it was given."""
    from tests.factories.ground import assemble

    cast = assemble("!")
    with transaction.atomic():
        permits.allow_rank(cast["amara"], "sergeant", permits.SERVICE)
    assert is_refused("UPDATE accounts_user SET rank = 'sergeant' WHERE id = %s", cast["amara"].pk)


@pytest.mark.django_db(transaction=True)
def test_a_permit_of_a_restored_database_is_good_for_nothing() -> None:
    """PostgreSQL numbers transactions anew there: whoever waits for the number would raise somebody, unseen."""
    from tests.factories.ground import assemble

    amara = assemble("!")["amara"].pk
    permits.allow_rank(User.objects.get(pk=amara), "sergeant", permits.SERVICE)
    _let_the_clock_be_set(False)
    try:
        permit = Permit.objects.filter(account_id=amara).latest("pk")
        numbered = "UPDATE accounts_permit SET transaction = pg_current_xact_id()::text::bigint, at = {} WHERE id = %s"
        raises = "UPDATE accounts_user SET rank = 'sergeant' WHERE id = %s"
        with connection.as_owner(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(numbered.format("now() - interval '1 day'"), [permit.pk])
            assert is_refused(raises, amara)
            cursor.execute(numbered.format("clock_timestamp()"), [permit.pk])
            assert not is_refused(raises, amara), "its time alone tells the two apart"
    finally:
        _let_the_clock_be_set(True)


def test_a_permit_stays_as_it_was_written(cast: Cast) -> None:
    """It is what remains to say who raised whom."""
    for statement in ("UPDATE accounts_permit SET by_id = NULL", "DELETE FROM accounts_permit"):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)


@pytest.mark.django_db(transaction=True)
def test_in_production_nobody_acts_for_no_one() -> None:
    """'Set up with the service' is what whoever wants no name there would write."""
    from tests.factories.ground import assemble

    amara = assemble("!")["amara"]
    _let_the_clock_be_set(False)
    try:
        with pytest.raises(DatabaseError, match="on nobody's behalf"):
            permits.allow_rank(amara, "inspector", permits.SERVICE)
    finally:
        _let_the_clock_be_set(True)


def test_a_user_changes_their_own_password(cast: Cast, signed_in: Callable[[User], Client]) -> None:
    """The wall must not stop who may: the permit says that it was the user, with the old password."""
    passphrase = "a new long pass phrase"
    answers = {"oldpassword": PASSWORD, "password1": passphrase, "password2": passphrase}
    assert signed_in(cast["amara"]).post(reverse("account_change_password"), answers).status_code == 302
    assert User.objects.get(pk=cast["amara"].pk).check_password(passphrase)
    assert _last_permit(cast["amara"]).grounds == Permit.Grounds.OWN_PASSWORD


def test_an_older_hash_is_renewed_at_sign_in(cast: Cast, settings: Any, client: Client) -> None:
    """A release with a stronger hash would otherwise shut everybody out."""
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    answer = client.post("/accounts/login/", {"login": cast["amara"].email, "password": PASSWORD})
    assert answer.status_code == 302
    user = User.objects.get(pk=cast["amara"].pk)
    assert user.password.startswith("pbkdf2_sha256$")
    assert _last_permit(user).grounds == Permit.Grounds.REHASH
    assert client.get("/cases/").status_code == 200


def test_every_role_of_the_cast_has_its_permit(cast: Cast) -> None:
    """Who holds what can be followed back to somebody from the first day."""
    given = Permit.objects.filter(what=Permit.What.ROLE).values_list("account_id", "value")
    held = {(user, str(role)) for user, role in RoleAssignment.objects.values_list("user_id", "role_id")}
    assert held <= set(given)
    assert held


def test_the_hash_of_the_permit_is_that_of_the_password(cast: Cast) -> None:
    """A permit that held the hash itself would give whoever reads it something to guess against."""
    encoded = make_password("another long pass phrase")
    permits.allow_password(cast["amara"], encoded, permits.Leave(permits.Grounds.LINK, cast["amara"]))
    assert _last_permit(cast["amara"]).value != encoded
    assert not is_refused("UPDATE accounts_user SET password = %s WHERE id = %s", encoded, cast["amara"].pk)


def _last_permit(user: User) -> Permit:
    return Permit.objects.filter(account_id=user.pk).latest("pk")


def _let_the_clock_be_set(may: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        (schema,) = cursor.fetchone()
    with connection.as_owner(), transaction.atomic(), connection.cursor() as cursor:
        functions.harden(cursor, schema, clock_may_be_set=may)
