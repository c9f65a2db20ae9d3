"""Everything of ours that a bundle carries, as one tree that follows schema.json."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils import timezone

from plaidoyer.actions import counting
from plaidoyer.actions.models import ActionForm
from plaidoyer.bundles import figures
from plaidoyer.bundles.reading import LOCAL
from plaidoyer.campaigns.models import Campaign, Demand, Target
from plaidoyer.civics.models import Organization, Person
from plaidoyer.organisation.models import Organisation
from plaidoyer.outcomes.models import Evidence, Milestone
from plaidoyer.outcomes.standings import standings
from plaidoyer.reports.models import Edition

Tree = dict[str, Any]
OF_ITEM = ["title", "text", "overrule_reason", "major_reason", "quote", "quote_by"]
OF_EDITION = ["title", "introduction", "our_part", "thanks", "appeal"]


def export(slugs: Iterable[str] = ()) -> Tree:
    """A bundle of the campaigns named by `slugs` (all, if none), with what belongs to them."""
    campaigns = Campaign.objects.order_by("opened_on", "pk")
    if slugs := list(slugs):
        campaigns = campaigns.filter(slug__in=slugs)
    chosen = list(campaigns.prefetch_related("targets", "demands__targets", "forms"))
    # What still waits for a second person, or was corrected, is no fact elsewhere.
    milestones = Milestone.objects.holding().filter(campaigns__in=chosen).distinct()
    milestones = milestones.order_by("happened_on", "pk").prefetch_related(
        "campaigns", "evidence", "movements__demand__campaign"
    )
    editions = Edition.objects.filter(items__campaign__in=chosen).distinct().order_by("starts_on")
    keys = {campaign.pk for campaign in chosen}
    return {
        "format": "plaidoyer-bundle",
        "version": 1,
        "made_at": _moment(timezone.now()),
        **_told("made_by", Organisation.current().name),
        "campaigns": [_campaign(campaign) for campaign in chosen],
        "milestones": [_milestone(one, keys) for one in milestones],
        "editions": [_edition(one, keys) for one in editions],
    }


def _campaign(campaign: Campaign) -> Tree:
    forms = sorted(campaign.forms.all(), key=lambda form: form.pk)
    counted = counting.confirmed(forms)
    return {
        "slug": campaign.slug,
        "name": dict(campaign.name),
        "summary": _texts(campaign.summary),
        "opened_on": campaign.opened_on.isoformat(),
        "closed_on": campaign.closed_on and campaign.closed_on.isoformat(),
        "targets": [_target(target) for target in campaign.targets.all()],
        "demands": _demands(campaign),
        "forms": [_form(form) for form in forms],
        "figures": [
            {
                "name": f"confirmed-{form.public_id}",
                "value": max(0, counted[form.pk].value),
                "counted_at": _moment(counted[form.pk].counted_at),
            }
            for form in forms
        ]
        + figures.told(campaign),
        "offline": figures.lines(campaign),
    }


def key(row: Target | Demand) -> str:
    """What a target or a demand is called within its bundle."""
    return f"{'t' if isinstance(row, Target) else 'd'}{row.pk}"


def _target(target: Target) -> Tree:
    who = target.decision_maker
    if isinstance(who, Person):
        named = {"given_name": who.given_name, "family_name": who.family_name}
        return {"key": key(target), "person": named}
    if isinstance(who, Organization):
        body, office = who, {}
    else:
        body, office = who.organization, {"office": dict(who.label)}
    kind = {"classification": body.classification} if body.classification else {}
    return {"key": key(target), **office, "organization": dict(body.name), **kind}


def _demands(campaign: Campaign) -> list[Tree]:
    stand = standings(campaign)
    return [
        {
            "key": key(demand),
            "words": dict(demand.words),
            "targets": [key(target) for target in demand.targets.all()],
            "standings": {
                f"t{target}": standing.value
                for (of, target), standing in stand.items()
                if of == demand.pk
            },
        }
        for demand in campaign.demands.all()
    ]


def _form(form: ActionForm) -> Tree:
    return {
        "key": f"f{form.pk}",
        "kind": form.kind,
        "name": dict(form.name),
        "opens_at": _moment(form.opens_at),
        "closes_at": form.closes_at and _moment(form.closes_at),
        "goal": form.goal,
        "options": {name: said for name, said in form.options.items() if name not in LOCAL},
    }


def _milestone(milestone: Milestone, campaigns: set[int]) -> Tree:
    """One milestone, with what of it belongs to the chosen campaigns."""
    return {
        "happened_on": milestone.happened_on.isoformat(),
        "kind": milestone.kind,
        "title": dict(milestone.title),
        "story": _texts(milestone.story),
        "claim": milestone.claim,
        "claim_words": _texts(milestone.claim_words),
        "campaigns": [one.slug for one in milestone.campaigns.all() if one.pk in campaigns],
        "movements": [
            {
                "campaign": move.demand.campaign.slug,
                "demand": f"d{move.demand_id}",
                "target": f"t{move.target_id}",
                "standing": move.standing,
            }
            for move in milestone.movements.all()
            if move.demand.campaign_id in campaigns
        ],
        "evidence": [_evidence(proof) for proof in milestone.evidence.all()],
    }


def _evidence(proof: Evidence) -> Tree:
    return {
        "title": proof.title,
        "url": proof.url or settings.BASE_URL + proof.file.url,
        "publisher": proof.publisher,
        "published_on": proof.published_on.isoformat(),
        "language": proof.language,
        "retrieved_at": _moment(proof.retrieved_at),
    }


def _edition(edition: Edition, campaigns: set[int]) -> Tree:
    items = edition.items.select_related("campaign")
    return {
        "slug": edition.slug,
        **{part: _texts(getattr(edition, part)) for part in OF_EDITION},
        "starts_on": edition.starts_on.isoformat(),
        "ends_on": edition.ends_on.isoformat(),
        "published_at": edition.published_at and _moment(edition.published_at),
        "items": [
            {
                "campaign": item.campaign.slug,
                "heading": item.heading,
                "is_major": item.is_major,
                **{part: _texts(getattr(item, part)) for part in OF_ITEM},
            }
            for item in items
            if item.campaign_id in campaigns
        ],
    }


def _told(name: str, words: dict[str, str]) -> Tree:
    return {name: _texts(words)} if _texts(words) else {}


def _texts(words: dict[str, str]) -> dict[str, str]:
    return {language: text for language, text in words.items() if text}


def _moment(at: datetime.datetime) -> str:
    return at.isoformat()
