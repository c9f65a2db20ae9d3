from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from wagtail.images.forms import BaseImageForm

from plaidoyer.lib import drawings

LONGEST_SIDE = 20_000


class PictureForm(BaseImageForm):
    """Wagtail's form of a picture; what is kept is drawn anew, without where it was taken."""

    def clean_file(self) -> object:
        file = self.cleaned_data["file"]
        if "file" not in self.changed_data:
            return file
        try:
            drawn = drawings.redrawn(
                file.file,
                most_points=settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS,
                most_side=LONGEST_SIDE,
            )
        except drawings.BadPictureError:
            raise ValidationError(_("This picture cannot be read.")) from None
        return ContentFile(drawn, file.name)
