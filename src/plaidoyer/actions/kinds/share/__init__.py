"""Passing another form on: a page with its links, words to copy and pictures to keep."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from plaidoyer.actions.kinds import Kind
from plaidoyer.actions.kinds.share import kits
from plaidoyer.actions.kinds.share.forms import ShareOptionsForm


def counted(number: int) -> str:
    return ngettext(
        "person came because somebody passed it on",
        "people came because somebody passed it on",
        number,
    )


KIND = Kind(
    name="share",
    label=_("Share"),
    send=_("Pass it on"),
    form=None,
    options_form=ShareOptionsForm,
    counted=counted,
    counts=kits.counts,
    shown_template="share/kit.html",
    shown=kits.shown,
)
