"""The exact letter that an act sends to each target: shown before it leaves, and sent as shown.

Any kind may use them whose acts keep in their content `subject`, `body` and `targets` (ids of
targets) and, where a target is a body written to through its members, `posts` (ids of offices).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import QuerySet, prefetch_related_objects
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from plaidoyer.actions.kinds.letter import waiting
from plaidoyer.actions.kinds.letter.greetings import greeting
from plaidoyer.actions.models import Action
from plaidoyer.campaigns.models import Target
from plaidoyer.civics import contacts
from plaidoyer.civics.models import Organization, Person, Post

HOLDERS = ("memberships__person__contact_details", "memberships__on_behalf_of")
REACHED_BY = ("contact_details", "organization__contact_details", *HOLDERS)


# An addressee: the target's id, and the office's where it is written to through a member.
Key = tuple[int, int | None]


class Addressee(NamedTuple):
    """Who gets one letter: a target or, where a target is a body, one of its members' offices."""

    target: Target
    post: Post | None = None
    # The member is still to be found: nobody knows yet who represents the writer.
    is_unknown: bool = False

    @property
    def key(self) -> Key:
        return self.target.pk, self.post.pk if self.post else None


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets a letter: the office with whoever holds it on the day, a person, a body."""

    person: Person | None
    office: Post | Organization | None
    # The official address; "" while none is known, and the letter is held.
    address: str
    # Why it is held although its office may have an address: "vacant", "unknown".
    waits: str = ""

    def named(self, language: str) -> str:
        """ "Ada Vale, Minister of Waters": as it stands in lists and on the letter."""
        with override(language):
            if self.waits == "unknown":
                return _("Your representative: %(legislature)s") % {"legislature": self.office}
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
    language: str
    waits: str = ""
    # A rule of the organiser thanks an ally instead of asking.
    thanks: bool = False
    # How much of it the writer wrote, in percent.
    own_words: int = 0


def recipient(target: Target, post: Post | None = None, *, is_unknown: bool = False) -> Recipient:
    """Who gets what is written to `target` today, or to its member who holds `post`.

    A few queries: many letters share one answer. A seat that nobody holds has no address: what
    somebody writes to the one who represents them waits until there is one.
    """
    if is_unknown:
        return Recipient(None, target.organization, "", "unknown")
    office = post or target.post
    person = office.holder() if office else target.person
    if office and office.area_id and person is None:
        return Recipient(None, office, "", "vacant")
    found = contacts.mailbox(office or target.decision_maker)
    return Recipient(person, office or target.organization, found.value if found else "")


def recipients(of: Iterable[Addressee]) -> dict[Key, Recipient]:
    """Who gets what is written to each addressee, by its key; few queries, however many."""
    addressees = {addressee.key: addressee for addressee in of}
    offices = [office for to in addressees.values() if (office := to.post or to.target.post)]
    prefetch_related_objects(offices, *REACHED_BY)
    return {
        key: recipient(to.target, to.post, is_unknown=to.is_unknown)
        for key, to in addressees.items()
    }


def compose(
    action: Action,
    target: Target,
    language: str,
    to: Recipient | None = None,
    post: Post | None = None,
) -> Composed:
    """The letter of `action`, kept or not yet, to `target`, or to its member who holds `post`.

    `language`: in which the act was written; a letter of which the organiser has a version in its
    reader's language is in that. `to` spares finding who it is again.
    """
    to = to or recipient(target, post)
    content = action.content
    text = other_text(content, (target.pk, post.pk if post else None))
    written_in = text.get("language", language)
    parts = [
        greeting(to.person, written_in),
        text.get("body", content.get("body", "")),
        "\n".join(line for line in (action.full_name, action.postal_code) if line),
    ]
    if written_in != language:
        parts.append(version_note(action.full_name, written_in, language))
    return Composed(
        sender_name=action.full_name,
        reply_to=action.email,
        recipient=to.named(written_in),
        address=to.address,
        subject=text.get("subject", content.get("subject", "")),
        body="\n\n".join(parts),
        language=written_in,
        waits=to.waits,
        thanks=text.get("thanks", False),
        own_words=0 if text else content.get("own_words", 0),
    )


def other_text(content: dict[str, Any], key: Key) -> dict[str, Any]:
    """What an addressee gets instead of the text that the act was written with; {} for that."""
    for *whom, number in content.get("letters", []):
        if tuple(whom) == key:
            return content["texts"][number]
    return {}


def version_note(writer: str, written_in: str, language: str) -> str:
    """Says, in the language of a letter, that its writer used the page in another."""
    with override(written_in):
        return _(
            "This is the %(version)s version of this letter: %(writer)s wrote it from the page "
            "in %(language)s."
        ) % {
            "version": within_a_sentence(written_in),
            "writer": writer,
            "language": within_a_sentence(language),
        }


def within_a_sentence(code: str) -> str:
    """The name of a language in the active one. Only English has a capital within a sentence."""
    name = str(dict(settings.LANGUAGES).get(code, code))
    return name if (get_language() or "").startswith("en") else name.lower()


def left_out(content: dict[str, Any]) -> dict[Key, str]:
    """Those to whom a rule lets nobody write, and why."""
    return {(target, post): why for target, post, why in content.get("left_out", [])}


def known_targets() -> QuerySet[Target]:
    """Targets with whom they stand for, in their order."""
    return Target.objects.select_related("post__organization", "person", "organization").order_by(
        "id"
    )


def targets(action: Action) -> list[Target]:
    """Those whom the supporter chose, as far as the campaign still addresses them."""
    chosen = action.content.get("targets", [])
    return list(known_targets().filter(campaign=action.form.campaign_id, id__in=chosen))


def addressees(actions: Sequence[Action]) -> list[list[Addressee]]:
    """To whom each of `actions` writes, in their order; few queries, however many acts.

    What a campaign addresses no longer is left out.
    """
    campaigns = {action.form.campaign_id for action in actions}
    chosen = {target for action in actions for target in action.content.get("targets", [])}
    seats = {post for action in actions for post in action.content.get("posts", [])}
    found = list(known_targets().filter(campaign__in=campaigns, id__in=chosen))
    posts = Post.objects.select_related("organization", "area").in_bulk(seats)
    said = waiting.said(actions)
    return [
        [
            addressee
            for target in found
            if target.campaign_id == action.form.campaign_id
            and target.pk in action.content.get("targets", [])
            for addressee in through(target, action, posts, said.get(action.pk))
            if addressee.key not in left_out(action.content)
        ]
        for action in actions
    ]


def addressees_by_key(keys: Iterable[Key]) -> list[Addressee]:
    """The addressees that stand behind keys, as letters have them."""
    keys = list(keys)
    found = known_targets().in_bulk([target for target, _post in keys])
    posts = Post.objects.select_related("organization", "area").in_bulk(
        [post for _target, post in keys if post]
    )
    return [
        Addressee(found[target], posts.get(post) if post else None)
        for target, post in keys
        if target in found
    ]


def through(
    target: Target, action: Action, posts: dict[int, Post], said: Post | None = None
) -> list[Addressee]:
    """The members of `target` to whom `action` goes; the target itself where it names none.

    `said`: who it is, where the writer of a letter that waits has said it since.
    """
    if not target.organization_id or "posts" not in action.content:
        return [Addressee(target)]
    chosen = [posts[key] for key in action.content["posts"] if key in posts]
    members = [post for post in chosen if post.organization_id == target.organization_id]
    if not action.content["posts"]:
        if said and said.organization_id == target.organization_id:
            return [Addressee(target, said)]
        return [Addressee(target, is_unknown=True)]
    return [Addressee(target, post) for post in members]


def compose_all(action: Action) -> list[Composed]:
    """The letters of `action` to each of its addressees, in their order."""
    [these] = addressees([action])
    found = recipients(these)
    return [compose(action, to.target, action.language, found[to.key], to.post) for to in these]


def not_written_to(action: Action) -> list[tuple[str, str]]:
    """To whom a rule lets nobody write, and why, in the language of the act."""
    reasons = left_out(action.content)
    found = recipients(these := addressees_by_key(reasons))
    return [(found[to.key].named(action.language), reasons[to.key]) for to in these]
