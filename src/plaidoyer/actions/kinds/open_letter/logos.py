"""Logos that organisations send: drawn anew, so that nothing but the picture is kept."""

import io

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from plaidoyer.actions import reviews
from plaidoyer.actions.kinds.open_letter import organisations
from plaidoyer.actions.kinds.open_letter.models import OrganisationSignature
from plaidoyer.actions.models import Review
from plaidoyer.lib import drawings

LONGEST = 1_000_000  # bytes
BOX = (400, 200)
# Decoded, a picture takes four bytes for each point: 24 MB at most.
MOST_POINTS, MOST_SIDE = 6_000_000, 5_000


class BadLogoError(ValueError):
    """What was sent is no picture that can be kept."""


def redrawn(upload: UploadedFile) -> bytes:
    """The picture at most 400 × 200, as WebP without anything else the file held.

    Raises BadLogoError.
    """
    if not upload.size or upload.size > LONGEST:
        raise BadLogoError("too large")
    try:
        drawing = drawings.opened(
            upload.file,  # type: ignore[arg-type]
            most_points=MOST_POINTS,
            most_side=MOST_SIDE,
        )
    except drawings.BadPictureError as error:
        raise BadLogoError(str(error)) from None
    drawing.thumbnail(BOX)
    drawn = io.BytesIO()
    drawing.save(drawn, "WEBP", quality=88, method=4)
    return drawn.getvalue()


@transaction.atomic
def keep(signature: OrganisationSignature, upload: UploadedFile) -> None:
    """Keeps the logo beside `signature`; an organiser looks at it before it shows.

    Another one sent before is deleted. Raises BadLogoError.
    """
    drawn = redrawn(upload)
    signature = OrganisationSignature.objects.select_for_update().get(pk=signature.pk)
    before, storage = signature.logo.name, signature.logo.storage
    signature.logo.save("logo.webp", ContentFile(drawn), save=False)
    signature.save(update_fields=["logo"])
    reviews.queue(
        [Review(action_id=signature.pk, part=organisations.LOGO, text=str(signature.logo.name))]  # type: ignore[misc]
    )
    if before:
        transaction.on_commit(lambda: storage.delete(before))
