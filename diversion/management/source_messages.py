"""The messages of the source, for which a catalogue must have an entry each."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

FOLDERS = ("diversion", "cases", "referrals", "reporting")
#: Which argument of each function of `django.utils.translation` is the message.
PLACES = {
    **dict.fromkeys(("gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"), 0),
    **dict.fromkeys(("pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"), 1),
}
LITERAL = r"""u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*\""""
#: A message in what Django's `templatize` makes of a template: Python calls between letters that stand for the rest.
IN_TEMPLATE = re.compile(rf"\b(?:(?:n?gettext|_)\(|n?pgettext\(\s*(?:{LITERAL}),)\s*({LITERAL})")


def source_messages(root: Path) -> set[str]:
    """Every English message in Python and in templates, the singular where there are two forms."""
    return {*_of_python(root), *_of_templates(root)}


def _of_python(root: Path) -> Iterator[str]:
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield from _messages_in(ast.parse(path.read_text()))


def _messages_in(tree: ast.AST) -> Iterator[str]:
    places = dict(_translators(tree))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in places:
            continue
        for argument in node.args[places[node.func.id] :][:1]:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value


def _translators(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """What this module calls the functions that translate, and which argument of each is the message."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            yield from ((one.asname or one.name, PLACES[one.name]) for one in node.names if one.name in PLACES)


def _of_templates(root: Path) -> Iterator[str]:
    for path in sorted((root / "templates").rglob("*.*")):
        yield from (ast.literal_eval(found) for found in IN_TEMPLATE.findall(templatize(path.read_text())))
