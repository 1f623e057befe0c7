"""Files that people attach are known by what is in them, and kept only as made anew."""

import io
import zlib
from collections.abc import Callable
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
    """A few files that take long would keep every page of everybody waiting."""
    monkeypatch.setattr(attachments, "WAITS", 0)
    with attachments._one_of_few, attachments._one_of_few, pytest.raises(Refused, match="again in a minute"):
        cleaned(picture())
