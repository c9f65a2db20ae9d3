"""Organizations and offices of a source, laid beside those that are held."""

from collections import Counter
from collections.abc import Iterable

from django.utils.translation import gettext as _

from plaidoyer.civics.imports import Draft, merged, planner
from plaidoyer.civics.models import Area, Organization, Post
from plaidoyer.civics.placings import known_areas
from plaidoyer.civics.records import OrganizationRecord, PostRecord
from plaidoyer.lib.addresses import folded
from plaidoyer.lib.words import Words


@planner(OrganizationRecord)
def plan_organizations(draft: Draft, records: list[OrganizationRecord]) -> None:
    """Organizations by identifier; one that was typed in by hand is adopted by its name."""
    bodies = known_organizations(
        draft, {one.identifier for one in records} | {one.parent for one in records}
    )
    typed = list(Organization.objects.filter(identifier=None)) if records else []
    for said in records:
        if said.identifier in bodies:
            continue
        if body := _adoptable(draft, said, typed):
            typed.remove(body)
            draft.change(body, f"{body} = {said.identifier}", identifier=said.identifier)
        else:
            body = Organization(identifier=said.identifier, name=Words(said.name))
            draft.add(body, f"{body} ({body.identifier})")
        bodies[said.identifier] = body
    for said in records:
        body = bodies[said.identifier]
        draft.correct(
            body,
            said.line,
            name=merged(body.name, said.name),
            classification=said.classification,
            parent=bodies.get(said.parent),
            url=said.url,
            time_zone=said.time_zone,
        )


def known_organizations(draft: Draft, identifiers: Iterable[str]) -> dict[str, Organization]:
    """Organizations of these identifiers that are held or drafted; one query for the unseen."""
    bodies = draft.rows.setdefault("organization", {})
    if unseen := set(identifiers) - bodies.keys() - {""}:
        rows = Organization.objects.filter(identifier__in=unseen)
        bodies.update({row.identifier: row for row in rows})
    return bodies


def _adoptable(
    draft: Draft, said: OrganizationRecord, typed: list[Organization]
) -> Organization | None:
    """The one organization typed in by hand that bears the name; of several, none."""
    names = {folded(name) for name in said.name.values()}
    same = [
        body
        for body in typed
        if names & {folded(name) for name in body.name.values()}
        and (not body.classification or body.classification == said.classification)
    ]
    if len(same) > 1:
        reason = _("several organizations here are called “%(name)s”: a new one is added")
        draft.conflict(said.line, reason % {"name": same[0]})
    return same[0] if len(same) == 1 else None


@planner(PostRecord)
def plan_posts(draft: Draft, records: list[PostRecord]) -> None:
    """Offices: a seat by its organization and area, others by organization and title.

    Where an area has several seats (two senators), their titles tell them apart.
    """
    bodies = known_organizations(draft, {one.organization for one in records})
    areas = known_areas(draft, {one.area for one in records})
    posts = draft.rows.setdefault("post", {})
    held = _held_posts(bodies.values())
    seats = Counter((one.organization, one.area) for one in records if one.key not in posts)
    for said in records:
        body, area = bodies.get(said.organization), areas.get(said.area)
        if body is None or (said.area and area is None):
            what = said.organization if body is None else said.area
            draft.warn(
                said.line, _("“%(what)s” is not known: the office is left out") % {"what": what}
            )
            continue
        several = seats[said.organization, said.area] > 1
        post = _match(said, held.get(_key(body, area), []), several=several or not area)
        if post is None:
            post = draft.add(
                Post(
                    organization=body,
                    area=area,
                    label=Words(said.label),
                    portfolios=list(said.portfolios),
                ),
                f"{Words(said.label)} ({body})",
            )
            held.setdefault(_key(body, area), []).append(post)
        else:
            draft.correct(post, said.line, label=merged(post.label, said.label))
            if said.portfolios and not post.portfolios:
                draft.change(post, portfolios=list(said.portfolios))
        posts[said.key] = post


Key = tuple[int, int]


def _key(body: Organization, area: Area | None) -> Key:
    """Rows by their number, new ones by where they are in memory."""
    return (body.pk or id(body), (area.pk or id(area)) if area else 0)


def _held_posts(bodies: Iterable[Organization]) -> dict[Key, list[Post]]:
    """The offices of organizations, by organization and area; one query."""
    held: dict[Key, list[Post]] = {}
    known = [body for body in bodies if body.pk]
    for post in Post.objects.filter(organization__in=known).select_related("organization", "area"):
        held.setdefault((post.organization_id, post.area_id or 0), []).append(post)
    return held


def _match(said: PostRecord, held: list[Post], *, several: bool) -> Post | None:
    """The held office that a record means; `several`: only one of the same title."""
    titles = {folded(title) for title in said.label.values()}
    same = [post for post in held if titles & {folded(title) for title in post.label.values()}]
    if same:
        return same[0]
    return held[0] if len(held) == 1 and not several else None
