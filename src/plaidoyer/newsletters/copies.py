"""A reader's copy of a mailing, as it leaves: their language, their name, their way out."""

from collections.abc import Sequence
from html import escape

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import reverse

from plaidoyer.actions import personal
from plaidoyer.lib import tokens
from plaidoyer.mail.kinds import Message
from plaidoyer.mail.models import Envelope
from plaidoyer.newsletters import personal_lines
from plaidoyer.newsletters.mailings import GIVEN_NAME, PERSONAL, PURPOSE, READER, UNSUBSCRIBE_URL
from plaidoyer.newsletters.models import Copy, Mailing, Version
from plaidoyer.organisation.models import Organisation
from plaidoyer.supporters.models import Subscription, Supporter


def compose(envelopes: Sequence[Envelope]) -> dict[int, Message]:
    """The messages of those envelopes whose readers are still subscribed, by envelope.

    A fixed number of queries for each mailing, however many envelopes there are.
    """
    subscribed = Subscription.objects.filter(
        supporter=OuterRef("supporter"), ended_at=None, consent__purpose=PURPOSE
    )
    held = Copy.objects.filter(Exists(subscribed), envelope__in=envelopes)
    copies = list(held.select_related("supporter"))
    versions: dict[int, dict[str, Version]] = {}
    for version in Version.objects.filter(mailing__in={copy.mailing_id for copy in copies}):
        versions.setdefault(version.mailing_id, {})[version.language] = version
    organisation = Organisation.current()
    lines = {
        mailing.pk: personal_lines.lines(
            mailing, [copy.supporter_id for copy in copies if copy.mailing_id == mailing.pk]
        )
        for mailing in Mailing.objects.filter(pk__in=versions)
    }
    return {
        copy.envelope_id: _message(
            copy.supporter,
            versions[copy.mailing_id],
            organisation,
            lines[copy.mailing_id].get(copy.supporter_id, {}),
        )
        for copy in copies
    }


def unsubscribe_url(supporter: Supporter) -> str:
    """Where this reader, and nobody else, ends their subscription."""
    token = tokens.make("unsubscribe", supporter.uid)
    return settings.BASE_URL + reverse("newsletters:unsubscribe", args=[token])


def _message(
    reader: Supporter,
    versions: dict[str, Version],
    organisation: Organisation,
    lines: dict[str, str],
) -> Message:
    version = _in_language(versions, reader.language)
    name = f" {reader.given_name}" if reader.given_name else ""
    url = unsubscribe_url(reader)
    slots = {
        ord(GIVEN_NAME): name,
        ord(UNSUBSCRIBE_URL): url,
        ord(READER): personal.token(reader),
        ord(PERSONAL): lines.get(version.language, ""),
    }
    safe = {slot: escape(value) for slot, value in slots.items()}
    sender = organisation.name.in_language(version.language)
    reply_to = (sender, organisation.contact_email) if organisation.contact_email else None
    return Message(
        subject=version.subject,
        text=version.text.translate(slots),
        html=version.html.translate(safe),
        sender_name=sender,
        language=version.language,
        reply_to=reply_to,
        headers={
            # RFC 8058 and 2369; the mail engine signs both.
            "List-Unsubscribe": f"<{url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "List-Id": f"<newsletter.{settings.MAIL_DOMAIN}>",
        },
    )


def _in_language(versions: dict[str, Version], language: str) -> Version:
    """The version in `language`, else in the site's, else the first by the alphabet."""
    wanted = [language, language.split("-")[0], settings.LANGUAGE_CODE, *sorted(versions)]
    return next(versions[code] for code in wanted if code in versions)
