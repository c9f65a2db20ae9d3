"""The facts: who decides in Arvane, what the coalition asks of them, and what came of it."""

import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.utils import timezone
from wagtail.models import Site
from wagtail.users.models import UserProfile

from plaidoyer.actions.models import ActionForm
from plaidoyer.campaigns.models import Campaign, Demand, Target
from plaidoyer.civics.models import ContactDetail, Membership, Organization, Person, Post
from plaidoyer.delivery.models import Courtesy
from plaidoyer.organisation.models import Organisation
from plaidoyer.outcomes.models import Evidence, Milestone, Movement
from plaidoyer.parliament.models import (
    LegislativeSession,
    OfficialPetition,
    PetitionSnapshot,
    PublishedRank,
)
from plaidoyer.staff import codes, roles

Book = dict[str, Any]
Offices = dict[str, Post | Organization]

PASSWORD = "riviere"
# Of everybody's authenticator app; the demo's second step shows the code that it would.
SECRET = "RIVIERESDEMOANNEEDADMINRIVIERES2"


def hire(people: list[Book]) -> dict[str, User]:
    """The staff with their roles, each in their language; and an administrator."""
    # Hashed once: hashing is slow on purpose.
    password = make_password(PASSWORD)
    staff = {}
    for person in people:
        user = User.objects.create(
            username=person["username"],
            email=f"{person['username']}@rivieres.example",
            password=password,
            first_name=person["given_name"],
            last_name=person["family_name"],
        )
        user.groups.add(*(roles.group(role) for role in person["roles"]))
        UserProfile.objects.create(user=user, preferred_language=person["language"])
        staff[user.username] = user
    admin = User.objects.create(
        username="admin",
        email="admin@rivieres.example",
        password=password,
        is_staff=True,
        is_superuser=True,
    )
    for user in (*staff.values(), admin):
        codes.set_up(user, SECRET)
    return staff


def found(organisation: Book, site: Site) -> Organisation:
    """What mails, pages and reports say of the coalition itself."""
    # Whoever looks at the demo at night or on a Sunday shall see letters leave.
    Courtesy.objects.create(site=site, per_hour=1000, opens=0, closes=24, weekends=True)
    return Organisation.objects.create(site=site, **organisation)


def elect(offices: dict[str, Book]) -> Offices:
    """Everybody who can be asked, by key: an office with its holder, or an organization."""
    return {key: _office(office) for key, office in offices.items()}


def _office(office: Book) -> Post | Organization:
    body = Organization.objects.create(
        name=office["organization"], classification=office["classification"], url=office["url"]
    )
    detail = ContactDetail(value=office["email"], source=f"{office['url']}/contact")
    if phone := office.get("phone"):
        # A ministry's number is its own, whoever is minister.
        ContactDetail.objects.create(
            organization=body,
            type=ContactDetail.Type.VOICE,
            value=phone,
            source=f"{office['url']}/contact",
        )
    if "office" not in office:
        detail.organization = body
        detail.save()
        return body
    detail.post = post = Post.objects.create(organization=body, label=office["office"])
    detail.save()
    holder = office["holder"]
    person = Person.objects.create(
        given_name=holder["given_name"],
        family_name=holder["family_name"],
        honorific_prefix=holder["prefix"],
        preferred_language=holder["language"],
    )
    Membership.objects.create(person=person, post=post, start_on=holder["since"])
    return post


