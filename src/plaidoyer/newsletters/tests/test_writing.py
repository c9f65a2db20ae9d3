"""Writing a newsletter: blocks become a mail, its text and its web page, which say the same."""

import re
from html.parser import HTMLParser

import pytest

from plaidoyer.actions import confirmations, counting, intake
from plaidoyer.actions.models import Tally
from plaidoyer.figures import values
from plaidoyer.figures.models import Figure
from plaidoyer.lib.colour import AA, contrast
from plaidoyer.newsletters import checks, colours, contents, personal_lines, writing
from plaidoyer.newsletters.mailings import GIVEN_NAME, READER, SLOTS, UNSUBSCRIBE_URL, WHY
from plaidoyer.newsletters.models import Mailing, Version
from plaidoyer.testing import make_campaign, make_form, make_pages, make_reader

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


def levels(mailing, level):
    return [finding.words for finding in checks.run(mailing) if finding.level == level]


def sign(form, name):
    """A confirmed act on `form` of a reader who agreed to hear from us."""
    email = f"{name}@post.example"
    names = {"given_name": name.title(), "family_name": "Roy"}
    act = intake.append(form, email=email, language="en", page="/", content={}, **names)
    confirmations.confirm(act)
    return act


def test_a_letter_says_its_blocks_in_the_mail_in_the_text_and_on_the_web():
    version = make_letter(
        blocks=[
            ("heading", "Good news"),
            ("text", "<p>They <b>built</b> a dam.</p><ul><li>one</li><li>two</li></ul>"),
            (
                "button",
                {"label": "See it", "page": None, "url": "https://river.example/dam?a=1&b=2"},
            ),
            ("quote", {"text": "I saw it.", "who": "Suzie"}),
            ("divider", None),
        ],
        preheader="And they brought friends",
    )

    for said in ("Good news", "See it", "I saw it.", "Suzie"):
        assert said in version.html
        assert said in version.text
        assert said in version.web
    assert "They built a dam.\n\n- one\n- two\n" in version.text
    assert "https://river.example/dam?a=1&amp;b=2" in version.html
    assert "https://river.example/dam?a=1&b=2\n" in version.text
    assert "And they brought friends" in version.html
    assert 'lang="en"' in version.html


def test_every_mail_greets_and_offers_its_ways_out():
    version = make_letter(blocks=[("heading", "x")])

    for part in (version.html, version.text):
        assert f"Hello{GIVEN_NAME}," in part
        assert UNSUBSCRIBE_URL in part
        assert f"{UNSUBSCRIBE_URL}preferences/" in part
        assert "http://localhost:8000/en/newsletters/the-beavers-are-back/" in part
        assert WHY in part
    assert not any(slot in version.web for slot in SLOTS)


def test_rich_text_is_cleaned_and_its_addresses_are_whole():
    hostile = (
        "<p onclick='x()'>a<script>alert(1)</script><img src=x onerror=y>"
        "<a href='javascript:x()'>b</a><a href='/en/campaigns/'>c</a></p>"
    )

    version = make_letter(blocks=[("text", hostile)])

    for part in (version.html, version.web):
        assert "<script" not in part
        assert "onclick" not in part
        assert "onerror" not in part
        assert "javascript:" not in part
        assert 'href="http://localhost:8000/en/campaigns/"' in part


def test_figures_are_told_by_name_and_an_unknown_one_is_in_the_way():
    form = make_form()
    facts = {"source": "own", "rung": "confirmed", "campaign": form.campaign}
    noun = {"en": "signatures for the meadow"}
    Figure.objects.create(name="meadow", noun=noun, **facts).forms.add(form)
    Tally.objects.create(form=form, counted_on="2026-05-04", confirmed=13_046)
    values.recount()
    blocks = [("heading", "{figure:meadow}"), ("text", "<p>You gave {figure:meadow}.</p>")]

    version = make_letter(blocks=blocks)

    said = "more than 13,000 signatures for the meadow"
    for part in (version.html, version.text, version.web):
        assert part.count(said) == 2
    assert 'href="http://localhost:8000/en/figures/meadow/"' in version.html
    assert not any("meadow" in words for words in levels(version.mailing, checks.ERROR))
    version.subject, version.preheader = "{figure:meadow}", "Thanks to {figure:meadow}"
    writing.save([version])
    assert not any("{figure" in words for words in levels(version.mailing, checks.ERROR))
    assert f"Thanks to {said}" in version.html
    assert version.subject == "{figure:meadow}"
    writing.settle(version.mailing)
    version.refresh_from_db()
    assert version.subject == said
    unknown = make_letter(blocks=[("heading", "{figure:nothing}")])
    assert any("{figure:nothing}" in words for words in levels(unknown.mailing, checks.ERROR))


