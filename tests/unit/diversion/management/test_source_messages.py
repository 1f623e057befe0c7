from pathlib import Path

import pytest

from diversion.management.source_messages import source_messages

PYTHON = """
from django.utils.translation import gettext as _, gettext_lazy as _lazy, ngettext, pgettext
label = _lazy("Name")
month = pgettext("month", "May")
long = _(
    "A sentence on "
    "two lines"
)
days = ngettext("%(n)d day", "%(n)d days", n) % {"n": n}
_(variable)
other("Not a message")
"""
TEMPLATE = """{% load i18n design %}
{% translate "Cases" as heading %}{% button _("Save it") about=_('this') %}{% translate "Second" context "time" %}
{% blocktranslate trimmed with who=person count n=cases|length %}
  {{ who }} has one
  case, {{ n }} of 100%
{% plural %}
  {{ who }} has cases
{% endblocktranslate %}
{# {% translate "Only a comment" %} #}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "cases" / "migrations").mkdir(parents=True)
    (tmp_path / "templates").mkdir()
    (tmp_path / "cases" / "codes.py").write_text(PYTHON)
    (tmp_path / "cases" / "migrations" / "0001_initial.py").write_text('_("As it was")')
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE)
    return tmp_path


def test_every_way_to_write_a_message_is_found(root: Path) -> None:
    """One that is not found stays English on a page that says it is Welsh."""
    assert source_messages(root) == {
        "Name",
        "May",
        "Second",
        "A sentence on two lines",
        "%(n)d day",
        "Cases",
        "Save it",
        "this",
        "%(who)s has one case, %(n)s of 100%%",
    }
