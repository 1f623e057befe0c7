"""Several releases read together: which of their counts are the same, and which only have the same name."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from reporting.suppression.tables import Table, Windows

#: Fields that name a measure.
MEASURES = ("measure", "revises")


def apart(contents: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The releases with their measures renamed where they are of several forces or sources: "offered" of one force is
    not that of another, though both are called so."""
    scopes = {_scope(content) for content in contents}
    return list(contents) if len(scopes) == 1 else [_renamed(content, _scope(content)) for content in contents]


def _scope(content: Mapping[str, Any]) -> str:
    return ", ".join(str(content[name]) for name in ("force", "source") if content.get(name))


def _renamed(content: Mapping[str, Any], scope: str) -> dict[str, Any]:
    """Every measure of the document with its force and source before it, wherever it is named."""
    return {
        **content,
        "tables": _told(content["tables"], scope),
        "parts": [{name: f"{scope}: {each}" for name, each in one.items()} for one in content.get("parts", [])],
        "rates": _told(content.get("rates", []), scope),
        "ratios": _told(content.get("ratios", []), scope),
    }


def _told(value: Any, scope: str) -> Any:
    if isinstance(value, Mapping):
        return {
            name: f"{scope}: {each}" if name in MEASURES else each if name == "at" else _told(each, scope)
            for name, each in value.items()
        }
    return [_told(each, scope) for each in value] if isinstance(value, list) else value


def with_all_windows(tables: Sequence[Table]) -> list[Table]:
    """Each table with every window that any table of its measure has over the same dimension.

    The year to March in one release and the year to June in another share nine months, and what lies between is told
    by subtraction: so both are cut at the same days, also where a table prints single months. ValueError where one
    label stands for different units.
    """
    found: dict[tuple[str, str], dict[str, frozenset[str]]] = {}
    for table in tables:
        for dimension, windows in table.windows.items():
            for label, units in windows.items():
                if found.setdefault((table.measure, dimension), {}).setdefault(label, units) != units:
                    raise ValueError(
                        f"'{label}' of {table.measure} stands for different times in two tables: rename one."
                    )
    for table in tables:
        for place, dimension in enumerate(table.dimensions):
            windows = found.get((table.measure, dimension), {})
            if windows and dimension not in table.windows:
                printed = {at[place] for at in table.counts} & frozenset().union(*windows.values())
                windows |= {unit: frozenset({unit}) for unit in printed}
    return [_widened(table, found) for table in tables]


def _widened(table: Table, found: Mapping[tuple[str, str], Windows]) -> Table:
    """With the others' windows, and a place for each of their units."""
    windows = {dimension: found[table.measure, dimension] for dimension in table.windows}
    counts = dict(table.counts)
    for place, dimension in enumerate(table.dimensions):
        if dimension in windows:
            units = frozenset().union(*windows[dimension].values())
            counts |= {(*at[:place], unit, *at[place + 1 :]): 0 for at in list(counts) for unit in units}
    return replace(table, windows=windows, counts=counts)
