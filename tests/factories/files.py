"""Files as people attach them."""

import io
from typing import Any

from PIL import Image

#: What a telephone tells of a picture, and what must not be kept of it.
MAKER = b"Marked maker"


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **more: Any) -> bytes:
    """A red picture lying on its side, with who made the camera and where it was taken."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, MAKER.decode()
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)
    made = io.BytesIO()
    Image.new("RGB", size, "red").save(made, kind, exif=exif, **more)
    return made.getvalue()
