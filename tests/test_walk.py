"""The main job in a real browser, on a small phone, in both languages.

Suzie signs, confirms from her mailbox, sees the count move and takes it back. Laura's letter
reaches its targets. Ed records what came of it; Anne approves and publishes the next edition;
it reaches Suzie, who leaves with one click.
"""

import io
import re
import urllib.request
import uuid
from datetime import date

import pypdf
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib.auth.models import User
from django.core import signing

from plaidoyer.actions.models import ActionPage
from plaidoyer.outcomes.models import Milestone
from plaidoyer.staff import codes
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

LANGUAGES = pytest.mark.parametrize("language", ["fr", "en"])
# Each language and each way of scripts once; test_ways has the rest.
PAIRS = pytest.mark.parametrize(
    ("phone", "language"),
    [("with scripts", "fr"), ("without scripts", "en")],
    indirect=["phone"],
)


@pytest.fixture(params=["with scripts", "without scripts"])
def phone(request, browser):
    """A small phone; half of them never run a script."""
    context = browser.new_context(
        viewport={"width": 360, "height": 740},
        java_script_enabled=request.param == "with scripts",
    )
    phone = context.new_page()
    phone.is_scripted = request.param == "with scripts"
    yield phone
    context.close()


def form_page(story, kind, language):
    """The address of an open form of that kind, and the one of its campaign's page."""
    with story.orm():
        for page in ActionPage.objects.live().filter(form__kind=kind).order_by("pk"):
            if page.locale.language_code == language and page.form.is_open:
                return page.get_url(), page.get_parent().get_url()
    raise AssertionError(f"the story has no open {kind} in {language}")


def fill_in(phone, email):
    """Who acts: the same fields on every form."""
    assert not phone.is_checked("input[name=consent]")
    phone.fill("input[name=given_name]", "Suzie")
    phone.fill("input[name=family_name]", "Désy-Ōkami")
    phone.fill("input[name=email]", email)


def link_in(mail, path):
    """The link to `path` in the mail's plain text."""
    return re.search(rf"\S*/{path}/\S+", mail.text)[0]


def uid_in(link):
    """Whom or what the link is about: the token of its last part says it."""
    token = link.rstrip("/").rpartition("/")[2]
    return uuid.UUID(bytes=signing.b64_decode(token.partition(".")[0].encode()))


def press(phone):
    """Presses the one button of the page."""
    with phone.expect_navigation():
        phone.click("main form button")


def count_on(phone, url):
    """The count that the page shows."""
    phone.goto(url)
    shown = phone.inner_text("main .progress__count b >> nth=0")
    return int(re.sub(r"\D", "", shown))


@PAIRS
def test_suzie_signs_confirms_and_takes_it_back(story, phone, language):
    email = f"suzie-{language}-{phone.is_scripted}@people.example"
    petition, campaign = form_page(story, "petition", language)
    before = count_on(phone, story.url + petition)

    phone.goto(story.url + campaign)
    with phone.expect_navigation():
        phone.click(f"main a[href='{petition}'] >> nth=0")
    fill_in(phone, email)
    phone.check("input[name=consent]")
    with phone.expect_navigation():
        phone.click("form[method=post] button[name=step]")
    assert "/thanks/" in phone.url

    mail = story.catcher.wait_for(email)
    assert mail.message["Content-Language"] == language
    confirmation = link_in(mail, "confirmation")
    phone.goto(confirmation)
    counted = (
        "SELECT 1 FROM actions_confirmation c JOIN actions_action a ON a.id = c.action_id"
        " WHERE a.uid = %s"
    )
    assert story.sql(counted, uid_in(confirmation)) == []
    press(phone)
    assert phone.url == confirmation
    wait_until(lambda: count_on(phone, story.url + petition) == before + 1, what="the count moves")

    phone.goto(confirmation)
    phone.click("main details:has(a[href*='/withdrawal/']) > summary")
    with phone.expect_navigation():
        phone.click("main a[href*='/withdrawal/']")
    press(phone)
    wait_until(lambda: count_on(phone, story.url + petition) == before, what="the count goes back")


