"""The same tables hidden by us and by τ-ARGUS, side by side: what is hidden, and how wide each hidden count is left.

    make bench

τ-ARGUS (de Wolf, Hundepool and others; the build of PyPI's pytauargus, whose solver is HiGHS) is fetched into a folder
of its own (bench/requirements.txt) and hides each table in a process of its own by its optimal method (OPT): counts
under 10 are unsafe (FREQ). It takes how far each has to be able to go down and up, and not how wide the two are
together, as we promise it: so it is asked twice, for 9 up, and for down to nothing and the rest up, and the choice
that hides fewer cells is taken. Tables: plain ones of the seeded family of docs/measures.md, section 8, up to SIZE
cells, and real ones of a force's searches where ../shared/data is here.

Printed for each table and added up: cells and counts hidden by each, and of the hidden cells the narrowest interval,
and how many are narrower than 9, both found by our attacker with nothing but the printed table. Not compared: the
promises that τ-ARGUS does not make (of cells hidden for another's sake, of what is left of a whole, of rates, of
several releases). The last line is JSON.
"""

import csv
import gzip
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from reporting.suppression.attack import attack  # noqa: E402
from reporting.suppression.family import Family, key  # noqa: E402
from reporting.suppression.protect import known, suppress  # noqa: E402
from reporting.suppression.tables import Table, link  # noqa: E402
from reporting.suppression.thresholds import Thresholds  # noqa: E402

PACKAGES = ROOT / ".local/bench"
SEARCHES = ROOT.parent / "shared/data/police-uk/durham-stop-and-search_2019-01_2021-11.csv.gz"
SIZE = int(os.environ.get("SIZE", "150"))
NAMES = ("ethnicity", "age", "month")
SHAPES = [(12,), (3, 4), (4, 6), (6, 8), (8, 10), (10, 12), (2, 3, 4), (3, 3, 3), (3, 4, 4), (2, 4, 7), (4, 4, 4)]
COLUMNS = {"ethnicity": "Officer-defined ethnicity", "age": "Age range", "gender": "Gender"}
KEPT = Thresholds()
Hidden = np.ndarray[Any, np.dtype[np.bool_]]


def main() -> None:
    _install()
    told = [_beside(name, table) for name, table in _tables()]
    whole = _added(told)
    _print("all together", whole)
    print(json.dumps({"tables": told, "all": whole}, ensure_ascii=False))


def _install() -> None:
    if not (PACKAGES / "pytauargus").is_dir():
        packages = ["--target", str(PACKAGES), "--upgrade", "-r", str(ROOT / "bench/requirements.txt")]
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", *packages], check=True)


def _tables() -> list[tuple[str, Table]]:
    found = [
        (f"{'×'.join(map(str, shape))}, mean {mean}, seed {seed}", _seeded(seed, shape, mean))
        for shape in SHAPES
        for mean in (5, 12, 30)
        for seed in (1,)
    ]
    found += _real() if SEARCHES.exists() else []
    return [(name, table) for name, table in found if len(link([table]).keys) <= SIZE]


def _seeded(seed: int, shape: tuple[int, ...], mean: float) -> Table:
    """As tests/unit/reporting/suppression/worlds.py has it: groups of very different size, as real ones are."""
    chance = np.random.default_rng(seed)
    places = np.ndindex(*shape)
    counts = {
        tuple(f"{name[0]}{at}" for name, at in zip(NAMES, place, strict=False)): int(
            chance.poisson(mean * chance.gamma(0.5, 2))
        )
        for place in places
    }
    return Table("considered", NAMES[: len(shape)], counts)


