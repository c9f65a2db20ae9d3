"""The bytes of a newsletter as they leave: one reader's own, signed, the same at every attempt."""

import re
import time
from datetime import timedelta
from email import message_from_bytes, policy

import dkim
import pytest
from django.utils import timezone
from wagtail.models import Site

from plaidoyer.actions import counting
from plaidoyer.lib.words import Words
from plaidoyer.mail import kinds, signatures
from plaidoyer.mail.models import Envelope
from plaidoyer.mail.pieces import Leased
from plaidoyer.newsletters import checks, copies, mailings, schedules, unsubscriptions
from plaidoyer.newsletters.models import Copy, Mailing, NewsletterSettings, Topic, Version
from plaidoyer.newsletters.topics import preferences
from plaidoyer.organisation.models import Organisation
from plaidoyer.supporters.models import Supporter
from plaidoyer.testing import make_form, make_organiser, make_pages, make_reader

from .test_writing import make_letter, sign

pytestmark = pytest.mark.django_db


def make_news(**facts):
    """A newsletter in both languages, with a button, a rich text and a personal line."""
    form = facts.pop("form", None) or make_form()
    pages = make_pages(form)
    mailing = Mailing.objects.create(name="News", on_web=True, **facts)
    words = {"fr": ("Les castors sont là !", "Ils ont bâti."), "en": ("Beavers", "They built.")}
    for language, (subject, text) in words.items():
        button = {"label": "Go", "page": pages[language].pk, "url": ""}
        link = f"<p>{text} <a href='https://dam.example/?a=1&amp;b=2'>Dam</a></p>"
        make_letter(
            language,
            [("text", link), ("button", button), ("personal", {"over": "all"})],
            mailing=mailing,
            subject=subject,
            subject_b=f"{subject} B" if facts.get("trial_percent") else "",
        )
    return mailing


def leased(envelopes):
    return kinds.addressed(
        [
            Leased(one.pk, one.uid, one.kind, "", one.urgency, one.attempts, one.batch_id)
            for one in envelopes.order_by("pk")
        ]
    )


def letters(mailing):
    """What leaves of a mailing now, by the reader's address."""
    held = leased(Envelope.objects.filter(copy__mailing=mailing, state="queued"))
    made = copies.fill(held)
    return {one.to_address: made[one.pk]() for one in held if one.pk in made}


def parsed(raw):
    return message_from_bytes(raw, policy=policy.default)


def part(raw, subtype):
    return parsed(raw).get_body((subtype,)).get_content().replace("\r\n", "\n")


def test_the_filled_bytes_say_what_the_composer_shows():
    form = make_form()
    readers = [
        make_reader("suzie"),
        make_reader("laura", language="fr-CA", given_name="Éloïse"),
        make_reader("mallory", given_name="<b>&amp; \ue002\ue004"),
        make_reader("nobody", given_name=""),
    ]
    sign(form, "suzie")
    mailing = make_news(form=form, trial_percent=25)
    mailings.freeze(mailing)

    shown = copies.compose(list(Envelope.objects.filter(copy__mailing=mailing)))
    sent = letters(mailing)

    assert set(sent) == {reader.email for reader in readers}
    for copy in Copy.objects.select_related("envelope"):
        message, raw = shown[copy.envelope_id], sent[kinds.address(copy.envelope)]
        assert parsed(raw)["Subject"] == message.subject
        assert part(raw, "plain") == message.text
        assert part(raw, "html") == message.html
        for name, value in message.headers.items():
            assert parsed(raw)[name] == value
        assert parsed(raw)["Content-Language"] == message.language == copy.language
    assert "You took part in this campaign. Thank you." in part(sent["suzie@post.example"], "plain")
    assert "You took part" not in part(sent["nobody@post.example"], "html")


@pytest.fixture
def keys(settings, tmp_path):
    """An RSA and an ed25519 key that sign; the DNS that tells of them."""
    settings.DKIM_DIR, settings.DKIM_SELECTORS = tmp_path, ["s1", "e1"]
    records = [signatures.make_key("s1"), signatures.make_key("e1", kind="ed25519")]
    signatures._signers.cache_clear()
    yield {
        record.partition(" IN TXT ")[0].encode(): "".join(re.findall('"([^"]*)"', record)).encode()
        for record in records
    }
    signatures._signers.cache_clear()


def verified(raw, zone):
    """Whether dkimpy, which is not ours, believes each signature."""
    believed = []
    for number in (0, 1):
        try:
            found = dkim.DKIM(raw).verify(idx=number, dnsfunc=lambda name, **_: zone[name])
        except dkim.ValidationError:
            found = False
        believed.append(found)
    return believed


