"""Every way to give in a real browser, in both languages: from the page to receipt and ledger.

The card provider is a server of ours in Stripe's shape, which posts its signed events to the
product as Stripe would.
"""

import io
import re
import time
from datetime import date

import pypdf
import pytest

from plaidoyer.donations.tests.stripe_server import KEY, SECRET, StripeServer
from plaidoyer.vault import marks
from tests.test_walk import desk, link_in, sign_in
from tests.waiting import wait_until

pytestmark = pytest.mark.browser
__all__ = ["desk"]

LANGUAGES = pytest.mark.parametrize("language", ["fr", "en"])
FUND = "full-page"
ARRIVED = {"fr": "votre don est arrivé", "en": "your gift has arrived"}
# Keystroke-Level Model (Card, Moran, Newell, 1983): one key of somebody who types forty words a
# minute, and the thought before each field.
KEY_SECONDS, THOUGHT_SECONDS = 0.28, 1.35


@pytest.fixture(scope="module")
def provider(story):
    """The demo's coalition takes cards."""
    server = StripeServer(webhook=f"{story.url}/donations/stripe/")
    story.stop()
    story.settings |= {
        "STRIPE_SECRET_KEY": KEY,
        "STRIPE_WEBHOOK_SECRET": SECRET,
        "STRIPE_API_BASE": server.url,
        "STRIPE_CHECKOUT_ORIGIN": server.url,
    }
    story.start()
    yield server
    server.stop()


def fill_in(page, story, language, method, email, amount="5000"):
    """The page of the fund, reached from the list of all, filled in."""
    page.goto(f"{story.url}/{language}/give/")
    with page.expect_navigation():
        page.click(f"a[href*='/give/{FUND}/']")
    page.check(f"[name=amount_once][value='{amount}']")
    page.check(f"[name=method][value={method}]")
    for name, value in (("given_name", "Suzie"), ("family_name", "Roy"), ("email", email)):
        page.fill(f"[name={name}]", value)
    with page.expect_navigation():
        page.click("form.give button.button")


def booked(story, email):
    """What the ledger has as gifts of somebody, in cents."""
    with story.orm():
        mark = marks.address(email)
    [(amount,)] = story.sql(
        "SELECT -coalesce(sum(o.amount), 0) FROM donations_posting o"
        " JOIN donations_entry e ON e.id = o.entry_id JOIN donations_payment p"
        " ON p.id = e.payment_id JOIN donations_donation d ON d.id = p.donation_id"
        " WHERE o.account = 'gifts' AND d.mark = %s",
        mark,
    )  # fmt: skip
    return amount


def receipt_in(mail):
    """The words of the receipt that a mail brings."""
    [part] = [one for one in mail.message.walk() if one.get_content_type() == "application/pdf"]
    reader = pypdf.PdfReader(io.BytesIO(part.get_payload(decode=True)))
    return " ".join(reader.pages[0].extract_text().split())


def receipt_of(story, email, language, number=1):
    """That somebody's thanks came in their language, with a receipt over 50 dollars."""
    mail = story.catcher.wait_for(email, number=number)
    assert mail.message["Content-Language"] == language
    said = receipt_in(mail)
    assert {"fr": "Reçu pour un don", "en": "Receipt for a gift"}[language] in said
    assert {"fr": "50 $", "en": "$50"}[language] in said.replace("\u00a0", " ")
    return mail


@LANGUAGES
def test_a_gift_by_card_is_asked_about_once_paid_and_thanked_for(story, provider, page, language):
    email = f"card-{language}@people.example"
    fill_in(page, story, language, "card", email)
    assert page.locator("main form").count() == 2

    go_to_provider(page, provider)
    with page.expect_navigation(url=re.compile("/give/thanks/")):
        page.click("button[value=pay]")
    page.wait_for_selector(f"h1:has-text('{ARRIVED[language]}')", timeout=20_000)

    receipt_of(story, email, language)
    assert booked(story, email) == 50_00


def go_to_provider(page, provider):
    """Suzie keeps to giving once."""
    with page.expect_navigation(url=f"{provider.url}/pay/*"):
        page.locator("main form").last.locator("button").click()


def test_a_monthly_gift_is_paused_and_stopped_by_the_link_in_its_mail(story, provider, page):
    email = "monthly@people.example"
    fill_in(page, story, "en", "card", email)
    with page.expect_navigation(url=f"{provider.url}/pay/*"):
        page.locator("main form").first.locator("button").click()
    with page.expect_navigation():
        page.click("button[value=pay]")

    page.goto(link_in(story.catcher.wait_for(email), "give/monthly"))
    assert "$10 each month" in page.inner_text("h1")
    for step, words in (("pause", "It is paused"), ("resume", "You may change"), ("stop", "ended")):
        page.click(f"button[value={step}]")
        wait_until(lambda words=words: reloaded(page, words), seconds=20, what=words)
    assert provider.of_kind("subscription")[-1]["status"] == "canceled"


