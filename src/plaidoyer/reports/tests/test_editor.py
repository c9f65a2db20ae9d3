import datetime
import re
from html import unescape

import html5lib
import pytest
from django.urls import reverse

from plaidoyer.lib.words import Words
from plaidoyer.newsletters.models import LinkCheck
from plaidoyer.reports import approvals, editions
from plaidoyer.reports.models import Approval, Edition, Heading, Item
from plaidoyer.testing import make_campaign, make_minister

ED, ANNE = 0, 1


def typed(page):
    """The fields of the editor's form as a browser would send them back."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    sent = {}
    for box in tree.iter("input"):
        if box.get("type") == "checkbox" and "checked" not in box.attrib:
            continue
        if box.get("name"):
            sent[box.get("name")] = box.get("value", "on" if box.get("type") == "checkbox" else "")
    for box in tree.iter("textarea"):
        sent[box.get("name")] = (box.text or "").removeprefix("\n")
    for box in tree.iter("select"):
        chosen = [o.get("value") for o in box.iter("option") if "selected" in o.attrib]
        sent[box.get("name")] = chosen[0] if chosen else ""
    return sent


class Desk:
    """The editor's screen of one edition, as one person uses it."""

    def __init__(self, client, edition, who):
        client.force_login(who)
        self.client, self.url = client, reverse("editions:edit", args=[edition.pk])

    def look(self):
        response = self.client.get(self.url)
        assert response.status_code == 200
        return response.content.decode()

    def press(self, do="save", **changes):
        sent = typed(self.look()) | {"do": do} | changes
        return self.client.post(self.url, sent, follow=True)


@pytest.fixture
def desk(client, half_year, world):
    return lambda who: Desk(client, half_year, world[who])


def test_saving_as_it_is_changes_nothing_and_keeps_the_approval(desk, half_year):
    before = Item.objects.get()

    answer = desk(ANNE).press()

    assert "Saved." in answer.content.decode()
    after = Item.objects.get()
    assert (after.text, after.edited_by) == (before.text, before.edited_by)
    assert approvals.holding(after)


def test_words_are_saved_in_both_languages_with_their_author(desk, half_year, world):
    item = half_year.items.get()

    desk(ANNE).press(**{f"item-{item.pk}-title_fr": "Neuf", f"item-{item.pk}-title_en": "New"})

    item.refresh_from_db()
    assert item.title == {"fr": "Neuf", "en": "New"}
    assert item.edited_by == world[ANNE]
    assert approvals.holding(item) is None


def test_every_error_stands_beside_its_field_and_nothing_typed_is_lost(desk, half_year):
    item = half_year.items.get()
    prefix = f"item-{item.pk}"
    changes = {
        f"{prefix}-heading": Heading.SETBACK,
        f"{prefix}-is_major": "on",
        f"{prefix}-text_en": "My <b>long</b> words",
        "edition-ends_on": "2020-01-01",
        "edition-introduction_fr": "Mes mots",
    }

    page = desk(ED).press(**changes).content.decode()

    told = unescape(page)
    for error in (
        "Say why the heading differs from the facts.",
        "Say why it is major.",
        "A period ends after it begins.",
    ):
        assert error in told
    back = typed(page)
    for name, value in changes.items():
        assert back[name] == value
    item.refresh_from_db()
    assert item.heading == Heading.VICTORY
    assert Edition.objects.get().introduction["fr"] == "Six mois ensemble."


def test_a_reason_makes_another_heading_possible(desk, half_year):
    item = half_year.items.get()
    reason = {f"item-{item.pk}-overrule_reason_{code}": "Trop tôt" for code in ("fr", "en")}

    desk(ED).press(**{f"item-{item.pk}-heading": Heading.MOVEMENT, **reason})

    item.refresh_from_db()
    assert (item.heading, item.derived_heading) == (Heading.MOVEMENT, Heading.VICTORY)
    assert item.overrule_reason["fr"] == "Trop tôt"


def test_the_author_cannot_approve_and_the_second_person_can(desk, half_year):
    item = half_year.items.get()
    item.approvals.all().delete()

    page = desk(ED).press(do=f"approve-{item.pk}").content.decode()
    assert "somebody else has to approve it" in unescape(page)
    assert approvals.holding(item) is None

    desk(ANNE).press(do=f"approve-{item.pk}")
    assert approvals.holding(Item.objects.get())


def test_all_that_is_ticked_is_approved_but_for_what_one_wrote(desk, half_year):
    item = half_year.items.get()
    Approval.objects.all().delete()

    own = desk(ED).press(do="approve", read=[item.pk, "x", 999])
    assert "somebody else has to approve it" in unescape(own.content.decode())
    assert approvals.holding(item) is None

    desk(ANNE).press(do="approve")
    assert approvals.holding(item) is None
    desk(ANNE).press(do="approve", read=[item.pk])
    assert approvals.holding(item)


