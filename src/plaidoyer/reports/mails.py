"""The edition as a mail: in short, then with its figures and pictures, and the way to the whole.

MJML gives HTML that old mail programs can draw; its styles are inlined. Words come escaped from
the template, and the reader's slots are put back when a copy leaves (newsletters.copies).
"""

import secrets
from html import escape
from typing import Any

import css_inline
import mjml
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from plaidoyer.actions import reporting
from plaidoyer.newsletters import mailings

# How many open forms a mail offers.
FORMS = 3


def compose(tree: dict[str, Any]) -> mailings.Words:
    """The mailing of the edition told in `tree`, with the reader's slots in place."""
    context = {
        "d": tree,
        "l": tree["labels"],
        "given_name": mailings.GIVEN_NAME,
        "personal": mailings.PERSONAL,
        "why": mailings.WHY,
    }
    # MJML keeps only ASCII in an attribute: what goes into one waits as a name nobody can guess.
    address, reader = f"https://{secrets.token_hex(16)}.invalid/", secrets.token_hex(16)
    waiting = {"unsubscribe_url": address, "forms": open_forms(tree["language"], reader)}
    pictured = [{**chart, "held": secrets.token_hex(16)} for chart in tree["charts"]]
    framed = mjml.mjml2html(
        render_to_string("reports/mail/edition.mjml", {**context, **waiting, "charts": pictured})
    )
    inliner = css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)
    html = inliner.inline(framed)
    for chart in pictured:
        html = html.replace(chart["held"], escape(chart["alt"]))
    text = render_to_string("reports/mail/edition.txt", {**context, **waiting})

    def slotted(words: str) -> str:
        return words.replace(address, mailings.UNSUBSCRIBE_URL).replace(reader, mailings.READER)

    return mailings.Words(subject=tree["title"], html=slotted(html), text=slotted(text))


def open_forms(language: str, reader: str) -> list[dict[str, str]]:
    """What a reader can do now, with links that know them: `reader` stands for who it is."""
    with override(language):
        return [
            {
                "title": page.title,
                "url": settings.BASE_URL
                + reverse("actions:personal", args=[reader, page.form.public_id]),
            }
            for page in reporting.newest_to_act_on(FORMS)
        ]
