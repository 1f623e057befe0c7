"""``manage.py draft_mapping FILE``: a mapping by example, to be corrected by hand."""

import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reporting.intake import drafting
from reporting.intake.mappings import facts
from reporting.intake.mappings.parts import FileShape
from reporting.intake.near import printable
from reporting.intake.reading import UnreadableFile, opened


class Command(BaseCommand):
    """Writes a mapping beside those that are there, with what was guessed marked so; what decides rates stays open."""

    help = "Look at a file and write a mapping of it to correct. What is considered and diverted is never guessed."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the file to be imported")
        parser.add_argument("--name", help="the mapping's name (default: made of the file's)")
        parser.add_argument("--encoding", default="", help="how the text is written, where it is not UTF-8: cp1252")
        parser.add_argument("--out", type=Path, help="where to write it (default: reporting/mappings/NAME.toml)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it. CommandError where the file cannot be read, or where a mapping of that name is there."""
        out: Path | None = options["out"]
        name = options["name"] or (out.stem if out else _name_of(options["file"]))
        path = out or facts.FOLDER / f"{name}.toml"
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", name) or path.stem != name:
            raise CommandError(
                f"'{printable(name)}' is no name for a mapping: give --name, in small letters and hyphens."
            )
        if path.exists():
            raise CommandError(f"{path} is there already: give another --name, or remove it.")
        try:
            text = self._draft(options["file"], name, options["encoding"])
            path.write_bytes(text.encode())
        except UnicodeEncodeError:
            raise CommandError(
                f"{printable(options['file'].name)} is not written in UTF-8: say how with --encoding (cp1252 is what "
                "Excel saves as CSV on Windows)."
            ) from None
        except (UnreadableFile, OSError) as refusal:
            raise CommandError(printable(str(refusal))) from None
        step = f"manage.py check_mapping FILE --mapping {out or name}"
        self.stderr.write(f"Correct it, write what says TO DO, then: {step}", str)
        self.stdout.write(str(path))

    def _draft(self, path: Path, name: str, encoding: str) -> str:
        shape = FileShape(columns=("",), encoding=encoding) if encoding else None
        with opened(path, shape and shape.model_copy(update={"columns": ()})) as table:
            for note in table.notes:
                self.stderr.write(printable(note), str)
            columns = drafting.look(table)
        text = drafting.draft(name, columns, drafting.guess(columns))
        return text.replace("[file]\n", f'[file]\nencoding = "{shape.encoding}"\n', 1) if shape else text


def _name_of(path: Path) -> str:
    """A name made of the file's: Searches 2020.csv as searches-2020."""
    stem = path.name.split(".")[0].casefold()
    return re.sub(r"[^a-z0-9]+", "-", stem).strip("-")[:40].strip("-") or "draft"
