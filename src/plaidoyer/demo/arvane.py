"""The facts: who decides in Arvane, what the coalition asks of them, and what came of it."""

import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.utils import timezone
from wagtail.models import Site
from wagtail.users.models import UserProfile

from plaidoyer.actions.models import ActionForm
from plaidoyer.campaigns.models import Campaign
from plaidoyer.civics.models import ContactDetail, Membership, Organization, Person, Post
from plaidoyer.delivery.models import Courtesy
from plaidoyer.figures.models import Figure, OfflineActs
from plaidoyer.organisation.models import Organisation
from plaidoyer.outcomes.models import Milestone
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
    """A campaign that came with the bundle: its targets by key, its demands and forms in order."""

    def __init__(self, book: Book, offices: Offices, *, scale: float) -> None:
        self.book = book
        self.campaign = Campaign.objects.get(slug=book["slug"])
        asked = self.campaign.targets.order_by("pk")
        self.targets = dict(zip(book["targets"], asked, strict=True))
        self.demands = list(self.campaign.demands.order_by("position"))
        told, held = book.get("forms", []), self.campaign.forms.order_by("pk")
        self.forms: list[ActionForm] = list(held)
        petition = present(book["petition"], offices) if "petition" in book else None
        if petition:
            self.campaign.official_petitions.add(petition)
        for sheet, form in zip(told, self.forms, strict=True):
            self._open(form, sheet, petition, scale)

    def _open(
        self, form: ActionForm, sheet: Book, petition: OfficialPetition | None, scale: float
    ) -> None:
        """Lets a form take acts, and says what its options lead to here."""
        options = sheet.get("options", {})
        if form.kind == "official_petition" and petition:
            form.options = {"petition": petition.pk}
        elif "motion" in options:
            form.options["motion"] = options["motion"]
        elif "passes_on" in options:
            form.options["form"] = self.forms[options["passes_on"] - 1].public_id
        form.goal = form.goal and max(50, round(form.goal * scale / 50) * 50)
        form.paused_at = None
        form.save()


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


def record(by: User) -> None:
    """Says that `by` recorded all that came with the bundle, each on its own day."""
    milestones = list(Milestone.objects.all())
    for milestone in milestones:
        milestone.recorded_by, milestone.recorded_at = by, evening(milestone.happened_on)
    Milestone.objects.bulk_update(milestones, ["recorded_by", "recorded_at"])
    lines = list(OfflineActs.objects.all())
    for line in lines:
        line.recorded_by, line.recorded_at = by, evening(line.published_on)
    OfflineActs.objects.bulk_update(lines, ["recorded_by", "recorded_at"])
    Figure.objects.update(made_by=by)
