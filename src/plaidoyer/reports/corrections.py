"""Corrections of published editions: appended in public, with their date and their reason.

What was published stays as it was, to the byte. The PDF is drawn once more with every correction
in front of it, and kept beside the first.
"""

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from plaidoyer.lib import wording
from plaidoyer.lib.words import Words
from plaidoyer.reports import pdf, schemas
from plaidoyer.reports.editions import RefusedError
from plaidoyer.reports.models import CorrectedPaper, Correction, Document, Edition

Told = list[dict[str, Any]]


@transaction.atomic
def append(
    edition: Edition, *, words: Words, reason: Words, by: User, anchor: str = ""
) -> Correction:
    """Publishes a correction of `edition` in each of its languages, and its PDFs anew.

    Raises RefusedError before the edition is published, where a language is missing, or where a
    sign cannot be printed.
    """
    edition = Edition.objects.select_for_update().get(pk=edition.pk)
    documents = list(edition.documents.all())
    if not documents:
        raise RefusedError(_("This edition is not published: change it instead."))
    codes = [document.language for document in documents]
    if words.missing(codes) or reason.missing(codes):
        raise RefusedError(_("Write the correction and its reason in every language."))
    correction = Correction.objects.create(
        edition=edition,
        words=words,
        reason=reason,
        anchor=anchor,
        published_by_id=by.pk,
        published_at=timezone.now(),
    )
    every = list(edition.corrections.all())
    for document in documents:
        CorrectedPaper.objects.create(
            document=document, correction=correction, pdf=_drawn(document, every)
        )
    return correction


def _drawn(document: Document, corrections: list[Correction]) -> bytes:
    """The document's PDF with its corrections, dated by the last of them."""
    pictures = {one.name: bytes(one.data) for one in document.edition.pictures.all()}
    tree = schemas.current(document.content)
    said = told(corrections, document.language, tree)
    try:
        return pdf.render(tree, pictures, corrections=said, at=corrections[-1].published_at)
    except pdf.UnprintableError as error:
        text = _("No font of the PDF (%(language)s) has the sign “%(sign)s”: write it in words.")
        said_of = {"language": document.language, "sign": error.sign}
        raise RefusedError(text % said_of) from None


def of(slug: str, language: str, content: dict[str, Any]) -> Told:
    """The corrections of a published edition in `language`, the oldest first; one query."""
    found = Correction.objects.filter(edition__slug=slug)
    return told(list(found), language, content)


def told(corrections: list[Correction], language: str, content: dict[str, Any]) -> Told:
    """`corrections` in `language`, each with the title of what it is about in `content`."""
    titles = {
        item["anchor"]: item["title"] for group in content["groups"] for item in group["items"]
    }
    with translation.override(language):
        return [
            {
                "anchor": f"correction-{number}",
                "about": one.anchor if one.anchor in titles else "",
                "title": titles.get(one.anchor, ""),
                "on": one.published_at.date().isoformat(),
                "date": wording.date(timezone.localdate(one.published_at), language),
                "words": wording.spaced(one.words.in_language(language), language),
                "reason": wording.spaced(one.reason.in_language(language), language),
            }
            for number, one in enumerate(corrections, start=1)
        ]
