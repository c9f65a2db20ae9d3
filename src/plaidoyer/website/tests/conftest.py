"""A small site with something of everything, in both languages."""

import datetime
from dataclasses import dataclass

import pytest
from django.utils import timezone
from wagtail.models import Page

from plaidoyer import testing
from plaidoyer.actions import intake
from plaidoyer.actions.messages import thanks_path
from plaidoyer.actions.models import ActionForm, ActionPage, Tally
from plaidoyer.campaigns.models import Campaign
from plaidoyer.civics.models import Organization
from plaidoyer.figures import values
from plaidoyer.figures.models import Figure, OfflineActs
from plaidoyer.lib.words import Words
from plaidoyer.outcomes.models import Evidence, Milestone, Movement, Standing
from plaidoyer.parliament.models import OfficialPetition, PetitionSnapshot
from plaidoyer.reports.models import Document, Edition
from plaidoyer.website.models import TextPage

LANGUAGES = ("fr", "en")


@dataclass
class Shown:
    """The site and the facts behind it."""

    campaign: Campaign
    petition: ActionForm
    letter: ActionForm
    pages: dict[str, dict[str, Page]]

    def addresses(self) -> list[str]:
        """Every public page of Wagtail's."""
        return [page.get_url() for pages in self.pages.values() for page in pages.values()]

    def thanks(self) -> str:
        """The thank-you of somebody who has just signed, with a slip in their address."""
        suzie = {"given_name": "Suzie", "family_name": "Roy", "email": "suzie@gmial.com"}
        return thanks_path(intake.append(self.petition, language="en", page="/", **suzie))


def make_milestone(campaign: Campaign, *, day: datetime.date, standing: str) -> Milestone:
    """Something that happened to the campaign's demand and can be checked."""
    milestone = Milestone.objects.create(
        happened_on=day,
        kind=Milestone.Kind.DECISION,
        title=Words(fr="La ministre a dit oui", en="The minister said yes"),
        story=Words(fr="Devant tout le monde.", en="In front of everybody."),
        claim=Milestone.Claim.ALONGSIDE,
        claim_words=Words(fr="Avec les pêcheurs.", en="With the anglers."),
    )
    milestone.campaigns.add(campaign)
    Movement.objects.create(
        milestone=milestone,
        demand=campaign.demands.get(),
        target=campaign.targets.get(),
        standing=standing,
    )
    Evidence.objects.create(
        milestone=milestone,
        title="Un communiqué",
        url="https://ministry.example/1",
        publisher="Ministère",
        published_on=day,
        language="fr",
    )
    return milestone


def make_official_petition(campaign: Campaign) -> OfficialPetition:
    """One on the parliament's own site, seen twice."""
    petition = OfficialPetition.objects.create(
        legislature=Organization.objects.create(name=Words(fr="Assemblée", en="Assembly")),
        identifier="P-214",
        title=Words(fr="Se baigner partout", en="Swim everywhere"),
        url=Words(fr="https://assembly.example/fr/214", en="https://assembly.example/en/214"),
        sponsor="Maëlle Ostrander",
        closes_on=datetime.date(2026, 9, 1),
    )
    for days, signatures in ((9, 70_001), (2, 82_317)):
        PetitionSnapshot.objects.create(
            petition=petition,
            taken_at=timezone.now() - datetime.timedelta(days=days),
            signatures=signatures,
            source="https://assembly.example/214",
        )
    campaign.official_petitions.add(petition)
    return petition


def make_figures(campaign: Campaign, form: ActionForm) -> None:
    """A figure of each source, counted."""
    noun = {"campaign": campaign, "noun": Words(fr="signatures", en="signatures")}
    Figure.objects.create(name="own", source="own", rung="confirmed", **noun).forms.add(form)
    petition = campaign.official_petitions.get()
    Figure.objects.create(name="p-214", source="official", petition=petition, **noun)
    Figure.objects.create(name="paper", source="offline", offline_kind="paper", **noun)
    OfflineActs.objects.create(
        campaign=campaign,
        kind="paper",
        number=1_034,
        happened_on=datetime.date(2026, 8, 29),
        words=Words(fr="À la foire", en="At the fair"),
        counted_by=Words(fr="Deux bénévoles", en="Two volunteers"),
        title="Remises",
        url="https://lantern.example/1",
        publisher="The Lantern",
        published_on=datetime.date(2026, 8, 30),
        language="fr",
    )
    values.recount()


def make_edition() -> Edition:
    """A published report, with as much of its documents as the home page shows."""
    edition = Edition.objects.create(
        slug="2026-10",
        title=Words(fr="L’été des rivières", en="The summer of rivers"),
        starts_on=datetime.date(2026, 5, 1),
        ends_on=datetime.date(2026, 10, 31),
        published_at=timezone.now(),
    )
    for language in LANGUAGES:
        group = {"heading": "victory", "anchor": "victory", "count": "1", "items": [{}]}
        content = {"title": edition.title[language], "period": "2026", "groups": [group]}
        Document.objects.create(
            edition=edition, language=language, content=content, sha256="", pdf=b""
        )
    return edition


def make_shown() -> Shown:
    """Home, campaigns, one campaign with two forms, a text page; in both languages."""
    campaign = testing.make_campaign()
    petition = testing.make_form(campaign, goal=20_000)
    options = {
        "subject": {"fr": "Le pré", "en": "The meadow"},
        "body": {"fr": "Protégez-le.", "en": "Protect it."},
        "subject_editable": True,
        "body_editable": True,
    }
    letter = testing.make_form(campaign, kind="letter", options=options)
    for form, confirmed in ((petition, 13_046), (letter, 35_301)):
        Tally.objects.create(form=form, counted_on=timezone.localdate(), confirmed=confirmed)
    make_milestone(campaign, day=datetime.date(2026, 10, 1), standing=Standing.PROMISED)
    make_official_petition(campaign)
    make_edition()
    pages = {}
    for language, page in testing.make_pages(petition).items():
        campaign_page = page.get_parent().specific
        index = campaign_page.get_parent().specific
        home = index.get_parent().specific
        index.show_in_menus = True
        index.save()
        for shown, lead in ((home, "Toutes"), (index, "Où ?"), (campaign_page, "L’eau monte.")):
            shown.lead = lead
            shown.save()
        letter_page = ActionPage(title="…", slug="lettre", form=letter, locale=page.locale)
        about = TextPage(title="Nous", slug="nous", locale=page.locale, body="<p>Ici.</p>")
        pages[language] = {
            "home": home,
            "index": index,
            "campaign": campaign_page,
            "petition": page,
            "letter": campaign_page.add_child(instance=letter_page),
            "text": home.add_child(instance=about),
        }
    for kind, french in pages["fr"].items():
        french.translation_key = pages["en"][kind].translation_key
        french.save()
    return Shown(campaign, petition, letter, pages)


@pytest.fixture
def shown(db) -> Shown:
    return make_shown()
