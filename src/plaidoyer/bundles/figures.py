"""Figures by name and lines of offline acts in a bundle: definitions and evidence, never counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from plaidoyer.actions.models import ActionForm
from plaidoyer.bundles.reading import BundleError
from plaidoyer.campaigns.models import Campaign
from plaidoyer.figures import texts
from plaidoyer.figures.models import Figure, OfflineActs, Value
from plaidoyer.lib.words import Words

if TYPE_CHECKING:
    from plaidoyer.bundles.imports import Taker

Tree = dict[str, Any]
LINKED = ["title", "url", "publisher", "language"]


def told(campaign: Campaign) -> list[Tree]:
    """The figures of a campaign that have a value; an official one without its definition, for
    its petition stays here."""
    names = Figure.objects.filter(campaign=campaign).values_list("name", flat=True)
    found = texts.last(names)
    return [_figure(found[name].figure, found[name]) for name in sorted(found)]


def _figure(figure: Figure, value: Value) -> Tree:
    counted = {"name": figure.name, "value": value.value}
    counted |= {"counted_at": value.counted_at.isoformat(), "source_url": value.source_url}
    if figure.source == Figure.Source.OFFICIAL:
        return counted
    days = {"starts_on": figure.starts_on, "ends_on": figure.ends_on}
    return {
        **counted,
        "noun": dict(figure.noun),
        "noun_one": dict(figure.noun_one),
        "source": figure.source,
        "rung": figure.rung,
        "offline_kind": figure.offline_kind,
        "forms": [f"f{form.pk}" for form in figure.forms.all()],
        **{name: day.isoformat() for name, day in days.items() if day},
    }


def lines(campaign: Campaign) -> list[Tree]:
    """The offline acts of a campaign that are not struck and can be checked by a link."""
    found = OfflineActs.objects.filter(campaign=campaign, strike=None).exclude(url="")
    return [
        {
            "kind": line.kind,
            "number": line.number,
            "happened_on": line.happened_on.isoformat(),
            "words": dict(line.words),
            "counted_by": dict(line.counted_by),
            "published_on": line.published_on.isoformat(),
            **{name: getattr(line, name) for name in LINKED},
        }
        for line in found.order_by("happened_on", "pk")
    ]


def take(
    taker: Taker, campaign: Campaign, sheet: Tree, forms: dict[str, ActionForm], place: str
) -> None:
    """Adds what a campaign's sheet in a bundle tells of figures. Raises BundleError."""
    for n, line in enumerate(sheet.get("offline", [])):
        words = {name: Words(line[name]) for name in ("words", "counted_by")}
        taker.add(OfflineActs(campaign=campaign, **{**line, **words}), f"{place}.offline[{n}]")
    for n, figure in enumerate(sheet.get("figures", [])):
        if "source" in figure:
            _define(taker, campaign, figure, forms, f"{place}.figures[{n}]")


def _define(
    taker: Taker, campaign: Campaign, said: Tree, forms: dict[str, ActionForm], place: str
) -> None:
    if Figure.objects.filter(name=said["name"]).exists():
        taker.draft.there.append(said["name"])
        return
    unknown = [key for key in said.get("forms", []) if key not in forms]
    if unknown:
        raise BundleError(f"{place}.forms", _("leads nowhere."))
    names = ("name", "source", "rung", "offline_kind", "starts_on", "ends_on")
    figure = Figure(
        campaign=campaign,
        noun=Words(said.get("noun", {})),
        noun_one=Words(said.get("noun_one", {})),
        **{name: said[name] for name in names if name in said},
    )
    taker.add(figure, place)
    figure.forms.set([forms[key] for key in said.get("forms", [])])
