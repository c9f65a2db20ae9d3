"""The edition as a mail: short, with its figures, the way to the whole and the way out.

MJML gives HTML that old mail programs can draw; its styles are inlined. Words come escaped from
the template, and the reader's slots are put back when a copy leaves (newsletters.copies).
"""

import secrets
from typing import Any

import css_inline
import mjml
from django.template.loader import render_to_string

from plaidoyer.newsletters import mailings


def compose(tree: dict[str, Any]) -> mailings.Words:
    """The mailing of the edition told in `tree`, with the reader's slots in place."""
    context = {"d": tree, "l": tree["labels"], "given_name": mailings.GIVEN_NAME}
    # MJML keeps only ASCII in an attribute: the slot of the address waits as one nobody can guess.
    address = f"https://{secrets.token_hex(16)}.invalid/"
    framed = mjml.mjml2html(
        render_to_string("reports/mail/edition.mjml", {**context, "unsubscribe_url": address})
    )
    inliner = css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)
    slot = {"unsubscribe_url": mailings.UNSUBSCRIBE_URL}
    return mailings.Words(
        subject=tree["title"],
        html=inliner.inline(framed).replace(address, mailings.UNSUBSCRIBE_URL),
        text=render_to_string("reports/mail/edition.txt", {**context, **slot}),
    )
