"""Pictures of items as they are published: small enough for a phone, named by what they are."""

import hashlib
import io
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from PIL import Image as Pillow
from PIL import ImageOps

WIDEST = 1200


@dataclass(frozen=True, slots=True)
class Taken:
    """A picture's bytes (JPEG), its name by their hash, and its size in pixels."""

    name: str
    data: bytes
    width: int
    height: int


def take(image: Any) -> Taken | None:
    """The picture of a Wagtail image; None without one, or where its file is gone or broken."""
    if image is None:
        return None
    try:
        with image.file.open("rb") as file:
            return _drawn(file.read())
    except (OSError, ValueError):
        return None


# A preview, its check list and the publication draw the same pictures.
@lru_cache(maxsize=32)
def _drawn(data: bytes) -> Taken:
    with Pillow.open(io.BytesIO(data)) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    picture.thumbnail((WIDEST, WIDEST))
    # Saved anew: nothing of where and by whom it was taken goes with it.
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=80, optimize=True, progressive=True)
    name = hashlib.sha256(kept.getvalue()).hexdigest()[:32]
    return Taken(f"{name}.jpg", kept.getvalue(), picture.width, picture.height)