def reloaded(page, words):
    page.reload()
    return words in page.inner_text("main")


def test_transfers_are_matched_from_the_banks_file(story, provider, page, desk):
    promised = {}
    for language in ("fr", "en"):
        for method in ("interac", "transfer"):
            email = f"{method}-{language}@people.example"
            fill_in(page, story, language, method, email)
            code = page.inner_text(".give__code")
            assert code in story.catcher.wait_for(email).message["Subject"]
            promised[email] = code, language
    lines = ["Date;Nom;Message;Montant"]
    lines += [f"{date.today()};SUZIE ROY;don {code};50,00" for code, _ in promised.values()]
    sign_in(desk, story, "anne")
    desk.goto(f"{story.url}/admin/giving/bank/")
    csv = {"name": "bank.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}
    desk.set_input_files("[name=file]", csv)
    for button in ("form:has([name=file]) button", ".gift-form button", "button[value=book]"):
        if button.startswith(".gift-form"):
            desk.fill("[name=name]", "Caisse")
        with desk.expect_navigation():
            desk.click(f"main {button}")

    for email, (_code, language) in promised.items():
        receipt_of(story, email, language, number=2)
        assert booked(story, email) == 50_00


def test_cheques_are_entered_by_their_reference_until_the_total_comes_out(
    story, provider, page, desk
):
    promised = {}
    for language in ("fr", "en"):
        email = f"cheque-{language}@people.example"
        fill_in(page, story, language, "cheque", email)
        promised[email] = page.inner_text(".give__code"), language
        assert page.locator("a[href$='form.pdf']").count() == 1
        story.catcher.wait_for(email)
    sign_in(desk, story, "anne")
    desk.goto(f"{story.url}/admin/giving/envelopes/")
    desk.fill("[name=expected]", "100")
    press_and_wait(desk, ".gift-form button")
    for code, _language in promised.values():
        desk.fill("[name=amount]", "50")
        desk.fill("[name=code]", code)
        press_and_wait(desk, ".gift-form button")
    assert "100" in desk.inner_text(".segment__count .segment-total")
    press_and_wait(desk, "button[value=close]")

    assert desk.locator("[name=amount]").count() == 0
    for email, (_code, language) in promised.items():
        receipt_of(story, email, language, number=2)
        assert booked(story, email) == 50_00


def press_and_wait(page, button):
    with page.expect_navigation():
        page.click(f"main {button}")


@pytest.mark.parametrize("channel", ["phone", "visit"])
def test_a_gift_that_is_told_is_recorded_within_twenty_seconds(story, provider, desk, channel):
    """By the keyboard alone: its keys and thoughts by the model, and the machine by the clock."""
    email = f"{channel}@people.example"
    sign_in(desk, story, "anne")
    desk.goto(f"{story.url}/admin/giving/record/?channel={channel}&method=cash&language=en")
    keys = thoughts = 0
    typed = {"amount": "50", "is_here": " ", "family_name": "Roy", "email": email}

    began = time.monotonic()
    for name, value in typed.items():
        thoughts += 1
        while desk.evaluate("document.activeElement.name") != name:
            desk.keyboard.press("Tab")
            keys += 1
        desk.keyboard.type(value)
        keys += len(value)
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    machine = time.monotonic() - began

    assert keys * KEY_SECONDS + (thoughts + 1) * THOUGHT_SECONDS + machine < 20
    receipt_of(story, email, "en")
    assert booked(story, email) == 50_00


def test_stolen_cards_ask_for_a_riddle_and_then_close_the_card_form(story, provider, page, desk):
    fill_in(page, story, "en", "card", "thief@people.example", amount="2500")
    go_to_provider(page, provider)
    session = page.url.partition("#")[0].rpartition("/")[2]
    gift = provider.things[session]["client_reference_id"]
    with page.expect_navigation():
        page.click("button[value=decline]")
    decline(provider, gift, 8)

    # The browser solves it by itself.
    fill_in(page, story, "en", "card", "honest@people.example", amount="10000")
    go_to_provider(page, provider)

    decline(provider, gift, 8)
    page.goto(f"{story.url}/en/give/{FUND}/?fresh")
    assert page.locator("[name=method][value=card]").count() == 0
    assert page.locator("[name=method][value=interac]").count() == 1
    sign_in(desk, story, "anne")
    desk.goto(f"{story.url}/admin/giving/")
    press_and_wait(desk, "button[value=resume]")
    page.goto(f"{story.url}/en/give/{FUND}/?again")
    assert page.locator("[name=method][value=card]").count() == 1


def decline(provider, gift, number):
    """So many cards are declined for a gift, and the product hears of it."""
    for _time in range(number):
        provider.decline(card=f"fp_{len(provider.events)}", gift=gift)
    provider.deliver()
