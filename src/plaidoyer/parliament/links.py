"""The address at which an organiser's calendar program finds all deadlines, and renewing it."""

from django.contrib.auth.models import User

from plaidoyer.lib import tokens
from plaidoyer.parliament.models import FeedLink

PURPOSE = "deadlines"


def held(owner: User) -> FeedLink | None:
    """The one that holds, if there is one."""
    return FeedLink.objects.filter(owner=owner).order_by("-id").first()


def renew(owner: User) -> FeedLink:
    """A new address; those before it lead nowhere from now on."""
    return FeedLink.objects.create(owner=owner)


def token(link: FeedLink) -> str:
    """What stands in the address."""
    return tokens.make(PURPOSE, link.uid)


def owner(token: str) -> User | None:
    """Whose address it is: still an organiser's, and their last one. Else None."""
    try:
        uid = tokens.read(PURPOSE, token)
    except tokens.BadTokenError:
        return None
    link = FeedLink.objects.filter(uid=uid).select_related("owner").first()
    if link is None or FeedLink.objects.filter(owner=link.owner, pk__gt=link.pk).exists():
        return None
    user = link.owner
    may = user.is_active and user.has_perm("parliament.view_officialpetition")
    return user if may else None
