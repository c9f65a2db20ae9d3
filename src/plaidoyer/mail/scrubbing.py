"""What servers say of a mail, without whom it is about: it is kept in the open."""

import re

ADDRESS = re.compile(r"<?[^\s<>()\[\]:;,\"']+@[^\s<>()\[\]:;,\"']+>?")
HIDDEN = "<…>"
# A shorter name before the @ may be any word.
SHORTEST = 4


def scrubbed(words: str, address: str = "") -> str:
    """`words` without mail addresses, and without the local part of `address`."""
    found = ADDRESS.sub(HIDDEN, words) if "@" in words else words
    local = address.rpartition("@")[0]
    if len(local) >= SHORTEST and local.lower() in found.lower():
        found = re.sub(re.escape(local), "…", found, flags=re.IGNORECASE)
    return found
