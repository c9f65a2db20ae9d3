"""Who may be asked in a campaign: somebody in a public role, shown by an official page.

By role and conduct, never by opinion. Private persons, families, witnesses and junior staff are
in no role; whoever is asked as a person holds or held a public office.
"""

import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from plaidoyer.campaigns.models import Role, Target
from plaidoyer.civics.models import Organization, Person, Post

# Roles change hands: what an official page said is believed for half a year.
BELIEVED = datetime.timedelta(days=180)


BODIES: list[str] = [Role.BODY, Role.ORGANISATION, Role.REGULATOR]


def roles_of(decision_maker: Post | Person | Organization) -> list[str]:
    """The roles in which they may be asked, the likeliest first; none for a private person."""
    if isinstance(decision_maker, Organization):
        return BODIES
    if isinstance(decision_maker, Person) and not decision_maker.memberships.exists():
        return []
    return [Role.OFFICE]


def official_page(
    decision_maker: Post | Person | Organization,
) -> tuple[str, datetime.date | None]:
    """An official page that shows the role, and when it was looked at, as far as known."""
    details = decision_maker.contact_details.order_by("-verified_at")
    if detail := details.exclude(source="").first():
        return detail.source, timezone.localdate(detail.verified_at)
    # What was shown in one campaign holds in the next.
    if asked := decision_maker.targets.exclude(source="").order_by("-checked_on").first():
        return asked.source, asked.checked_on
    if isinstance(decision_maker, Organization):
        return decision_maker.url, None
    term = decision_maker.memberships.exclude(source="").first()
    if term or isinstance(decision_maker, Person):
        return (term.source if term else ""), None
    return official_page(decision_maker.organization)


def make(target: Target, *, role: str = "", source: str = "") -> Target:
    """Fills in what shows that `target` may be asked, from what is known; saves nothing.

    A page that somebody names is one they look at now.
    """
    possible = roles_of(target.decision_maker)
    target.role = role or target.role or next(iter(possible), Role.OFFICE)
    if source and source != target.source:
        target.source, target.checked_on = source, timezone.localdate()
    elif not target.source:
        target.source, known_on = official_page(target.decision_maker)
        if target.source:
            target.checked_on = target.checked_on or known_on or timezone.localdate()
    return target


def introduce(target: Target, kind: type[Post | Organization], *, role: str, source: str) -> str:
    """Fills in what shows that somebody who is not held yet may be asked; why not, or "".

    Of whom nothing is known, the page has to be named.
    """
    possible: list[str] = BODIES if kind is Organization else [Role.OFFICE]
    target.role, target.source = role or possible[0], source
    target.checked_on = timezone.localdate()
    if target.role not in possible:
        return _("Only somebody in a public office can be asked, or a body or an organization.")
    return "" if source else _("Say on which official page this role is shown.")


def refusal(target: Target) -> str:
    """Why a letter to `target` must not be offered; "" where it may be."""
    if target.role not in roles_of(target.decision_maker):
        return _("Only somebody in a public office can be asked, or a body or an organization.")
    if not target.source:
        return _("Say on which official page this role is shown.")
    if is_stale(target):
        return _("Its official page was looked at more than 180 days ago. Look again.")
    return ""


def is_stale(target: Target) -> bool:
    """Whether what its official page said is too old to be believed."""
    return target.checked_on is None or timezone.localdate() - target.checked_on > BELIEVED
