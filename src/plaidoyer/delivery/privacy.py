"""What the letters keep about a supporter: shown to them, and emptied when they ask."""

from typing import Any

from plaidoyer.delivery.models import Letter, OwnCopy
from plaidoyer.mail import envelopes
from plaidoyer.mail.models import Envelope
from plaidoyer.supporters.models import Supporter


def export(supporter: Supporter) -> list[dict[str, Any]]:
    """Every letter word for word, to whom it went and where it stands."""
    letters = Letter.objects.filter(action__match__supporter=supporter).order_by("id")
    return [
        {
            "to": letter.recipient,
            "subject": letter.subject,
            "body": letter.body,
            "written_at": letter.written_at,
            "in_digest_of": letter.digest.day if letter.digest else None,
            **stands(letter.digest.envelope if letter.digest else letter.envelope),
        }
        for letter in letters.select_related("envelope", "digest__envelope")
    ]


def stands(envelope: Envelope | None) -> dict[str, Any]:
    """Where the mail that carries a letter stands."""
    return {
        "state": envelope.state if envelope else "held",
        "ended_at": envelope.ended_at if envelope else None,
        "server_said": envelope.reply if envelope else "",
    }


def erase(supporter: Supporter) -> None:
    """Empties the letters of `supporter`; one that has not left does not leave any more.

    To whom a letter went, and when, stays: it names nobody who wrote.
    """
    letters = Letter.objects.filter(action__match__supporter=supporter)
    copies = OwnCopy.objects.filter(action__match__supporter=supporter)
    sent = Envelope.objects.filter(letter__in=letters)
    envelopes.cancel(sent)
    sent.update(reply="")
    envelopes.erase(Envelope.objects.filter(own_copy__in=copies))
    letters.update(sealed=b"")
