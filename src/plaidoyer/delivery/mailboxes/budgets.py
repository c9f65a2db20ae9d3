"""Whose mailbox a letter goes to, and the pace that was chosen for it."""

import dataclasses
from collections.abc import Iterable, Sequence

from django.conf import settings

from plaidoyer.civics.models import Organization, Person, Post
from plaidoyer.delivery.mailboxes.hours import Rhythm
from plaidoyer.delivery.mailboxes.models import NEVER, Courtesy, Mailbox, MailServer
from plaidoyer.delivery.mailboxes.zones import is_zone, zone_of
from plaidoyer.delivery.models import Letter
from plaidoyer.lib.addresses import canonical
from plaidoyer.mail import envelopes

KIND = "letter"
URGENCY = 10
# What `line_up` sets on a letter.
LINED_UP = ["envelope", "mailbox", "turn_at", "digest"]


def rhythm(mailbox: Mailbox, courtesy: Courtesy) -> Rhythm:
    """The pace and hours of `mailbox`: its own where they are chosen, else those of all."""
    own_hours = mailbox.opens is not None and mailbox.closes is not None
    zones = (mailbox.time_zone, courtesy.time_zone, settings.TIME_ZONE, "UTC")
    return Rhythm(
        per_hour=mailbox.per_hour or courtesy.per_hour,
        opens=mailbox.opens if own_hours else courtesy.opens,  # type: ignore[arg-type]
        closes=mailbox.closes if own_hours else courtesy.closes,  # type: ignore[arg-type]
        weekends=courtesy.weekends if mailbox.weekends is None else mailbox.weekends,
        zone=next(zone for zone in zones if zone and is_zone(zone)),
        closed_on=frozenset(courtesy.closed_on),
    )


def line_up(letters: Sequence[Letter], addresses: Sequence[str]) -> None:
    """Puts each of `letters` that has an address at the end of the line of its mailbox.

    It gets an envelope that is due never: its turn is given by `turns`. Saves nothing on the
    letters; the columns are LINED_UP.
    """
    ready = [pair for pair in zip(letters, addresses, strict=True) if pair[1]]
    found = mailboxes(ready)
    queued = envelopes.queue(
        kind=KIND,
        to_addresses=[address for _letter, address in ready],
        urgency=URGENCY,
        due_at=NEVER,
    )
    for (letter, address), envelope in zip(ready, queued, strict=True):
        letter.envelope, letter.mailbox = envelope, found[canonical(address)]
        letter.turn_at = letter.digest = None


def mailboxes(ready: Iterable[tuple[Letter, str]]) -> dict[str, Mailbox]:
    """The mailboxes of those addresses, by canonical address; new ones are made.

    A new one takes its time zone from the reader of the first letter.
    """
    first = {canonical(address): (letter, address) for letter, address in ready}
    known = in_bulk(first)
    missing = sorted(first.keys() - known.keys())
    if not missing:
        return known
    servers = mail_servers({address.rpartition("@")[2] for address in missing})
    Mailbox.objects.bulk_create(
        [
            Mailbox(
                address=address,
                to_address=first[address][1],
                server=servers[address.rpartition("@")[2]],
                time_zone=zone_of(reader(first[address][0])),
            )
            for address in missing
        ],
        # Somebody else may make the same one at this moment.
        ignore_conflicts=True,
    )
    return known | in_bulk(missing)


def in_bulk(addresses: Iterable[str]) -> dict[str, Mailbox]:
    """Those that are there, by canonical address."""
    found = Mailbox.objects.filter(address__in=list(addresses))
    return {mailbox.address: mailbox for mailbox in found}


def mail_servers(domains: set[str]) -> dict[str, MailServer]:
    """The rows of those domains; new ones are made."""
    rows = [MailServer(domain=domain) for domain in sorted(domains)]
    MailServer.objects.bulk_create(rows, ignore_conflicts=True)
    return {one.domain: one for one in MailServer.objects.filter(domain__in=domains)}


def reader(letter: Letter) -> Post | Person | Organization:
    """Whom it is written to: the member's office, else who is asked."""
    return letter.post or letter.target.decision_maker


def paced(rhythm: Rhythm, per_hour: int) -> Rhythm:
    """The same hours at another pace."""
    return dataclasses.replace(rhythm, per_hour=per_hour)
