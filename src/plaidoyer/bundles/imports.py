"""Taking a bundle in: seen first, all of it or nothing.

What is there already stays as it is: a campaign or an edition by its short name, a milestone by its
day and its title. Editions come in as drafts, counts not at all: a count is rows.
"""

import datetime
import hashlib
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plaidoyer.actions.kinds import KINDS
from plaidoyer.actions.models import ActionForm
from plaidoyer.bundles import figures
from plaidoyer.bundles.models import BundleImport
from plaidoyer.bundles.reading import LOCAL, BundleError, Tree
from plaidoyer.campaigns.models import Campaign, Demand, Target
from plaidoyer.civics.models import Organization, Person, Post
from plaidoyer.lib.words import Words
from plaidoyer.outcomes.models import Evidence, Milestone, Movement
from plaidoyer.reports import headings
from plaidoyer.reports.models import Edition, Item


@dataclass
class Draft:
    """What a bundle would do: rows that would be added, and what is there already."""

    added: list[models.Model] = field(default_factory=list)
    there: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """How many rows of each kind would be added, in words."""
        found: dict[str, int] = {}
        for row in self.added:
            name = str(row._meta.verbose_name_plural)
            found[name] = found.get(name, 0) + 1
        return found


def preview(tree: Tree) -> Draft:
    """What `tree` would add, found by adding it and taking it all back.

    Raises BundleError with the place where something contradicts what is held.
    """
    with transaction.atomic():
        draft = Taker(tree).take()
        transaction.set_rollback(True)
    return draft


@transaction.atomic
def take(tree: Tree, *, name: str, data: bytes, by: User | None = None) -> BundleImport:
    """Adds what `tree` carries, all of it or nothing. Raises BundleError."""
    draft = Taker(tree).take()
    return BundleImport.objects.create(
        name=name[:200],
        sha256=hashlib.sha256(data).hexdigest(),
        imported_by=by,
        added=[[row._meta.label_lower, row.pk] for row in draft.added],
    )


