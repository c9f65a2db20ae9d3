"""Writing a newsletter: blocks become a mail, its text and its web page, which say the same."""

import pytest

from plaidoyer.newsletters import mailings, writing
from plaidoyer.newsletters.mailings import GIVEN_NAME, PERSONAL, READER, UNSUBSCRIBE_URL
from plaidoyer.newsletters.models import Mailing, Version
from plaidoyer.testing import make_form, make_pages

pytestmark = pytest.mark.django_db


def make_letter(language="en", blocks=(), **facts):
    """A version written of `blocks`, saved and compiled."""
    mailing = facts.pop("mailing", None) or Mailing.objects.create(name="News", on_web=True)
    version = Version(
        mailing=mailing, language=language, subject=facts.pop("subject", "The beavers are back")
    )
    for name, value in facts.items():
        setattr(version, name, value)
    version.body = Version._meta.get_field("body").to_python(
        [{"type": kind, "value": value} for kind, value in blocks]
    )
    writing.save([version])
    return version


def test_a_letter_says_its_blocks_in_the_mail_in_the_text_and_on_the_web():
    version = make_letter(
        blocks=[
            ("heading", "Good news"),
            ("text", "<p>They <b>built</b> a dam.</p><ul><li>one</li><li>two</li></ul>"),
            ("button", {"label": "See it", "page": None, "url": "https://river.example/dam"}),
            ("quote", {"text": "I saw it.", "who": "Suzie"}),
            ("divider", None),
        ],
        preheader="And they brought friends",
    )
    print(version.html)
    print(version.text)
    print(version.web)
    for said in ("Good news", "See it", "I saw it.", "Suzie"):
        assert said in version.html and said in version.text and said in version.web