def test_changing_while_approving_makes_one_the_author(desk, half_year):
    item = half_year.items.get()

    answer = desk(ANNE).press(
        do=f"approve-{item.pk}", **{f"item-{item.pk}-title_en": "Anne’s title"}
    )

    assert "somebody else has to approve it" in unescape(answer.content.decode())
    item.refresh_from_db()
    assert item.title["en"] == "Anne’s title"
    assert approvals.holding(item) is None


def test_who_saves_second_is_told_and_may_then_choose(desk, half_year):
    item = half_year.items.get()
    name = f"item-{item.pk}-title_en"
    eds = typed(desk(ED).look()) | {name: "Ed’s", "do": "save"}
    desk(ANNE).press(**{name: "Anne’s"})

    page = desk(ED).client.post(desk(ED).url, eds).content.decode()
    assert "Somebody else saved this item meanwhile" in page
    assert "Anne’s" in unescape(page)
    assert typed(page)[name] == "Ed’s"
    assert Item.objects.get().title["en"] == "Anne’s"

    desk(ED).client.post(desk(ED).url, typed(page) | {"do": "save"})
    assert Item.objects.get().title["en"] == "Ed’s"


def test_campaigns_are_added_and_left_out(desk, half_year):
    other = make_campaign(slug="other")

    desk(ED).press(do="add", campaign=str(other.pk))
    item = half_year.items.get(campaign=other)
    desk(ED).press(do=f"remove-{item.pk}")

    assert not half_year.items.filter(campaign=other).exists()


@pytest.mark.parametrize(
    "sent",
    [
        {"do": "add", "campaign": "999999999999999999999"},
        {"do": "add", "campaign": "²"},
        {"do": "up-x"},
        {"do": "approve-999"},
        {"do": "\x00"},
        {"do": "nothing-1-2-3"},
        {"edition-title_fr": "a\x00b"},
        {"edition-introduction_en": "x" * 30_000},
        {"edition-starts_on": "31/31/31"},
        {"edition-slug": "é / <"},
    ],
)
def test_no_input_breaks_the_editor(desk, half_year, sent):
    assert desk(ED).press(**sent).status_code == 200


def test_what_was_shown_only_in_part_loses_nothing(desk, half_year):
    sent = {k: v for k, v in typed(desk(ED).look()).items() if not k.startswith("item-")}

    desk(ED).client.post(desk(ED).url, sent | {"do": "save"})

    assert Item.objects.get().title == {
        "fr": "Sauver le pré de la rivière",
        "en": "Save the river meadow",
    }


def test_the_facts_stand_beside_the_words(desk):
    page = unescape(desk(ED).look())

    assert "more than 82,000" in page
    assert "plus de 82\u202f000" in page
    assert "82,317" in page
    assert "The decree is signed" in page


@pytest.mark.parametrize("language", ["fr", "en"])
def test_previews_show_the_draft_and_publish_nothing(desk, half_year, language):
    screen = desk(ED)

    page = screen.client.get(f"{screen.url}web/{language}/")
    pdf = screen.client.get(f"{screen.url}paper/{language}/")

    assert {"fr": "Le texte français.", "en": "The English text."}[
        language
    ] in page.content.decode()
    assert pdf.content.startswith(b"%PDF")
    assert screen.client.get(f"/{language}/reports/2026-1/").status_code == 404


def test_a_preview_on_paper_says_which_sign_it_lacks(desk, half_year):
    half_year.introduction = Words(fr="😀", en="😀")
    half_year.save()
    screen = desk(ED)

    answer = screen.client.get(f"{screen.url}paper/fr/", follow=True)

    assert "😀" in re.search(r'class="messages".*?</ul>', answer.content.decode(), re.DOTALL)[0]


def test_publishing_asks_first_and_is_done_once(desk, half_year):
    screen = desk(ED)

    asked = screen.client.get(f"{screen.url}publish/").content.decode()
    assert "A mail to 2 readers" in asked
    half_year.refresh_from_db()
    assert half_year.published_at is None

    done = screen.client.post(f"{screen.url}publish/", follow=True).content.decode()
    assert "/fr/reports/2026-1/" in done
    half_year.refresh_from_db()
    assert half_year.published_at
    again = screen.client.post(f"{screen.url}publish/", follow=True)
    assert again.status_code == 200
    assert half_year.documents.count() == 2


