"""``manage.py first_administrator EMAIL --name NAME --organisation SLUG``: somebody who can add the others."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from diversion import audit
from diversion.accounts.actions.starting import add_first_administrator, nobody_approves
from diversion.accounts.models import Organisation, User
from diversion.accounts.passwords import link_path
from diversion.accounts.permissions import Permission
from diversion.refusals import Refused
from diversion.unit_of_work import unit_of_work


class Command(BaseCommand):
    """The link is the last line of standard output, and nothing else goes there. Exit status 1: nothing was done."""

    help = (
        "Make the first administrator of an organisation, and print the link with which they set their password. "
        "Twice at most: a change of an account needs one to ask and another to approve. Connects as the tables' owner."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="with which they sign in")
        parser.add_argument("--name", required=True, help="their full name")
        parser.add_argument("--organisation", required=True, help="its slug, as given to add_organisation")
        parser.add_argument("--address", default=address(), help="of the service, for the link (%(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip().lower()
        try:
            validate_email(email)
            with unit_of_work("first_administrator"):
                user, words = self._stands(email, options) or self._made(email, options)
                link = options["address"].rstrip("/") + self._link(user)
        except ValidationError:
            raise CommandError(f"'{email}' is no e-mail address: write it like name@example.org.") from None
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.say(words)
        self.say(f"The link works once, for {settings.PASSWORD_RESET_TIMEOUT // 86_400} days. Give it to nobody else.")
        if nobody_approves(user.organisation):
            self.say(
                "Run this for a second person too: what one administrator asks for, another approves, and here nobody "
                "else could."
            )
        self.stdout.write(link)

    def _stands(self, email: str, options: dict[str, Any]) -> tuple[User, str] | None:
        """Who was made before and has set no password yet; they get another link, and nothing else changes."""
        user = User.objects.select_related("organisation").filter(email=email).first()
        if user is None or user.organisation.slug != options["organisation"] or not user.can(Permission.MANAGE_USERS):
            return None
        if user.has_usable_password():
            raise Refused(f"{user} is an administrator there already and has a password: nothing to do.")
        return user, f"{user} is an administrator of {user.organisation} already, without a password. Nothing changed."

    def _made(self, email: str, options: dict[str, Any]) -> tuple[User, str]:
        organisation = organisation_called(options["organisation"])
        name = " ".join(options["name"].split())
        if not name:
            raise Refused("Give the full name: it stands beside what they do.")
        user = add_first_administrator(email=email, full_name=name, organisation=organisation, by=None)
        return user, f"{user} can manage the users of {organisation}."

    def _link(self, user: User) -> str:
        nature, own = audit.Nature.ADMINISTRATION, user.organisation_id
        audit.record("user.password_link_made", nature, by=None, subjects=[user], organisation_id=own)
        return link_path(user)

    def say(self, text: str) -> None:
        """To standard error, without the colour of errors."""
        self.stderr.write(text, str)


def organisation_called(slug: str) -> Organisation:
    """The organisation with that slug. Refused names those there are."""
    found = Organisation.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Organisation.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
        raise Refused(f"There is no organisation '{slug}': add it with add_organisation. Those there are: {known}.")
    return found


def address() -> str:
    """Where people reach this service, as far as the settings say."""
    host = next((name for name in settings.ALLOWED_HOSTS if not name.startswith((".", "*"))), "localhost")
    return f"https://{host}" if settings.PRODUCTION else f"http://{host}:8000"
