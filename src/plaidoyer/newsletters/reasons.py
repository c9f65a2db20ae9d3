"""Why somebody gets a newsletter: the sentence at its foot, and on the page behind it."""

import datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from plaidoyer.lib import wording


def sentence(language: str, organisation: str, until: datetime.datetime | None) -> str:
    """On what basis `organisation` writes, in `language`: an express yes, or one that follows from
    a gift `until` a moment."""
    return _sentence(language, organisation, timezone.localdate(until) if until else None)


@lru_cache(maxsize=1024)
def _sentence(language: str, organisation: str, until: datetime.date | None) -> str:
    with override(language):
        words = {"organisation": organisation}
        if until is None:
            return _("You get this because you agreed to hear from %(organisation)s.") % words
        words["day"] = wording.date(until, language)
        return (
            _(
                "You get this because you gave to %(organisation)s: until %(day)s, unless you agree"
                " to more or end it before."
            )
            % words
        )
