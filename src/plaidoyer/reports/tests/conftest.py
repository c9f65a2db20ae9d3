"""The river coalition's half-year in small: a win, an open letter half won, a petition."""

import datetime
from types import SimpleNamespace

import pytest
from wagtail.models import Site

from plaidoyer.actions import counting
from plaidoyer.actions.models import Action, Confirmation
from plaidoyer.civics.models import Organization
from plaidoyer.lib.words import Words
from plaidoyer.organisation.models import Organisation
from plaidoyer.outcomes.models import Evidence, Milestone, Movement
from plaidoyer.parliament.models import OfficialPetition, PetitionSnapshot
from plaidoyer.reports import editions
from plaidoyer.reports.models import Edition, Item
from plaidoyer.supporters.models import Supporter
from plaidoyer.testing import make_campaign, make_form, make_organiser, make_reader
from plaidoyer.vault import marks

STARTS_ON, ENDS_ON = datetime.date(2026, 1, 1), datetime.date(2026, 6, 30)
NOON = datetime.time(12, tzinfo=datetime.UTC)


def make_milestone(campaign, standing="met", day=datetime.date(2026, 3, 3), *, proof=True, **facts):
    """A milestone of the campaign that brings its first demand to `standing`, with evidence."""
    milestone = Milestone.objects.create(
        happened_on=day,
        kind="decision",
        title=facts.pop("title", Words(fr="Le décret est signé", en="The decree is signed")),
        **facts,
    )
    milestone.campaigns.add(campaign)
    if standing:
        demand, target = campaign.demands.first(), campaign.targets.first()
        Movement.objects.create(
            milestone=milestone, demand=demand, target=target, standing=standing
        )
    if proof:
        prove(milestone)
    return milestone


def confirm(form, count, day=datetime.date(2026, 2, 2)):
    """`count` confirmed acts on that day."""
    at = datetime.datetime.combine(day, NOON)
    who = [f"p{n}-{form.pk}-{day}@post.example" for n in range(count)]
    people = Supporter.objects.bulk_create(
        Supporter(mark=marks.address(email), email=email, language="en") for email in who
    )
    acts = Action.objects.bulk_create(
        Action(form=form, language="en", email=email, submitted_at=at) for email in who
    )
    Confirmation.objects.bulk_create(
        Confirmation(action=act, form=form, supporter=person, confirmed_at=at)
        for act, person in zip(acts, people, strict=True)
    )
    counting.advance(since=day)


def make_edition(**facts):
    """A draft over the first half of 2026 with words in both languages."""
    return Edition.objects.create(
        slug=facts.pop("slug", "2026-1"),
        title=facts.pop("title", Words(fr="Ce que vous avez changé", en="What you changed")),
        starts_on=facts.pop("starts_on", STARTS_ON),
        ends_on=facts.pop("ends_on", ENDS_ON),
        introduction=Words(fr="Six mois ensemble.", en="Six months together."),
        our_part=Words(fr="Notre part, honnêtement.", en="Our part, honestly."),
        thanks=Words(fr="Merci !", en="Thank you!"),
        appeal=Words(fr="Donnez si vous pouvez.", en="Give if you can."),
        **facts,
    )


def fill(edition, by):
    """Drafts the edition and gives every item its words in both languages, written by `by`."""
    editions.draft(edition, by)
    for item in edition.items.all():
        item.text = Words(fr="Le texte français.", en="The English text.")
        item.save()


def approve_all(edition, by):
    for item in Item.objects.filter(edition=edition):
        editions.approve(item, by)


@pytest.fixture
def world(db):
    """A site, its organisation, Ed who writes and Anne who approves."""
    organisation = Organisation(site=Site.objects.get())
    organisation.name = Words(fr="Coalition des rivières", en="River Coalition")
    organisation.postal_address = "1 Quay Street\nRivertown"
    organisation.contact_email = "hello@river.example"
    organisation.giving_url = Words(
        fr="https://river.example/donner", en="https://river.example/give"
    )
    organisation.save()
    return make_organiser("ed"), make_organiser("anne")


@pytest.fixture
def half_year(world):
    """An approved edition with a victory, figures of our own and an official one, two readers."""
    ed, anne = world
    campaign = make_campaign(opened_on=datetime.date(2026, 1, 10))
    confirm(make_form(campaign), 1_034)
    make_milestone(
        campaign,
        claim="contributed",
        claim_words=Words(fr="Avec d’autres.", en="With others."),
    )
    petition = OfficialPetition.objects.create(
        legislature=Organization.objects.create(name=Words(fr="Assemblée", en="Assembly")),
        identifier="e-12",
        title=Words(fr="Pour le pré", en="For the meadow"),
    )
    PetitionSnapshot.objects.create(
        petition=petition,
        taken_at=datetime.datetime(2026, 5, 1, 12, tzinfo=datetime.UTC),
        signatures=82_317,
        source="https://assembly.example/e-12",
    )
    campaign.official_petitions.add(petition)
    make_reader("suzie")
    make_reader("laura", language="fr")
    edition = make_edition()
    fill(edition, ed)
    approve_all(edition, anne)
    return edition


def prove(milestone):
    """Evidence for a milestone that had none."""
    Evidence.objects.create(
        milestone=milestone,
        title="Gazette",
        url="https://gazette.example/1",
        publisher="Ministry of Waters",
        published_on=milestone.happened_on,
        language="en",
    )


@pytest.fixture
def facts():
    """What makes facts, for tests that make their own."""
    return SimpleNamespace(
        make_milestone=make_milestone,
        make_edition=make_edition,
        confirm=confirm,
        fill=fill,
        approve_all=approve_all,
        prove=prove,
    )