def test_both_signatures_cover_the_way_out_and_break_when_it_is_touched(keys):
    make_reader("suzie")
    mailing = make_news()
    mailings.freeze(mailing)

    [raw] = letters(mailing).values()

    assert verified(raw, keys) == [True, True]
    names = {"list-unsubscribe", "list-unsubscribe-post", "list-id", "feedback-id"}
    for signature in parsed(raw).get_all("DKIM-Signature"):
        signed = re.sub(r"\s", "", re.search(r"\bh=([^;]*)", signature)[1]).split(":")
        assert names <= set(signed)
        assert signed.count("from") == signed.count("subject") == signed.count("to") == 2
        assert "t=" in signature
        assert not re.search(r"\bl=", signature)
    for header in (
        b"List-Unsubscribe: ",
        b"List-Unsubscribe-Post: ",
        b"List-Id: ",
        b"Feedback-ID: ",
    ):
        changed = raw.replace(header, header + b"x", 1)
        assert changed != raw
        assert verified(changed, keys) == [False, False]


def test_every_line_is_short_and_in_seven_bits():
    make_reader("suzie", given_name="Éloïse" * 12)
    mailing = make_news()
    mailings.freeze(mailing)

    [raw] = letters(mailing).values()

    body = raw.partition(b"\r\n\r\n")[2]
    assert raw.isascii()
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert max(map(len, raw.split(b"\r\n"))) < 998
    assert not re.search(rb"[^\r]\n|\r[^\n]", raw)
    assert parsed(raw).get_content_type() == "multipart/alternative"
    assert parsed(raw)["MIME-Version"] == "1.0"


def test_the_message_id_is_the_same_at_every_attempt_and_nobody_elses():
    for name in ("suzie", "laura"):
        make_reader(name)
    mailing = make_news()
    mailings.freeze(mailing)

    first, second = letters(mailing), letters(mailing)

    ids = [parsed(raw)["Message-ID"] for raw in first.values()]
    assert ids == [parsed(raw)["Message-ID"] for raw in second.values()]
    assert len(set(ids)) == 2


def test_the_list_and_the_feedback_are_the_mailings_and_no_readers(settings):
    for name in ("suzie", "laura"):
        make_reader(name, language={"suzie": "en", "laura": "fr"}[name])
    topic = Topic.objects.create(code="urgent", name=Words(fr="Urgences", en="Urgent"))
    mailing = make_news(topic=topic)
    mailings.freeze(mailing)

    sent = [parsed(raw) for raw in letters(mailing).values()]

    [list_id] = {letter["List-Id"] for letter in sent}
    [feedback] = {letter["Feedback-ID"] for letter in sent}
    assert re.fullmatch(r'("[\w .,\'&-]+" )?<urgent\.newsletter\.river\.example>', list_id)
    assert feedback == f"{mailing.public_id}:urgent:newsletter:riverexample"
    settings.MAIL_DOMAIN = "act.a-very-long-name.example"
    assert re.fullmatch(r"[a-z0-9]{5,15}", copies.sender_id())
    settings.MAIL_DOMAIN = "a.ca"
    assert len(copies.sender_id()) == 5


def test_a_list_whose_name_needs_encoding_has_none():
    mailing = make_news()
    assert copies.headers(mailing, Organisation(name=Words(en="Rivières")))["List-Id"] == (
        "<newsletter.river.example>"
    )
    assert copies.headers(mailing, Organisation(name=Words(en="River Coalition")))["List-Id"] == (
        '"River Coalition" <newsletter.river.example>'
    )


def test_the_way_out_is_https_opaque_and_opens_after_more_than_sixty_days(settings, monkeypatch):
    settings.BASE_URL = "https://river.example"
    suzie = make_reader("suzie")
    mailing = make_news()
    mailings.freeze(mailing)

    [raw] = letters(mailing).values()

    way = re.fullmatch(r"<(https://river\.example/u/([\w.-]+)/)>", parsed(raw)["List-Unsubscribe"])
    assert "suzie" not in way[2]
    assert parsed(raw)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert way[1] in part(raw, "plain")
    assert f"{way[1]}preferences/" in part(raw, "plain")
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 61 * 24 * 3600)
    assert unsubscriptions.reader(way[2]) == suzie


def test_what_the_law_wants_to_read_stands_in_the_mail():
    Organisation.objects.create(
        site=Site.objects.get(is_default_site=True),
        name=Words(fr="Coalition", en="Coalition"),
        contact_email="hello@river.example",
        postal_address="1 Quay Street\nWeirtown",
    )
    make_reader("suzie")
    mailing = make_news()
    mailings.freeze(mailing)

    [raw] = letters(mailing).values()

    assert parsed(raw)["From"].addresses[0].display_name == "Coalition"
    assert parsed(raw)["Reply-To"].addresses[0].addr_spec == "hello@river.example"
    for subtype in ("plain", "html"):
        for words in ("Coalition", "1 Quay Street", "Weirtown", "hello@river.example"):
            assert words in part(raw, subtype)


