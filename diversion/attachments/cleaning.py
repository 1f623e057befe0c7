"""Makes one file anew: a picture from its pixels, a PDF from its pages, neither with what it says of its maker.

A program of its own, and no module of the service: `python -I cleaning.py pdf < FILE > CLEAN`. It takes from itself
memory, time and the right to write files before it reads a byte, and the right to open any before it looks at one. What
it ends with is a code of `Fault`.
"""

import io
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from enum import IntEnum
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NoReturn

MEMORY, WORK_SECONDS = 1024 * 1024 * 1024, 8
LONGEST_SIDE = 2400  # pixels: a page of A4 at about 200 to the inch
MOST_PIXELS = {"jpeg": 70_000_000, "png": 30_000_000}
MOST_PAGES, MOST_OBJECTS, MOST_DEPTH = 60, 40_000, 40
MOST_SHOWN = 200_000_000  # bytes of a PDF once unpacked

#: What makes a PDF do something, or carries other files. QPDF gives names as they are meant, however they are written.
ACTIVE_KEYS: Final = frozenset(
    {"/JS", "/JavaScript", "/EmbeddedFile", "/EmbeddedFiles", "/EF", "/AF", "/AA", "/XFA", "/Collection"}
    | {"/RichMedia", "/RichMediaContent", "/Movie", "/Sound", "/Rendition", "/3DD"}
)
ACTIVE_TYPES: Final = frozenset(
    {"/JavaScript", "/Launch", "/GoToR", "/GoToE", "/GoTo3DView", "/SubmitForm", "/ImportData", "/ResetForm"}
    | {"/Movie", "/Sound", "/Rendition", "/RichMediaExecute", "/RichMedia", "/Screen", "/3D", "/FileAttachment"}
    | {"/Widget", "/SetOCGState", "/Hide", "/Named", "/EmbeddedFile", "/PS"}
)
#: What tells who made it, when and with what; where a click would lead; and what is shown of another file.
TOLD: Final = (
    "/Metadata",
    "/PieceInfo",
    "/LastModified",
    "/SpiderInfo",
    "/OpenAction",
    "/URI",
    "/Ref",
    "/OPI",
    "/Thumb",
    # where on Earth a page or a picture shows, and what a printer is told of whose it is
    "/Measure",
    "/LGIDict",
    "/PtData",
    "/DPM",
)
#: And of a remark on a page: who wrote it, and when; and whatever a click on it would do that is not known above.
TOLD_BY_REMARKS: Final = ("/T", "/M", "/CreationDate", "/NM", "/A", "/PA")
#: Of a stream: the file that stands for it.
ELSEWHERE: Final = ("/F", "/FFilter", "/FDecodeParms")
#: What reads pictures, and what Pillow loads before it opens any; of a JPEG also of two pictures, and with a place.
_PICTURES: Final = (
    *(f"PIL.{one}ImagePlugin" for one in ("Bmp", "Gif", "Jpeg", "Ppm", "Png", "Mpo", "Tiff")),
    "PIL.ImageOps",
)
#: What reads each kind, loaded before anything of the file is looked at.
READERS: Final = {"pdf": ("pikepdf",), "jpeg": _PICTURES, "png": _PICTURES}
PACKED: Final = frozenset({"/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/JBIG2Decode"})


class Fault(IntEnum):
    """Why a file is not taken; anything else that a process ends with means that it could not be read."""

    LOCKED = 10
    ACTIVE = 11
    LARGE = 12
    MOVES = 13


class Unclean(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.name)
        self.fault = fault


def picture(content: bytes, kind: str) -> bytes:
    """The picture upright, at most ``LONGEST_SIDE`` long, as a JPEG of nothing but its pixels."""
    from PIL import Image, ImageFile

    Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES = None, False  # counted below, for each kind
    with Image.open(io.BytesIO(content), formats=[kind.upper()]) as opened:
        if opened.width * opened.height > MOST_PIXELS[kind] or not opened.width * opened.height:
            raise Unclean(Fault.LARGE)
        if kind == "png" and getattr(opened, "n_frames", 1) > 1:
            raise Unclean(Fault.MOVES)
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is unpacked no larger than it is needed
        seen = opened if kind == "jpeg" else _in_colour(opened)
        seen.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        upright = _upright(seen).convert("RGB" if kind == "jpeg" else "RGBA")
    made = io.BytesIO()
    _pixels_of(upright).save(made, "JPEG", quality=88)
    return made.getvalue()


def _in_colour(opened: Any) -> Any:
    """As something that is made smaller without losing lines: no picture of black and white, of a few colours, or of
    grey in sixteen bits, as scanners write them."""
    if opened.mode.startswith("I"):
        return opened.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")
    return opened.convert("RGBA")


def _upright(seen: Any) -> Any:
    """As it was held; as it lies, where what tells how is damaged."""
    from PIL import ImageOps

    with suppress(Exception):
        return ImageOps.exif_transpose(seen)
    return seen


def _pixels_of(upright: Any) -> Any:
    """A new picture of the same pixels, on white where one could look through it."""
    from PIL import Image

    pixels = Image.new("RGB", upright.size, "white")
    pixels.paste(upright, mask=upright.getchannel("A") if upright.mode == "RGBA" else None)
    return pixels


