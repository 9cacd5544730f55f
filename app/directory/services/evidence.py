"""Taking in evidence: pictures are drawn anew, PDFs are kept shut, everything else is refused."""

import base64
import io

from PIL import Image
from sqlalchemy.orm import Session

from app.core.errors import Invalid, NotFound
from app.directory.evidence_models import LicenceEvidence
from app.directory.models import Licence

MOST_BYTES = 3 * 1024 * 1024
MOST_PIXELS = 40_000_000
PDF, JPEG = "application/pdf", "image/jpeg"


def add_evidence(session: Session, licence_id: int, content: bytes, by: str) -> LicenceEvidence:
    """Keep a file beside a licence; Invalid for what is no picture and no PDF, whatever its name says."""
    if session.get(Licence, licence_id) is None:
        raise NotFound("There is no such licence.")
    if len(content) > MOST_BYTES:
        raise Invalid("The file is larger than 3 MB.", field="file", code="evidence-too-large")
    kind, kept = (PDF, content) if content.startswith(b"%PDF-") else (JPEG, _drawn_anew(content))
    row = LicenceEvidence(
        licence_id=licence_id, kind=kind, size=len(kept), content=base64.b64encode(kept).decode(), handed_in_by=by[:120]
    )
    session.add(row)
    session.flush()
    return row


def content_of(session: Session, evidence_id: int) -> tuple[str, bytes]:
    """(content type, bytes) of a file."""
    row = session.get(LicenceEvidence, evidence_id)
    if row is None:
        raise NotFound("There is no such file.")
    return row.kind, base64.b64decode(row.content)


def _drawn_anew(content: bytes) -> bytes:
    """The same picture without anything else that the file held."""
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Invalid("The picture has too many pixels.", field="file", code="evidence-too-large")
            picture.thumbnail((3000, 3000))
            out = io.BytesIO()
            picture.convert("RGB").save(out, "JPEG", quality=85)
            return out.getvalue()
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise Invalid("Only a picture (JPEG, PNG, WebP) or a PDF.", field="file", code="evidence-kind") from error
