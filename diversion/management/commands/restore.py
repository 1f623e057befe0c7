"""``manage.py restore FILE``: a backup put into an empty database, and compared with what it says of itself."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError

from diversion import audit
from diversion.accounts.actions.restored import disable_again
from diversion.management.backups import keys, restoring
from diversion.management.backups.manifest import Manifest
from diversion.management.lists import ListCommand, read_list
from diversion.postgres import grants, triggers, wall
from diversion.postgres.owner import as_owner, sign_in_as_app
from diversion.readiness import unapplied
from diversion.refusals import Refused
from diversion.unit_of_work import unit_of_work
from reporting.intake.near import printable
from reporting.intake.reading import UnreadableFile


class Command(ListCommand):
    """Remarks go to standard error; the last line of standard output is JSON. Exit status 1: nothing was restored."""

    help = (
        "Restore a backup into an empty database, with the role of web and worker and its grants, compare what is "
        "there with the manifest, and disable again whoever is in the list. All of it or nothing is restored."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="what manage.py backup wrote")
        parser.add_argument("--check", action="store_true", help="say only whether the file is whole and what it holds")
        words = "a list with the column email of those who must not sign in (manage.py disabled_accounts writes one)"
        parser.add_argument("--disabled", type=Path, metavar="LIST", help=words)
        self.add_encoding(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            disabled = _emails(options["disabled"], options["encoding"])
            identities = keys.identities()
            manifest = restoring.read(options["file"], identities)
            self.say(f"{options['file']} is whole; {identities.where} opens it. It was made {manifest.words}.")
            if options["check"]:
                self.stdout.write(json.dumps(manifest.about))
                return
            restored = restoring.restore(options["file"], manifest, identities)
        except (Refused, UnreadableFile) as refusal:
            raise CommandError(printable(str(refusal))) from None
        except OperationalError as fault:
            raise CommandError(f"Nothing was restored, since the database does not answer: {fault}") from None
        self.say(f"Restored and found equal to the manifest: {', '.join(restored.compared)}.")
        self._bring_up(manifest)
        self.stdout.write(json.dumps(self._finish(manifest, disabled)))

    def _bring_up(self, manifest: Manifest) -> None:
        """The tables of this release, where the backup is of an earlier one."""
        if waiting := unapplied():
            self.say(f"The backup is of an earlier release: {len(waiting)} migrations follow.")
            with as_owner():
                call_command("migrate", interactive=False, verbosity=0)
        sign_in_as_app()
        if lacking := [*unapplied(), *grants.missing(), *triggers.missing(), *wall.missing()]:
            raise CommandError(f"Restored, but this is still missing: {', '.join(lacking)}. Run manage.py prepare.")

    def _finish(self, manifest: Manifest, disabled: list[str]) -> dict[str, Any]:
        """Close what is to be closed, write it into the log and say it; the last line."""
        with unit_of_work("restore"):
            again = disable_again(emails=disabled, by=None)
            detail = manifest.about | {"disabled_again": len(again)}
            audit.record("service.restored", audit.Nature.SECURITY, by=None, detail=detail)
        self.say("Nobody is signed in: no session is in a backup.")
        if disabled:
            self.say(f"{len(again)} of the {len(disabled)} accounts in the list could sign in, and cannot now.")
        else:
            self.say(
                "Whoever was disabled after the backup can sign in again: no list was given (--disabled). Disable "
                "them on the page Users, and take back roles and ranks that were taken since."
            )
        return detail


def _emails(path: Path | None, encoding: str) -> list[str]:
    """The addresses of the list. UnreadableFile where it cannot be read: before anything is restored."""
    if path is None:
        return []
    listed = read_list(path, needed=["email"], encoding=encoding)
    if listed.rejects:
        first = listed.rejects[0]
        raise UnreadableFile(f"Line {first.line} of {path.name}: {first.reason}. Mend it: nothing was restored.")
    return [row["email"].lower() for _line, row in listed.rows]
