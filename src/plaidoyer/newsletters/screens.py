"""What stands around the back office's screens of a newsletter."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from plaidoyer.newsletters.models import Mailing


def frame(title: str, mailing: Mailing | None = None, here: str = "") -> dict[str, Any]:
    """The way back and the steps; `here` is the step that is shown."""
    crumbs = [
        {"url": reverse("wagtailadmin_home"), "label": _("Home")},
        {"url": reverse("mailings:index"), "label": _("Newsletters")},
    ]
    if mailing:
        crumbs.append(
            {"url": reverse("mailings:inspect", args=[mailing.pk]), "label": str(mailing)}
        )
    return {
        "mailing": mailing,
        "here": here,
        "header_title": title,
        "header_icon": "mail",
        "breadcrumbs_items": [*crumbs, {"url": "", "label": title}],
    }