@PAIRS
def test_laura_writes_a_letter_and_it_arrives(story, phone, language):
    email = f"laura-{language}-{phone.is_scripted}@people.example"
    letter, campaign = form_page(story, "letter", language)

    phone.goto(story.url + campaign)
    with phone.expect_navigation():
        phone.click(f"main a[href='{letter}'] >> nth=0")
    fill_in(phone, email)
    if phone.is_enabled("textarea[name=body]"):
        own_words = f"{phone.input_value('textarea[name=body]')}\n\nVoilà « ma » rivière 🐟."
        phone.fill("textarea[name=body]", own_words)
    with phone.expect_navigation():
        phone.click("button[name=step][value=preview]")
    bodies = phone.locator(".letter__body").all_inner_texts()
    subject = phone.locator(".letter dd").nth(3).inner_text()
    recipients = [
        address
        for card in phone.locator(".letter").all()
        for address in re.findall(r"<([^>]+@[^>]+)>", card.inner_text())
    ]
    assert bodies
    with phone.expect_navigation():
        phone.click("button[name=step][value=change]")
    with phone.expect_navigation():
        phone.click("button[name=step][value=preview]")
    with phone.expect_navigation():
        phone.click("button[name=step][value=send]")
    assert "/thanks/" in phone.url

    phone.goto(link_in(story.catcher.wait_for(email), "confirmation"))
    press(phone)

    for address in recipients:
        arrived = wait_until(
            lambda address=address: [
                mail for mail in story.catcher.to(address) if email in str(mail.message["Reply-To"])
            ],
            what=f"the letter to {address}",
        )
        [mail] = arrived
        assert words(mail.message["Subject"]) == words(subject)
        assert "Suzie Désy-Ōkami" in str(mail.message["From"])
        assert email not in str(mail.message["From"])
        assert mail.message.get_body(("html",))
        # Beneath the letter stands by whom it was written, and how its reader may have fewer mails.
        letter, _dashes, foot = words(mail.text).partition(" -- ")
        assert letter == words(bodies[recipients.index(address)])
        assert "Suzie Désy-Ōkami" in foot


def words(text):
    """The text without its line breaks."""
    return " ".join(text.split())


@LANGUAGES
def test_a_fault_is_told_beside_its_field_and_keeps_what_was_typed(story, phone, language):
    petition, _campaign = form_page(story, "petition", language)

    phone.goto(story.url + petition)
    phone.fill("input[name=given_name]", "Suzie <b>🐟</b>")
    phone.fill("input[name=email]", "nowhere")
    with phone.expect_navigation():
        phone.click("form[method=post] button[name=step]")

    assert phone.input_value("input[name=given_name]") == "Suzie <b>🐟</b>"
    assert phone.input_value("input[name=email]") == "nowhere"
    for name in ("family_name", "email"):
        field = phone.locator(f"input[name={name}]")
        assert field.get_attribute("aria-invalid") == "true"
        described = field.get_attribute("aria-describedby").split()
        assert any(phone.locator(f"#{each}").inner_text() for each in described)


@LANGUAGES
def test_the_report_is_read_and_downloaded(story, phone, language):
    phone.goto(f"{story.url}/{language}/")
    with phone.expect_navigation():
        phone.click(f"nav a[href='/{language}/reports/']")
    with phone.expect_navigation():
        phone.click(f"main a[href^='/{language}/reports/'] >> nth=0")
    link = phone.locator("a[href$='.pdf']").first.get_attribute("href")
    answer = phone.context.request.get(story.url + link)

    assert phone.locator("main table").count()
    assert answer.headers["content-type"] == "application/pdf"
    document = pypdf.PdfReader(io.BytesIO(answer.body()))
    root = document.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert str(root["/Lang"]).startswith(language)
    assert len(document.pages) > 3


@LANGUAGES
def test_every_figure_of_a_report_traces_to_its_definition_by_a_click(story, phone, language):
    phone.goto(f"{story.url}/{language}/reports/2026-10/")
    data = phone.context.request.get(f"{phone.url}figures.json").json()
    told = [figure for item in data["items"] for figure in item["figures"]]
    notes = phone.locator(".figure__note").all()

    assert len(notes) == len(told) > 10
    for note, figure in zip(notes, told, strict=True):
        note.locator("summary").click()
        shown = note.inner_text()
        for words in (figure["exact"], figure["moment"], figure["definition"]):
            assert " ".join(words.split()) in " ".join(shown.split())


@LANGUAGES
def test_the_language_switch_keeps_the_page(story, phone, language):
    other = {"fr": "en", "en": "fr"}[language]
    petition, _campaign = form_page(story, "petition", language)

    phone.goto(story.url + petition)
    with phone.expect_navigation():
        phone.click(f"nav a[hreflang={other}]")

    assert phone.url.removeprefix(story.url).startswith(f"/{other}/")
    assert phone.locator("form[method=post] input[name=email]").count() == 1
    assert phone.locator("html").get_attribute("lang") == other


def sign_in(page, story, name):
    """Into the back office, as one of the demo's organisers."""
    page.context.clear_cookies()
    page.goto(f"{story.url}/admin/login/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", "riviere")
    press(page)
    page.fill("input[name=code]", code_of(story, name))
    press(page)
    assert "/admin/" in page.url


def code_of(story, name):
    """What their authenticator app shows: a new one, for the story's was sealed by another key."""
    with story.orm():
        user = User.objects.get(username=name)
        Authenticator.objects.filter(user=user).delete()
        codes.set_up(user, generate_totp_secret())
        return codes.of(user)


