"""What a website and a mail address say about who may speak for an organisation."""

from urllib.parse import urlsplit

from plaidoyer.actions.guards.domains import PUBLIC

# Many organisations have a page there: it is nobody's own site.
SHARED_SITES = {
    *("facebook.com", "instagram.com", "linkedin.com", "x.com", "twitter.com", "youtube.com"),
    *("google.com", "sites.google.com", "linktr.ee", "meetup.com", "helloasso.com"),
    *("wixsite.com", "wordpress.com", "blogspot.com", "weebly.com", "github.io"),
    *("eventbrite.com", "eventbrite.ca", "notion.site", "bsky.app", "tiktok.com"),
}
# "co.uk" and the like are registries' own: below them anybody has a name.
REGISTRIES = {"ac", "asso", "co", "com", "edu", "gob", "gouv", "gov", "net", "ngo", "on", "org"}
REGISTRIES |= {"ab", "bc", "mb", "nb", "nl", "ns", "nt", "nu", "or", "pe", "qc", "sk", "yk", "ne"}


def host(website: str) -> str:
    """The host of `website` in ASCII, without its "www."; empty when there is none."""
    try:
        found = (urlsplit(website).hostname or "").rstrip(".")
        found = found.encode("idna").decode("ascii").lower()
    except (ValueError, UnicodeError):
        return ""
    return found.removeprefix("www.")


def own(website: str) -> str:
    """The domain that is an organisation's own, by its website; empty where many share it."""
    domain = host(website)
    first, _dot, rest = domain.partition(".")
    is_registry = not rest or (len(rest) == 2 and first in REGISTRIES)
    shared = PUBLIC | SHARED_SITES
    return "" if is_registry or domain in shared else domain


def proves(email: str, website: str) -> bool:
    """Whether mail to `email` reached the organisation whose site is `website`: the address is on
    its own domain or below it."""
    domain, reached = own(website), email.rpartition("@")[2].lower()
    if not domain or reached in PUBLIC:
        return False
    return reached == domain or reached.endswith(f".{domain}")
