"""What became of an envelope, in the words of whoever wants to know."""

import re

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from plaidoyer.lib import wording
from plaidoyer.mail.models import Envelope

State = Envelope.State

# Enhanced status codes (RFC 3463): what a server means by its refusal, by the end of its code.
CODE = re.compile(r"\b[245]\.(\d{1,3}\.\d{1,3})\b")
REASONS: dict[str, str | Promise] = {
    "1.1": gettext_lazy("The server says that this address does not exist."),
    "1.2": gettext_lazy("The server says that this address does not exist."),
    "1.10": gettext_lazy("The server says that this address takes no mail."),
    "2.1": gettext_lazy("The server says that this mailbox is closed."),
    "2.2": gettext_lazy("The server says that this mailbox is full."),
    "2.3": gettext_lazy("The server says that the message is too long."),
    "3.4": gettext_lazy("The server says that the message is too long."),
    "7": gettext_lazy("The server refuses messages like this one."),
}


def reason(reply: str) -> str:
    """What the server meant by `reply`, in plain words; empty where we cannot tell."""
    if not (found := CODE.search(reply)):
        return ""
    code = found[1]
    return str(REASONS.get(code) or REASONS.get(code.partition(".")[0], ""))


def told(envelope: Envelope | None) -> str:
    """Where one message stands, in a sentence; None is a message that waits for an address."""
    if envelope is None:
        return _("Waiting: we have no address for this recipient yet.")
    ended = envelope.ended_at and timezone.localtime(envelope.ended_at).date()
    on = wording.date(ended, get_language() or "") if ended else ""
    sentences = {
        State.QUEUED: pgettext("message", "Waiting for its turn to leave."),
        State.LEASED: pgettext("message", "Leaving at this moment."),
        State.DEFERRED: _("The recipient’s server asked us to try again later, and we will."),
        State.ACCEPTED: _("Accepted by the recipient’s server on %(day)s."),
        State.REFUSED: _("Refused by the recipient’s server on %(day)s."),
        State.IN_DOUBT: _("The line broke while it was leaving: it may have arrived or not."),
        State.SUPPRESSED: _("Not sent: this address takes no more mail from us."),
        State.CANCELLED: _("Cancelled before it left."),
        State.BOUNCED: _("Accepted at first, then sent back on %(day)s."),
        State.COMPLAINED: _("Accepted, then reported as spam by its reader."),
    }
    return sentences[State(envelope.state)] % {"day": on}


def explained(envelope: Envelope | None) -> str:
    """`told`, with what the server meant where it did not take the message."""
    sentence = told(envelope)
    if envelope and is_refusal(envelope):
        sentence = f"{sentence} {reason(envelope.reply)}".strip()
    return sentence


def is_refusal(envelope: Envelope) -> bool:
    """Whether the server's last word was a no, for now or for good."""
    return envelope.state in {State.REFUSED, State.BOUNCED, State.DEFERRED}
