"""From a target's reply to a standing: proposed, confirmed by an organiser, kept as a milestone.

Evidence is public, and a reply is its receiver's. So its evidence says who replied, when, what it
is, and the hash of the words that we keep; the words themselves only where their receiver lets us
quote them, and then those that the organiser chose.
"""

import datetime
import hashlib
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from plaidoyer.actions.kinds.letter.letters import recipient
from plaidoyer.campaigns.models import Demand
from plaidoyer.delivery.models import Reply
from plaidoyer.delivery.replies.models import Category
from plaidoyer.lib import wording
from plaidoyer.lib.words import Words
from plaidoyer.outcomes.models import Evidence, Milestone, Movement, ReplyBasis, Standing

# What a reply may say of a demand. A position may be any: its reader chooses.
PROPOSED = {
    Category.ACKNOWLEDGED: Standing.ACKNOWLEDGED,
    Category.SUBSTANTIVE: Standing.ACKNOWLEDGED,
}
MOVES = {Category.ACKNOWLEDGED, Category.SUBSTANTIVE, Category.POSITION}


def demands(reply: Reply) -> list[Demand]:
    """What is asked of whoever replied."""
    target = reply.letter.target
    asked = target.campaign.demands.prefetch_related("targets").order_by("position", "id")
    return [one for one in asked if target in one.asked_of()]


def day(reply: Reply) -> datetime.date:
    """The day of the reply; that of its arrival where nobody said it."""
    return reply.replied_on or timezone.localtime(reply.received_at).date()


def who(reply: Reply) -> Words:
    """Who replied, in each language; as it was written where somebody else is in office now."""
    letter = reply.letter
    today, spoken = recipient(letter.target, letter.post), letter.language or letter.action.language
    is_still = today.named(spoken) == letter.recipient
    languages = [language for language, _name in settings.LANGUAGES]
    return Words({one: today.named(one) if is_still else letter.recipient for one in languages})


def proposed_title(reply: Reply) -> Words:
    """What happened, in each language."""
    words, named = Words(), who(reply)
    for language, _name in settings.LANGUAGES:
        with override(language):
            told = {
                Category.ACKNOWLEDGED: _("%(who)s acknowledged a letter"),
                Category.POSITION: _("%(who)s stated a position in reply to a letter"),
            }
            sentence = told.get(Category(reply.category), _("%(who)s replied to a letter"))
            words[language] = sentence % {"who": named[language]}
    return words


@transaction.atomic
def record(
    reply: Reply,
    *,
    demand: Demand,
    standing: str,
    happened_on: datetime.date,
    title: Words,
    by: Any,
    quotation: str = "",
) -> Milestone:
    """Makes the milestone that `reply` brought `demand` to `standing`, with it as evidence.

    Raises ValidationError where the target is not asked that demand.
    """
    milestone = Milestone.objects.create(
        happened_on=happened_on, kind=Milestone.Kind.RESPONSE, title=title, recorded_by=by
    )
    milestone.campaigns.set([demand.campaign_id])
    movement = Movement(
        milestone=milestone, demand=demand, target=reply.letter.target, standing=standing
    )
    movement.full_clean()
    movement.save()
    quoted = quotation if reply.is_quotable else ""
    with override(settings.LANGUAGE_CODE):
        noted = _("Note of a reply to a supporter’s letter")
    Evidence.objects.create(
        milestone=milestone,
        title=noted,
        file=ContentFile(
            note(reply, happened_on, quoted).encode(), f"reply-{uuid4().hex[:12]}.txt"
        ),
        publisher=reply.letter.recipient[:200],
        published_on=happened_on,
        language=settings.LANGUAGE_CODE,
    )
    ReplyBasis.objects.create(milestone=milestone, reply=reply)
    return milestone


def note(reply: Reply, on: datetime.date, quoted: str) -> str:
    """What may be told of a reply to everybody, in each language; its writer is not named."""
    parts, named = [], who(reply)
    for language, _name in settings.LANGUAGES:
        with override(language):
            parts += [
                _("Who replied: %(who)s") % {"who": named[language]},
                _("When: %(day)s") % {"day": wording.date(on, language)},
                _("What it is: %(category)s") % {"category": reply.get_category_display()},
            ]
            if quoted:
                parts += [_("In their words, quoted with leave of who received it:"), quoted]
            parts.append("")
    if reply.text:
        parts.append(f"SHA-256: {hashlib.sha256(reply.text.encode()).hexdigest()}")
    return "\n".join(parts) + "\n"
