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

    def __iter__(self) -> Iterator[Supporter]:
        rows = list(self.rows)
        place = int.from_bytes(mac(self.export)[8:]) % (len(rows) + 1)
        beside = [one.created_at for one in rows[max(place - 1, 0) : place + 1]]
        since = beside[0] + (beside[-1] - beside[0]) / 2 if beside else None
        return iter([*rows[:place], row(self.export, since), *rows[place:]])
