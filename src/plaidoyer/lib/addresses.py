"""Mail addresses: which two spellings are the same person."""

# Providers that deliver every dotting of a mailbox to the same person.
import contextlib

DOTLESS = {"gmail.com"}
SAME_DOMAIN = {"googlemail.com": "gmail.com"}


def canonical(address: str) -> str:
    """The form under which two spellings of one mailbox are the same person.

    Lower case, domain in IDNA, no `+tag`, no dots where the provider ignores them. Never used
    to send: mail goes to the address as it was typed.
    """
    local, _, domain = address.strip().rpartition("@")
    domain = domain.lower()
    with contextlib.suppress(UnicodeError):
        domain = domain.encode("idna").decode("ascii")
    domain = SAME_DOMAIN.get(domain, domain)
    local = local.casefold()
    local = local.partition("+")[0] or local
    if domain in DOTLESS:
        local = local.replace(".", "")
    return f"{local}@{domain}"