def _real() -> list[tuple[str, Table]]:
    with gzip.open(SEARCHES, "rt", encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    found = []
    for year in ("2019", "2020", "2021"):
        of_year = [row for row in rows if row["Date"].startswith(year) and row["Type"] != "Vehicle search"]
        for by in (("ethnicity", "age"), ("ethnicity", "gender"), ("ethnicity", "age", "gender")):
            counts = Counter(tuple(row[COLUMNS[name]] or "Unknown" for name in by) for row in of_year)
            found.append((f"searches {year} by {', '.join(by)}", Table("searched", by, _whole(counts))))
    return found


def _whole(counts: Counter[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
    """With a place for every combination: nobody in one is a zero, and no gap."""
    groups = [sorted({place[at] for place in counts}) for at in range(len(next(iter(counts))))]
    grid: list[tuple[str, ...]] = [()]
    for options in groups:
        grid = [(*place, option) for place in grid for option in options]
    return {place: counts[place] for place in grid}


def _beside(name: str, table: Table) -> dict[str, Any]:
    family = link([table])
    ours = suppress(family, KEPT)
    told = {"table": name, "cells": family.size, "ours": _told(family, ours.hidden)}
    theirs = _by_argus(family, table)
    told["argus"] = _told(family, theirs) if theirs is not None else None
    _print(name, told)
    return told


def _by_argus(family: Family, table: Table) -> Hidden | None:
    """What τ-ARGUS hides of it, the better of two ways to ask; None where it gives neither."""
    pairs = [(cell, int(count)) for cell, count in zip(family.keys, family.values, strict=True)]
    small = [([dict(at).get(name, "") for name in table.dimensions], n) for (_, at), n in pairs if KEPT.is_small(n)]
    ways = [
        [[place, 0, KEPT.width] for place, _ in small],
        [[place, n, max(KEPT.width - n, 0)] for place, n in small],
    ]
    found = [hidden for way in ways if (hidden := _asked(family, table, way)) is not None]
    return min(found, key=lambda hidden: (hidden.sum(), family.values[hidden].sum()), default=None)


def _asked(family: Family, table: Table, small: list[list[Any]]) -> Hidden | None:
    asked = {
        "names": list(table.dimensions),
        "counts": [[*place, count] for place, count in table.counts.items()],
        "small": small,
        "threshold": KEPT.threshold,
    }
    worker = [sys.executable, str(ROOT / "bench/beside/argus.py")]
    environment = os.environ | {"PYTHONPATH": str(PACKAGES)}
    done = subprocess.run(worker, input=json.dumps(asked), capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        print(f"  τ-ARGUS gave no answer: {done.stderr.strip().splitlines()[-1:]}", flush=True)
        return None
    hidden = np.zeros(family.size, dtype=np.bool_)
    for groups in json.loads(done.stdout.splitlines()[-1]):
        at = {name: group for name, group in zip(table.dimensions, groups, strict=True) if group}
        hidden[family.position[key(table.measure, at)]] = True
    return hidden


def _told(family: Family, hidden: Hidden) -> dict[str, Any]:
    """What is hidden of it, and how wide the attacker finds it."""
    small = {at for at, count in enumerate(family.values) if KEPT.is_small(int(count))}
    found = attack(known(family, hidden), np.flatnonzero(hidden).tolist())
    widths = {at: min(one.width, 10**6) for at, one in found.items()}
    return {
        "hidden": int(hidden.sum()),
        "counts": int(family.values[hidden].sum()),
        "shown_small": len(small - set(found)),
        "narrowest": int(min(widths.values(), default=0)),
        "narrow": sum(width < KEPT.width for width in widths.values()),
        "narrow_small": sum(width < KEPT.width for at, width in widths.items() if at in small),
    }


def _added(told: list[dict[str, Any]]) -> dict[str, Any]:
    both = [one for one in told if one["argus"]]
    sums = {side: {name: sum(one[side][name] for one in both) for name in both[0][side]} for side in ("ours", "argus")}
    for side in sums:
        sums[side]["narrowest"] = min(one[side]["narrowest"] for one in both if one[side]["hidden"])
    return {"tables": len(both), "of": len(told), "cells": sum(one["cells"] for one in both), **sums}


def _print(name: str, told: dict[str, Any]) -> None:
    print(f"{name}: {told['cells']} cells", flush=True)
    for side, words in (("ours", "we"), ("argus", "τ-ARGUS")):
        if one := told[side]:
            print(
                f"  {words}: {one['hidden']} cells and {one['counts']} counts hidden; narrowest {one['narrowest']}, "
                f"{one['narrow']} under {KEPT.width}, {one['narrow_small']} of them small counts",
                flush=True,
            )


if __name__ == "__main__":
    main()
