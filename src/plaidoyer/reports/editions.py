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
from plaidoyer.reports import contents, headings, mails, pdf
from plaidoyer.reports.approvals import digest, fingerprint, holding
from plaidoyer.reports.models import Approval, Document, Edition, Heading, Item
from plaidoyer.reports.problems import LANGUAGES, check_list

__all__ = [
    "RefusedError",
    "add",
    "approve",
    "check_list",
    "draft",
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
    for item in there.values():
        found = headings.derive(item.campaign, edition.starts_on, edition.ends_on)
        if found != item.derived_heading:
            chosen = item.heading != item.derived_heading and item.heading != found
            item.derived_heading = found
            if not chosen:
                item.heading, item.overrule_reason = found, Words()
            item.save(update_fields=["derived_heading", "heading", "overrule_reason"])
    for campaign in told_campaigns(edition):
        if campaign.pk not in there:
            add(edition, campaign, by=by)


@transaction.atomic
def add(edition: Edition, campaign: Campaign, by: User | None = None) -> Item:
    """An item on `campaign`, the last of all, with its name and summary as first words.

    Raises RefusedError once the edition is published.
    """
    edition = open_for_change(edition)
    position = edition.items.aggregate(last=Max("position"))["last"] or 0
    heading = headings.derive(campaign, edition.starts_on, edition.ends_on)
    return Item.objects.create(
        edition=edition,
        campaign=campaign,
        position=position + 1,
        derived_heading=heading,
        heading=heading,
        title=Words(campaign.name),
        text=Words(campaign.summary),
        edited_by_id=by.pk if by else None,
    )


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


@transaction.atomic
def publish(edition: Edition, by: User) -> Edition:
    """Freezes the edition: a document in each language, and the mailing with its audience.

    One moment for all: figures are counted once, for every language. Raises RefusedError with
    what is still to be done, or once the edition is published; then nothing has happened.
    """
    edition = open_for_change(edition)
    counting.advance(since=edition.starts_on)
    facts = contents.gather(edition)
    if problems := check_list(edition, facts=facts):
        raise RefusedError([problem.text for problem in problems])
    trees = {language: contents.tell(facts, language) for language in LANGUAGES}
    Document.objects.bulk_create(
        Document(
            edition=edition,
            language=language,
            content=tree,
            sha256=digest(tree),
            pdf=pdf.render(tree),
            frozen_at=facts.at,
        )
        for language, tree in trees.items()
    )
    edition.mailing = mailings.create(
        name=str(edition.title),
        versions={language: mails.compose(tree) for language, tree in trees.items()},
    )
    mailings.freeze(edition.mailing)
    edition.published_at, edition.published_by_id = facts.at, by.pk
    edition.save(update_fields=["mailing", "published_at", "published_by"])
    return edition
