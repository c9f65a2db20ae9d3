"""Passing a page on: by which channels, and how many acts each brought in.

A link that is passed on says by its `?via=` which channel it took and, where a supporter asked
for it, whose link it is: `whatsapp`, `whatsapp.k3v9p2m7qd`. The act keeps it (Action.via). What
counts by each is tallied behind the request.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from django.db import connection, transaction
from django.db.models import Max, Sum
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from plaidoyer.actions.counting import Count
from plaidoyer.actions.models import ActionForm, ChannelTally, ShareCode
from plaidoyer.organisation.models import Organisation
from plaidoyer.supporters import consents
from plaidoyer.supporters.models import Supporter

LOCK = 0x63686E6C  # "chnl": one count of channels at a time
PURPOSE = "sharing"
VIA = re.compile(r"[a-z0-9.-]{1,60}")


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to pass a link on. `opens` is the network's own page, told what to say."""

    name: str
    label: str | Promise
    opens: str = ""
    # The name of the network in its own writing needs no translation.
    is_network: bool = True


# Plain links: nothing is loaded from a network before somebody presses one.
CHANNELS = (
    Channel("mail", gettext_lazy("E-mail"), "mailto:?subject={title}&body={both}", False),
    Channel("whatsapp", "WhatsApp", "https://wa.me/?text={both}"),
    Channel("facebook", "Facebook", "https://www.facebook.com/sharer/sharer.php?u={url}"),
    Channel("bluesky", "Bluesky", "https://bsky.app/intent/compose?text={both}"),
    Channel("mastodon", "Mastodon", "https://share.joinmastodon.org/#text={both}"),
    Channel("linkedin", "LinkedIn", "https://www.linkedin.com/sharing/share-offsite/?url={url}"),
    Channel("telegram", "Telegram", "https://t.me/share/url?url={url}&text={title}"),
    Channel("x", "X", "https://x.com/intent/post?text={title}&url={url}"),
)
# By our own buttons: the link that is copied, the device's own menu.
COPY = Channel("link", gettext_lazy("Copied link"), is_network=False)
DEVICE = Channel("share", pgettext_lazy("channel", "Share button of the device"), is_network=False)
# By our own mail, with a personal link (personal).
LETTER = Channel("letter", gettext_lazy("Our own mail"), is_network=False)
KNOWN = {channel.name: channel for channel in (*CHANNELS, COPY, DEVICE, LETTER)}

SPLIT = r"^({})\.([a-z0-9]{{10}})$".format("|".join(KNOWN))
# A supporter brings nobody in by following their own link.
RECOUNT = """
WITH came AS (
    SELECT c.form_id, c.supporter_id, a.via, regexp_match(a.via, %(split)s) AS parts
    FROM actions_action a JOIN actions_confirmation c ON c.action_id = a.id
    WHERE a.via <> '' AND c.withdrawal_id IS NULL
      AND NOT EXISTS (
          SELECT FROM actions_held h WHERE h.action_id = a.id AND h.released_at IS NULL
      )
), brought AS (
    SELECT form_id, coalesce(parts[1], via) AS channel, coalesce(s.code, '') AS code, 1 AS counted
    FROM came LEFT JOIN actions_sharecode s ON s.code = parts[2]
    WHERE s.supporter_id IS DISTINCT FROM came.supporter_id
  UNION ALL
    SELECT form_id, channel, code, 0 FROM actions_channeltally
)
INSERT INTO actions_channeltally (form_id, channel, code, confirmed, recounted_at)
SELECT form_id, channel, code, sum(counted), statement_timestamp() FROM brought GROUP BY 1, 2, 3
ON CONFLICT (form_id, channel, code) DO UPDATE SET
    confirmed = excluded.confirmed, recounted_at = excluded.recounted_at
"""


@dataclass(frozen=True, slots=True)
class Link:
    """A way to pass a page on, ready to press."""

    channel: Channel
    href: str


@dataclass(frozen=True, slots=True)
class Kit:
    """All that passes one page on: the ways, the link itself, and the words to send with it."""

    title: str
    url: str
    ways: list[Link]
    # What our two buttons send: each way has its own code.
    copied: str
    device: str


def via(value: str) -> str:
    """What a link says of its way, if it is written as ours are; else nothing."""
    return value if VIA.fullmatch(value) else ""


