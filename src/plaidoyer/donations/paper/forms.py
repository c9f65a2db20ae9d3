"""The form that comes back with a cheque: to print and fill by hand, or to fill on the screen.

typst draws it and says where its fields are, but cannot make fields; those are added to the file
after it (AcroForm, ISO 32000-2, 12.7), each with its label for those who hear the form and in the
tree of the tagged PDF.
"""

import datetime
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings as config
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from plaidoyer.donations import codes, funds
from plaidoyer.donations.models import Fund
from plaidoyer.donations.paper import fields
from plaidoyer.donations.settings import GivingSettings
from plaidoyer.donations.words import Frequency
from plaidoyer.lib import paper, wording
from plaidoyer.organisation.models import Organisation

SOURCE = Path(__file__).parent / "typst" / "form.typ"


def draw(fund: Fund, settings: GivingSettings, language: str) -> bytes:
    """The fillable form of `fund` in `language`; the same bytes for the same words."""
    with override(language):
        return drawn(json.dumps(told(fund, settings, language)), language)


@lru_cache(maxsize=32)
def drawn(tree: str, language: str) -> bytes:
    files = {"main.typ": SOURCE.read_bytes(), "form.json": tree.encode()}
    # One moment for all: a form has no date.
    sheet = paper.render(files, datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    said = typst.query(files, "<field>", field="value", font_paths=paper.fonts())  # type: ignore[type-var]
    return fields.add(sheet, json.loads(said), language)


def told(fund: Fund, settings: GivingSettings, language: str) -> dict[str, Any]:
    """What the form says, in the active language."""
    organisation, offer = Organisation.current(), funds.offers(fund, language)[0]

    def amounts(frequency: str) -> list[str]:
        return [wording.money(one, offer.currency, language) for one in offer.amounts(frequency)]

    page = reverse("donations:fund", args=[fund.slug])
    return {
        "language": language,
        "accent": organisation.accent,
        "organisation": organisation.name.in_language(language),
        "address": organisation.postal_address.splitlines(),
        "contact": organisation.contact_email,
        "phone": settings.phone,
        "web": f"{config.BASE_URL}{page}",
        "fund": fund.name.in_language(language),
        "lead": fund.lead.in_language(language),
        "code": codes.shown(fund.code),
        "payable": settings.cheque_to.in_language(language),
        "groups": [
            {"name": "once", "label": _("I give once"), "amounts": amounts(Frequency.ONCE)},
            {
                "name": "monthly",
                "label": _("I give each month"),
                "amounts": amounts(Frequency.MONTHLY),
            },
        ],
        "other": _("Another amount"),
        "boxes": [
            ["given_name", _("Given name")],
            ["family_name", _("Family name")],
            ["street", _("Address")],
            ["city", _("City and postal code")],
            ["email", _("E-mail")],
            ["phone", _("Telephone")],
        ],
        "labels": {
            "title": _("Yes, I give to “%(fund)s”") % {"fund": fund.name.in_language(language)},
            "payable": _("Please make your cheque payable to"),
            "send": _("and send it with this form to"),
            "reference": _("Reference"),
            "who": _("Who gives"),
            "how": _("How much"),
            "monthly": _("For a gift each month send post-dated cheques, or give on our page:"),
            "receipt": _("We mail you a receipt; without an e-mail address it comes by post."),
            "questions": _("Questions?"),
        },
    }
