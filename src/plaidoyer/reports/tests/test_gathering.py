import datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext

from plaidoyer.lib.words import Words
from plaidoyer.reports import contents, drafts, editions, sightings
from plaidoyer.testing import make_campaign, make_form, make_minister


def queries(work):
    with CaptureQueriesContext(connection) as asked:
        work()
    return len(asked)


def test_an_edition_of_many_campaigns_asks_no_more_than_one_of_a_few(world, facts):
    ed, _anne = world
    post, edition = make_minister(), facts.make_edition()

    def grow(numbers):
        for n in numbers:
            campaign = make_campaign(slug=f"c{n}", post=post, opened_on=datetime.date(2026, 1, 10))
            facts.confirm(make_form(campaign), 2)
            facts.make_milestone(campaign)
        editions.draft(edition, ed)

    grow(range(2))
    few = queries(lambda: contents.gather(edition))
    few_checked = queries(lambda: editions.check_list(edition))
    grow(range(2, 12))

    assert queries(lambda: contents.gather(edition)) == few <= 45
    assert queries(lambda: editions.check_list(edition)) == few_checked


def test_facts_that_changed_since_the_words_are_marked_until_somebody_looks(half_year, facts):
    entry = contents.gather(half_year).entries[0]
    assert sightings.changes(entry) == []

    facts.confirm(entry.item.campaign.forms.get(), 3, datetime.date(2026, 3, 1))
    assert sightings.changes(contents.gather(half_year).entries[0]) == []

    facts.confirm(entry.item.campaign.forms.get(), 500, datetime.date(2026, 4, 1))
    [change] = sightings.changes(contents.gather(half_year).entries[0])
    assert "more than 1,500" in change
    assert "more than 1,000" in change
    assert any("have changed since" in p.text for p in editions.check_list(half_year))
    assert editions.hindrances(half_year) == []

    editions.still_right(entry.item)
    assert sightings.changes(contents.gather(half_year).entries[0]) == []


def test_a_new_milestone_is_a_change(half_year, facts):
    campaign = half_year.items.get().campaign
    title = Words(fr="Un débat", en="A debate")
    facts.make_milestone(campaign, None, datetime.date(2026, 5, 1), title=title)

    [change] = sightings.changes(contents.gather(half_year).entries[0])
    assert change == "new: A debate"
    [hindrance] = editions.hindrances(half_year)
    assert "A debate" in hindrance.text


def test_words_are_kept_at_each_saving_and_compared_word_by_word(half_year, world):
    ed, _anne = world
    item = half_year.items.get()
    editions.keep_words(half_year, [], ed)
    before = half_year.drafts.first()
    item.text = Words(fr="Le texte français.", en="The better English text.")
    item.save()

    editions.keep_words(half_year, [item.pk], ed)
    editions.keep_words(half_year, [], ed)

    after = half_year.drafts.first()
    [change] = drafts.compare(before.words, after.words)
    assert change.language == "en"
    assert change.pieces == [("same", "The "), ("new", "better "), ("same", "English text.")]
