"""How much longer the search for a person takes among a million people than among ten thousand.

    make bench

Made-up people, whose names are as unevenly common as those of a country, in a database of its own. Each search is the
one that the page "Record a decision" makes, its entry in the access log included.

    a search among 1,000,000 / among 10,000    each kind of search, the median of many: at most 1.3
"""

import io
import itertools
import os
import random
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diversion.settings")

import django  # noqa: E402

from diversion.postgres.wall import begin_as_service  # noqa: E402

begin_as_service()
django.setup()

from django.db import connection, transaction  # noqa: E402

from cases.models.person import police_domain  # noqa: E402
from cases.queries import find_people  # noqa: E402
from diversion import clock  # noqa: E402
from diversion.accounts.actions.roles import seed_roles  # noqa: E402
from diversion.accounts.models import User  # noqa: E402
from diversion.demonstration import cast  # noqa: E402
from diversion.name_index import keys_of  # noqa: E402
from diversion.names.typed import read  # noqa: E402

FEW, MANY = 10_000, int(os.environ.get("BENCH_PEOPLE", "1000000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
TIMES = 40  # searches of each kind in a round
MOST = 1.3

GIVEN = ("john", "mohammed", "david", "sarah", "james", "li", "jo", "siobhán", "józef", "anna-maria")
FAMILY = ("smith", "jones", "o'brien", "macdonald", "khan", "wójcik", "smith-jones", "li", "patel", "smithson")
SYLLABLES = [
    consonant + vowel
    for consonant in ["b", "ch", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w"]
    for vowel in ["a", "e", "i", "o", "u", "ar", "en", "or", "ith", "an"]
]
LOT = 50_000  # people copied at a time
SAME = {  # of everybody
    "date_of_birth_quality": "stated", "sex": "male", "version": "1", "ethnicity_not_stated": "N1",
    "ethnicity_self_defined": "", "ethnicity_source": "", "ethnicity_officer_defined": "",
    "telephone": "", "safe_contact": "", "needs_interpreter": "",
}  # fmt: skip

SEARCHES = {
    "a common name": "John Smith",
    "a common name with a comma": "Smith, John",
    "two beginnings": "jo smi",
    "a common family name": "Smith",
    "a beginning": "smi",
    "an initial and a family name": "J Smith",
    "two marks and an apostrophe": "Siobhan O’Brien",
    "a double name": "Anna Maria Smith-Jones",
    "a rare name": "Xaver Quillfeather",
    "a name and a date of birth": "John Smith 4/3/2001",
    "a date of birth": "4/3/2001",
}


def main() -> None:
    with people_in("few", FEW) as few, people_in("many", MANY) as many:
        seconds: dict[str, list[tuple[float, float]]] = {kind: [] for kind in SEARCHES}
        for _round, (kind, text) in itertools.product(range(ROUNDS), SEARCHES.items()):
            seconds[kind].append((measure(many, text), measure(few, text)))  # by turns: a busy machine is so for both
        told(seconds)


def told(seconds: dict[str, list[tuple[float, float]]]) -> None:
    """The median ratio of the rounds for each kind of search."""
    ratios = {kind: statistics.median(many / few for many, few in rounds) for kind, rounds in seconds.items()}
    for kind, ratio in ratios.items():
        times = ", ".join(f"{1000 * many:.1f}/{1000 * few:.1f}" for many, few in seconds[kind])
        print(f"{kind}: {ratio:.2f} (milliseconds {times})")
    middle, worst = statistics.median(ratios.values()), max(ratios.values())
    print(f"a search among {MANY:,} / among {FEW:,}: {middle:.2f}, at worst {worst:.2f} (at most {MOST:g})", flush=True)


def measure(database: str, text: str) -> float:
    """Seconds of one search, the median of many."""
    _use(database)
    officer = User.objects.get(email__startswith="amara")
    return statistics.median(_seconds(text, officer) for _time in range(TIMES))


def _seconds(text: str, officer: User) -> float:
    begun = time.perf_counter()
    with transaction.atomic():
        find_people(sought=read(text), by=officer)
    return time.perf_counter() - begun


@contextmanager
def people_in(name: str, count: int) -> Iterator[str]:
    """A database of that many people, gone after the block."""
    own = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"bench_names_{name}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    made = connection.settings_dict["NAME"]
    try:
        seed_roles()
        add(itertools.islice(made_up(), count), cast.assemble("!")["amara"])
        _use(own)
        yield made
    finally:
        _use(made)
        connection.creation.destroy_test_db(own, verbosity=0)


def _use(database: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = database


def made_up() -> Iterator[tuple[int, str, str, date]]:
    """Numbers, names and birthdays without end, from two lists of names of which few are common and most rare."""
    dice = random.Random(8)
    given, family = _names(dice, GIVEN, 4_000), _names(dice, FAMILY, 40_000)
    for number in itertools.count(1):
        born = date(1945, 1, 1) + timedelta(days=dice.randrange(365 * 70))
        yield number, next(given), next(family), born


def _names(dice: random.Random, real: tuple[str, ...], count: int) -> Iterator[str]:
    made = {"".join(dice.choices(SYLLABLES, k=dice.choice((2, 2, 3)))) for _one in range(count)}
    names = [*real, *sorted(made)]
    weights = list(itertools.accumulate(1 / (place + 8) for place in range(len(names))))
    while True:
        yield from dice.choices(names, cum_weights=weights, k=10_000)


def add(people: Iterator[tuple[int, str, str, date]], officer: User) -> None:
    """Copy people and their tokens in, as the service would have written them one by one; they leave no history."""
    with connection.as_owner(), connection.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute("ALTER TABLE cases_person DISABLE TRIGGER USER")
        for column, value in SAME.items():
            cursor.execute(f"ALTER TABLE cases_person ALTER {column} SET DEFAULT '{value}'")
        while lot := list(itertools.islice(people, LOT)):
            _copy_lot(cursor, lot, officer)
        cursor.execute("ALTER TABLE cases_person ENABLE TRIGGER USER")
        cursor.execute("VACUUM ANALYZE cases_person, cases_personname")


def _copy_lot(cursor: Any, lot: list[tuple[int, str, str, date]], officer: User) -> None:
    domain, force = police_domain(officer.organisation_id), officer.organisation_id
    rows, tokens = io.StringIO(), io.StringIO()
    for number, given, family, born in lot:
        rows.write(f"{number}\t{domain}\t{given}\t{family}\t{born}\t{force}\t{officer.pk}\t{clock.now()}\n")
        for _domain, token, made_of in keys_of(given, family, domain=domain):
            tokens.write(f"{domain}\t{token}\t{made_of}\t{number}\n")
    for lines in (rows, tokens):
        lines.seek(0)
    columns = "id, domain, given_names, family_name, date_of_birth, force_id, created_by_id, created_at"
    cursor.copy_expert(f"COPY cases_person ({columns}) FROM STDIN", rows)
    cursor.copy_expert("COPY cases_personname (domain, token, made_of, owner_id) FROM STDIN", tokens)


if __name__ == "__main__":
    main()
