"""Pictures from strangers: only JPEG, PNG and WebP of few enough pixels, upright, drawn anew with nothing else in them.

Pure. A file is measured before it is decoded, so that a bomb costs nothing.
"""

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from app.core.errors import Invalid
from app.core.texts import N_

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 40_000_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an upload is for: the form's `field` and the prefix of its error codes, what is the least side, and what to say of another kind of file."""

    field: str
    prefix: str
    least_side: int = 1
    other_kind: str = N_("That is not a JPEG, PNG or WebP picture.")

    def refused(self, message: str, code: str, **values: object) -> Invalid:
        return Invalid(message, field=self.field, values=values, code=f"{self.prefix}-{code}")


def drawn_anew(
    content: bytes,
    wanted: Wanted,
    draft: tuple[int, int],
    shape: Callable[[Image.Image], Image.Image],
    quality: int = 86,
) -> bytes:
    """A JPEG of the picture after `shape`; Invalid says what is wrong with the upload. `draft` is the size that is needed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _made(content, wanted, draft, shape, quality)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels(wanted) from error
    except UnidentifiedImageError as error:
        raise wanted.refused(wanted.other_kind, "kind") from error
    except (OSError, ValueError, SyntaxError, MemoryError, EOFError) as error:
        raise wanted.refused(N_("That picture is broken. Choose another one."), "broken") from error


def _made(
    content: bytes, wanted: Wanted, draft: tuple[int, int], shape: Callable[[Image.Image], Image.Image], quality: int
) -> bytes:
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # the PDF library lets cut pictures pass, for the whole process
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        width, height = image.size
        if width * height > MOST_PIXELS:
            raise _too_many_pixels(wanted)
        if min(width, height) < wanted.least_side:
            text = N_("That picture is too small: it needs %(least)s pixels each way.")
            raise wanted.refused(text, "small", least=wanted.least_side)
        image.draft("RGB", draft)
        made = shape(_flat(ImageOps.exif_transpose(image)))
    file = io.BytesIO()
    made.save(file, "JPEG", quality=quality, optimize=True, progressive=True)
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


def _too_many_pixels(wanted: Wanted) -> Invalid:
    return wanted.refused(N_("That picture has too many pixels. Make it smaller than 40 megapixels."), "pixels")
