"""A release's document as its readers look at it: one table for each time and grouping, with a column for each count.

Pure but for ``shown_before`` and ``beside``: what stands here is read from the document alone.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from reporting.measures.dimensions import BY_NAME, ordered
from reporting.models import Release
from reporting.releases.differing import differences, told
from reporting.suppression.family import Key, key

Document = Mapping[str, Any]
At = Mapping[str, str]


def looked_at(document: Document) -> dict[str, list[Mapping[str, Any]]]:
    """{key: the counts of one table}: those of one time and of the same dimensions, in the order of the document."""
    groups: dict[tuple[str, tuple[str, ...]], list[Mapping[str, Any]]] = {}
    for table in document["tables"]:
        groups.setdefault((table["time"], tuple(table["dimensions"])), []).append(table)
    return {str(number): tables for number, tables in enumerate(groups.values(), start=1)}


def table_keys(document: Document) -> list[str]:
    return list(looked_at(document))


def cells_of(document: Document, table: str) -> set[Key]:
    """The cells of one table that are shown, true zeros among them."""
    tables = looked_at(document)[table]
    return {cell for cell, value in told({"tables": tables}).items() if not isinstance(value, str)}


def _held(release: Release) -> QuerySet[Release]:
    """All releases that it was attacked beside, the last made first."""
    keys = [one["pk"] for one in release.verdict.get("held", [])]
    return Release.objects.filter(pk__in=keys).order_by("-made_at").only("name", "document")


def beside(release: Release, table: str) -> list[dict[str, Any]]:
    """How one table differs from each release that it was attacked beside, as ``differences`` tells it."""
    here: dict[str, Any] = {"tables": looked_at(release.document)[table]}
    cells = told(here).keys()
    return [differences(here, _only(cells, one.document)) for one in _held(release)]


def _only(cells: Collection[Key], document: Document) -> dict[str, Any]:
    """A document with those cells alone."""
    tables = [
        {**table, "cells": [cell for cell in table["cells"] if key(table["measure"], cell["at"]) in cells]}
        for table in document["tables"]
    ]
    return {**document, "tables": tables}


def shown_before(release: Release) -> dict[Key, str]:
    """{cell: name of the release that shows it}, of all releases that it was attacked beside."""
    found: dict[Key, str] = {}
    for one in _held(release):
        found |= {cell: one.name for cell, value in told(one.document).items() if not isinstance(value, str)}
    return found


def places(tables: Sequence[Mapping[str, Any]]) -> list[At]:
    """Where the rows of a table stand: groups in the order of the document, each total after its parts."""
    dimensions = tables[0]["dimensions"]
    options = {name: in_order(name, groups) for name, groups in tables[0]["categories"].items()}
    found: list[At] = [{}]
    for dimension in dimensions:
        found = [{**at, dimension: group} for at in found for group in options[dimension]] + found
    wanted = {key("", cell["at"]) for table in tables for cell in table["cells"]}
    return sorted((at for at in found if key("", at) in wanted), key=lambda at: _order(at, dimensions, options))


def in_order(name: str, groups: Sequence[str]) -> list[str]:
    """Groups in the order that the dimension gives them, else as the document has them."""
    return ordered(BY_NAME[name], set(groups)) if name in BY_NAME else list(groups)


def _order(at: At, dimensions: Sequence[str], options: Mapping[str, Sequence[str]]) -> list[int]:
    return [options[name].index(at[name]) if name in at else len(options[name]) for name in dimensions]