class Cause:
    """A campaign with its targets by key, its demands in order, its forms in order."""

    def __init__(self, book: Book, offices: Offices, *, scale: float) -> None:
        self.book = book
        self.campaign = Campaign.objects.create(
            slug=book["slug"],
            name=book["name"],
            summary=book["summary"],
            opened_on=book["opened_on"],
            closed_on=book.get("closed_on"),
        )
        self.targets = {key: self._target(offices[key]) for key in book["targets"]}
        self.demands = [
            self._demand(demand, position) for position, demand in enumerate(book["demands"])
        ]
        if "petition" in book:
            petition = present(book["petition"], offices)
            self.campaign.official_petitions.add(petition)
            for form in book.get("forms", []):
                if form["kind"] == "official_petition":
                    form["options"] = {"petition": petition.pk}
        self.forms: list[ActionForm] = []
        for form in book.get("forms", []):
            self.forms.append(self._form(form, scale))

    def _target(self, office: Post | Organization) -> Target:
        if isinstance(office, Post):
            return Target.objects.create(campaign=self.campaign, post=office)
        return Target.objects.create(campaign=self.campaign, organization=office)

    def _demand(self, demand: Book, position: int) -> Demand:
        made = Demand.objects.create(
            campaign=self.campaign, words=demand["words"], position=position
        )
        made.targets.set([self.targets[key] for key in demand.get("asked_of", [])])
        made.save()
        return made

    def _form(self, form: Book, scale: float) -> ActionForm:
        goal, options = form.get("goal"), form.get("options", {})
        if number := options.pop("passes_on", None):
            options["form"] = self.forms[number - 1].public_id
        return ActionForm.objects.create(
            campaign=self.campaign,
            kind=form["kind"],
            name=form["name"],
            opens_at=morning(form["opens_on"]),
            closes_at=evening(form["closes_on"]) if "closes_on" in form else None,
            goal=goal and max(50, round(goal * scale / 50) * 50),
            options=options,
        )


def morning(day: datetime.date) -> datetime.datetime:
    """Seven in the morning."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(7)))


def evening(day: datetime.date) -> datetime.datetime:
    """The last minute of the day."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(23, 59)))


def present(petition: Book, offices: Offices) -> OfficialPetition:
    """The official petition, with every count that was read on its page."""
    snapshots, ranks = petition.pop("snapshots"), petition.pop("ranks", [])
    legislature = offices[petition.pop("legislature")]
    sessions = LegislativeSession.objects.filter(legislature=legislature)
    session = sessions.filter(identifier=petition.pop("session", "")).first()
    made = OfficialPetition.objects.create(legislature=legislature, session=session, **petition)
    PublishedRank.objects.bulk_create(PublishedRank(petition=made, **rank) for rank in ranks)
    for snapshot in snapshots:
        PetitionSnapshot.objects.create(petition=made, source=petition["url"]["en"], **snapshot)
    return made


def record(book: Book, causes: dict[str, Cause], publishers: dict[str, Book], by: User) -> None:
    """The milestones of a campaign's book, each with its evidence and what it moved."""
    for fact in book["milestones"]:
        milestone = Milestone.objects.create(
            happened_on=fact["happened_on"],
            kind=fact["kind"],
            title=fact["title"],
            story=fact.get("story", {}),
            claim=fact.get("claim", Milestone.Claim.UNKNOWN),
            claim_words=fact.get("claim_words", {}),
            recorded_by=by,
            recorded_at=evening(fact["happened_on"]),
        )
        touched = [book["slug"], *fact.get("also", [])]
        milestone.campaigns.set([causes[slug].campaign for slug in touched])
        for proof in fact["evidence"]:
            _prove(milestone, proof, publishers[proof["publisher"]])
        for move in fact.get("moves", []):
            cause = causes[move.get("campaign", book["slug"])]
            movement = Movement(
                milestone=milestone,
                demand=cause.demands[move["demand"] - 1],
                target=cause.targets[move["target"]],
                standing=move["standing"],
            )
            movement.full_clean()
            movement.save()


def _prove(milestone: Milestone, proof: Book, publisher: Book) -> None:
    evidence = Evidence(
        milestone=milestone,
        title=proof["title"],
        url=f"{publisher['url']}/{proof['path']}",
        publisher=publisher["name"],
        published_on=proof["published_on"],
        language=publisher["language"],
        retrieved_at=evening(proof["published_on"]),
    )
    evidence.full_clean()
    evidence.save()
