"""The community remedy document in words, for its planner."""

from typing import Any

from django.utils.translation import gettext as _

from cases.law.codes import ConditionType
from cases.models import RemedyDocument
from diversion.design_system.tables import Column, Table
from referrals.schemes.condition_words import LABELS


def document_in_words(document: RemedyDocument) -> dict[str, Any]:
    """The document with a table of its actions."""
    columns = [Column(_("What the victim is asked")), Column(_("The condition that does it")), Column(_("Short name"))]
    rows = [[one.words, LABELS[ConditionType.parse(one.kind)], one.code] for one in document.choices]
    return {"document": document, "table": Table(document.title, columns, rows, caption_size="s", stacked=True)}
