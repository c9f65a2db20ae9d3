"""The bank's notices of e-Transfers by mail: believed once their signature is checked (DKIM).

What is read of one is the amount, the name, the message and the bank's own reference. It becomes
an open bank line; an exact reference of ours with the right amount is booked at once, since both
came from the donor's bank and under the network's signature.
"""

import datetime
import hashlib
import re
from email.utils import parsedate_to_datetime
from typing import Any

import dkim
from django.conf import settings as config
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from plaidoyer.donations.bank import imports, matching
from plaidoyer.donations.models import BankLine
from plaidoyer.donations.settings import GivingSettings
from plaidoyer.lib import money, typed
from plaidoyer.mail.domains.questions import Questions, SilentError
from plaidoyer.mail.inbound import parts
from plaidoyer.mail.models import Incoming

# What a signature has to cover: else somebody could put another subject over a true one.
COVERED = {b"from", b"subject"}
SECONDS = 5
AMOUNT = re.compile(
    r"(?:\$\s?([\d,. \u00a0\u202f]+\d)|([\d\u00a0\u202f ]+[.,]\d{2})\s?\$)\s*\(?(CAD)?"
)
REFERENCE = re.compile(
    r"(?:reference number|num[ée]ro de r[ée]f[ée]rence)\s*:?\s*([A-Za-z0-9]{6,20})", re.IGNORECASE
)
MESSAGE = re.compile(r"^\W*message\s*:?\s*(.+)$", re.IGNORECASE | re.MULTILINE)
NAMES = (
    re.compile(r"from\s+(.{2,100}?)\s+(?:and|has been|\(|for)", re.IGNORECASE),
    re.compile(
        r"^(?:interac\W*)?(.{2,100}?)\s+(?:sent you|vous a envoyé|has sent you)", re.IGNORECASE
    ),
    re.compile(r"\bde\s+(?:la part de\s+)?(.{2,100}?)\s+(?:et|a été|\(|pour)", re.IGNORECASE),
)


def is_desk(local: str) -> bool:
    """Whether mail to `local`@ our domain is a bank's notice."""
    name = GivingSettings.current().notice_name
    return bool(name) and local.lower() == name.lower()


def receive(row: Incoming) -> None:
    """Makes a bank line of a notice whose signature holds; the row says what became of it."""
    raw, settings = bytes(row.raw), GivingSettings.current()
    if not is_signed(raw, settings.notice_domains.lower().split()):
        row.words = _("not believed: no signature of the bank’s network")
    elif line := read(raw, row):
        row.words = settle(line)
    else:
        row.words = _("tells of no money, or was known")


def latest(number: int = 5) -> QuerySet[Incoming]:
    """The last notices that came, with what became of each."""
    name = f"{GivingSettings.current().notice_name}@{config.MAIL_DOMAIN}"
    return Incoming.objects.filter(recipient__iexact=name).order_by("-pk")[:number]


def is_signed(raw: bytes, domains: list[str]) -> bool:
    """Whether one of `domains`, which is that of From too, signed the whole of this mail."""
    _name, sender = parts.sender(parts.parsed(raw))
    domain = sender.rpartition("@")[2].lower()
    if not within(domain, domains):
        return False
    try:
        mail = dkim.DKIM(raw, timeout=SECONDS)
        signatures = [value for name, value in mail.headers if name.lower() == b"dkim-signature"]
    except dkim.DKIMException:
        return False
    return any(holds(mail, number, domain) for number in range(min(len(signatures), 5)))


def holds(mail: dkim.DKIM, number: int, domain: str) -> bool:
    """Whether one signature is right, of the sender's own domain, and covers what we read."""
    try:
        is_right = mail.verify(idx=number, dnsfunc=key)
    except SilentError:
        raise
    except Exception:
        # Whatever somebody built to break the reader is no signature.
        return False
    fields = mail.signature_fields
    covered = {name.strip().lower() for name in fields.get(b"h", b"").split(b":")}
    signer = fields.get(b"d", b"").decode("ascii", "replace").lower()
    return is_right and b"l" not in fields and covered >= COVERED and within(domain, [signer])


def within(domain: str, domains: list[str]) -> bool:
    """Whether `domain` is one of `domains` or below it."""
    return any(domain == one or domain.endswith(f".{one}") for one in domains if one)


def key(name: bytes, timeout: int = SECONDS) -> bytes | None:
    """The key that a signer publishes in the DNS; None where there is none.

    Raises SilentError where no name server answers: then the notice is read again later.
    """
    found = Questions().ask(name.decode("ascii", "replace"), "TXT")
    return found[0].encode() if found else None


def read(raw: bytes, row: Incoming) -> BankLine | None:
    """The line of a notice, kept once; None where no money is told of."""
    mail = parts.parsed(raw)
    subject = parts.header(mail, "Subject", 300)
    text = f"{subject}\n{parts.text(mail)}"
    amount = amount_in(text)
    if not amount:
        return None
    reference = found.group(1) if (found := REFERENCE.search(text)) else ""
    message = found.group(1) if (found := MESSAGE.search(text)) else ""
    name = next((found.group(1) for one in NAMES if (found := one.search(text))), "")
    digest = hashlib.sha256(f"notice\x1f{reference or row.sha256}".encode()).hexdigest()
    line, is_new = BankLine.objects.get_or_create(
        sha256=digest,
        defaults={
            "source": BankLine.Source.NOTICE,
            "booked_on": day_of(mail, row),
            "amount": amount,
            "currency": "CAD",
            "name": typed.line(name)[:200],
            "words": typed.line(f"{message} {reference}")[:500],
        },
    )
    return line if is_new else None


def amount_in(text: str) -> int:
    """The first amount that is told; 0 for none."""
    for found in AMOUNT.finditer(text):
        try:
            return money.read(found.group(1) or found.group(2), "CAD")
        except money.BadAmountError:
            continue
    return 0


def day_of(mail: Any, row: Incoming) -> datetime.date:
    """The mail's own date where it is near that of its coming."""
    try:
        at = parsedate_to_datetime(parts.header(mail, "Date", 60))
    except (TypeError, ValueError):
        at = row.received_at
    near = at.tzinfo and abs(at - row.received_at) < datetime.timedelta(days=14)
    return timezone.localtime(at if near else row.received_at).date()


def settle(line: BankLine) -> str:
    """Books a line by its whole reference and right amount, unless a file told of it before; what
    became of it, in words."""
    if other := matching.twins([line]).get(line.pk):
        imports.set_aside(line, f"{other.booked_on} · {other.get_source_display()}", other)
        return _("known by the bank’s file")
    if gift := matching.named(line):
        imports.book(line, gift, by=None)
        return _("booked")
    return _("waits among the open lines")
