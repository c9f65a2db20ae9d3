"""What is done with an edition: drafted from the facts, approved by a second person, published."""

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from plaidoyer.actions import counting
from plaidoyer.campaigns.models import Campaign
from plaidoyer.lib.words import Words
from plaidoyer.newsletters import mailings
from plaidoyer.reports import contents, drafts, headings, mails, pdf, sightings
from plaidoyer.reports.approvals import digest, fingerprint, holding
from plaidoyer.reports.gathering import Facts
from plaidoyer.reports.models import Approval, Document, Edition, Heading, Item, Picture
from plaidoyer.reports.problems import Problem, check_list

__all__ = [
    "RefusedError",
    "add",
    "approve",
    "check_list",
    "draft",
    "hindrances",
    "move",
    "open_for_change",
    "publish",
]


class RefusedError(ValidationError):
    """The verb was not done; `messages` say why, for the person who asked."""


def told_campaigns(edition: Edition) -> list[Campaign]:
    """The campaigns with something to say in the period, the oldest first.

    Those opened by its end and not closed before it, those with a milestone in it, and those the
    last published edition told as won or updated (they are recalled once).
    """
    last = (
        Edition.objects.filter(published_at__isnull=False, ends_on__lt=edition.starts_on)
        .order_by("-ends_on")
        .first()
    )
    won = (
        Q(items__edition=last, items__heading__in=[Heading.VICTORY, Heading.UPDATE])
        if last
        else Q(pk__in=[])
    )
    running = Q(opened_on__lte=edition.ends_on) & (
        Q(closed_on=None) | Q(closed_on__gte=edition.starts_on)
    )
    news = Q(milestones__happened_on__range=(edition.starts_on, edition.ends_on))
    campaigns = Campaign.objects.filter(won | running | news).distinct()
    return list(campaigns.order_by("opened_on", "pk"))


@transaction.atomic
def draft(edition: Edition, by: User | None = None) -> None:
    """Adds an item for every campaign to be told, and derives every heading anew.

    Words, order and headings that somebody chose are kept; so is an item that has no reason to be
    there any more. `by` answers for the words of the new items. Raises RefusedError once published.
    """
    edition = open_for_change(edition)
    there = {item.campaign_id: item for item in edition.items.select_related("campaign")}
    told = [campaign for campaign in told_campaigns(edition) if campaign.pk not in there]
    every = [*(item.campaign for item in there.values()), *told]
    derived = headings.derived(every, edition.starts_on, edition.ends_on)
    for item in there.values():
        found = derived[item.campaign_id]
        if found != item.derived_heading:
            chosen = item.heading != item.derived_heading and item.heading != found
            item.derived_heading = found
            if not chosen:
                item.heading, item.overrule_reason = found, Words()
            item.save(update_fields=["derived_heading", "heading", "overrule_reason"])
    last = edition.items.aggregate(last=Max("position"))["last"] or 0
    new = [
        _item(edition, campaign, derived[campaign.pk], position, by)
        for position, campaign in enumerate(told, start=last + 1)
    ]
    keep_words(edition, [item.pk for item in Item.objects.bulk_create(new)], by)


@transaction.atomic
def add(edition: Edition, campaign: Campaign, by: User | None = None) -> Item:
    """An item on `campaign`, the last of all, with its name and summary as first words.

    Raises RefusedError once the edition is published.
    """
    edition = open_for_change(edition)
    position = edition.items.aggregate(last=Max("position"))["last"] or 0
    heading = headings.derive(campaign, edition.starts_on, edition.ends_on)
    item = _item(edition, campaign, heading, position + 1, by)
    item.save()
    keep_words(edition, [item.pk], by)
    return item


def _item(
    edition: Edition, campaign: Campaign, heading: Heading, position: int, by: User | None
) -> Item:
    return Item(
        edition=edition,
        campaign=campaign,
        position=position,
        derived_heading=heading,
        heading=heading,
        title=Words(campaign.name),
        text=Words(campaign.summary),
        edited_by_id=by.pk if by else None,
    )


@transaction.atomic
def keep_words(edition: Edition, written: list[int], by: User | None) -> None:
    """After words were saved: keeps them as a draft, and what the facts say beside those items
    that were `written`."""
    if written:
        sightings.note(contents.gather(edition), written)
    drafts.keep(edition, by)


@transaction.atomic
def still_right(item: Item) -> None:
    """Somebody looked at the facts that changed: the words are right as they stand.

    Raises RefusedError once the edition is published.
    """
    edition = open_for_change(item.edition)
    sightings.note(contents.gather(edition), [item.pk])