def test_each_reads_the_subject_tried_on_them_and_the_rest_the_winner():
    for n in range(40):
        make_reader(f"reader{n}")
    mailing = make_news(trial_percent=30)
    mailings.freeze(mailing)
    of = {copy.supporter.email: copy.variant for copy in Copy.objects.select_related("supporter")}
    assert set(of.values()) == {"a", "b", ""}

    Mailing.objects.filter(pk=mailing.pk).update(winner="b")

    read = {address: parsed(raw)["Subject"] for address, raw in letters(mailing).items()}
    said = {"a": "Beavers", "b": "Beavers B", "": "Beavers B"}
    assert read == {address: said[variant] for address, variant in of.items()}


def test_the_language_is_the_one_it_had_when_the_audience_was_frozen():
    suzie = make_reader("suzie")
    mailing = make_news()
    mailings.freeze(mailing)
    Supporter.objects.filter(pk=suzie.pk).update(language="fr")

    [raw] = letters(mailing).values()

    assert parsed(raw)["Content-Language"] == "en"


def test_links_are_counted_only_where_the_organisation_said_so():
    make_reader("suzie")
    plain = make_news()
    mailings.freeze(plain)
    site = Site.objects.get(is_default_site=True)
    NewsletterSettings.objects.create(site=site, counts_clicks=True)
    counted = Mailing.objects.create(name="Counted")
    make_letter(
        "en", [("text", "<p><a href='https://dam.example/?a=1'>Dam</a></p>")], mailing=counted
    )
    mailings.freeze(counted)

    [first], [second] = letters(plain).values(), letters(counted).values()

    assert 'href="https://dam.example/?a=1&amp;b=2"' in part(first, "html")
    assert "/k/" not in part(first, "html")
    assert "https://dam.example" not in part(second, "html")
    assert 'href="http://localhost:8000/k/' in part(second, "html")
    assert "<img" not in part(second, "html")


@pytest.mark.parametrize("how", ["unsubscribes", "pauses", "ends the topic", "is erased"])
def test_whoever_wants_none_any_more_is_asked_for_as_their_copy_is_leased(how):
    suzie, _laura = make_reader("suzie"), make_reader("laura")
    topic = Topic.objects.create(code="urgent", name=Words(fr="Urgences", en="Urgent"))
    mailing = make_news(topic=topic)
    mailings.freeze(mailing)
    Envelope.objects.update(state="leased", sender=1)

    if how == "unsubscribes":
        unsubscriptions.unsubscribe(suzie)
    elif how == "pauses":
        preferences.pause(suzie)
    elif how == "ends the topic":
        preferences.choose(suzie, [], page="/")
    else:
        suzie.subscriptions.update(ended_at=timezone.now())

    held = leased(Envelope.objects.filter(copy__mailing=mailing))
    made = copies.fill(held)
    assert {one.to_address for one in held if one.pk in made} == {"laura@post.example"}
    if how != "is erased":
        assert Envelope.objects.exclude(unwanted_at=None).count() == 1


def many(mailing, number):
    """So many readers with a copy each, made quickly."""
    suzie = make_reader("suzie")
    consent = suzie.consents.get()
    there = Supporter.objects.bulk_create(
        Supporter(
            mark=f"r{n}",
            email=f"r{n}@post.example",
            given_name=f"Réa{n}",
            language="fr" if n % 2 else "en",
        )
        for n in range(number - 1)
    )
    rows = suzie.subscriptions.model
    rows.objects.bulk_create(rows(supporter=one, consent=consent) for one in there)
    mailings.freeze(mailing)


@pytest.mark.parametrize("number", [2, 500])
def test_a_lease_takes_the_same_few_queries_however_long_it_is(number, django_assert_num_queries):
    mailing = make_news()
    many(mailing, number)
    held = leased(Envelope.objects.filter(copy__mailing=mailing))
    assert len(held) == number

    with django_assert_num_queries(5):
        made = copies.fill(held)

    assert len(made) == number


def test_a_lease_of_five_hundred_is_filled_in_a_moment():
    mailing = make_news()
    many(mailing, 500)
    held = leased(Envelope.objects.filter(copy__mailing=mailing))
    letters(mailing)  # compiles it

    began = time.process_time()
    made = copies.fill(held)
    for make in made.values():
        make()
    spent = time.process_time() - began

    assert spent < 1.0


def test_it_leaves_with_the_figures_of_the_moment_it_leaves():
    form = make_form()
    page = make_pages(form)["en"]
    make_reader("suzie")
    mailing = Mailing.objects.create(name="News", state=Mailing.State.SCHEDULED)
    version = make_letter("en", [("figure", {"page": page.pk, "words": ""})], mailing=mailing)
    assert "1 \n" not in version.text
    sign(form, "laura")
    counting.advance()
    now = timezone.now()
    Mailing.objects.update(leaves_at=now - timedelta(seconds=1))
    checks.accept(mailing, {one.key for one in checks.run(mailing)}, by=make_organiser())

    schedules.tick(now)

    assert Version.objects.get(pk=version.pk).text.count("1\n") == 1
