"""Widgets that Django does not have."""

from django import forms


class CatalogueSelect(forms.Select):
    """One choice from a long catalogue, such as some hundreds of offences.

    It is an ordinary ``<select>``. With JavaScript it becomes a text box that searches the choices as one types, by
    `accessible-autocomplete` (Government Digital Service, MIT), usable with the keyboard and a screen reader alone.
    """
