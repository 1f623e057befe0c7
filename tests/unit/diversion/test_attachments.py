"""Files that people attach are known by what is in them, and kept only as made anew."""

import errno
import io
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image

from diversion import attachments
from diversion.attachments import Kind, cleaned, cleaning
from diversion.attachments.cleaning import Fault, Unclean
from diversion.refusals import Refused
from tests.factories.files import MAKER, picture

BOMB = 3_000_000


def paper(change: Callable[[pikepdf.Pdf], None] = lambda pdf: None, *, pages: int = 1, **saved: Any) -> bytes:
    """A PDF with a picture on its first page, told of its maker in four places, and then changed."""
    pdf, made = pikepdf.new(), io.BytesIO()
    for _page in range(pages):
        pdf.add_blank_page()
    form = {"Type": pikepdf.Name.XObject, "Subtype": pikepdf.Name.Image, "Width": 60, "Height": 40}
    colours = {"ColorSpace": pikepdf.Name.DeviceRGB, "BitsPerComponent": 8, "Filter": pikepdf.Name.DCTDecode}
    inside = pikepdf.Stream(pdf, picture(), **form, **colours)
    pdf.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(P=inside))
    pdf.pages[0].PieceInfo = pikepdf.Dictionary(Maker=MAKER.decode())
    pdf.pages[0].Contents = pikepdf.Stream(pdf, b"60 0 0 40 0 0 cm /P Do")
    remark = {"Type": pikepdf.Name.Annot, "Subtype": pikepdf.Name.Text, "Rect": [0, 0, 9, 9], "T": MAKER.decode()}
    pdf.pages[0].Annots = pikepdf.Array([pikepdf.Dictionary(**remark)])
    pdf.docinfo["/Author"] = MAKER.decode()
    pdf.Root.Metadata = pikepdf.Stream(pdf, MAKER)
    change(pdf)
    pdf.save(made, **saved)
    return made.getvalue()


def test_a_picture_is_made_anew_of_its_pixels_and_upright() -> None:
    """A picture of a certificate taken at home tells where somebody lives."""
    sent = picture() + b"<script>alert(1)</script> PK\x03\x04"
    assert MAKER in sent
    file = cleaned(sent)
    with Image.open(io.BytesIO(file.content)) as kept:
        assert (file.kind, kept.format, kept.size, dict(kept.getexif())) == (Kind.JPEG, "JPEG", (40, 60), {})
    assert not [one for one in (MAKER, b"Exif", b"script", b"PK\x03\x04") if one in file.content]
    assert cleaned(sent) == file
    seen_through = io.BytesIO()
    Image.new("RGBA", (3000, 30), (0, 0, 0, 0)).save(seen_through, "PNG", compress_level=1)
    with Image.open(io.BytesIO(cleaning.picture(seen_through.getvalue(), "png"))) as kept:
        assert (kept.size, kept.getpixel((5, 5))) == ((2400, 24), (255, 255, 255))


def test_a_paper_is_made_anew_of_its_pages() -> None:
    """Its file would tell who wrote it, and carry whatever was hidden before, behind and between its pages."""
    sent = paper() + b"\n<script>alert(1)</script>"
    assert sent.count(MAKER) >= 3
    file = cleaned(sent)
    assert file.kind == Kind.PDF
    with pikepdf.open(io.BytesIO(file.content)) as kept:
        assert len(kept.pages) == 1
        assert not [key for key in ("/Metadata", "/Names", "/OpenAction") if key in kept.Root]
        assert "/Info" not in kept.trailer
        assert kept.pages[0].Resources.XObject.P.read_raw_bytes().startswith(b"\xff\xd8")
        plain = io.BytesIO()
        kept.save(plain, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert not [one for one in (MAKER, b"Exif", b"script") if one in plain.getvalue()]
    assert cleaned(sent) == file


def _script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def _launch(pdf: pikepdf.Pdf) -> None:
    link = {"Type": pikepdf.Name.Annot, "Subtype": pikepdf.Name.Link, "Rect": [0, 0, 9, 9]}
    act = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="calc.exe")
    pdf.pages[0].Annots = pikepdf.Array([pikepdf.Dictionary(**link, A=act)])


