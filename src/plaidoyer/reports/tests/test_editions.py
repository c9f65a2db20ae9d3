import datetime

import pytest

from plaidoyer.lib.words import Words
from plaidoyer.newsletters.models import Mailing
from plaidoyer.organisation.models import Organisation
from plaidoyer.outcomes.models import Evidence
from plaidoyer.reports import approvals, contents, editions
from plaidoyer.reports.models import Document, Heading
from plaidoyer.testing import make_campaign, make_form, make_minister


def texts(edition):
    return " ".join(problem.text for problem in editions.check_list(edition))


def test_a_draft_has_an_item_for_every_campaign_of_the_period(world, facts):
    ed, _anne = world
    post = make_minister()
    day = datetime.date
    running = make_campaign(slug="running", post=post, opened_on=day(2025, 1, 1))
    make_campaign(slug="over", post=post, opened_on=day(2025, 1, 1), closed_on=day(2025, 12, 31))
    make_campaign(slug="later", post=post, opened_on=day(2026, 7, 1))
    ended = make_campaign(
        slug="news", post=post, opened_on=day(2025, 2, 1), closed_on=day(2025, 12, 1)
    )
    facts.make_milestone(ended, "met")
    edition = facts.make_edition()

    editions.draft(edition, ed)

    items = list(edition.items.all())
    assert [item.campaign for item in items] == [running, ended]
    assert [item.heading for item in items] == [Heading.ONGOING, Heading.VICTORY]
    assert items[0].title == running.name
    assert items[0].edited_by == ed


def test_drafting_again_keeps_words_and_follows_the_facts(world, facts):
    ed, _anne = world
    campaign = make_campaign(opened_on=datetime.date(2026, 1, 1))
    edition = facts.make_edition()
    editions.draft(edition, ed)
    item = edition.items.get()
    item.title = Words(en="Mine")
    item.save()
    facts.make_milestone(campaign, "met")

    editions.draft(edition, ed)

    item.refresh_from_db()
    assert item.title == {"en": "Mine"}
    assert item.heading == item.derived_heading == Heading.VICTORY


def test_a_heading_somebody_chose_stays_and_its_reason_with_it(world, facts):
    ed, _anne = world
    campaign = make_campaign(opened_on=datetime.date(2026, 1, 1))
    edition = facts.make_edition()
    editions.draft(edition, ed)
    item = edition.items.get()
    item.heading, item.overrule_reason = Heading.SETBACK, Words(en="Sad", fr="Triste")
    item.save()
    facts.make_milestone(campaign, "met")

    editions.draft(edition, ed)

    item.refresh_from_db()
    assert (item.heading, item.derived_heading) == (Heading.SETBACK, Heading.VICTORY)
    tree = contents.tell(contents.gather(edition), "en")
    assert tree["groups"][0]["items"][0]["overruled"].endswith("“Victories”: Sad")


def test_nobody_approves_what_they_wrote(half_year, world):
    ed, anne = world
    item = half_year.items.get()

    with pytest.raises(editions.RefusedError):
        editions.approve(item, ed)
    assert approvals.holding(item).approved_by == anne


def test_an_approval_is_of_the_words_as_they_stood(half_year, world):
    _ed, anne = world
    item = half_year.items.get()
    words = item.text
    item.text = Words(fr="Autre", en="Other")
    item.save()
    assert approvals.holding(item) is None
    assert "not approved" in texts(half_year)

    item.text = words
    item.save()
    assert approvals.holding(item)

    item.edited_by = anne
    item.save()
    assert approvals.holding(item) is None


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda e, i: i.approvals.all().delete(), "not approved by a second person"),
        (lambda e, i: e.introduction.pop("fr"), "“Introduction” is not written yet (French)"),
        (lambda e, i: e.thanks.pop("en"), "“Thanks” is not written yet (English)"),
        (lambda e, i: i.text.pop("fr"), "” is not written yet (French)"),
        (lambda e, i: Evidence.objects.all().delete(), "there is no evidence for"),
        (lambda e, i: i.delete(), "nothing in this edition"),
        (
            lambda e, i: Organisation.objects.update(postal_address=""),
            "postal address is missing",
        ),
        (lambda e, i: e.thanks.update(en="Thanks 😀"), "has the sign “😀”"),
    ],
)
def test_publishing_is_refused_with_what_is_to_be_done(half_year, world, spoil, told):
    item = half_year.items.get()
    spoil(half_year, item)
    half_year.save()
    if item.pk:
        item.save()

    with pytest.raises(editions.RefusedError) as refused:
        editions.publish(half_year, world[0])

    assert told in " ".join(refused.value.messages)
    assert not Document.objects.exists()
    assert not Mailing.objects.exists()
    half_year.refresh_from_db()
    assert half_year.published_at is None


