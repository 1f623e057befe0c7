"""``manage.py bundle --out DIR [--key KEY.pem]``: all that a host needs, as one signed file."""

import tempfile
from argparse import ArgumentParser
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from diversion.management import bundling


class Command(BaseCommand):
    """Asks no database. The last line of standard output is the path of the file."""

    help = (
        "Pack the committed code, the compiled assets, the wheels of requirements-prod.txt, the lists of both in "
        "CycloneDX, all licences and the sums of all of it into one file, and sign that with --key (Ed25519, PEM). "
        "A host installs it with no network (docs/deploy.md)."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, required=True, help="the folder for the file")
        parser.add_argument("--key", type=Path, help="the private key that signs it; without, nobody can check it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            key = options["key"].read_bytes() if options["key"] else None
            if key is not None:
                bundling.signing_key(key)
            with tempfile.TemporaryDirectory() as place:
                folder = Path(place)
                target = options["out"] / f"diversion-{bundling.version()}.tar.gz"
                bundling.fill(folder)
                (folder / bundling.SUMS).write_text(bundling.sums(folder), encoding="utf-8")
                options["out"].mkdir(parents=True, exist_ok=True)
                bundling.pack(folder, target)
            if key is not None:
                bundling.sign(target, key)
        except (bundling.CannotBundle, OSError, CalledProcessError) as fault:
            raise CommandError(str(fault)) from None
        if key is None:
            self.stderr.write("It is not signed: give --key, or nobody can tell whose it is.")
        self.stdout.write(str(target))
