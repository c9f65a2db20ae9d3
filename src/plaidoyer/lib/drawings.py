"""Pictures that people send: looked at before they are decoded, and drawn anew.

What is drawn anew holds nothing else that the file held: where and with what it was taken, a
comment, a second picture, a program behind its end.
"""

import io
import struct
import warnings
import zlib
from typing import IO, Any

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

# SVG is a program that runs in the reader's browser; the others only draw.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "AVIF")
# Whatever a broken file makes the decoders say.
FAULTS = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    OSError,
    SyntaxError,
    ValueError,
    OverflowError,
    struct.error,
    zlib.error,
    EOFError,
    KeyError,
    IndexError,
    TypeError,
)
HOW: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 90, "optimize": True},
    "WEBP": {"quality": 90, "method": 4},
    "AVIF": {"quality": 80},
}


class BadPictureError(ValueError):
    """What was sent is no picture that can be kept."""


def opened(file: IO[bytes], *, most_points: int, most_side: int) -> Image.Image:
    """The first picture of the file, upright, in the colours of screens and bare of all else.

    Its size is looked at before a point of it is decoded. Raises BadPictureError.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(file, formats=FORMATS)
            wide, high = picture.size
            if wide * high > most_points or max(wide, high) > most_side:
                raise BadPictureError("too many points")
            format_ = picture.format
            drawing = as_on_screens(ImageOps.exif_transpose(picture))
    except BadPictureError:
        raise
    except FAULTS:
        raise BadPictureError("no picture") from None
    drawing.info = {}
    drawing.format = format_
    return drawing


def as_on_screens(picture: Image.Image) -> Image.Image:
    """The picture in sRGB, with its transparency; a profile that cannot be read is left out."""
    profile = picture.info.get("icc_profile")
    is_clear = picture.has_transparency_data
    if profile and picture.mode in {"RGB", "RGBA", "CMYK"}:
        try:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            mode = "RGBA" if picture.mode == "RGBA" else "RGB"
            screen = ImageCms.createProfile("sRGB")
            picture = ImageCms.profileToProfile(picture, given, screen, outputMode=mode) or picture
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return picture.convert("RGBA" if is_clear else "RGB")


def redrawn(file: IO[bytes], *, most_points: int, most_side: int) -> bytes:
    """The same picture in the same format, without anything else. Raises BadPictureError."""
    drawing = opened(file, most_points=most_points, most_side=most_side)
    drawn = io.BytesIO()
    drawing.save(drawn, drawing.format, **HOW.get(str(drawing.format), {}))
    return drawn.getvalue()
