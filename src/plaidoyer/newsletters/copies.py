"""A reader's copy of a mailing as it leaves: their language, their name, their way out.

The words of a mailing are the same for all who read a language and a subject. They are compiled
once (mail.templates), and only a copy's slots are filled: no reader is a row of ours in memory.
"""

import datetime
import re
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from html import escape
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now
from django.urls import reverse

from plaidoyer.actions import personal
from plaidoyer.lib import tokens
from plaidoyer.mail import messages, templates
from plaidoyer.mail.kinds import Message, Reader
from plaidoyer.mail.models import Envelope
from plaidoyer.mail.pieces import Leased
from plaidoyer.mail.templates import Template
from plaidoyer.newsletters import personal_lines, reasons
from plaidoyer.newsletters.mailings import (
    GIVEN_NAME,
    PERSONAL,
    PURPOSE,
    READER,
    SLOTS,
    UNSUBSCRIBE_URL,
    WHY,
)
from plaidoyer.newsletters.models import Copy, Mailing, Pause, TopicEnd, Version
from plaidoyer.newsletters.results import clicks
from plaidoyer.organisation.models import Organisation
from plaidoyer.supporters.models import Supporter
from plaidoyer.vault.seals import Box

LEAVE = "unsubscribe"  # what the token in that address opens
TOKEN = "TOKEN"
# How many compiled messages a process keeps: a mailing has one for each language and subject.
KEPT = 64
CONSENT = "supporter__subscriptions__consent__"


class Held(NamedTuple):
    """A copy that is still wanted; what makes it its reader's own."""

    envelope: int
    mailing: int
    supporter: int
    language: str
    variant: str
    uid: UUID
    box: Box
    # Until when an implied yes holds; None for an express one.
    until: datetime.datetime | None


def compose(envelopes: Sequence[Envelope]) -> dict[int, Message]:
    """The messages of those envelopes that are still wanted, by envelope; to be shown."""
    found = {}
    for message, slots, held in _told(wanted([envelope.pk for envelope in envelopes])):
        values = {ord(slot): value for slot, value in slots.items()}
        safe = {slot: escape(value) for slot, value in values.items()}
        headers = {name: words.translate(values) for name, words in message.headers.items()}
        found[held.envelope] = Message(
            subject=message.subject,
            text=message.text.translate(values),
            html=message.html.translate(safe),
            sender_name=message.sender_name,
            language=message.language,
            reply_to=message.reply_to,
            headers=headers,
        )
    return found


def fill(leased: Sequence[Leased]) -> dict[int, Callable[[], bytes]]:
    """What makes the bytes of those copies that were still wanted when they were leased, by
    envelope.

    A fixed number of queries for each mailing among them, however many readers there are.
    """
    by_envelope = {one.pk: one for one in leased if one.known}
    held = sorted((one.known for one in by_envelope.values()), key=attrgetter("mailing"))
    told = _told(held)
    ready = {id(message): compiled(message) for message in {id(m): m for m, *_ in told}.values()}
    return {
        one.envelope: partial(ready[id(message)].fill, by_envelope[one.envelope], slots)
        for message, slots, one in told
    }


def compiled(message: Message) -> Template:
    """`message` ready to be filled: once in a process, as long as its words stay the same."""
    words = (message.subject, message.text, message.html, message.sender_name, message.language)
    return _compiled(*words, message.reply_to, tuple(message.headers.items()))


@lru_cache(maxsize=KEPT)
def _compiled(
    subject: str,
    text: str,
    html: str,
    sender_name: str,
    language: str,
    reply_to: tuple[str, str] | None,
    headers: tuple[tuple[str, str], ...],
) -> Template:
    message = Message(subject, text, html, sender_name, language, reply_to, dict(headers))
    return templates.compile(message, SLOTS)


def _told(held: Sequence[Held]) -> list[tuple[Message, dict[str, str], Held]]:
    """Each copy, in the order of mailings: the words of its version, and what fills their slots."""
    mailings = Mailing.objects.select_related("topic").in_bulk({one.mailing for one in held})
    organisation, told = Organisation.current(), []
    for key, of_mailing in groupby(held, attrgetter("mailing")):
        mailing, copies = mailings[key], list(of_mailing)
        lines = personal_lines.lines(mailing, [one.supporter for one in copies])
        kinds = {(one.language, one.variant) for one in copies}
        said, door = _messages(mailing, kinds, organisation), way_out(TOKEN)
        knows = {kind: READER in f"{words.html}{words.text}" for kind, words in said.items()}
        for one in copies:
            kind = one.language, one.variant
            line = lines.get(one.supporter, {}).get(one.language, "")
            own = slots(one, line, door, links=knows[kind])
            own[WHY] = reasons.sentence(one.language, said[kind].sender_name, one.until)
            told.append((said[kind], own, one))
    return told


