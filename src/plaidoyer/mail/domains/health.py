"""The health of our domain: looked at and kept, read back, and what stands in the way of many."""

import datetime
from dataclasses import asdict

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plaidoyer.mail.domains.checks import BAD, Finding, check
from plaidoyer.mail.domains.models import DomainCheck
from plaidoyer.mail.domains.questions import Questions, SilentError
from plaidoyer.mail.domains.sentences import Said, say

# Older answers may not be true any more; older rows than KEPT nobody compares with.
FRESH = datetime.timedelta(days=8)
KEPT = datetime.timedelta(days=400)


def look(
    domain: str = "", *, resolver: str = "", selectors: list[str] | None = None
) -> list[Finding]:
    """Asks the name servers about `domain`, ours unless told; some seconds at most.

    Without a network the findings say so; nothing is raised.
    """
    domain = domain or settings.MAIL_DOMAIN
    chosen = settings.DKIM_SELECTORS if selectors is None else selectors
    try:
        return check(domain, Questions(resolver), chosen)
    except SilentError:
        return [Finding("line.silent", "unknown", {"domain": domain})]


def keep(domain: str = "", *, resolver: str = "") -> DomainCheck:
    """Looks, and keeps what was found as a dated row."""
    domain = domain or settings.MAIL_DOMAIN
    found = [asdict(one) for one in look(domain, resolver=resolver)]
    with transaction.atomic():
        DomainCheck.objects.filter(checked_at__lt=timezone.now() - KEPT).delete()
        return DomainCheck.objects.create(domain=domain, findings=found)


def last(domain: str = "") -> DomainCheck | None:
    """What was found last; asks nobody."""
    checks = DomainCheck.objects.filter(domain=domain or settings.MAIL_DOMAIN)
    return checks.order_by("-checked_at").first()


def said(kept: DomainCheck | None) -> list[Said]:
    """What a kept check found, in words of the language in force."""
    return [say(Finding(**one)) for one in kept.findings] if kept else []


def problems(domain: str = "") -> list[str]:
    """What keeps mail to many from being believed, a sentence each; none when all is green.

    From the last check, which is asked for every night: no page waits for a name server.
    """
    kept = last(domain)
    if kept is None or kept.checked_at < timezone.now() - FRESH:
        return [
            _("Nobody has looked at the records of %(domain)s lately: see Mail, Our domain.")
            % {"domain": domain or settings.MAIL_DOMAIN}
        ]
    return [f"{one.title}: {one.words}" for one in said(kept) if one.level == BAD]
