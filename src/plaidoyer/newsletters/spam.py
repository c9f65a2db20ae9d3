"""What SpamAssassin says of a version, where it is installed: local rules only, no network."""

import hashlib
import re
import shutil
import subprocess
import uuid
from dataclasses import dataclass, field

from plaidoyer.newsletters import copies, previews
from plaidoyer.newsletters.models import SpamScore, Version
from plaidoyer.organisation.models import Organisation

SECONDS = 90
STATUS = re.compile(
    r"^X-Spam-Status:.*?score=(-?[0-9.]+).*?tests=(.*?)(?:\s+autolearn|\n\S)", re.S | re.M
)


@dataclass(frozen=True)
class Stranger:
    """Whom a made-up message is for."""

    to_address: str = "suzie@example.org"
    uid: uuid.UUID = field(default_factory=uuid.uuid4)


def program() -> str | None:
    """Where SpamAssassin is on this machine; None where it is not."""
    return shutil.which("spamassassin")


def digest(version: Version) -> str:
    """What stands for a version as it is compiled now."""
    return hashlib.sha256(f"{version.subject}\0{version.html}\0{version.text}".encode()).hexdigest()


def check(version: Version) -> SpamScore | None:
    """Scores a version unless it was scored as it stands; None where there is no SpamAssassin."""
    if not program():
        return None
    kept = SpamScore.objects.filter(version=version, digest=digest(version)).first()
    if kept:
        return kept
    score, rules = scored(message(version))
    values = {"digest": digest(version), "score": score, "rules": rules}
    return SpamScore.objects.update_or_create(version=version, defaults=values)[0]


def scored(mail: bytes) -> tuple[float, str]:
    """The points of a whole message and the rules that gave them.

    Raises RuntimeError where SpamAssassin gives no answer.
    """
    command = [program() or "spamassassin", "--local"]
    done = subprocess.run(command, input=mail, capture_output=True, timeout=SECONDS, check=False)
    head = done.stdout.decode("utf-8", "replace").partition("\n\n")[0]
    found = STATUS.search(head + "\n\n.")
    if not found:
        raise RuntimeError("SpamAssassin gave no score")
    return float(found[1]), re.sub(r"\s+", "", found[2])


def message(version: Version) -> bytes:
    """The version as it would leave, to a reader made up."""
    told = copies.message(version, version.mailing, "", Organisation.current())
    reader = previews.slots(version, previews.READERS[0])
    return copies.compiled(told).fill(Stranger(), reader)
