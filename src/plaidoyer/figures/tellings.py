"""A figure in a language: in words by rule, exactly, when, and by which definition."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from plaidoyer.figures.models import Figure, OfflineActs, Value
from plaidoyer.lib import wording

Source, Rung = Figure.Source, Figure.Rung


def tell(figure: Figure, value: Value, language: str) -> dict[str, Any]:
    """All that is said of a figure in `language`, JSON-safe, as editions and pages write it.

    `words` and `label` together are the phrase; `exact`, `moment`, `definition` are what a click
    shows; `url` is where.
    """
    with translation.override(language):
        words = wording.figure(value.value, language)
        whole = wording.quantity(value.value, noun(figure, value.value, language), language)
        return {
            "name": figure.name,
            "words": words,
            "label": whole.removeprefix(words).strip(),
            "phrase": whole,
            "value": value.value,
            "exact": wording.number(value.value, language),
            "moment": wording.moment(timezone.localtime(value.counted_at), language),
            "counted_at": value.counted_at.isoformat(),
            "definition": wording.spaced(define(figure, language), language),
            "source": figure.source,
            "source_label": str(Source(figure.source).label),
            "source_url": value.source_url,
            "url": settings.BASE_URL + reverse("figures:figure", args=[figure.name]),
        }


def noun(figure: Figure, number: int, language: str) -> str:
    """What is counted, as it follows the number."""
    # French has no plural for nothing, English has.
    is_one = number == 1 or (number == 0 and language.startswith("fr"))
    words = figure.noun_one if is_one and figure.noun_one else figure.noun
    return words.in_language(language)


def define(figure: Figure, language: str) -> str:
    """What exactly is counted, in the active language."""
    return " ".join([_SAID[Source(figure.source)](figure, language), period(figure, language)])


def period(figure: Figure, language: str) -> str:
    """Over which days, as a sentence."""
    if figure.starts_on and figure.ends_on:
        days = wording.period(figure.starts_on, figure.ends_on, language)
        return pgettext("figure", "Period: %(days)s, in UTC days.") % {"days": days}
    if figure.starts_on:
        day = wording.date(figure.starts_on, language)
        return pgettext("figure", "Since %(day)s, in UTC days.") % {"day": day}
    if figure.ends_on:
        day = wording.date(figure.ends_on, language)
        return pgettext("figure", "Until the end of %(day)s, in UTC days.") % {"day": day}
    return pgettext("figure", "From the beginning to the moment of counting.")


def _own(figure: Figure, language: str) -> str:
    names = [f"“{form.name.in_language(language)}”" for form in figure.forms.all()]
    if language.startswith("fr"):
        names = [f"« {form.name.in_language(language)} »" for form in figure.forms.all()]
    said = rungs()[Rung(figure.rung)] % {"forms": ", ".join(names)}
    if len(names) > 1:
        several = _("Over several forms acts are counted, not people: one who acted on two is two.")
        return f"{said} {several}"
    return said


def rungs() -> dict[Any, str]:
    """What each step of the count ladder says, in the active language."""
    return {
        Rung.SUBMITTED: _("Acts sent on %(forms)s, confirmed or not."),
        Rung.CONFIRMED: _(
            "Acts on %(forms)s confirmed by their authors through the link in a mail, less those "
            "taken back. On one form each person counts once."
        ),
        Rung.QUEUED: _("Letters from %(forms)s, one for each decision-maker, ready to leave."),
        Rung.ACCEPTED: _(
            "Letters from %(forms)s, one for each decision-maker written to, that the addressee’s "
            "own mail server accepted."
        ),
        Rung.BOUNCED: _("Letters from %(forms)s that were accepted and sent back later."),
        Rung.REPLIED: _("Letters from %(forms)s that a person answered, as far as we know."),
    }


def _official(figure: Figure, language: str) -> str:
    petition = figure.petition
    if petition is None:
        return ""
    return _(
        "Signatures that %(legislature)s showed on its own site for petition %(number)s. Counted "
        "there, never added to ours."
    ) % {
        "legislature": petition.legislature.name.in_language(language),
        "number": petition.identifier,
    }


def _offline(figure: Figure, language: str) -> str:
    kind = dict(OfflineActs.Kind.choices).get(figure.offline_kind, figure.offline_kind)
    return _(
        "Offline acts (%(kind)s) of the campaign %(campaign)s, line by line with who counted them "
        "and where anybody can check it. Never added to acts on this site."
    ) % {"kind": kind, "campaign": figure.campaign.name.in_language(language)}


_SAID = {Source.OWN: _own, Source.OFFICIAL: _official, Source.OFFLINE: _offline}