def test_publishing_is_refused_on_the_page_too(desk, half_year):
    half_year.items.get().approvals.all().delete()
    screen = desk(ED)

    assert "Publish now" not in screen.client.get(f"{screen.url}publish/").content.decode()
    answer = screen.client.post(f"{screen.url}publish/", follow=True).content.decode()

    assert "not approved by a second person" in answer
    half_year.refresh_from_db()
    assert half_year.published_at is None


def test_a_published_edition_cannot_be_edited(desk, half_year):
    screen = desk(ED)
    sent = typed(screen.look()) | {"edition-title_en": "Other", "do": "save"}
    screen.client.post(f"{screen.url}publish/")

    answer = screen.client.post(screen.url, sent)

    assert answer.status_code == 200
    assert Edition.objects.get().title["en"] == "What you changed"


def test_a_new_edition_finds_its_campaigns(client, world):
    campaign = make_campaign()
    client.force_login(world[ED])
    day = campaign.opened_on.isoformat()

    client.post(
        reverse("editions:add"),
        {"title_fr": "Un", "title_en": "One", "slug": "one", "starts_on": day, "ends_on": day},
    )

    item = Item.objects.get()
    assert item.campaign == campaign
    assert item.edited_by == world[ED]


def test_editions_are_listed_filtered_and_searched(client, half_year, world):
    client.force_login(world[ED])
    url = reverse("editions:index")

    assert "What you changed" in client.get(url).content.decode()
    assert "What you changed" in client.get(url, {"q": "changé"}).content.decode()
    assert "What you changed" not in client.get(url, {"q": "nothing"}).content.decode()
    assert "What you changed" not in client.get(url, {"published": "true"}).content.decode()


def test_mailings_are_listed_with_their_progress(client, half_year, world):
    client.force_login(world[ED])
    client.post(reverse("editions:publish", args=[half_year.pk]))
    half_year.refresh_from_db()

    assert "What you changed" in client.get(reverse("mailings:index")).content.decode()
    page = client.get(reverse("mailings:inspect", args=[half_year.mailing_id])).content.decode()
    assert "Waiting: 2" in page


@pytest.mark.parametrize("name", ["edit", "publish"])
def test_visitors_see_no_desk(client, half_year, name):
    answer = client.get(reverse(f"editions:{name}", args=[half_year.pk]))

    assert answer.status_code == 302
    assert "/login/" in answer["Location"]


def test_an_order_that_was_dragged_is_kept_and_junk_changes_nothing(desk, half_year):
    first = half_year.items.get()
    second = editions.add(half_year, make_campaign(slug="two", post=make_minister()), None)

    desk(ED).press(do="order", order=f"{second.pk},{first.pk}")
    assert list(half_year.items.all()) == [second, first]
    desk(ED).press(do="order", order="x,999999,,-1,٣")
    assert {*half_year.items.all()} == {second, first}


def test_the_summary_fills_languages_without_words_only(desk, half_year):
    item = half_year.items.get()
    item.campaign.summary = Words(fr="Le résumé.", en="The summary.")
    item.campaign.save()
    item.text = Words(fr="Mes mots.")
    item.save()

    desk(ED).press(do=f"reuse-{item.pk}")

    item.refresh_from_db()
    assert item.text == {"fr": "Mes mots.", "en": "The summary."}


def test_changed_facts_are_marked_beside_the_words_until_they_are_found_right(
    desk, half_year, facts
):
    item = half_year.items.get()
    title = Words(fr="Un débat", en="A debate")
    facts.make_milestone(item.campaign, None, datetime.date(2026, 5, 1), title=title)

    mark = "The facts changed since this was written"
    assert mark in desk(ED).look()
    desk(ED).press(do=f"right-{item.pk}")
    assert mark not in desk(ED).look()


def test_drafts_are_compared_on_a_screen(desk, half_year, client):
    item = half_year.items.get()
    desk(ED).press(**{f"item-{item.pk}-text_en": "The first text."})
    desk(ED).press(**{f"item-{item.pk}-text_en": "The second text."})

    page = client.get(reverse("editions:drafts", args=[half_year.pk])).content.decode()

    assert "<del>first </del><ins>second </ins>" in page
    for junk in ("?from=x&to=-1", "?from=999999999999999999999"):
        url = reverse("editions:drafts", args=[half_year.pk]) + junk
        assert client.get(url).status_code == 200


def test_addresses_are_asked_behind_the_page_and_dead_ones_are_told(desk, half_year):
    assert "being asked" in desk(ED).press(do="links").content.decode()
    LinkCheck.objects.create(url="https://gazette.example/1", outcome="dead")

    problems = editions.check_list(half_year)

    assert any("does not answer" in problem.text for problem in problems)
    assert editions.hindrances(half_year) == []