def _attached(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["inside.txt"] = b"words"


def _form(pdf: pikepdf.Pdf) -> None:
    box = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, Rect=[0, 0, 9, 9])
    pdf.pages[0].Annots = pikepdf.Array([pdf.make_indirect(box)])
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pdf.pages[0].Annots)


def _bomb(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Contents = pikepdf.Stream(pdf, zlib.compress(bytes(BOMB)), Filter=pikepdf.Name.FlateDecode)


def _twice(pdf: pikepdf.Pdf) -> None:
    inside = pdf.pages[0].Resources.XObject.P
    packed = zlib.compress(inside.read_raw_bytes())
    inside.write(packed, filter=pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.DCTDecode]))


def _vast(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Resources.XObject.P.Width = 2_000_000


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (_script, Fault.ACTIVE),
        (_launch, Fault.ACTIVE),
        (_attached, Fault.ACTIVE),
        (_form, Fault.ACTIVE),
        (_twice, Fault.ACTIVE),
        (_bomb, Fault.LARGE),
        (_vast, Fault.LARGE),
    ],
)
def test_a_paper_that_does_more_than_be_read_is_refused(
    change: Any, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever opens it next month would run it, or have it fill their machine."""
    monkeypatch.setattr(cleaning, "MOST_SHOWN", BOMB - 1)
    with pytest.raises(Unclean) as refused:
        cleaning.paper(paper(change))
    assert refused.value.fault is fault


def test_what_is_locked_too_long_or_moves_is_refused() -> None:
    """What nobody can look into, nobody can answer for."""
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    moving = io.BytesIO()
    frames[0].save(moving, "PNG", save_all=True, append_images=frames[1:])
    locked = paper(encryption=pikepdf.Encryption(owner="o", user=""))
    for fault, make in (
        (Fault.LOCKED, lambda: cleaning.paper(locked)),
        (Fault.LOCKED, lambda: cleaning.paper(paper(encryption=pikepdf.Encryption(owner="o", user="u")))),
        (Fault.LARGE, lambda: cleaning.paper(paper(pages=cleaning.MOST_PAGES + 1))),
        (Fault.MOVES, lambda: cleaning.picture(moving.getvalue(), "png")),
    ):
        with pytest.raises(Unclean) as refused:
            make()
        assert refused.value.fault is fault


def test_a_picture_that_grows_is_refused_before_it_has() -> None:
    """A file of some kilobytes that unpacks to gigabytes would take the machine from everybody."""
    packed = io.BytesIO()
    Image.new("1", (6_000, 6_000)).save(packed, "PNG")
    with pytest.raises(Refused, match="too large a picture"):
        cleaned(packed.getvalue())


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"", "no PDF, JPEG or PNG"),
        (b"MZ\x90\x00", "no PDF, JPEG or PNG"),
        (b"GIF89a\xff\xd8\xff", "no PDF, JPEG or PNG"),
        (b"\n%PDF-1.7", "no PDF, JPEG or PNG"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "in the form HEIC"),
        (b"PK\x03\x04[Content_Types].xml", "print or save it as a PDF"),
        (b"%PDF-1.7\n\x00\x00", "cannot be read"),
        (b"\xff\xd8\xff\x00", "cannot be read"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "cannot be read"),
    ],
)
def test_anything_else_is_refused_with_what_to_do(sent: bytes, words: str) -> None:
    """A worker with a certificate in an odd form must be told how to attach it all the same."""
    with pytest.raises(Refused, match=words):
        cleaned(sent)


def test_while_others_are_read_it_is_said_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few files that take long would keep every page of everybody waiting: one thread of four is left for pages."""
    few, waits = attachments._one_of_few, attachments._one_that_waits
    with few, few, waits, pytest.raises(Refused, match="again in a minute"):
        cleaned(picture())
    monkeypatch.setattr(attachments, "WAITS", 0)
    with few, few, pytest.raises(Refused, match="again in a minute"):
        cleaned(picture())
    with few:
        assert cleaned(picture()).kind == Kind.JPEG


@pytest.mark.parametrize(
    "does",
    [
        "sys.stdin.buffer.read()\nwhile True: sys.stdout.buffer.write(bytes(1_000_000))",
        "sys.stdin.buffer.read(); sys.stdout.close(); time.sleep(60)",
        "time.sleep(60)",
        "os.kill(os.getpid(), 9)",
    ],
)
def test_what_breaks_its_reader_takes_neither_memory_nor_time_here(
    does: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that grows without end would take a web process from everybody at work in it."""
    program = tmp_path / "broken.py"
    program.write_text(f"import os, sys, time\n{does}\n")
    monkeypatch.setattr(attachments, "PROGRAM", program)
    monkeypatch.setattr(attachments, "SECONDS", 0.4)
    ended = []
    monkeypatch.setattr(subprocess, "Popen", _watched(ended))
    with pytest.raises(Refused, match="too many pages or too large"):
        cleaned(b"\xff\xd8\xff" + bytes(1_000_000))
    assert [one.returncode for one in ended] == [-9]


def _watched(ended: list[Any]) -> Any:
    class Watched(subprocess.Popen[bytes]):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            ended.append(self)

    return Watched


def test_what_reads_a_file_opens_no_other() -> None:
    """A file that takes over its reader would read the key of the service, and ask its database."""
    for kind in ("pdf", "jpeg"):
        program = f"""import cleaning, socket
cleaning.bounded()
cleaning.opens_nothing({kind!r})
for act in (lambda: open("/proc/self/environ"), socket.socket):
    try: act()
    except OSError as refused: print(refused.errno)
"""
        words = [sys.executable, "-c", program]
        done = subprocess.run(words, cwd=attachments.PROGRAM.parent, capture_output=True, check=False)
        assert done.stdout.split() == [b"%d" % errno.EMFILE] * 2


@pytest.mark.parametrize(
    ("mode", "colour", "kept"), [("I;16", 0x8000, 128), ("1", 1, 255), ("P", 0, 0), ("LA", (90, 255), 90)]
)
def test_a_picture_of_a_scanner_is_taken(mode: str, colour: Any, kept: int) -> None:
    """Grey in sixteen bits, black and white, few colours: a scanned certificate is no damaged file."""
    made = io.BytesIO()
    Image.new(mode, (2500, 30), colour).save(made, "PNG", compress_level=1)
    with Image.open(io.BytesIO(cleaned(made.getvalue()).content)) as picture_of:
        assert picture_of.size == (2400, 29)
        assert picture_of.getpixel((5, 5)) == pytest.approx((kept, kept, kept), abs=1)


def test_a_picture_whose_camera_wrote_nonsense_is_taken() -> None:
    """What tells how a telephone was held is damaged more often than its picture."""
    plain = picture()
    at = plain.index(b"Exif\x00\x00") + 6
    file = cleaned(plain[:at] + b"\x00" * 8 + plain[at + 8 :])
    with Image.open(io.BytesIO(file.content)) as kept:
        assert kept.size == (60, 40)


def test_a_picture_in_a_paper_tells_nothing_behind_padding() -> None:
    """Before a mark of a JPEG any number of bytes may stand: behind them it told where it was taken."""
    padded = picture().replace(b"\xff\xe1", b"\xff\xff\xff\xe1", 1)
    assert MAKER in padded
    plain = cleaning.without_segments(padded)
    assert MAKER not in plain
    with Image.open(io.BytesIO(plain)) as kept:
        assert kept.convert("RGB").getpixel((5, 5))[0] > 250  # type: ignore[index]


def _leading(pdf: pikepdf.Pdf) -> None:
    """A click that opens another file, a stream that is another file, and where on Earth the page shows."""
    thread = pikepdf.Dictionary(S=pikepdf.Name.Thread, F="//10.0.0.1/share")
    pdf.pages[0].Annots = pikepdf.Array([pikepdf.Dictionary(Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=thread)])
    pdf.pages[0].Contents.F = pikepdf.String("//10.0.0.2/share")
    place = pikepdf.Dictionary(Subtype=pikepdf.Name.GEO, GPTS=pikepdf.Array([51, 4]))
    pdf.pages[0].VP = pikepdf.Array([pikepdf.Dictionary(BBox=[0, 0, 9, 9], Measure=place)])


def test_a_paper_leads_nowhere_and_tells_no_place() -> None:
    """Whoever opens it would have their machine ask a stranger's."""
    with pikepdf.open(io.BytesIO(cleaning.paper(paper(_leading)))) as kept:
        page = kept.pages[0]
        assert "/A" not in page.Annots[0]
        assert "/F" not in page.Contents
        assert "/Measure" not in page.VP[0]
