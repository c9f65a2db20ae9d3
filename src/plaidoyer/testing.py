"""The cast of the tests: a small world, "Save the river meadow", and who acts in it.

Suzie signs, Laura supports by letter, Charlie starts campaigns, Ed edits, Anne approves,
Minister Vale is a target, Mallory attacks. Each `make_` builds one thing with what it needs.
"""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from plaidoyer.actions import confirmations, intake, reviews
from plaidoyer.actions.models import Action, ActionForm, ActionPage, Review
from plaidoyer.campaigns.models import Campaign, Demand, Target
from plaidoyer.civics.models import ContactDetail, Membership, Organization, Person, Post
from plaidoyer.delivery.models import Mailbox, MailServer
from plaidoyer.lib.words import Words
from plaidoyer.mail import kinds
from plaidoyer.mail.models import Envelope
from plaidoyer.staff import factors, roles
from plaidoyer.supporters import consents
from plaidoyer.supporters.models import Supporter
from plaidoyer.vault import marks
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
        make_mailbox(email)
    return post


def make_mailbox(address: str, **facts: Any) -> Mailbox:
    """A mailbox whose reader is there at any hour, so that no test depends on when it runs."""
    server, _new = MailServer.objects.get_or_create(domain=address.rpartition("@")[2])
    always = {"opens": 0, "closes": 24, "weekends": True, "to_address": address, "server": server}
    mailbox, _new = Mailbox.objects.get_or_create(address=address, defaults=always | facts)
    return mailbox


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


LETTER_TEXT = {
    "fr": "Madame la Ministre,\n\nProtégez le pré.",
    "en": "Minister,\n\nProtect the meadow.",
}


def make_open_letter(campaign: Campaign | None = None, **options: Any) -> ActionForm:
    """An open letter that people and organisations may sign."""
    chosen = {"text": LETTER_TEXT, "persons": True, "organisations": True, "revision": 1}
    return make_form(campaign, kind="open_letter", options=chosen | options)


def co_sign(
    form: ActionForm, *, email: str = "suzie@post.example", name: str = "Suzie Roy", **content: Any
) -> Action:
    """A confirmed act on an open letter, taken in as its door takes it."""
    given, _space, family = name.partition(" ")
    act = intake.append(
        form,
        email=email,
        given_name=given,
        family_name=family,
        language="en",
        page="/en/",
        content=content,
    )
    confirmations.confirm(act)
    return act


def co_sign_for(
    form: ActionForm,
    name: str = "Canoe Club",
    site: str = "https://canoe.example",
    email: str = "",
    **facts: Any,
) -> Action:
    """A confirmed act of Laura's for an organisation, from its own domain unless told."""
    said = {"name": {"en": name}, "country": "CA", "website": site, "size": "10-49", **facts}
    email = email or f"laura@{site.partition('://')[2]}"
    return co_sign(form, email=email, name="Laura Ng", organisation=said, function="President")


def accept_words(act: Action, part: str = "organisation", reason: str = "Called them.") -> None:
    """An organiser has read what waits of an act, and lets it show."""
    reader, _new = User.objects.get_or_create(username="reader")
    review = Review.objects.get(action=act, part=part)
    reviews.decide(review, accept=True, by=reader, reason=reason)


def homes() -> dict[str, HomePage]:
    """The home pages that every installation begins with, by language."""
    return {home.locale.language_code: home for home in HomePage.objects.select_related("locale")}


def make_pages(form: ActionForm) -> dict[str, ActionPage]:
    """The pages of a form and of its campaign in both languages; the form's, by language."""
    pages = {}
    keys = [uuid4() for _page in range(3)]
    for language, home in homes().items():
        same = [{"locale": home.locale, "translation_key": key} for key in keys]
        index = home.add_child(
            instance=CampaignIndexPage(title="Campagnes", slug="campagnes", **same[0])
        )
        campaign = index.add_child(
            instance=CampaignPage(
                title=form.campaign.name[language],
                slug=form.campaign.slug,
                campaign=form.campaign,
                **same[1],
            )
        )
        pages[language] = campaign.add_child(
            instance=ActionPage(
                title=form.name[language], slug="agir", form=form, lead="…", **same[2]
            )
        )
    return pages


# In a small organisation the same people do all of this.
HATS = ("Editor", "Campaigner", "Moderator", "Data officer")


def make_organiser(
    name: str = "ed", *more: str, password: str | None = None, hats: tuple[str, ...] = HATS
) -> User:
    """Somebody who works in the back office: Ed, or Anne who approves what Ed wrote.

    `hats` are their roles, `more` what they have besides.
    """
    organiser = User.objects.create_user(name, f"{name}@river.example", password)
    organiser.groups.add(*(roles.group(role) for role in (*hats, *more)))
    return organiser


def make_reader(name: str = "suzie", *, language: str = "en", **facts: Any) -> Supporter:
    """A supporter who agreed to hear from the organisation."""
    reader = Supporter.objects.create(  # type: ignore[misc]
        mark=marks.address(f"{name}@post.example"),
        email=f"{name}@post.example",
        given_name=facts.pop("given_name", name.capitalize()),
        language=language,
        **facts,
    )
    wording = consents.wording("newsletter", language, "Yes, write to me.")
    consents.give(reader, purpose="newsletter", wording=wording, page="/")
    return reader


def supporter(email: str) -> Supporter:
    """The supporter with that address."""
    return Supporter.objects.get(mark=marks.address(email))


def mails(**which: Any) -> list[tuple[str, str]]:
    """Kind and address of the mails that there are, in their order."""
    found = Envelope.objects.filter(**which).order_by("id")
    return [(one.kind, kinds.address(one)) for one in found]


def typed(**fields: Any) -> dict[str, Any]:
    """What a browser sends for a form of the back office.

    Words are given as Words, rows as a list of dicts; a row with an `id` is one that is there.
    """
    sent: dict[str, Any] = {}
    for name, value in fields.items():
        if isinstance(value, Words):
            sent |= {f"{name}_{code}": value.get(code, "") for code, _name in settings.LANGUAGES}
        elif isinstance(value, list) and all(isinstance(row, dict) for row in value):
            there = sum("id" in row for row in value)
            sent |= {f"{name}-TOTAL_FORMS": len(value), f"{name}-INITIAL_FORMS": there}
            sent |= {f"{name}-MIN_NUM_FORMS": 0, f"{name}-MAX_NUM_FORMS": 1000}
            for number, row in enumerate(value):
                order = {f"{name}-{number}-ORDER": number + 1}
                sent |= order | typed(**{f"{name}-{number}-{key}": v for key, v in row.items()})
        else:
            sent[name] = value
    return sent


def by_the_whole_door(force_login: Any) -> Any:
    """`Client.force_login` as somebody who showed a second factor, unless told otherwise."""

    def login(client: Any, user: User, backend: str | None = None, *, second_factor=True) -> None:
        force_login(client, user, backend)
        if second_factor:
            session = client.session
            session.update(factors.marks(user))
            session.save()

    return login
