"""Under which name and key checkpoints are signed: made from SECRET_KEY, the same on each machine.

Whoever changes SECRET_KEY changes the key, and verifiers who kept the old one will say so.
"""

from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from plaidoyer.actions.models import ActionForm
from plaidoyer.lib.merkle import notes


def private() -> Ed25519PrivateKey:
    derived = HKDF(SHA256(), 32, salt=None, info=b"plaidoyer.ledger")
    return Ed25519PrivateKey.from_private_bytes(derived.derive(settings.SECRET_KEY.encode()))


def name() -> str:
    """The host of the site."""
    return urlsplit(settings.BASE_URL).netloc


def origin(form: ActionForm) -> str:
    """What a form's log is called, for ever."""
    return f"{name()}/ledger/{form.public_id}"


def public() -> str:
    """The key that is given away (C2SP signed-note)."""
    return notes.verifier(name(), private())
