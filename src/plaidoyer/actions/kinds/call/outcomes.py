"""What may come of a call, as whoever called says it. Never a stated position of ours to publish:
that has a source."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

OUTCOMES: dict[str, str | Promise] = {
    "person": _("I spoke to them"),
    "staff": _("I spoke to their staff"),
    "message": _("I left a message"),
    "for": _("They told me that they are for it"),
    "against": _("They told me that they are against it"),
    "undecided": _("They told me that they have not decided"),
    "nobody": _("Nobody answered"),
}
