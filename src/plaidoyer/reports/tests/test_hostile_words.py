"""Whatever organisers type comes out as they typed it: on the web, on paper and in the mail."""

import html
import io
import json
import re

import pypdf
import pytest

from plaidoyer.lib.words import Words
from plaidoyer.newsletters import copies
from plaidoyer.newsletters.mailings import GIVEN_NAME, UNSUBSCRIBE_URL
from plaidoyer.newsletters.models import Copy
from plaidoyer.organisation.models import Organisation
from plaidoyer.reports import editions
from plaidoyer.reports.models import Item

HOSTILE = [
    "<script>alert(1)</script><b>x</b>",
    "</mj-text></mj-column><mj-raw><i>",
    "{given_name} {x} {0} %(x)s %s {{ d.title }} {% now 'Y' %}",
    '#import "x": * #eval("1+1") $a^2$ *b* _c_ `d` @e <f> = g // h /* i */',
    "back\\slash \\u{41} \"quotes\" 'single' & &amp; &lt;",
    "]]> --> <!-- <![CDATA[",
    "https://unsubscribe.invalid/ [[ ]] ((",
]


def squeezed(text):
    """`text` without the spaces and hyphens that a page breaks lines with."""
    return re.sub(r"[\s\u00a0\u202f\u00ad]", "", text)


def words_of(markup):
    """What a browser shows of a page."""
    markup = re.sub(r"<(style|title|script)\b.*?</\1>|<!--.*?-->", " ", markup, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", " ", markup))


@pytest.mark.parametrize("words", HOSTILE)
def test_words_come_out_as_they_were_typed(half_year, world, client, words):
    ed, anne = world
    Item.objects.update(
        title=Words(fr=words, en=words), text=Words(fr=words, en=words), edited_by=ed
    )
    half_year.title = half_year.introduction = half_year.thanks = Words(fr=words, en=words)
    half_year.save()
    editions.approve(half_year.items.get(), anne)

    editions.publish(half_year, ed)

    page = client.get("/en/reports/2026-1/").content.decode()
    assert squeezed(words_of(page)).count(squeezed(words)) >= 4
    [described] = re.findall(r"<script.*?>(.*?)</script>", page, re.DOTALL)
    assert squeezed(json.loads(described)["name"]) == squeezed(words)
    paper = client.get("/en/reports/2026-1/2026-1-en.pdf").content
    pdf = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper)).pages)
    assert squeezed(pdf).count(squeezed(words)) >= 4
    copy = Copy.objects.get(supporter__language="en")
    message = copies.compose([copy.envelope])[copy.envelope_id]
    assert squeezed(message.subject) == squeezed(words)
    assert words in message.text
    assert squeezed(words_of(message.html)).count(squeezed(words)) >= 3
    assert "<script" not in message.html
    assert "fonts.googleapis.com" not in message.html
    assert "\\u{2" not in message.html


def test_the_slots_of_a_mailing_cannot_be_typed(half_year, world):
    ed, _anne = world
    half_year.thanks = Words(fr=f"a{GIVEN_NAME}b", en=f"a{UNSUBSCRIBE_URL}b\x1bc\u202ed")
    half_year.save()

    editions.publish(half_year, ed)

    for language, told in (("fr", "ab"), ("en", "abcd")):
        copy = Copy.objects.get(supporter__language=language)
        message = copies.compose([copy.envelope])[copy.envelope_id]
        assert f"\n{told}\n" in message.text


def test_a_giving_page_with_accents_stays_a_link(half_year, world):
    organisation = Organisation.current()
    organisation.giving_url = Words(
        fr="https://rivière.example/donnér?a=1&b=2", en="https://river.example/?q=\"'<x>"
    )
    organisation.save()

    editions.publish(half_year, world[0])

    copy = Copy.objects.get(supporter__language="fr")
    message = copies.compose([copy.envelope])[copy.envelope_id]
    links = re.findall(r'href="([^"]*)"', message.html)
    assert "https://rivi%C3%A8re.example/donn%C3%A9r?a=1&amp;b=2" in links
    assert all(link.isascii() and "u{" not in link for link in links)
