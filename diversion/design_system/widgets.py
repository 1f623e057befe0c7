"""Widgets that Django does not have."""

from collections.abc import Mapping
from typing import Any

from django import forms


class CatalogueSelect(forms.Select):
    """One choice from a long catalogue, such as some hundreds of offences.

    It is an ordinary ``<select>``. With JavaScript it becomes a text box that searches the choices as one types, by
    `accessible-autocomplete` (Government Digital Service, MIT), usable with the keyboard and a screen reader alone.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: Other words by which a choice is found, by its value. They are not shown.
        self.search: Mapping[str, str] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Django's, with the search words of the choice."""
        return super().create_option(name, value, *args, **kwargs) | {"search": self.search.get(str(value), "")}