def test_words_are_words_not_markup_nor_slots():
    hostile = f"<b>{{{{ x }}}} {UNSUBSCRIBE_URL} & “é”"
    blocks = [("heading", hostile), ("quote", {"text": hostile, "who": hostile})]

    version = make_letter(subject=hostile, blocks=blocks, preheader=hostile)

    assert "&lt;b&gt;{{ x }}  &amp; “é”" in version.html
    assert version.html.count(UNSUBSCRIBE_URL) == 2
    assert "<b>{{ x }}  & “é”" in version.text


def test_a_form_is_reached_by_a_link_that_knows_its_reader_and_on_the_web_by_its_page():
    page = make_pages(make_form())["en"]
    button = {"label": "Sign", "page": page.pk, "url": ""}

    version = make_letter(blocks=[("button", button), ("campaign", page.pk)])

    personal = f"http://localhost:8000/en/actions/{READER}/"
    assert READER in version.html
    assert READER in version.text
    assert READER not in version.web
    assert page.get_url() in version.web
    assert personal.split(READER)[0].split("/en/")[0] in version.html


def test_a_card_speaks_the_language_of_the_letter():
    pages = make_pages(make_form())

    french = make_letter(language="fr", blocks=[("campaign", pages["en"].pk)])

    assert "Pour le pré" in french.html
    assert "For the meadow" not in french.html


def test_a_page_without_this_language_is_left_out_and_told():
    pages = make_pages(make_form())
    pages["fr"].unpublish()

    french = make_letter(language="fr", blocks=[("campaign", pages["en"].pk)], subject="Oui")

    assert any("For the meadow" in words for words in levels(french.mailing, checks.ERROR))


def test_a_figure_is_counted_in_words_when_it_is_compiled():
    form = make_form()
    pages = make_pages(form)
    sign(form, "suzie")
    counting.advance()

    version = make_letter(blocks=[("figure", {"page": pages["en"].pk, "words": "Thank you"})])

    assert "person has signed. Thank you" in version.text.replace("\n", " ")
    assert re.search(r"Counted on .*202\d", version.text)


def test_the_personal_line_tells_true_counts_and_nothing_to_who_has_none(
    django_assert_num_queries,
):
    forms = [make_form(make_campaign(slug=f"c{n}", post=None)) for n in range(3)]
    signed = {"suzie": forms[:2], "laura": forms[:1], "charlie": []}
    readers = {name: make_reader(name) for name in signed}
    for name, theirs in signed.items():
        for form in theirs:
            sign(form, name)
    version = make_letter(blocks=[("personal", {"over": "all"})])
    assert len(version.personal_over) == 3

    with django_assert_num_queries(2):
        lines = personal_lines.lines(version.mailing, [one.pk for one in readers.values()])

    assert lines == {
        readers["suzie"].pk: {"en": "You took part in 2 of these 3 campaigns. Thank you."},
        readers["laura"].pk: {"en": "You took part in 1 of these 3 campaigns. Thank you."},
    }


def test_what_was_taken_back_counts_in_no_personal_line():
    form = make_form()
    reader = make_reader("suzie")
    confirmations.withdraw(sign(form, "suzie"))
    version = make_letter(blocks=[("personal", {"over": "all"})])

    assert personal_lines.lines(version.mailing, [reader.pk]) == {}


def test_these_campaigns_are_those_the_letter_shows():
    shown, other = make_form(), make_form(make_campaign(slug="other", post=None))
    page = make_pages(shown)["en"]
    make_reader("suzie")

    version = make_letter(blocks=[("campaign", page.pk), ("personal", {"over": "these"})])

    assert version.personal_over == [shown.campaign_id]
    assert other.campaign_id not in version.personal_over


def test_a_short_name_is_given_once_and_is_nobody_elses():
    first, second = make_letter(blocks=[]), make_letter(blocks=[])

    assert (first.slug, second.slug) == ("the-beavers-are-back", "the-beavers-are-back-2")
    first.subject = "Otters"
    writing.save([first])
    assert first.slug == "the-beavers-are-back"