class Taker:
    """Adds a bundle's rows in the order they need each other."""

    def __init__(self, tree: Tree) -> None:
        self.tree, self.draft = tree, Draft()
        self.campaigns: dict[str, Campaign] = {}
        self.new: set[str] = set()
        self.targets: dict[tuple[str, str], Target] = {}
        self.demands: dict[tuple[str, str], Demand] = {}

    def take(self) -> Draft:
        for n, campaign in enumerate(self.tree["campaigns"]):
            self.campaign(campaign, f"campaigns[{n}]")
        for n, milestone in enumerate(self.tree.get("milestones", [])):
            self.milestone(milestone, f"milestones[{n}]")
        for n, edition in enumerate(self.tree.get("editions", [])):
            self.edition(edition, f"editions[{n}]")
        return self.draft

    def add[Row: models.Model](self, row: Row, place: str) -> Row:
        """Saves a row by the rules of its own model. Raises BundleError where they refuse it."""
        try:
            with transaction.atomic():
                row.full_clean(validate_constraints=True)
                row.save()
        except ValidationError as error:
            raise BundleError(place, " ".join(error.messages)) from None
        self.draft.added.append(row)
        return row

    def campaign(self, told: Tree, place: str) -> None:
        slug = told["slug"]
        if held := Campaign.objects.filter(slug=slug).first():
            self.campaigns[slug] = held
            self.draft.there.append(f"{slug}: {held}")
            self.recognise(held, told, place)
            return
        self.new.add(slug)
        campaign = self.campaigns[slug] = self.add(
            Campaign(
                slug=slug,
                name=Words(told["name"]),
                summary=Words(told.get("summary", {})),
                opened_on=told["opened_on"],
                closed_on=told.get("closed_on"),
            ),
            place,
        )
        for n, one in enumerate(told.get("targets", [])):
            self.target(campaign, one, f"{place}.targets[{n}]")
        for n, one in enumerate(told.get("demands", [])):
            self.demand(campaign, one, n, f"{place}.demands[{n}]")
        forms = {
            one.get("key", f"#{n}"): self.form(campaign, one, f"{place}.forms[{n}]")
            for n, one in enumerate(told.get("forms", []))
        }
        figures.take(self, campaign, told, forms, place)

    def recognise(self, campaign: Campaign, told: Tree, place: str) -> None:
        """Finds the targets and demands of a campaign that is there, by their words."""
        held = {str(sorted(one.words.items())): one for one in campaign.demands.all()}
        for one in told.get("demands", []):
            if demand := held.get(str(sorted(one["words"].items()))):
                self.demands[campaign.slug, one["key"]] = demand
        makers = {str(target.decision_maker): target for target in campaign.targets.all()}
        for n, one in enumerate(told.get("targets", [])):
            who = self.maker(one, f"{place}.targets[{n}]", add=False)
            if who and (target := makers.get(str(who))):
                self.targets[campaign.slug, one["key"]] = target

    def target(self, campaign: Campaign, told: Tree, place: str) -> None:
        who = self.maker(told, place)
        name = {Person: "person", Organization: "organization", Post: "post"}[type(who)]
        row: Any = Target(campaign=campaign, **{name: who})
        self.targets[campaign.slug, told["key"]] = self.add(row, place)

    def maker(self, told: Tree, place: str, *, add: bool = True) -> Any:
        """The decision-maker, by name among those we hold, else new; None where none may be new."""
        if person := told.get("person"):
            found = Person.objects.filter(**person).first()
            return found or (self.add(Person(**person), place) if add else None)
        body = Organization.objects.filter(name=told["organization"]).order_by("pk").first()
        if body is None:
            if not add:
                return None
            kind = told.get("classification", "")
            body = Organization(name=Words(told["organization"]), classification=kind)
            self.add(body, place)
        if "office" not in told:
            return body
        found = Post.objects.filter(organization=body, label=told["office"]).first()
        if found or not add:
            return found
        return self.add(Post(organization=body, label=Words(told["office"])), place)

    def demand(self, campaign: Campaign, told: Tree, position: int, place: str) -> None:
        words = Words(told["words"])
        demand = self.add(Demand(campaign=campaign, words=words, position=position), place)
        demand.targets.set([self.targets[campaign.slug, key] for key in told.get("targets", [])])
        demand.save()
        self.demands[campaign.slug, told["key"]] = demand

    def form(self, campaign: Campaign, told: Tree, place: str) -> ActionForm:
        if told["kind"] not in KINDS:
            raise BundleError(f"{place}.kind", _("No kind of form is called that here."))
        closes = told.get("closes_at")
        return self.add(
            ActionForm(
                campaign=campaign,
                kind=told["kind"],
                name=Words(told["name"]),
                opens_at=datetime.datetime.fromisoformat(told["opens_at"]),
                closes_at=datetime.datetime.fromisoformat(closes) if closes else None,
                # Nobody has looked at it here: it takes nothing until somebody lets it.
                paused_at=timezone.now(),
                goal=told.get("goal"),
                options={k: said for k, said in told.get("options", {}).items() if k not in LOCAL},
            ),
            place,
        )

    def milestone(self, told: Tree, place: str) -> None:
        title = Words(told["title"])
        there = Milestone.objects.filter(happened_on=told["happened_on"], title=title)
        if there.exists():
            self.draft.there.append(f"{told['happened_on']}: {title}")
            return
        milestone = self.add(
            Milestone(
                happened_on=told["happened_on"],
                kind=told["kind"],
                title=title,
                story=Words(told.get("story", {})),
                claim=told.get("claim", Milestone.Claim.UNKNOWN),
                claim_words=Words(told.get("claim_words", {})),
            ),
            place,
        )
        milestone.campaigns.set([self.campaigns[slug] for slug in told["campaigns"]])
        for n, move in enumerate(told.get("movements", [])):
            self.movement(milestone, move, f"{place}.movements[{n}]")
        for n, proof in enumerate(told.get("evidence", [])):
            seen = proof.get("retrieved_at")
            at = {"retrieved_at": datetime.datetime.fromisoformat(seen)} if seen else {}
            row = Evidence(milestone=milestone, **{**proof, **at})
            self.add(row, f"{place}.evidence[{n}]")

    def movement(self, milestone: Milestone, told: Tree, place: str) -> None:
        demand = self.demands.get((told["campaign"], told["demand"]))
        target = self.targets.get((told["campaign"], told["target"]))
        if demand is None or target is None:
            raise BundleError(
                place, _("The campaign is there already and has no such demand or target.")
            )
        standing = told["standing"]
        move = Movement(milestone=milestone, demand=demand, target=target, standing=standing)
        self.add(move, place)

    def edition(self, told: Tree, place: str) -> None:
        if Edition.objects.filter(slug=told["slug"]).exists():
            self.draft.there.append(f"{told['slug']}: {Words(told['title'])}")
            return
        parts = ("title", "introduction", "our_part", "thanks", "appeal")
        edition = self.add(
            Edition(
                slug=told["slug"],
                starts_on=told["starts_on"],
                ends_on=told["ends_on"],
                **{part: Words(told.get(part, {})) for part in parts},
            ),
            place,
        )
        edition.refresh_from_db()
        for n, item in enumerate(told.get("items", [])):
            self.item(edition, item, n, f"{place}.items[{n}]")

    def item(self, edition: Edition, told: Tree, position: int, place: str) -> None:
        """One item; its heading is found anew, and the bundle's kept where it says why."""
        campaign = self.campaigns[told["campaign"]]
        campaign.refresh_from_db()
        derived = headings.derive(campaign, edition.starts_on, edition.ends_on)
        heading, reason = told.get("heading", derived), Words(told.get("overrule_reason", {}))
        if not reason:
            heading = derived
        parts = ("title", "text", "major_reason", "quote", "quote_by")
        row = Item(
            edition=edition,
            campaign=campaign,
            position=position + 1,
            derived_heading=derived,
            heading=heading,
            overrule_reason=reason if heading != derived else Words(),
            is_major=told.get("is_major", False),
            **{part: Words(told.get(part, {})) for part in parts},
        )
        if not row.text:
            row.text = Words(campaign.summary) or Words(row.title)
        self.add(row, place)
