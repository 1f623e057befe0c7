"""The offence catalogue: seeded small, extended by a CSV with the same columns."""

import csv
from pathlib import Path

from django.db import transaction

from cases.models import Offence

SEED = Path(__file__).parent.parent / "data" / "offences.csv"


@transaction.atomic
def load_offences(path: Path = SEED) -> int:
    """Add or bring up to date the offences in the CSV at ``path``; return how many rows it has."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        values = {
            "title": row["title"],
            "group": row["group"],
            "mode": Offence.Mode(row["mode"]),
            "policy_group": row["policy_group"],
            "gravity_adult": int(row["gravity_adult"]) if row["gravity_adult"] else None,
            "gravity_child": int(row["gravity_child"]) if row["gravity_child"] else None,
            "recordable": row["recordable"] == "yes",
            "source": row["source"],
        }
        Offence.objects.update_or_create(code=row["code"], defaults=values)
    return len(rows)