@pytest.fixture
def desk(browser):
    """A wide window for the back office."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def test_ed_records_and_anne_publishes_and_suzie_hears_of_it_and_leaves(story, desk):
    email = "suzie-reads@people.example"
    subscribe(story, desk, email)
    today = date.today().isoformat()
    milestone = record_milestone(story, desk, today)
    approve_milestone(story, desk, milestone)
    slug = draft_edition(story, desk, today)
    publish_edition(story, desk, slug)

    desk.goto(f"{story.url}/fr/reports/{slug}/")
    assert "Le barrage est ouvert pour de bon" in desk.inner_text("main")
    mail = story.catcher.wait_for(email, number=2)
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = re.search(r"<(http[^>]+)>", mail.message["List-Unsubscribe"])[1]
    leave_by_one_click(link)
    assert story.sql(
        "SELECT 1 FROM supporters_subscription s JOIN supporters_supporter p"
        " ON p.id = s.supporter_id WHERE p.uid = %s AND s.ended_at IS NULL",
        uid_in(link),
    ) == []  # fmt: skip


def subscribe(story, page, email):
    """Somebody signs, ticks the box, and confirms."""
    petition, _campaign = form_page(story, "petition", "fr")
    page.goto(story.url + petition)
    fill_in(page, email)
    page.check("input[name=consent]")
    with page.expect_navigation():
        page.click("form[method=post] button[name=step]")
    page.goto(link_in(story.catcher.wait_for(email), "confirmation"))
    press(page)


def record_milestone(story, page, today):
    """Ed says what happened, proves it, and says which demand it moved."""
    sign_in(page, story, "ed")
    page.goto(f"{story.url}/admin/milestones/new/")
    page.fill("[name=title_fr]", "Le barrage est ouvert pour de bon")
    page.fill("[name=title_en]", "The weir is open for good")
    fill_day(page, "happened_on", today)
    page.select_option("[name=kind]", "decision")
    pair = page.locator("[name=movements-0-pair]")
    pair.select_option(pair.locator("optgroup option").first.get_attribute("value"))
    page.select_option("[name=movements-0-standing]", "met")
    save(page)
    assert page.locator(".error-message, .w-field__errors:not(:empty)").count()

    page.fill("[name=evidence-0-url]", "https://gazette.example/weir")
    page.fill("[name=evidence-0-title]", "Order in council")
    page.fill("[name=evidence-0-publisher]", "The Gazette")
    fill_day(page, "evidence-0-published_on", today)
    page.select_option("[name=evidence-0-language]", "en")
    save(page)
    with story.orm():
        milestone = Milestone.objects.latest("pk")
        assert milestone.title["en"] == "The weir is open for good"
        assert milestone.movements.get().standing == "met"
    return milestone.pk


def approve_milestone(story, page, milestone):
    """Anne looks at it and approves; then Ed goes on."""
    sign_in(page, story, "anne")
    page.goto(f"{story.url}/admin/milestones/inspect/{milestone}/")
    with page.expect_navigation():
        page.click(f"form[action$='/approve/{milestone}/'] button")
    sign_in(page, story, "ed")


def fill_day(page, name, day):
    """A day, and out of the field, so that its calendar closes."""
    page.fill(f"[name={name}]", day)
    page.press(f"[name={name}]", "Tab")


def save(page):
    """The back office's button at the end of a form."""
    with page.expect_navigation():
        page.press("button.button-longrunning", "Enter")


def draft_edition(story, page, today):
    """Ed picks the period and writes what is asked of him."""
    slug = "autumn"
    page.goto(f"{story.url}/admin/editions/new/")
    page.fill("[name=title_fr]", "Rapport d’automne")
    page.fill("[name=title_en]", "Autumn report")
    page.fill("[name=slug]", slug)
    fill_day(page, "starts_on", today)
    fill_day(page, "ends_on", today)
    save(page)
    for box in page.locator("textarea, input[type=text]").all():
        name = box.get_attribute("name") or ""
        if re.search(r"_(fr|en)$", name) and box.is_visible() and not box.input_value():
            box.fill("Une année de rivières." if name.endswith("_fr") else "A year of rivers.")
    with page.expect_navigation():
        page.click(".desk-bar button[value=save]")
    return slug


def publish_edition(story, page, slug):
    """Ed may not approve what he wrote; Anne does, and publishes."""
    edit_url = page.url.split("#")[0]
    assert page.locator("button[value^=approve-]:not([disabled])").count() == 0
    sign_in(page, story, "anne")
    page.goto(edit_url)
    while (buttons := page.locator("button[value^=approve-]:not([disabled])")).count():
        with page.expect_navigation():
            buttons.first.click()
    page.goto(f"{edit_url}publish/")
    with page.expect_navigation():
        page.click("main form button, .desk-card form button")
    assert story.sql(
        "SELECT 1 FROM reports_edition WHERE slug = %s AND published_at IS NOT NULL", slug
    )


def leave_by_one_click(link):
    """The POST of a mail program: no cookie, no page seen before."""
    request = urllib.request.Request(link, data=b"List-Unsubscribe=One-Click", method="POST")
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200
