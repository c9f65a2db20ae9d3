"""The coalition's newsletters: one that was sent, and one that is being written."""

import datetime
import re
from typing import Any

from plaidoyer.actions.models import ActionPage
from plaidoyer.demo import book
from plaidoyer.newsletters import writing
from plaidoyer.newsletters.models import Mailing, MailingStep, Version
from plaidoyer.website.models import CampaignPage

LANGUAGES = ("fr", "en")


def write() -> None:
    """Writes them all; one that was sent long ago is in the archive and goes to nobody now."""
    for told in book.read("newsletters.toml")["newsletters"]:
        mailing = Mailing.objects.create(name=told["name"], on_web=True)
        writing.save([version(mailing, told, language) for language in LANGUAGES])
        if at := told.get("sent_at"):
            leave(mailing, at)


def version(mailing: Mailing, told: dict[str, Any], language: str) -> Version:
    """The newsletter in one language, not yet kept."""
    blocks = [
        {"type": block["type"], "value": VALUES[block["type"]](block, language)}
        for block in told["blocks"]
    ]
    return Version(
        mailing=mailing,
        language=language,
        subject=told["subject"][language],
        preheader=told["preheader"][language],
        body=Version._meta.get_field("body").to_python(blocks),
    )


def leave(mailing: Mailing, at: datetime.datetime) -> None:
    """Says that the mailing left then. It has no copies: those who got it are not in the story."""
    for state in (Mailing.State.SENDING, Mailing.State.SENT):
        MailingStep.objects.create(mailing=mailing, state=state, at=at)
    mailing.state, mailing.frozen_at, mailing.created_at = Mailing.State.SENT, at, at
    mailing.save()


def _rich(text: str) -> str:
    """Paragraphs and lists as HTML; what stands between two asterisks is bold."""
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", book.rich(text))


def _campaign(block: dict[str, Any], language: str) -> int:
    page = CampaignPage.objects.get(
        campaign__slug=block["campaign"], locale__language_code=language
    )
    return page.pk


def _form(block: dict[str, Any], language: str) -> int:
    """The page of the campaign's first form."""
    pages = ActionPage.objects.filter(
        form__campaign__slug=block["campaign"], locale__language_code=language
    )
    first = pages.order_by("path").first()
    if first is None:
        raise ValueError(f"no form of {block['campaign']} has a page")
    return first.pk


VALUES: dict[str, Any] = {
    "text": lambda block, language: _rich(block["text"][language]),
    "heading": lambda block, language: block["text"][language],
    "campaign": _campaign,
    "figure": lambda block, language: {
        "page": _form(block, language),
        "words": block["words"][language],
    },
    "quote": lambda block, language: {
        "text": block["text"][language],
        "who": block["who"][language],
    },
    "button": lambda block, language: {
        "label": block["label"][language],
        "page": _form(block, language),
        "url": "",
    },
    "personal": lambda _block, _language: {"over": "all"},
    "appeal": lambda block, language: {
        "text": _rich(block["text"][language]),
        "label": block["label"][language],
    },
}
