"""The exact letter that an act sends to a target: shown before it leaves, and sent as shown."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import override

from plaidoyer.actions.kinds.letter.greetings import greeting
from plaidoyer.actions.models import Action
from plaidoyer.campaigns.models import Target
from plaidoyer.civics import contacts
from plaidoyer.civics.models import Organization, Person, Post


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets a letter: the office with whoever holds it on the day, a person, a body."""

    person: Person | None
    office: Post | Organization | None
    # The official address; "" while none is known, and the letter is held.
    address: str

    def named(self, language: str) -> str:
        """ "Ada Vale, Minister of Waters": as it stands in lists and on the letter."""
        with override(language):
            return ", ".join(str(part) for part in (self.person, self.office) if part)


@dataclass(frozen=True, slots=True)
class Composed:
    """One letter, word for word."""

    sender_name: str
    reply_to: str
    recipient: str
    address: str
    subject: str
    body: str


def recipient(target: Target) -> Recipient:
    """Who gets what is written to `target` today. A few queries: many letters share one answer."""
    person = target.post.holder() if target.post else target.person
    found = contacts.mailbox(target.decision_maker)
    return Recipient(person, target.post or target.organization, found.value if found else "")


def compose(action: Action, target: Target, language: str, to: Recipient | None = None) -> Composed:
    """The letter of `action`, kept or not yet, to `target`; `to` spares finding who it is again."""
    to = to or recipient(target)
    signature = [action.full_name, action.postal_code]
    return Composed(
        sender_name=action.full_name,
        reply_to=action.email,
        recipient=to.named(language),
        address=to.address,
        subject=action.content.get("subject", ""),
        body="\n\n".join(
            [
                greeting(to.person, language),
                action.content.get("body", ""),
                "\n".join(line for line in signature if line),
            ]
        ),
    )


def targets(action: Action) -> list[Target]:
    """Those whom the supporter chose, as far as the campaign still addresses them."""
    return list(
        Target.objects.filter(
            campaign=action.form.campaign_id, id__in=action.content.get("targets", [])
        )
        .select_related("post", "person", "organization")
        .order_by("id")
    )


def compose_all(action: Action) -> list[Composed]:
    """The letters of `action` to each of its targets, in the language it was written in."""
    return [compose(action, target, action.language) for target in targets(action)]


def recipients(of: Iterable[Target]) -> dict[int, Recipient]:
    """Who gets what is written to each target, by its id."""
    return {target.pk: recipient(target) for target in of}
