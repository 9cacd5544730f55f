"""A portrait from whatever was uploaded: only what is a picture of few enough pixels, cut square, made anew, with no
word in it of where and with what it was taken. Pure, but for the file names' hash.
"""

import hashlib
import io
import re
import warnings

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from app.core.errors import Invalid
from app.core.texts import N_

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 40_000_000
LEAST_SIDE = 200
SIDE = 640
ABOVE_THE_MIDDLE = (0.5, 0.4)
"""Where a square is cut from an upright picture: faces are above the middle."""

NAME = re.compile(r"[0-9a-f]{40}\.jpg")


def portrait(content: bytes) -> bytes:
    """A square JPEG of 640 pixels; Invalid says what is wrong with the upload."""
    if len(content) > MOST_BYTES:
        raise _refused(N_("That file is larger than 5 MB. Choose a smaller one."), "photo-large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _made(content)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except UnidentifiedImageError as error:
        raise _refused(N_("That is not a JPEG, PNG or WebP picture."), "photo-kind") from error
    except (OSError, ValueError, SyntaxError, MemoryError, EOFError) as error:
        raise _refused(N_("That picture is broken. Choose another one."), "photo-broken") from error


def name_of(picture: bytes) -> str:
    """The file's name: a hash of what is in it."""
    return f"{hashlib.sha256(picture).hexdigest()[:40]}.jpg"


def _made(content: bytes) -> bytes:
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # the PDF library lets cut pictures pass, for the whole process
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        width, height = image.size
        if width * height > MOST_PIXELS:
            raise _too_many_pixels()
        if min(width, height) < LEAST_SIDE:
            raise _refused(N_("That picture is too small: it needs 200 pixels each way."), "photo-small")
        image.draft("RGB", (SIDE * 2, SIDE * 2))
        upright = ImageOps.exif_transpose(image)
        square = ImageOps.fit(_flat(upright), (SIDE, SIDE), Image.Resampling.LANCZOS, centering=ABOVE_THE_MIDDLE)
    file = io.BytesIO()
    square.save(file, "JPEG", quality=86, optimize=True, progressive=True)
    return file.getvalue()


def _flat(image: Image.Image) -> Image.Image:
    """Without transparency, on white; a fresh picture that has nothing of the old one's metadata."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        ground = Image.new("RGB", layer.size, "white")
        ground.paste(layer, mask=layer.getchannel("A"))
        return ground
    plain = image.convert("RGB")
    plain.info.clear()
    return plain


def _too_many_pixels() -> Invalid:
    return _refused(N_("That picture has too many pixels. Make it smaller than 40 megapixels."), "photo-pixels")


def _refused(message: str, code: str) -> Invalid:
    return Invalid(message, field="photo", code=code)
