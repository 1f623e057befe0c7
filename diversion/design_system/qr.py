"""A square that a telephone's camera reads, drawn as SVG within the page: no other address, no script and no style."""

from itertools import groupby

import qrcode
from django.utils.html import format_html
from django.utils.safestring import SafeString

QUIET = 4  # light squares around it, which readers need


def qr_code(text: str, label: str, *, pixels: int = 220) -> SafeString:
    """``label`` is what a screen reader says of it."""
    made = qrcode.QRCode(border=QUIET)
    made.add_data(text)
    made.make(fit=True)
    rows = made.get_matrix()
    return format_html(
        '<svg class="app-qr" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}"'
        ' shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{}v{}H0z"/><path fill="#000" d="{}"/></svg>',
        *(label, len(rows), len(rows), pixels, pixels, len(rows), len(rows), _path(rows)),
    )


def _path(rows: list[list[bool]]) -> str:
    """A bar for each run of dark squares."""
    bars = []
    for y, row in enumerate(rows):
        x = 0
        for dark, run in groupby(row):
            width = len(list(run))
            bars += [f"M{x} {y}h{width}v1h-{width}z"] * bool(dark)
            x += width
    return "".join(bars)