def test_settling_counts_anew_and_leaves_ready_made_words_alone():
    form = make_form()
    pages = make_pages(form)
    version = make_letter(blocks=[("figure", {"page": pages["en"].pk, "words": ""})])
    ready = Version.objects.create(mailing=version.mailing, language="fr", html="<p>", text="x")
    sign(form, "suzie")
    counting.advance()

    writing.settle(version.mailing)

    version.refresh_from_db()
    ready.refresh_from_db()
    assert "1\n" in version.text
    assert (ready.html, ready.text) == ("<p>", "x")


@pytest.mark.parametrize(
    "accent", ["#0b6e6e", "#ffff00", "#000000", "#ffffff", "#ff0000", "#777777"]
)
def test_every_colour_of_an_organisation_can_be_read(accent):
    for found in (colours.light(accent), colours.dark(accent)):
        for ground in (found.card, found.tint):
            assert contrast(found.accent, ground) >= AA
            assert contrast(found.ink, ground) >= AA
        assert contrast(found.muted, found.page) >= AA
        assert contrast(found.muted, found.card) >= AA
        assert contrast(found.on_fill, found.fill) >= AA


def test_what_is_missing_or_left_over_stands_in_the_way():
    version = make_letter(subject="", blocks=[("heading", "Dear [name], TODO")])

    errors = " ".join(levels(version.mailing, checks.ERROR))

    assert "subject is missing" in errors
    assert "“[name]”" in errors
    assert "“TODO”" in errors


def test_a_missing_language_is_a_warning_that_says_how_many_read_it():
    make_reader("laura", language="fr")
    make_reader("louis", language="fr-CA")
    version = make_letter(blocks=[("heading", "x")])

    [warning] = levels(version.mailing, checks.WARNING)

    assert "2 readers of that language" in warning


def test_words_that_stand_in_both_languages_are_told():
    mailing = Mailing.objects.create(name="x")
    for language in ("en", "fr"):
        blocks = [("text", "<p>These words were only copied.</p>")]
        make_letter(language=language, mailing=mailing, subject=language, blocks=blocks)

    assert any("These words were only copied" in w for w in levels(mailing, checks.WARNING))


def test_a_long_subject_and_a_heavy_mail_are_warnings():
    heavy = "<p>" + "beaver " * 20_000 + "</p>"
    version = make_letter(subject="s" * 61, blocks=[("text", heavy)])

    warnings = " ".join(levels(version.mailing, checks.WARNING))

    assert "61 characters" in warnings
    assert "102 kB" in warnings


def test_a_mailing_that_came_ready_made_was_checked_where_it_was_made():
    mailing = Mailing.objects.create(name="Report")
    Version.objects.create(mailing=mailing, language="en", subject="s", html="<p>", text="t")

    assert checks.run(mailing) == []


class Words(HTMLParser):
    """The visible words of a mail's body."""

    def __init__(self):
        super().__init__()
        self.words, self.hidden = [], 0

    def handle_starttag(self, tag, attrs):
        style = dict(attrs).get("style") or ""
        if tag in {"style", "title", "head"} or self.hidden or "display:none" in style:
            self.hidden += tag not in {"meta", "img", "br", "link", "hr"}

    def handle_endtag(self, tag):
        self.hidden -= bool(self.hidden)

    def handle_data(self, data):
        if not self.hidden:
            self.words.append(data)


def squeezed(text):
    return " ".join(text.split())


def test_every_sentence_of_the_mail_stands_in_its_text():
    pages = make_pages(make_form())
    version = make_letter(
        preheader="Not a sentence of the body",
        blocks=[
            ("heading", "Good news"),
            ("text", "<p>One <b>bold</b> word, <a href='https://a.example/'>a link</a>.</p>"),
            ("campaign", pages["en"].pk),
            ("figure", {"page": pages["en"].pk, "words": "All of them"}),
            ("quote", {"text": "I saw it.\nTwice.", "who": "Suzie"}),
            ("appeal", {"text": "<ol><li>Boots</li><li>Boats</li></ol>", "label": "Give"}),
        ],
    )
    reader = Words()
    reader.feed(version.html)
    text = squeezed(version.text)

    for words in filter(str.strip, (squeezed(word) for word in reader.words)):
        if words.strip(" ·\xa0"):
            assert words.strip(" .,·") in text, words


def test_contents_ask_few_questions_of_the_database(django_assert_max_num_queries):
    page = make_pages(make_form())["en"]
    figure = ("figure", {"page": page.pk, "words": ""})
    version = make_letter(blocks=[figure] * 6)
    version = Version.objects.get(pk=version.pk)

    with django_assert_max_num_queries(30):
        assert len(contents.tell(version).pieces) == 6
