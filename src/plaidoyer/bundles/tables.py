"""Years of campaigns in a spreadsheet: its columns, what they mean, and the bundle they make.

A line is a demand with what came of it; lines of one campaign repeat its name. What the table makes
is judged and taken in like any other bundle.
"""

import re
from typing import Any

from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plaidoyer.bundles import reading
from plaidoyer.bundles.reading import BundleError, Tree
from plaidoyer.lib import tables
from plaidoyer.lib.words import folded

MEGABYTES, MOST = 1, 2000
# What a column may mean, in the order of the screen, and the words of headers that say so.
MEANINGS: dict[str, tuple[str | Promise, tuple[str, ...]]] = {
    "name_fr": (gettext_lazy("campaign, in French"), ("campagne", "nom")),
    "name_en": (gettext_lazy("campaign, in English"), ("campaign", "name")),
    "summary_fr": (gettext_lazy("summary, in French"), ("resume", "description fr")),
    "summary_en": (gettext_lazy("summary, in English"), ("summary", "description")),
    "opened_on": (gettext_lazy("opened"), ("opened", "start", "debut", "ouverture")),
    "closed_on": (gettext_lazy("closed"), ("closed", "end", "fin", "fermeture")),
    "demand_fr": (gettext_lazy("demand, in French"), ("demande",)),
    "demand_en": (gettext_lazy("demand, in English"), ("demand", "ask")),
    "office_fr": (gettext_lazy("office asked, in French"), ("fonction", "poste")),
    "office_en": (gettext_lazy("office asked, in English"), ("office",)),
    "organization_fr": (gettext_lazy("organization asked, in French"), ("organisme", "cible")),
    "organization_en": (gettext_lazy("organization asked, in English"), ("organization",)),
    "standing": (gettext_lazy("how it stands"), ("standing", "outcome", "etat", "resultat")),
    "happened_on": (gettext_lazy("day it came so far"), ("decided", "date of outcome", "decision")),
    "evidence": (gettext_lazy("link that proves it"), ("evidence", "source", "preuve", "lien")),
}
STANDINGS = {
    "asked": ("asked", "demande", "ouvert", "open"),
    "acknowledged": ("acknowledged", "recu", "accuse de reception"),
    "promised": ("promised", "promis"),
    "partly_met": ("partly met", "partiel", "partial", "en partie"),
    "met": ("met", "won", "gagne", "victoire", "obtenu", "satisfaite"),
    "refused": ("refused", "refuse", "lost", "perdu"),
    "reversed": ("reversed", "annule", "remise en cause"),
}


def read(data: bytes) -> list[list[str]]:
    """The rows of the table in `data`, its headings first. Raises BundleError."""
    if len(data) > MEGABYTES * 1_000_000:
        reason = _("The file is larger than %(limit)d MB.") % {"limit": MEGABYTES}
        raise BundleError("", reason)
    try:
        rows = tables.read(data)
    except tables.UnreadableError:
        raise BundleError("", _("This table cannot be read as CSV.")) from None
    if sum(map(bool, rows)) < 2 or not rows[0]:
        raise BundleError("", _("The table needs a line of headings and at least one more."))
    if len(rows) > MOST:
        raise BundleError("", _("The table has more than %(most)d lines.") % {"most": MOST})
    return rows


def bundle(rows: list[list[str]], meanings: list[str], order: str = "iso") -> Tree:
    """The bundle of a table's lines. Raises BundleError with the line and the reason."""
    if not {"name_fr", "name_en"} & set(meanings):
        raise BundleError("", _("Say which column is the name of the campaign."))
    campaigns: dict[str, Tree] = {}
    milestones: list[Tree] = []
    for number, line in enumerate(rows[1:], start=2):
        if not line:
            continue
        row = {m: cell for m, cell in zip(meanings, line, strict=False) if m and cell}
        place = _("line %(number)d") % {"number": number}
        campaign = _campaign(row, campaigns, place, order)
        _demand(row, campaign, milestones, place, order)
    tree = {
        "format": "plaidoyer-bundle",
        "version": 1,
        "campaigns": list(campaigns.values()),
        "milestones": milestones,
    }
    return reading.judge(tree)


def _words(row: dict[str, str], name: str) -> dict[str, str]:
    return {code: row[f"{name}_{code}"] for code in ("fr", "en") if row.get(f"{name}_{code}")}


def _campaign(row: dict[str, str], campaigns: dict[str, Tree], place: str, order: str) -> Tree:
    names = _words(row, "name")
    slug = slugify(names.get("en") or names.get("fr") or "")[:50]
    if not slug:
        raise BundleError(place, _("The campaign has no name."))
    if slug not in campaigns:
        opened = _day(row.get("opened_on", ""), place, order)
        if opened is None:
            raise BundleError(place, _("The day the campaign opened is missing."))
        campaigns[slug] = {
            "slug": slug,
            "name": names,
            "summary": _words(row, "summary"),
            "opened_on": opened,
            "closed_on": _day(row.get("closed_on", ""), place, order),
            "targets": [],
            "demands": [],
        }
    return campaigns[slug]


def _demand(
    row: dict[str, str], campaign: Tree, milestones: list[Tree], place: str, order: str
) -> None:
    words = _words(row, "demand")
    if not words:
        return
    target = _target(row, campaign)
    key = f"d{len(campaign['demands']) + 1}"
    demand: dict[str, Any] = {"key": key, "words": words, "targets": [target] if target else []}
    campaign["demands"].append(demand)
    standing = _standing(row.get("standing", ""), place)
    if standing in ("", "asked"):
        return
    on = _day(row.get("happened_on", ""), place, order)
    if not target or on is None:
        raise BundleError(place, _("What came of it needs a day and somebody who was asked."))
    link = row.get("evidence", "")
    host = re.sub(r"^https?://(www\.)?|/.*$", "", link)
    proof = {"title": host, "url": link, "publisher": host, "published_on": on, "language": "en"}
    milestones.append(
        {
            "happened_on": on,
            "kind": "reversal" if standing == "reversed" else "decision",
            "title": words,
            "campaigns": [campaign["slug"]],
            "movements": [
                {
                    "campaign": campaign["slug"],
                    "demand": key,
                    "target": target,
                    "standing": standing,
                }
            ],
            "evidence": [proof] if link else [],
        }
    )


def _target(row: dict[str, str], campaign: Tree) -> str:
    """The key of whom the line asks, added to the campaign once; "" where nobody is named."""
    office, body = _words(row, "office"), _words(row, "organization")
    if not (office or body):
        return ""
    said = {"organization": body or office}
    if office and body:
        said["office"] = office
    for target in campaign["targets"]:
        if {name: target[name] for name in target if name != "key"} == said:
            return target["key"]
    key = f"t{len(campaign['targets']) + 1}"
    campaign["targets"].append({"key": key, **said})
    return key


def _standing(text: str, place: str) -> str:
    words = folded(text)
    if not words:
        return ""
    for standing, starts in STANDINGS.items():
        if any(words.startswith(start) for start in starts):
            return standing
    reason = _("“%(words)s” is no standing: asked, promised, partly met, met, refused, reversed.")
    raise BundleError(place, reason % {"words": text[:60]})


def _day(text: str, place: str, order: str) -> str | None:
    if not text:
        return None
    try:
        return tables.day(text, order).isoformat()
    except ValueError:
        reason = _("“%(words)s” is no day in the order you chose.") % {"words": text[:30]}
        raise BundleError(place, reason) from None