def reuse(item: Item, by: User) -> None:
    """Puts the campaign's summary as it is now where the item's text has no words yet."""
    summary = item.campaign.summary
    item.text = Words({**summary, **{code: text for code, text in item.text.items() if text}})
    item.edited_by = by
    item.save(update_fields=["text", "edited_by"])


@transaction.atomic
def order(edition: Edition, keys: list[int]) -> None:
    """Puts the items into that order; those not named keep theirs, after them.

    Raises RefusedError once the edition is published.
    """
    edition = open_for_change(edition)
    place = {key: number for number, key in enumerate(keys)}
    rows = sorted(edition.items.all(), key=lambda item: place.get(item.pk, len(place)))
    for position, item in enumerate(rows, start=1):
        item.position = position
    Item.objects.bulk_update(rows, ["position"])


@transaction.atomic
def move(item: Item, step: int) -> None:
    """Puts `item` one place earlier (-1) or later (1) under its heading; at the end it stays.

    Raises RefusedError once the edition is published.
    """
    edition = open_for_change(item.edition)
    row = list(edition.items.filter(heading=item.heading))
    place = row.index(item)
    if 0 <= place + step < len(row):
        row.insert(place + step, row.pop(place))
    for position, moved in enumerate(row, start=1):
        moved.position = position
    Item.objects.bulk_update(row, ["position"])


def open_for_change(edition: Edition) -> Edition:
    """The edition, locked until the transaction ends. Raises RefusedError once published."""
    edition = Edition.objects.select_for_update().get(pk=edition.pk)
    if edition.published_at:
        raise RefusedError(_("This edition is published: it is not changed any more."))
    return edition


@transaction.atomic
def approve(item: Item, by: User) -> Approval:
    """A second person agrees with an item as it stands. Doing it twice is once.

    Raises RefusedError for the person who last edited it, and once the edition is published.
    """
    open_for_change(item.edition)
    item = Item.objects.select_for_update().get(pk=item.pk)
    if item.edited_by_id == by.pk:
        raise RefusedError(_("You wrote this as it stands: somebody else has to approve it."))
    return holding(item) or Approval.objects.create(
        item=item, approved_by=by, sha256=fingerprint(item)
    )


def approve_all(items: list[Item], by: User) -> None:
    """Approves each that `by` may approve. Raises RefusedError afterwards, naming the others."""
    refused = []
    for item in items:
        try:
            approve(item, by)
        except RefusedError as error:
            refused += [f"{item.title}: {message}" for message in error.messages]
    if refused:
        raise RefusedError(refused)


@transaction.atomic
def publish(edition: Edition, by: User) -> Edition:
    """Freezes the edition: a document in each language, and the mailing with its audience.

    One moment for all: figures are counted once, for every language. Raises RefusedError with
    what is still to be done, or once the edition is published; then nothing has happened.
    """
    edition = open_for_change(edition)
    counting.advance(since=edition.starts_on)
    facts = contents.gather(edition)
    if problems := hindrances(edition, facts=facts):
        raise RefusedError([problem.text for problem in problems])
    _freeze(edition, facts)
    edition.published_at, edition.published_by_id, edition.due_at = facts.at, by.pk, None
    edition.save(update_fields=["mailing", "published_at", "published_by", "due_at"])
    return edition


def hindrances(edition: Edition, facts: Facts | None = None) -> list[Problem]:
    """What of the check list stands in the way of publishing."""
    return [problem for problem in check_list(edition, facts=facts) if problem.blocks]


def _freeze(edition: Edition, facts: Facts) -> None:
    """Writes the documents and their pictures, and addresses the mailing."""
    trees = {language: contents.tell(facts, language) for language in edition.languages}
    Document.objects.bulk_create(
        Document(
            edition=edition,
            language=language,
            content=tree,
            sha256=digest(tree),
            pdf=pdf.render(tree, facts.pictures),
            frozen_at=facts.at,
        )
        for language, tree in trees.items()
    )
    Picture.objects.bulk_create(
        Picture(edition=edition, name=name, data=data) for name, data in facts.pictures.items()
    )
    mailing = mailings.create(
        name=str(edition.title),
        versions={language: mails.compose(tree) for language, tree in trees.items()},
    )
    mailing.segment = edition.audience
    mailing.save(update_fields=["segment"])
    mailing.versions.update(
        personal_over=[e.item.campaign_id for e in facts.entries if not e.is_recalled]
    )
    mailings.freeze(mailing)
    edition.mailing = mailing