def test_a_heading_above_the_facts_needs_evidence(world, facts):
    ed, anne = world
    make_campaign(opened_on=datetime.date(2026, 1, 1))
    edition = facts.make_edition()
    facts.fill(edition, ed)
    item = edition.items.get()
    item.heading, item.overrule_reason = Heading.VICTORY, Words(en="I feel so", fr="Je le sens")
    item.save()
    editions.approve(item, anne)

    assert "bears out this heading" in texts(edition)


def test_facts_that_changed_since_the_draft_are_told(half_year, facts):
    campaign = half_year.items.get().campaign
    facts.make_milestone(campaign, "reversed", datetime.date(2026, 6, 1))

    assert "it is now “Setbacks”" in texts(half_year)


def test_a_complete_edition_has_nothing_left_to_do(half_year):
    assert editions.check_list(half_year) == []


def test_published_editions_refuse_every_verb(half_year, world):
    ed, anne = world
    editions.publish(half_year, anne)
    item = half_year.items.get()

    for verb in (
        lambda: editions.draft(half_year, ed),
        lambda: editions.add(half_year, make_campaign(slug="x"), ed),
        lambda: editions.move(item, 1),
        lambda: editions.approve(item, anne),
        lambda: editions.publish(half_year, ed),
    ):
        with pytest.raises(editions.RefusedError):
            verb()


def test_own_and_official_figures_stand_apart(half_year):
    tree = contents.tell(contents.gather(half_year), "en")

    own, official = tree["groups"][0]["items"][0]["figures"]
    assert (own["value"], official["value"]) == (1_034, 82_317)
    assert own["source_url"] == ""
    assert official["source_url"] == "https://assembly.example/e-12"
    assert "Assembly" in official["definition"]
    assert "82,000" not in own["words"]


def test_acts_outside_the_period_are_not_counted(half_year, facts):
    form = half_year.items.get().campaign.forms.get()
    facts.confirm(form, 7, datetime.date(2025, 12, 31))
    facts.confirm(form, 5, datetime.date(2026, 7, 1))

    tree = contents.tell(contents.gather(half_year), "en")

    assert tree["groups"][0]["items"][0]["figures"][0]["value"] == 1_034


def test_a_form_of_a_kind_that_is_gone_still_counts(half_year, facts):
    form = make_form(half_year.items.get().campaign, kind="rally")
    facts.confirm(form, 12)

    told = [
        f"{figure['words']} {figure['label']}"
        for figure in contents.tell(contents.gather(half_year), "en")["groups"][0]["items"][0][
            "figures"
        ]
    ]
    assert "12 acts" in told


def test_items_change_places_under_their_heading(world, facts):
    ed, _anne = world
    post = make_minister()
    for slug in ("one", "two", "three"):
        make_campaign(slug=slug, post=post, opened_on=datetime.date(2026, 1, 1))
    edition = facts.make_edition()
    editions.draft(edition, ed)

    def order():
        return [item.campaign.slug for item in edition.items.all()]

    editions.move(edition.items.get(campaign__slug="three"), -1)
    assert order() == ["one", "three", "two"]
    editions.move(edition.items.get(campaign__slug="one"), -1)
    editions.move(edition.items.get(campaign__slug="one"), 1)
    assert order() == ["three", "one", "two"]
