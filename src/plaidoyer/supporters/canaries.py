"""A row in each exported list that is nobody's: mail to its address tells which list went astray.

The address is at our own mail domain and a keyed hash of the export's id, which stands with it in
the audit log: one file has it, and no other. Whoever takes the list cannot tell it from the rest.
"""

import base64
import datetime
import hmac
import re
from collections.abc import Iterator

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from plaidoyer.supporters.models import Supporter

# The list whose files bear one.
SCREEN = "supporters:index"
# Names that are frequent in both languages.
GIVEN = ("Alex", "Camille", "Claude", "Danielle", "Julie", "Martin", "Nicole", "Simon")
FAMILY = ("Bernard", "Gilbert", "Lambert", "Leblanc", "Martel", "Morin", "Robert", "Vincent")
SHAPE = re.compile(r"[a-z]+\.[a-z]+\.[a-z2-7]{8}", re.ASCII)


def address(export: str) -> str:
    """The address that stands in the file of that export alone."""
    canary = row(export)
    return str(canary.email)


def row(export: str, since: datetime.datetime | None = None) -> Supporter:
    """The supporter who is none, for the file of `export`; not saved."""
    proof = mac(export)
    given, family = GIVEN[proof[0] % len(GIVEN)], FAMILY[proof[1] % len(FAMILY)]
    code = base64.b32encode(proof[2:7]).decode()
    languages = [language for language, _name in settings.LANGUAGES]
    return Supporter(  # type: ignore[misc]
        email=f"{given}.{family}.{code}@{settings.MAIL_DOMAIN}".lower(),
        given_name=given,
        family_name=family,
        language=languages[proof[7] % len(languages)],
        created_at=since or timezone.now(),
    )


def mac(export: str) -> bytes:
    """What nobody can make who does not know SECRET_KEY."""
    return hmac.digest(settings.SECRET_KEY.encode(), f"canary.{export}".encode(), "sha256")


class Watermarked:
    """The rows of a list with the canary of `export` among them, as old as those beside it."""

    def __init__(self, rows: QuerySet[Supporter], export: str) -> None:
        self.rows, self.export, self.model = rows, export, rows.model

    def iterator(self, chunk_size: int) -> Iterator[Supporter]:
        """One by one, so many read at a time."""
        place = int.from_bytes(mac(self.export)[8:]) % (self.rows.count() + 1)
        before: Supporter | None = None
        for number, one in enumerate(self.rows.iterator(chunk_size)):
            if number == place:
                yield row(self.export, between(before or one, one))
            yield one
            before = one
        if before is None or number < place:
            yield row(self.export, before.created_at if before else None)


def between(one: Supporter, other: Supporter) -> datetime.datetime:
    """The moment in the middle between those of two."""
    return one.created_at + (other.created_at - one.created_at) / 2