def paper(content: bytes) -> bytes:
    """The pages, written anew by QPDF: whatever stood beside them or between them in the file is gone."""
    import pikepdf

    try:
        opened = pikepdf.open(io.BytesIO(content))
    except pikepdf.PasswordError:
        raise Unclean(Fault.LOCKED) from None
    with opened as pdf:
        if pdf.is_encrypted:
            raise Unclean(Fault.LOCKED)
        if not 0 < len(pdf.pages) <= MOST_PAGES or len(pdf.objects) > MOST_OBJECTS:
            raise Unclean(Fault.LARGE)
        for inner in _every_dictionary(pdf):
            _check(inner)
        clean = pikepdf.new()
        clean.pages.extend(pdf.pages)  # and with them all that they show, but nothing of the document around them
        for inner in _every_dictionary(clean):
            _silence(inner)
        shown = 0
        for one in clean.objects:
            shown += _unpacked(one)
            if shown > MOST_SHOWN:
                raise Unclean(Fault.LARGE)
        made = io.BytesIO()
        clean.save(made, static_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return made.getvalue()


def _every_dictionary(pdf: Any) -> Iterator[Any]:
    for one in list(pdf.objects):
        yield from _within(one, 0)


def _within(found: Any, depth: int) -> Iterator[Any]:
    """Every dictionary in an object of its own, itself among them; references are objects of their own."""
    import pikepdf

    if depth > MOST_DEPTH:
        raise Unclean(Fault.LARGE)
    if isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
        yield found
        inner = [found[key] for key in found.keys()]  # noqa: SIM118 - no mapping of Python's
    elif isinstance(found, pikepdf.Array):
        inner = list(found)
    else:
        return
    for one in inner:
        if isinstance(one, pikepdf.Object) and not one.is_indirect:
            yield from _within(one, depth + 1)


def _check(found: Any) -> None:
    """Refuse a dictionary that does something."""
    kinds = {str(found.get(key)) for key in ("/S", "/Subtype", "/Type")}
    if ACTIVE_KEYS.intersection(found.keys()) or kinds & ACTIVE_TYPES:
        raise Unclean(Fault.ACTIVE)


def _silence(found: Any) -> None:
    """Take from a dictionary what it tells, and where it leads."""
    import pikepdf

    keys = set(found.keys())
    told = TOLD + (TOLD_BY_REMARKS if {"/Rect", "/Subtype"} <= keys else ())
    for key in keys.intersection(told + (ELSEWHERE if isinstance(found, pikepdf.Stream) else ())):
        del found[key]


def _unpacked(found: Any) -> int:
    """How many bytes an object is once a reader unpacks it; a picture in a PDF is told of by its size in pixels."""
    import pikepdf

    if not isinstance(found, pikepdf.Stream):
        return 0
    filters = found.get("/Filter", pikepdf.Array())
    names = [str(one) for one in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    pixels = int(found.get("/Width", 0)) * int(found.get("/Height", 0))
    if pixels < 0 or pixels > MOST_PIXELS["jpeg"]:
        raise Unclean(Fault.LARGE)
    if not PACKED.intersection(names):
        return len(found.read_bytes())
    if len(names) > 1:
        raise Unclean(Fault.ACTIVE)  # packed twice: no scanner does so
    if names == ["/DCTDecode"]:
        parameters: Any = found.get("/DecodeParms")
        picture_of = without_segments(found.read_raw_bytes())
        found.write(picture_of, filter=pikepdf.Name.DCTDecode, decode_parms=parameters)
    return pixels


def without_segments(jpeg: bytes) -> bytes:
    """A JPEG without what it tells of camera, place and maker (APP1 to APP13, APP15, comments), and with nothing behind
    its end; its picture as it was."""
    made, at = bytearray(jpeg[:2]), 2
    while at + 1 < len(jpeg):
        mark = jpeg[at + 1]
        if jpeg[at] != 0xFF:  # the picture itself, as far as the next mark
            end = jpeg.find(b"\xff", at)
            end = len(jpeg) if end < 0 else end
        elif mark == 0xD9:
            return bytes(made + jpeg[at : at + 2])
        elif mark == 0xFF:  # before a mark there may be any number of these
            at += 1
            continue
        elif mark in (0x00, 0x01) or 0xD0 <= mark <= 0xD8:
            end = at + 2
        else:
            end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
            if mark == 0xFE or (0xE1 <= mark <= 0xEF and mark != 0xEE):
                at = end
                continue
        made += jpeg[at:end]
        at = end
    return bytes(made)


def bounded() -> None:
    """From now on this process has little memory, few seconds, and writes no file; pages come before it, and where the
    host has no memory left it is the first to go."""
    os.nice(5)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, WORK_SECONDS), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(what, (most, most))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def opens_nothing(kind: str) -> None:
    """Load what reads the file; from then on open nothing, neither a file nor a connection. What breaks a reader would
    read the keys of the service."""
    for name in READERS[kind]:
        import_module(name)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def main(kind: str) -> NoReturn:
    bounded()
    opens_nothing(kind)
    content = sys.stdin.buffer.read()
    try:
        made = paper(content) if kind == "pdf" else picture(content, kind)
    except Unclean as unclean:
        sys.exit(unclean.fault)
    except MemoryError:
        sys.exit(Fault.LARGE)
    sys.stdout.buffer.write(made)
    sys.stdout.buffer.flush()
    sys.exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
