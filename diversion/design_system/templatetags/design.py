"""``{% load design %}``: fields, error summary and page parts. docs/design-system.md says how to call each."""

from django import template

from diversion.design_system.tags import data, fields, parts

register = template.Library()

for library in (fields.register, parts.register, data.register):
    register.tags.update(library.tags)
    register.filters.update(library.filters)
