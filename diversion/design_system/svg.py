"""From a chart to SVG that stands in a page: named for a screen reader, and free of what the CSP would block."""

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from django.utils.safestring import SafeString

from diversion.design_system.charts import theme

if TYPE_CHECKING:
    import altair

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"


def render_svg(chart: "altair.TopLevelMixin", *, title: str, description: str) -> SafeString:
    """``chart`` as one ``<svg role="img">`` named by ``title`` and ``description``; offline, the same each time.

    Ids are made from the drawing itself, so two different charts on a page never share one. Style attributes become
    presentation attributes: ``style-src 'self'`` blocks the former.
    """
    import vl_convert

    specification = {**chart.to_dict(), "config": theme()}
    drawn = vl_convert.vegalite_to_svg(specification, vl_version=_version(specification))
    return named_svg(drawn, title=title, description=description, salt=json.dumps(specification, sort_keys=True))


def named_svg(drawn: str, *, title: str, description: str, salt: str = "") -> SafeString:
    """The same drawing with a title, a description and ids of its own, and without style attributes or scripts."""
    root = ElementTree.fromstring(drawn)  # noqa: S314 - drawn by vl-convert in this process
    unique = "chart-" + hashlib.sha256(f"{title}{description}{salt}{drawn}".encode()).hexdigest()[:10]
    for element in root.iter():
        _without_style(element)
        for name in [name for name in element.attrib if name == "role" or name.startswith("aria-")]:
            del element.attrib[name]  # the drawing is one image: its parts have no names of their own
        _with_own_ids(element, unique)
    root.attrib.update({"role": "img", "aria-labelledby": f"{unique}-title {unique}-desc", "focusable": "false"})
    for place, (tag, text) in enumerate((("title", title), ("desc", description))):
        named = ElementTree.Element(f"{{{SVG}}}{tag}", {"id": f"{unique}-{tag}"})
        named.text = text
        root.insert(place, named)
    return SafeString(_written(root))


def _without_style(element: ElementTree.Element) -> None:
    for declaration in element.attrib.pop("style", "").split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            element.attrib.setdefault(name.strip(), value.strip())


def _with_own_ids(element: ElementTree.Element, unique: str) -> None:
    for name, value in element.attrib.items():
        if name == "id":
            element.attrib[name] = f"{unique}-{value}"
        elif name.endswith("href") and value.startswith("#"):
            element.attrib[name] = f"#{unique}-{value[1:]}"
        elif "url(#" in value:
            element.attrib[name] = re.sub(r"url\(#([^)]+)\)", rf"url(#{unique}-\1)", value)


def _written(root: ElementTree.Element) -> str:
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    return ElementTree.tostring(root, encoding="unicode")


def _version(specification: dict[str, Any]) -> str:
    """ "6.1" from the schema's address: the drawing must be made by the version that the chart was written for."""
    found = re.search(r"vega-lite/v(\d+\.\d+)", specification["$schema"])
    if not found:
        raise ValueError(f"The chart does not say which Vega-Lite it is written for: {specification['$schema']!r}.")
    return found.group(1)
