"""What an organiser does by hand: walks over the board by keys, puts a report into order."""

import pytest

from plaidoyer.supporters.models import Supporter
from tests.test_walk import desk, fill_day, save, sign_in  # noqa: F401  (desk is a fixture)

pytestmark = pytest.mark.browser


def name_in_focus(page) -> str:
    """The words of the card or line in which the focus is."""
    return page.evaluate(
        "document.activeElement.closest('.lane-card, tbody tr')?.innerText.trim() ?? ''"
    )


def test_the_arrow_keys_walk_over_the_board(story, desk):  # noqa: F811
    sign_in(desk, story, "ed")
    desk.goto(f"{story.url}/admin/outcomes/?as=board")
    lanes = desk.locator(".lane:has(.lane-card)")
    cards = [lane.locator(".lane-card").all_inner_texts() for lane in lanes.all()]
    assert len(cards) > 2
    assert len(cards[0]) > 1
    desk.focus(".lanes")

    walked = []
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft", "ArrowLeft"):
        desk.keyboard.press(key)
        walked.append(name_in_focus(desk))

    first, second, beside = cards[0][0].strip(), cards[0][1].strip(), cards[1][0].strip()
    assert walked == [first, second, first, beside, first, first]
    desk.goto(f"{story.url}/admin/outcomes/")
    desk.focus(".board")
    desk.keyboard.press("ArrowDown")
    one = name_in_focus(desk)
    desk.keyboard.press("ArrowDown")
    assert one
    assert name_in_focus(desk) not in {"", one}


def order(page) -> list[str]:
    """The items under the first heading that has several, as they stand."""
    return page.evaluate(
        "[...[...document.querySelectorAll('.desk-group')].find((g) => g.children.length > 2)"
        ".querySelectorAll('h3')].map((h) => h.innerText)"
    )


def card(title, part="") -> str:
    """Where an item stands on the report's desk, or a part of it."""
    return f".desk-item:has(h3:text-is('{title}')){part}"


def drag(page, what, before):
    """By a mouse that is held down all the way, on a screen that shows all of it."""
    page.set_viewport_size({"width": 1280, "height": 4000})
    start, end = (page.locator(one).bounding_box() for one in (what, before))
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + 40, end["y"] + 4, steps=25)
    page.mouse.up()


def test_a_report_is_put_into_order_by_dragging_and_by_keys(story, desk):  # noqa: F811
    sign_in(desk, story, "ed")
    desk.goto(f"{story.url}/admin/editions/new/")
    for name, words in (("title_fr", "Ordre"), ("title_en", "Order"), ("slug", "order")):
        desk.fill(f"[name={name}]", words)
    fill_day(desk, "starts_on", "2026-06-01")
    fill_day(desk, "ends_on", "2026-10-30")
    save(desk)
    first, second, third = (before := order(desk))[:3]

    drag(desk, card(third, " .desk-grip"), card(first))
    assert order(desk)[:3] == [third, first, second]
    with desk.expect_navigation():
        desk.click("button[value=order]")
    assert order(desk) == [third, first, second, *before[3:]]

    with desk.expect_navigation():
        desk.locator(card(third, " button[value^=down]")).press("Enter")
    assert order(desk) == [first, third, second, *before[3:]]


def test_whom_one_looks_for_stands_in_no_address(story, desk):  # noqa: F811
    with story.orm():
        supporter = Supporter.objects.order_by("pk").first()
        wanted = supporter.email
    asked = []
    desk.on("request", lambda request: asked.append(request.url))
    sign_in(desk, story, "admin")
    desk.goto(f"{story.url}/admin/supporters/")
    everybody = desk.locator("#listing-results tbody tr").count()

    desk.locator("#id_q").press_sequentially(wanted)
    with desk.expect_request("**/results/**"):  # a filter is chosen before Enter
        desk.dispatch_event("[data-search-form]", "change")
    desk.press("#id_q", "Enter")
    desk.wait_for_url("**/supporters/?*q=*")

    assert everybody > 1
    assert desk.locator("#listing-results tbody tr").count() == 1
    assert wanted in desk.inner_text("#listing-results")
    assert not [url for url in asked if "@" in url or "%40" in url]