def is_from_our_mail(via: str) -> bool:
    """Whether somebody came by a link of our own mail, whichever mailing that was."""
    return via.partition(".")[0] == LETTER.name


def kit(url: str, title: str, code: str = "") -> Kit:
    """How to pass on the page at `url`; `code` says whose link it is."""
    return Kit(
        title=title,
        url=url,
        ways=[Link(channel, opened(channel, url, title, code)) for channel in CHANNELS],
        copied=tagged(url, COPY, code),
        device=tagged(url, DEVICE, code),
    )


def opened(channel: Channel, url: str, title: str, code: str = "") -> str:
    """Where a press leads: the network's page, with our link and our words in it."""
    link = tagged(url, channel, code)
    said = {"url": link, "title": title, "both": f"{title} {link}"}
    return channel.opens.format(**{key: quote(text, safe="") for key, text in said.items()})


def tagged(url: str, channel: Channel, code: str = "") -> str:
    """The address of the page with the way it takes."""
    return f"{url}?via={channel.name}{'.' + code if code else ''}"


def sentence() -> str:
    """What somebody agrees to by counting what comes through their link."""
    return _(
        "%(organisation)s may count who takes part through my own link. The links I pass on carry "
        "a code for it; the code does not say who I am to anybody else."
    ) % {"organisation": Organisation.current().name}


@transaction.atomic
def count_for(supporter: Supporter, page: str) -> ShareCode:
    """Gives the supporter, who agreed to `sentence`, a code of their own; once."""
    code, is_new = ShareCode.objects.get_or_create(supporter=supporter)
    if is_new:
        wording = consents.wording(PURPOSE, get_language() or "", sentence())
        consents.give(supporter, purpose=PURPOSE, wording=wording, page=page[:300])
    return code


@transaction.atomic
def stop_counting(supporter: Supporter, page: str) -> bool:
    """Forgets the supporter's code and what came by it; whether there was one."""
    code = ShareCode.objects.filter(supporter=supporter).first()
    if code is None:
        return False
    ChannelTally.objects.filter(code=code.code).delete()
    code.delete()
    consents.withdraw(supporter, purpose=PURPOSE, page=page[:300])
    return True


def brought_by(code: ShareCode) -> int:
    """How many acts of others came through the supporter's links and count, on all forms."""
    tallies = ChannelTally.objects.filter(code=code.code)
    return tallies.aggregate(brought=Sum("confirmed"))["brought"] or 0


@transaction.atomic
def recount() -> None:
    """Counts anew, for every form, what came in by each way; one at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if cursor.fetchone()[0]:
            cursor.execute(RECOUNT, {"split": SPLIT})


def brought(forms: Iterable[ActionForm]) -> dict[int, Count]:
    """How many came to each form because it was passed on, by its id, and when that was counted.

    One query. Our own mail and sites that embed the form pass nothing on.
    """
    passed_on = [channel.name for channel in (*CHANNELS, COPY, DEVICE)]
    found = {form.pk: Count(0, timezone.now()) for form in forms}
    tallies = ChannelTally.objects.filter(form__in=list(found), channel__in=passed_on)
    rows = tallies.values("form").annotate(value=Sum("confirmed"), at=Max("recounted_at"))
    return found | {row["form"]: Count(row["value"], row["at"]) for row in rows}


def channels(form: ActionForm) -> list[tuple[str, int]]:
    """What counts on the form by each way, for organisers; the most first."""
    rows = form.channel_tallies.filter(confirmed__gt=0).values("channel")
    counted = rows.annotate(count=Sum("confirmed")).order_by("-count", "channel")
    return [(named(channel), count) for channel, count in counted.values_list("channel", "count")]


def named(channel: str) -> str:
    """What organisers call a way; a site that embeds the form has its own name."""
    return str(KNOWN[channel].label) if channel in KNOWN else channel


def sharers(form: ActionForm, limit: int) -> list[tuple[Supporter, int]]:
    """Supporters who let us count their links, and how many came by them; the most first."""
    rows = form.channel_tallies.exclude(code="").values("code")
    counted = rows.annotate(count=Sum("confirmed")).filter(count__gt=0)
    counts = dict(counted.order_by("-count", "code").values_list("code", "count")[:limit])
    codes = ShareCode.objects.filter(code__in=counts).select_related("supporter").order_by("code")
    found = [(code.supporter, counts[code.code]) for code in codes]
    return sorted(found, key=lambda pair: -pair[1])
