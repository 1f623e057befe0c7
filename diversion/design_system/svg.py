"""A drawing made of a few plain shapes, and how it stands in a page: named for a screen reader, and without anything
that the Content-Security-Policy would block.

A drawing is as wide as its place: what lies across is given in shares of 100 (``x="12%"``) and what lies down in
pixels, so that its words keep their size on a telephone and its lines do not thicken on a wide screen.
"""

import hashlib
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from django.utils.safestring import SafeString

SVG = "http://www.w3.org/2000/svg"
FONT = "Arial, Liberation Sans, Helvetica, sans-serif"
INK, QUIET, RULE, PRIMARY = "#0b0c0c", "#484949", "#cecece", "#00505c"


class Drawing:
    """Shapes one over the other, in the order in which they are drawn; ``height`` in pixels."""

    def __init__(self, height: float) -> None:
        self.height = height
        self.root = Element("svg", _plain(width="100%", height=height, overflow="visible", font_family=FONT))

    def line(self, x1: float, y1: float, x2: float, y2: float, **look: object) -> None:
        SubElement(self.root, "line", _plain(x1=_share(x1), y1=y1, x2=_share(x2), y2=y2, **look))

    def rectangle(self, x: float, y: float, width: float, height: float, **look: object) -> None:
        SubElement(self.root, "rect", _plain(x=_share(x), y=y, width=_share(width), height=height, **look))

    def text(self, x: float, y: float, words: str, *, anchor: str = "start", size: int = 14, **look: object) -> None:
        place = _plain(x=_share(x), y=y, text_anchor=anchor, font_size=size, **({"fill": INK} | look))
        SubElement(self.root, "text", place).text = words

    def mark(self, x: float, y: float, path: str, **look: object) -> None:
        """A small shape around the point (``x``, ``y``): ``path`` in pixels from it."""
        at = SubElement(self.root, "svg", _plain(x=_share(x), y=y, overflow="visible"))
        SubElement(at, "path", _plain(d=path, **look))

    def area(self, points: list[tuple[float, float]], **look: object) -> None:
        """A surface within (``x``, ``y``) points."""
        SubElement(self._stretched(), "polygon", _plain(points=_points(points), **look))

    def path(self, points: list[tuple[float, float]], **look: object) -> None:
        """A line through (``x``, ``y``) points."""
        still = {"fill": "none", "vector_effect": "non-scaling-stroke"}
        SubElement(self._stretched(), "polyline", _plain(points=_points(points), **still, **look))

    def _stretched(self) -> Element:
        """A layer of its own, stretched over the whole drawing, because points cannot be given in shares."""
        box = f"0 0 100 {self.height:g}"
        more = {"viewBox": box, "preserveAspectRatio": "none"}
        return SubElement(self.root, "svg", _plain(width="100%", height=self.height) | more)


def render_svg(drawing: Drawing, *, title: str, description: str) -> SafeString:
    """``drawing`` as one ``<svg role="img">`` named by ``title`` and ``description``; the same each time.

    Ids are made from the drawing itself, so two different ones on a page never share one.
    """
    drawn = ElementTree.tostring(drawing.root, encoding="unicode")
    unique = "chart-" + hashlib.sha256(f"{title}{description}{drawn}".encode()).hexdigest()[:10]
    root = ElementTree.fromstring(drawn)  # noqa: S314 - drawn just now
    named = {"role": "img", "aria-labelledby": f"{unique}-title {unique}-desc", "focusable": "false"}
    root.attrib |= {"xmlns": SVG} | named
    for place, (tag, text) in enumerate((("title", title), ("desc", description))):
        name = Element(tag, {"id": f"{unique}-{tag}"})
        name.text = text
        root.insert(place, name)
    return SafeString(ElementTree.tostring(root, encoding="unicode"))


#: A drawing on paper is this wide, in pixels of its words; a chart taller than the page would be cut off.
PAPER_WIDTH, PAPER_HEIGHT = 620, 900
PAPER_FONT = "DejaVu Sans"
#: What hangs under the last line of its words.
DESCENT = 6


def render_for_paper(drawing: Drawing) -> str:
    """``drawing`` as a file of a fixed width in the font of papers; its words for a screen reader stand beside it."""
    root = ElementTree.fromstring(ElementTree.tostring(drawing.root, encoding="unicode"))  # noqa: S314 - drawn just now
    size = {"width": str(PAPER_WIDTH), "height": f"{drawing.height + DESCENT:g}"}
    root.attrib |= size | {"xmlns": SVG, "font-family": PAPER_FONT}
    return ElementTree.tostring(root, encoding="unicode")


def render_aside(drawing: Drawing) -> SafeString:
    """``drawing`` beside words that say the same: nothing to a screen reader."""
    drawing.root.attrib |= {"xmlns": SVG, "aria-hidden": "true", "focusable": "false"}
    return SafeString(ElementTree.tostring(drawing.root, encoding="unicode"))


def _plain(**attributes: object) -> dict[str, str]:
    return {
        name.replace("_", "-"): f"{value:.5g}" if isinstance(value, float) else str(value)
        for name, value in attributes.items()
    }


def _share(x: float) -> str:
    return f"{x:.5g}%"


def _points(points: list[tuple[float, float]]) -> str:
    return " ".join(f"{x:.5g},{y:.5g}" for x, y in points)
