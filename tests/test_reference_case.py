"""The reference case, from nothing: all that an organiser enters for a half-year, in a browser.

Twenty campaigns with their demands, those who are asked, an official petition, a recorded vote,
three forms, milestones with a link each, and two editions. Ed enters, Anne approves and publishes;
each click and each key is counted (tests/hands.py). Then what was published is read back on the
web, on paper and in the mail, in both languages.
"""

import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest
from allauth.mfa.totp.internal.auth import generate_totp_secret
from bs4 import BeautifulSoup
from django.db import connection, transaction

from bench.report import ACTS, PEOPLE
from plaidoyer.actions import counting
from plaidoyer.actions.models import ActionForm
from plaidoyer.lib.words import Words
from plaidoyer.staff import codes
from plaidoyer.testing import make_organiser, make_reader
from tests import reference_case
from tests import reference_steps as steps
from tests.hands import Hands
from tests.reference_case import BEFORE, EARLIER, NOW, PERIOD, happened

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[1]
PASSWORD = "riviere"
PEOPLE_WHO_ACT = 40_000
# Whose act it is: else the worker would look for it, and ask each to confirm.
MATCHES = """
INSERT INTO actions_match (action_id, supporter_id, matched_at)
SELECT action_id, supporter_id, confirmed_at FROM actions_confirmation
"""
ACTED = {"letter": 13_412, "vote_drive": 35_207, "open_letter": 18_344}


@pytest.fixture
def press() -> Iterator[str]:
    """Where the press is read."""
    with reference_case.printed() as address:
        yield address


@pytest.fixture
def staff(product, browser) -> Iterator[dict[str, Hands]]:
    """Ed and Anne, each before a window of their own, in an installation with nothing in it."""
    product.settings |= {"DJANGO_SETTINGS_MODULE": "tests.loopback", "PYTHONPATH": str(ROOT)}
    with product.orm():
        made = {
            name: make_organiser(name, "Administrator", password=PASSWORD)
            for name in ("ed", "anne")
        }
        for user in made.values():
            codes.set_up(user, generate_totp_secret())
        make_reader("suzie", language="en")
        make_reader("laura", language="fr")
        assert not ActionForm.objects.exists()
    product.start()
    contexts = [browser.new_context(viewport={"width": 1280, "height": 900}) for _one in range(2)]
    people = {
        name: Hands(context.new_page())
        for name, context in zip(("ed", "anne"), contexts, strict=True)
    }
    for name, hands in people.items():
        with product.orm():
            code = codes.of(made[name])
        with hands.at("sign in"):
            hands.page.goto(f"{product.url}/admin/login/")
            hands.write(login=name, password=PASSWORD)
            hands.follow("main form button >> nth=0")
            hands.write(code=code)
            hands.follow("main form button >> nth=0")
    yield people
    for context in contexts:
        context.close()


def people_act(product) -> None:
    """What supporters did meanwhile; not an organiser's work."""
    with product.orm(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(PEOPLE, [PEOPLE_WHO_ACT])
        for form in ActionForm.objects.all():
            assert form.awaits_since is None
            told = {"form": form.pk, "start": "2026-05-01", "shift": 0, "many": ACTED[form.kind]}
            cursor.execute(ACTS, told)
        cursor.execute(MATCHES)
        # As the worker does every few seconds: else the count moves while the edition is written.
        counting.advance(since=PERIOD["first"])


def test_the_reference_case_is_entered_from_nothing_within_an_hour(product, staff, press):
    ed, anne = staff["ed"], staff["anne"]
    steps.found_the_organisation(ed)
    steps.bring_earlier_wins(ed)
    steps.draft(ed, BEFORE, EARLIER, Words(fr="Les victoires de l’hiver", en="What winter won"))
    with anne.at("first edition"):
        steps.publish(anne, "What winter won")
    steps.enter_campaigns(ed)
    steps.enter_parliament(ed)
    steps.enter_forms(ed)
    steps.approve_forms(anne)
    people_act(product)
    steps.record(ed, press)
    steps.approve_milestones(anne)
    steps.name_a_figure(ed)
    steps.write(ed)
    with anne.at("edition"):
        steps.publish(anne, "Six months on the water")
    spent = ed.seconds + anne.seconds
    told = f"Ed\n{ed.told()}\n\nAnne\n{anne.told()}\n\n{spent / 60:.1f} min\n"
    (ROOT / "var" / "reference-case.txt").write_text(told)

    assert spent < 60 * 60, told
    milestones = len([one for sheet in steps.SHEETS for one in happened(sheet)])
    assert ed.spent("milestones") / milestones < 60, told
    for language in ("fr", "en"):
        read_back(product, anne.page, language)


def read_back(product, page, language: str) -> None:
    """Web page, PDF and mail say the same figures in the same words: those of the case."""
    address = f"{product.url}/{language}/reports/{NOW}/"
    page.goto(address)
    data = page.context.request.get(f"{address}figures.json").json()
    web = plain(page.content())
    paper = page.context.request.get(f"{address}{NOW}-{language}.pdf")
    pdf = pypdf.PdfReader(io.BytesIO(paper.body()))
    printed = flat("".join(sheet.extract_text() for sheet in pdf.pages))
    reader = {"fr": "laura@post.example", "en": "suzie@post.example"}[language]
    # The first edition came before.
    mail = product.catcher.wait_for(reader, number=2).message
    mails = [plain(mail.get_body(("html",)).get_content()), mail.get_body(("plain",)).get_content()]

    counts = Counter(item["heading"] for item in data["items"])
    assert counts == {"victory": 6, "movement": 4, "ongoing": 3, "update": 3, "recalled": 4}
    figures = [figure for item in data["items"] for figure in item["figures"]]
    assert {f"{one['words']} {one['label']}" for one in figures} == CASE[language]
    assert sorted(one["value"] for one in figures) == [204, *sorted(ACTED.values()), 82_317]
    [named] = data["named"]
    for told in (web, printed, *mails):
        assert all(flat(item["title"]) in flat(told) for item in data["items"])
        assert all(flat(f"{one['words']} {one['label']}") in flat(told) for one in figures)
        assert flat(named["phrase"]) in flat(told)
    for told in (web, printed):
        for one in [*figures, named]:
            assert flat(one["exact"]) in flat(told)
            assert flat(one["definition"]) in flat(told)
    for note in page.locator(".figure__note summary").all():
        note.click()
    assert page.locator(".figure__note[open]").count() == len(figures)
    for way in page.locator("a.figure-link").all():
        way.click()
        assert flat(page.inner_text(":target")) == flat(named["phrase"])
    assert mail["Content-Language"] == language
    assert pdf.trailer["/Root"]["/Lang"].startswith(language)


def plain(html: str) -> str:
    """What a page or a mail says, folded parts too."""
    return BeautifulSoup(html, "html.parser").get_text(" ")


def flat(text: str) -> str:
    """Without what a line's end does to words: no spaces, no hyphens, no marks of footnotes."""
    return re.sub(r"[\s\u00ad\u200b-]+", "", text)


CASE = {
    "en": {
        "more than 13,000 people have written",
        "more than 35,000 people have asked for a vote",
        "more than 18,000 signatures",
        "more than 82,000 official signatures",
        "204 votes for",
    },
    "fr": {
        "plus de 13\u202f000 personnes ont écrit",
        "plus de 35\u202f000 personnes ont demandé un vote",
        "plus de 18\u202f000 signatures",
        "plus de 82\u202f000 signatures officielles",
        "204 voix pour",
    },
}
