"""QR codes, and the handout as a tagged PDF."""

import io
from functools import lru_cache

import segno
from flask import current_app
from flask_babel import gettext

from app.core.errors import DomainError
from app.core.logs import logger

log = logger("unknot.printing")


class PrintingUnavailable(DomainError):
    """The machine lacks Pango, with which the PDF's letters are set."""

    status = 503
    code = "printing-unavailable"


def link_address(code: str) -> str:
    return f"{current_app.config['SETTINGS'].base_url}/r/{code}"


def qr_svg(address: str) -> bytes:
    """The address as a QR code: dark on white with its quiet zone, whatever the page's colours; a quarter may be dirty."""
    out = io.BytesIO()
    segno.make(address, error="q", micro=False).save(out, kind="svg", scale=8, border=4, dark="#000", light="#fff")
    return out.getvalue()


def qr_data(address: str) -> str:
    uri: str = segno.make(address, error="q", micro=False).svg_data_uri(scale=8, border=4, dark="#000", light="#fff")
    return uri


def pdf(html: str) -> bytes:
    """A PDF/UA-1 document. Nothing is fetched: what it shows is in the page itself."""
    try:
        document, fetcher = _weasyprint()
    except OSError as error:
        log.warning("no-pango", detail=str(error)[:200])
        raise PrintingUnavailable(
            gettext("This server cannot make PDF files (it lacks Pango). Print the page from the browser instead.")
        ) from error
    made: bytes = document(string=html, url_fetcher=fetcher).write_pdf(pdf_variant="pdf/ua-1")
    return made


@lru_cache(maxsize=1)
def _weasyprint() -> tuple[type, object]:
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    return HTML, URLFetcher(allowed_protocols=["data"])