def wanted(envelopes: Sequence[int]) -> list[Held]:
    """The copies of those envelopes whose readers want them at this moment; one query.

    Asked again as they leave: whoever has unsubscribed, paused or ended the topic gets none, nor
    whose implied yes has run out.
    """
    theirs = {"supporter": OuterRef("supporter")}
    pausing = Pause.objects.filter(**theirs, lifted_at=None, until__gt=Now())
    ended = TopicEnd.objects.filter(**theirs, topic=OuterRef("mailing__topic"), resumed_at=None)
    # As one text: hundreds of parameters take longer to write than to look up.
    these = RawSQL("SELECT unnest(%s::bigint[])", [f"{{{','.join(map(str, envelopes))}}}"])
    copies = Copy.objects.filter(
        Q(**{f"{CONSENT}expires_at": None}) | Q(**{f"{CONSENT}expires_at__gt": Now()}),
        ~Exists(pausing),
        ~Exists(ended),
        envelope__in=these,
        supporter__subscriptions__ended_at=None,
        **{f"{CONSENT}purpose": PURPOSE},
    )
    columns = ("envelope_id", "mailing_id", "supporter_id", "language", "variant")
    rows = copies.order_by("mailing_id", "envelope_id").values_list(
        *columns, "supporter__uid", "supporter__sealed", f"{CONSENT}expires_at"
    )
    return [Held(*row) for row in rows]


def readers(envelopes: Sequence[int]) -> dict[int, Reader]:
    """Whom those copies go to that are still wanted, by envelope: read as they leave."""
    return {
        held.envelope: Reader(address, held)
        for held in wanted(envelopes)
        if (address := held.box.parts.get("email", ""))
    }


def slots(held: Held, line: str, door: str, *, links: bool) -> dict[str, str]:
    """What is the reader's own in their copy; the token takes the place of TOKEN in `door`.

    `links`: whether its words have links that know their reader, each by a token of theirs.
    """
    given_name = held.box.parts.get("given_name", "")
    return {
        GIVEN_NAME: f" {given_name}" if given_name else "",
        UNSUBSCRIBE_URL: door.replace(TOKEN, tokens.make(LEAVE, held.uid), 1),
        READER: tokens.make(personal.PURPOSE, held.uid) if links else "",
        PERSONAL: line,
    }


def unsubscribe_url(supporter: Supporter) -> str:
    """Where this reader, and nobody else, ends their subscription."""
    return way_out(tokens.make(LEAVE, supporter.uid))


def way_out(token: str) -> str:
    """The same, by what stands for the reader in addresses."""
    return settings.BASE_URL + reverse("newsletters:unsubscribe", args=[token])


def _messages(
    mailing: Mailing, kinds: set[tuple[str, str]], organisation: Organisation
) -> dict[tuple[str, str], Message]:
    """The words for each language and variant of `mailing`, with their slots."""
    versions = {one.language: one for one in mailing.versions.defer("body", "web")}
    return {
        (language, variant): message(versions[language], mailing, variant, organisation)
        for language, variant in kinds
    }


def message(
    version: Version, mailing: Mailing, variant: str, organisation: Organisation
) -> Message:
    """A version as it leaves, with its slots. Without a variant, the subject that has won."""
    variant = variant or mailing.winner
    html, text = clicks.marked(version, mailing, variant)
    sender = organisation.name.in_language(version.language)
    contact = organisation.contact_email
    return Message(
        subject=version.subject_b if variant == "b" and version.subject_b else version.subject,
        text=text,
        html=html,
        sender_name=sender,
        language=version.language,
        reply_to=(sender, contact) if contact else None,
        headers=headers(mailing, organisation),
    )


def headers(mailing: Mailing, organisation: Organisation) -> dict[str, str]:
    """What mail programs and providers read; the engine signs all of it.

    RFC 8058 and 2369 (one click), RFC 2919 (the list), and Gmail's feedback loop: campaign, stream,
    type and sender (https://support.google.com/a/answer/6254652); nothing in it is one reader's.
    """
    stream = mailing.topic.code if mailing.topic else ""
    return {
        "List-Unsubscribe": f"<{UNSUBSCRIBE_URL}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": f"{_list_name(mailing, organisation)}<{list_id(stream)}>",
        "Feedback-ID": f"{mailing.public_id}:{stream or 'all'}:newsletter:{sender_id()}",
    }


def list_id(stream: str) -> str:
    """The list's name for ever: that of all newsletters, or of a topic's."""
    return f"{stream}{'.' if stream else ''}newsletter.{settings.MAIL_DOMAIN}"


def _list_name(mailing: Mailing, organisation: Organisation) -> str:
    """What stands before it, the same in every language; nothing that would have to be encoded."""
    language = settings.LANGUAGE_CODE
    names = [organisation.name.in_language(language)]
    names += [mailing.topic.name.in_language(language)] if mailing.topic else []
    said = " - ".join(names)
    return f"{messages.phrase(said)[0]} " if re.fullmatch(r"[\w .,'&-]{1,60}", said, re.A) else ""


def sender_id() -> str:
    """Who sends, in 5 to 15 letters and digits; the same for all mail of our domain."""
    return re.sub(r"[^a-z0-9]", "", settings.MAIL_DOMAIN.lower())[:15].ljust(5, "0")
