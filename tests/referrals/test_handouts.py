"""What the doctor hands out: the sheet on paper and as a PDF, and the square that leads to the link."""

import contextlib
import re
import subprocess
import zlib
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image, ImageDraw
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.referrals.models import Referral
from tests.referrals.house import FORM
from tests.support.html import problems_of

pytestmark = pytest.mark.databases


@pytest.mark.parametrize(("language", "words"), [("en", "Point your phone"), ("es", "Apunte la cámara")])
def test_the_sheet_is_there_in_both_languages(doctor: FlaskClient, session: Session, language: str, words: str) -> None:
    doctor.post("/referring/new", data=FORM)
    referral = session.scalars(select(Referral)).one()
    page = doctor.get(f"/referring/{referral.id}/handout?in={language}")
    assert words in page.text
    assert f"/r/{referral.code}" in page.text
    assert not problems_of(page.text)


@pytest.mark.needs("pangoft2-1.0")
@pytest.mark.parametrize("paper", ["letter", "a4"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_pdf_is_one_tagged_page(doctor: FlaskClient, session: Session, paper: str, language: str) -> None:
    doctor.post("/referring/new", data={**FORM, "technique": "myofascial-release", "suggested_visits": "6"})
    referral = session.scalars(select(Referral)).one()
    answer = doctor.get(f"/referring/{referral.id}/handout.pdf?in={language}&paper={paper}")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    whole = unpacked(answer.data)
    for mark in (b"/MarkInfo", b"/StructTreeRoot", b"pdfuaid", b"/Lang", b"/Alt", b"/Count 1"):
        assert mark in whole, mark
    sizes = re.findall(rb"/MediaBox ?\[0 0 (\d+)", whole)
    assert sizes == [b"612" if paper == "letter" else b"595"]
    assert answer.headers["Content-Disposition"].endswith('filename="handout.pdf"')


def unpacked(pdf: bytes) -> bytes:
    """The file with its compressed parts made readable. A stream's last byte may be a line break of its own: the end
    of the checksum, without which the rest is read all the same."""
    parts = []
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        with contextlib.suppress(zlib.error):
            parts.append(zlib.decompressobj().decompress(stream))
    return pdf + b"".join(parts)


def test_without_pango_the_page_says_how_else(
    doctor: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.web.referrals import printing

    def missing() -> None:
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(printing, "_weasyprint", missing)
    doctor.post("/referring/new", data=FORM)
    referral = session.scalars(select(Referral)).one()
    answer = doctor.get(f"/referring/{referral.id}/handout.pdf")
    assert answer.status_code == 503
    assert "Print the page from the browser" in answer.text


@pytest.mark.needs("zbarimg")
def test_the_square_is_read_by_a_real_decoder(doctor: FlaskClient, session: Session, tmp_path: Path) -> None:
    """On paper (a picture of the rendered PDF would be the same square) and as served: zbar reads what is behind /r/."""
    doctor.post("/referring/new", data=FORM)
    referral = session.scalars(select(Referral)).one()
    served = doctor.get(f"/referring/{referral.id}/qr.svg")
    assert served.mimetype == "image/svg+xml"
    picture = tmp_path / "qr.png"
    drawn(served.data, picture)
    found = subprocess.run(["zbarimg", "--quiet", "--raw", str(picture)], capture_output=True, text=True, check=True)
    assert found.stdout.strip().endswith(f"/r/{referral.code}")


def drawn(svg: bytes, into: Path) -> None:
    """The served SVG as pixels, by filling its path's runs: no second QR maker is asked."""
    text = svg.decode()
    size = int(re.search(r'width="(\d+)"', text)[1])  # type: ignore[index]
    scale = 8
    image = Image.new("L", (size, size), 255)
    pen = ImageDraw.Draw(image)
    path = re.search(r'class="qrline"[^>]* d="([^"]+)"|d="([^"]+)"[^>]*class="qrline"', text)
    assert path, text[:300]
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", path[1] or path[2]):
        values = [float(each) for each in numbers.split()]
        if command == "M":
            x, y = values
        elif command == "m":
            x, y = x + values[0], y + values[1]
        else:
            box = (x * scale, (y - 0.5) * scale, (x + values[0]) * scale - 1, (y + 0.5) * scale - 1)
            pen.rectangle(box, fill=0)
            x += values[0]
    image.save(into)
