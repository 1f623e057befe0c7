"""Releases of several forces laid side by side: only what each of them has published, and only what is alike.

Pure: files in, a document out. Nothing is added up over forces and no force is divided by another: each release was
suppressed by itself, and a sum or ratio of two would be a figure that nobody protected.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from reporting.suppression.knowledge import BadRelease
from reporting.suppression.release import read

Document = Mapping[str, Any]
#: Where these differ the counts are made by different rules, and nothing may be compared.
ALIKE = {
    "source": "come from different sources, which count by different rules",
    "unit": "are cut into different units of time",
}
NOTES = (
    "Each release was suppressed by itself: [c] in one says nothing of the others.",
    "Forces police different places, offer different schemes and record differently: no difference is a finding.",
    "Counts are not added over forces, and no force is divided by another.",
)


def compare(releases: Sequence[Document]) -> dict[str, Any]:
    """``rows`` with each force's figure or mark where all have one, and ``not_compared`` with the reasons.

    BadRelease where a document is no release of this service, or where none of it may be compared.
    """
    if len(releases) < 2:
        raise BadRelease("Give the releases of two forces or more.")
    for document in releases:
        if why := why_not(document):
            raise BadRelease(why)
    forces = [str(document["force"]) for document in releases]
    if len(set(forces)) < len(forces):
        raise BadRelease("Two of the releases are of one force: compare those with `manage.py attack`, held together.")
    for name, why in ALIKE.items():
        if len({document[name] for document in releases}) > 1:
            each = ", ".join(f"{one['force']} {one[name]}" for one in releases)
            raise BadRelease(f"They {why}: {each}.")
    tables = [_tables(document) for document in releases]
    shared, others = _apart(tables)
    return {
        "forces": forces,
        "source": releases[0]["source"],
        "audience": {force: one.get("audience") for force, one in zip(forces, releases, strict=True)},
        "rows": [row for place in shared for row in _rows(place, forces, [each[place] for each in tables])],
        "rates": _rates(forces, releases),
        "not_compared": [f"{of} in {time} by {', '.join(split) or 'nothing'}" for of, time, split in others],
        "notes": list(NOTES),
    }


#: What a table counts, when, and by what.
Place = tuple[str, str, tuple[str, ...]]
At = tuple[tuple[str, str], ...]


def why_not(document: Document) -> str:
    """Why a document can be laid beside no other; "" where it can."""
    if missing := [name for name in ("force", *ALIKE) if not document.get(name)]:
        return f"{document.get('name', 'A release')} does not say its {' and '.join(missing)}."
    try:
        read([document])
        _tables(document)
    except ValueError as fault:
        return str(fault)
    return ""


def all_of(documents: Sequence[Document]) -> dict[str, Any]:
    """The tables and rates of several releases by one force as those of one: the first that has a table tells it.

    All that a force releases of one time is made of the same counts, so that two of its releases never differ.
    """
    tables = {place: table for one in reversed(documents) for place, table in _by_place(one).items()}
    rates = [rate for one in reversed(documents) for rate in one.get("rates", [])]
    return dict(documents[0]) | {"tables": list(tables.values()), "rates": rates}


def _by_place(document: Document) -> dict[Place, Document]:
    return {(one["of"], one["time"], tuple(sorted(one["dimensions"]))): one for one in document["tables"]}


def not_shared(releases: Sequence[Document]) -> list[Place]:
    """The tables that not all of ``releases`` hold."""
    return _apart([_tables(document) for document in releases])[1]


def _apart(tables: Sequence[Mapping[Place, Any]]) -> tuple[list[Place], list[Place]]:
    """The tables that all hold, and those that only some do."""
    shared = [place for place in tables[0] if all(place in each for each in tables)]
    return shared, sorted({place for each in tables for place in each} - set(shared))


def _tables(document: Document) -> dict[Place, dict[At, dict[str, Any]]]:
    """Each table by what it counts, when and by what; its cells by where they stand."""
    found = {}
    for table in document["tables"]:
        if "of" not in table or "time" not in table:
            raise BadRelease(
                f"A table of {document['force']} does not say of whom and when: make it with make_release."
            )
        place = (str(table["of"]), str(table["time"]), tuple(sorted(table["dimensions"])))
        found[place] = {_at(cell): _figure(cell) for cell in table["cells"]}
    return found


def _at(cell: Document) -> At:
    return tuple(sorted(cell["at"].items()))


def _figure(told: Document) -> dict[str, Any]:
    return {name: told[name] for name in ("value", "mark", "interval") if told.get(name) is not None}


def _rows(place: Place, forces: Sequence[str], cells: Sequence[dict[At, dict[str, Any]]]) -> list[dict[str, Any]]:
    """A group that only some forces name is told of those: the others have no such group, or do not print it."""
    of, time, _ = place
    every = dict.fromkeys(at for each in cells for at in each)
    return [
        {
            "of": of,
            "time": time,
            "at": dict(at),
            "figures": {force: each[at] for force, each in zip(forces, cells, strict=True) if at in each},
        }
        for at in every
    ]


def _rates(forces: Sequence[str], releases: Sequence[Document]) -> list[dict[str, Any]]:
    """The published rates that every force gives, each with its own interval."""
    found: dict[tuple[str, str, At], dict[str, dict[str, Any]]] = {}
    for force, document in zip(forces, releases, strict=True):
        for rate in document.get("rates", []):
            name = (rate["numerator"]["measure"], rate["denominator"]["measure"], _at(rate["numerator"]))
            found.setdefault(name, {})[force] = _figure(rate)
    return [
        {"numerator": above, "denominator": below, "at": dict(at), "per": 100, "figures": figures}
        for (above, below, at), figures in found.items()
        if len(figures) == len(forces)
    ]
