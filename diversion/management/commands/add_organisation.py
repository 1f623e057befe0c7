"""``manage.py add_organisation NAME --kind KIND --slug SLUG [--teams teams.csv]``: a force or partner and its teams."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from cases.rulebook import ensure_policy
from diversion.accounts.actions.organisations import SetUp, add_organisation
from diversion.accounts.models import Organisation, Team
from diversion.management.lists import ListCommand, Listed, Reject, read_list
from diversion.refusals import Refused
from diversion.unit_of_work import unit_of_work
from reporting.intake.near import printable
from reporting.intake.reading import UnreadableFile


class Command(ListCommand):
    """Remarks go to standard error. The last line of standard output is JSON: rows = added + unchanged + rejected.

    Exit status 1 where nothing was done, 3 where rows of teams were rejected and the rest was done.
    """

    help = (
        "Add an organisation, and its teams or offices from a file with the column 'team'. Again: what is missing only."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="what people call it: Avonford Police")
        parser.add_argument("--kind", required=True, choices=Organisation.Kind.values)
        parser.add_argument("--slug", required=True, help="what commands call it, for good: avonford")
        parser.add_argument("--teams", type=Path, help="CSV file or workbook with a header and the column 'team'")
        self.add_encoding(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            listed = read_teams(options["teams"], options["encoding"])
            teams, rejects = sorted_out(listed)
            with unit_of_work("add_organisation"):
                done = self._set_up(options, teams)
        except (UnreadableFile, Refused) as refusal:
            raise CommandError(printable(str(refusal))) from None
        self._report(done, options["name"])
        self.tell(listed, rejects)
        unchanged = [name for name in teams if name not in done.teams]
        about = {"organisation": done.organisation.slug, "is_new": done.is_new}
        self.finish(about, {"added": done.teams, "unchanged": unchanged, "rejected": rejects})

    def _set_up(self, options: dict[str, Any], teams: list[str]) -> SetUp:
        given = {name: options[name] for name in ("slug", "kind")}
        done = add_organisation(name=" ".join(options["name"].split()), teams=teams, by=None, **given)
        if done.organisation.kind == Organisation.Kind.POLICE_FORCE:
            ensure_policy(done.organisation)
        return done

    def _report(self, done: SetUp, name: str) -> None:
        own = done.organisation
        if done.is_new:
            self.say(f"{own} is added ({own.get_kind_display()}), with the slug '{own.slug}'.")
        else:
            kept = "" if own.name == name else f"; it keeps that name, and '{name}' is not taken"
            self.say(f"{own} stands already, with the slug '{own.slug}'{kept}.")
        if done.teams:
            self.say(f"Teams added: {', '.join(done.teams)}.")


def read_teams(path: Path | None, encoding: str) -> Listed:
    return read_list(path, needed=["team"], encoding=encoding) if path else Listed()


def sorted_out(listed: Listed) -> tuple[list[str], list[Reject]]:
    """The teams of a file, each once, and the rows that are none."""
    lines: dict[str, int] = {}
    teams, rejects = [], list(listed.rejects)
    for line, row in listed.rows:
        if fault := _fault(row["team"], line, lines):
            rejects.append(Reject(line, fault))
        else:
            teams.append(row["team"])
    return teams, rejects


def _fault(name: str, line: int, lines: dict[str, int]) -> str:
    """Why ``name`` is no team, or ""; ``lines`` keeps where each was first met."""
    first = lines.setdefault(name.casefold(), line)
    if first != line:
        return f"the team stands on line {first} already"
    try:
        Team(name=name).clean_fields(exclude=["organisation"])
    except ValidationError as fault:
        return f"the name cannot be one: {' '.join(fault.messages).rstrip('.')}"
    return ""
