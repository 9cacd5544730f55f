"""A portrait from whatever was uploaded: cut square, made anew, with no word in it of where and with what it was taken.
Pure, but for the file names' hash.
"""

import hashlib
import re

from PIL import Image, ImageOps

from app.core.texts import N_
from app.directory.pictures import Wanted, drawn_anew

MOST_BYTES = 5 * 1024 * 1024
SIDE = 640
ABOVE_THE_MIDDLE = (0.5, 0.4)
"""Where a square is cut from an upright picture: faces are above the middle."""

NAME = re.compile(r"[0-9a-f]{40}\.jpg")
PORTRAIT = Wanted("photo", "photo", least_side=200)


def portrait(content: bytes) -> bytes:
    """A square JPEG of 640 pixels; Invalid says what is wrong with the upload."""
    if len(content) > MOST_BYTES:
        raise PORTRAIT.refused(N_("That file is larger than 5 MB. Choose a smaller one."), "large")
    return drawn_anew(content, PORTRAIT, (SIDE * 2, SIDE * 2), _square)


def _square(image: Image.Image) -> Image.Image:
    return ImageOps.fit(image, (SIDE, SIDE), Image.Resampling.LANCZOS, centering=ABOVE_THE_MIDDLE)


def name_of(picture: bytes) -> str:
    """The file's name: a hash of what is in it."""
    return f"{hashlib.sha256(picture).hexdigest()[:40]}.jpg"
