"""What keeps a mailing from leaving, asked when it is scheduled and again at its time."""

from collections.abc import Callable, Sequence

from django.utils.translation import gettext as _

from plaidoyer.mail.domains import health
from plaidoyer.newsletters.models import Mailing, NewsletterSettings, Version
from plaidoyer.newsletters.segments import readers
from plaidoyer.newsletters.segments.conditions import StaleError

# More readers than these need a domain whose records are in order (mail.domains).
MANY = 5000
# Each gives the reasons, as sentences, why a mailing must not leave.
CHECKS: list[Callable[[Mailing], Sequence[str]]] = []


def found(mailing: Mailing) -> list[str]:
    """Why `mailing` cannot leave, in sentences; none when it can."""
    reasons = [*_audience(mailing), *_trial(mailing)]
    for check in CHECKS:
        reasons += check(mailing)
    return reasons


def _audience(mailing: Mailing) -> list[str]:
    try:
        found = readers.members(mailing.segment, topic=mailing.topic).order_by()
        number = found[: MANY + 1].count()
    except StaleError:
        return [_("Its segment refers to something that is not there any more.")]
    if not number:
        return [_("Nobody would get it: its segment and topic find no reader.")]
    # So many in a day make us a bulk sender for Gmail and Outlook: they want proof of who we are.
    return health.problems() if number > MANY else []


def _trial(mailing: Mailing) -> list[str]:
    if not mailing.trial_percent:
        return []
    reasons = []
    if Version.objects.filter(mailing=mailing, subject_b="").exists():
        reasons.append(_("Two subjects are to be tried, and a version has only one."))
    by_clicks = mailing.winner_rule == Mailing.WinnerRule.CLICKS
    if by_clicks and not NewsletterSettings.current().counts_clicks:
        words = _("Clicks are not counted here, so they cannot tell which subject is the better.")
        reasons.append(words)
    if mailing.timing == Mailing.Timing.LOCAL:
        words = _("Two subjects cannot be tried when each reader has an hour of their own.")
        reasons.append(words)
    return reasons
