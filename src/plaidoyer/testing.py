"""The cast of the tests: a small world, "Save the river meadow", and who acts in it.

Suzie signs, Laura supports by letter, Charlie starts campaigns, Ed edits, Anne approves,
Minister Vale is a target, Mallory attacks. Each `make_` builds one thing with what it needs.
"""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from wagtail.models import Locale, Page, Site

from plaidoyer.actions.models import ActionForm, ActionPage
from plaidoyer.campaigns.models import Campaign, Demand, Target
from plaidoyer.civics.models import ContactDetail, Membership, Organization, Person, Post
from plaidoyer.lib.words import Words
from plaidoyer.website.models import CampaignIndexPage, CampaignPage, HomePage


def make_minister(*, email: str | None = "vale@ministry.example") -> Post:
    """The Minister of Waters, an office that Vale holds, with an official address or none."""
    ministry = Organization.objects.create(
        name=Words(fr="Ministère des Eaux", en="Ministry of Waters"), classification="ministry"
    )
    post = Post.objects.create(
        organization=ministry, label=Words(fr="Ministre des Eaux", en="Minister of Waters")
    )
    vale = Person.objects.create(given_name="Ada", family_name="Vale", preferred_language="en")
    Membership.objects.create(person=vale, post=post)
    if email:
        ContactDetail.objects.create(post=post, value=email, source="https://ministry.example/")
    return post


def make_campaign(*, slug: str = "meadow", post: Post | None = None, **facts: Any) -> Campaign:
    """Save the river meadow: one demand to one target."""
    campaign = Campaign.objects.create(
        slug=slug,
        name=Words(fr="Sauver le pré de la rivière", en="Save the river meadow"),
        **facts,
    )
    Target.objects.create(campaign=campaign, post=post or make_minister())
    Demand.objects.create(
        campaign=campaign, words=Words(fr="Protéger le pré", en="Protect the meadow")
    )
    return campaign


def make_form(
    campaign: Campaign | None = None, *, kind: str = "petition", **facts: Any
) -> ActionForm:
    """An open form of the campaign."""
    return ActionForm.objects.create(
        campaign=campaign or make_campaign(),
        kind=kind,
        name=facts.pop("name", Words(fr="Pour le pré", en="For the meadow")),
        opens_at=facts.pop("opens_at", timezone.now() - timedelta(days=1)),
        **facts,
    )


def make_site() -> dict[str, HomePage]:
    """Home pages in French and English, as the default site; gives them by language."""
    root = Page.objects.get(depth=1)
    Page.objects.filter(depth=2, slug="home").delete()
    root = Page.objects.get(pk=root.pk)
    english, _ = Locale.objects.get_or_create(language_code="en")
    french, _ = Locale.objects.get_or_create(language_code="fr")
    home = root.add_child(instance=HomePage(title="Rivers", slug="home", locale=english))
    Site.objects.all().delete()
    Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
    accueil = home.copy_for_translation(french)
    accueil.title = "Rivières"
    accueil.save_revision().publish()
    return {"en": home, "fr": accueil}


def make_pages(form: ActionForm) -> dict[str, ActionPage]:
    """The pages of a form and of its campaign in both languages; the form's, by language."""
    pages = {}
    for language, home in (make_site()).items():
        locale = home.locale
        index = home.add_child(
            instance=CampaignIndexPage(title="Campagnes", slug="campagnes", locale=locale)
        )
        campaign = index.add_child(
            instance=CampaignPage(
                title=form.campaign.name[language],
                slug=form.campaign.slug,
                campaign=form.campaign,
                locale=locale,
            )
        )
        pages[language] = campaign.add_child(
            instance=ActionPage(
                title=form.name[language], slug="agir", form=form, lead="…", locale=locale
            )
        )
    return pages


def make_organiser(name: str = "ed") -> User:
    """Somebody who works in the back office: Ed, or Anne who approves what Ed wrote."""
    return User.objects.create_superuser(name, f"{name}@river.example", "secret")
