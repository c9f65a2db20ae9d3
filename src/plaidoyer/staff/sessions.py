"""Sessions of the staff: begun at a sign-in, listed, ended."""

import datetime
import hmac
import ipaddress
from collections.abc import Mapping

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from plaidoyer.lib import visitors
from plaidoyer.staff import notices
from plaidoyer.staff.models import Notice, SignIn

HOURS = 12
DAYS = 183


def begin(request: HttpRequest, user: User) -> SignIn:
    """Notes a sign-in, whose session ends after 12 hours at the latest, and tells the person of it
    where they never came from this browser and network; not of their first one ever."""
    request.session.set_expiry(HOURS * 3600)
    if not request.session.session_key:
        request.session.save()
    label, before = device(request.META, user), SignIn.objects.filter(user=user)
    is_new = before.exists() and not before.filter(device=label).exists()
    made = SignIn.objects.create(
        user=user, session_key=request.session.session_key or "", device=label
    )
    if is_new:
        notices.tell(user, Notice.About.DEVICE)
    return made


def device(meta: Mapping[str, str], user: User) -> str:
    """96 bits that stay the same for this person's browser in this network (a /24, or a /48 of
    IPv6), and tell nobody else which they are."""
    address = visitors.client(meta)
    size = 24 if isinstance(address, ipaddress.IPv4Address) else 48
    network = ipaddress.ip_network((address, size), strict=False) if address else ""
    seen = f"plaidoyer.device {user.pk} {network} {meta.get('HTTP_USER_AGENT', '')}"
    return hmac.digest(settings.SECRET_KEY.encode(), seen.encode(), "sha256").hex()[:24]


def open_of(user: User) -> QuerySet[SignIn]:
    """The sessions of `user` that are open, the newest first."""
    there = Session.objects.filter(
        session_key=OuterRef("session_key"), expire_date__gt=timezone.now()
    )
    return SignIn.objects.filter(Exists(there), user=user).order_by("-signed_in_at")


def end(sign_ins: QuerySet[SignIn]) -> int:
    """Ends these sessions at once; how many were open."""
    keys = list(sign_ins.values_list("session_key", flat=True))
    return Session.objects.filter(session_key__in=keys).delete()[0]


def end_others(request: HttpRequest, user: User) -> int:
    """Ends every session of `user` but the one of `request`."""
    return end(open_of(user).exclude(session_key=request.session.session_key or ""))


@transaction.atomic
def reset_factor(user: User) -> int:
    """Takes away every second factor of somebody who lost them all, ends their sessions and tells
    them; how many sessions. At the next sign-in they set up a new one."""
    Authenticator.objects.filter(user=user).delete()
    notices.tell(user, Notice.About.FACTOR)
    return end(open_of(user))


def forget() -> int:
    """Forgets sign-ins of more than half a year ago, whose sessions ended long since; how many.
    From then on their devices are new again."""
    old = timezone.now() - datetime.timedelta(days=DAYS)
    return SignIn.objects.filter(signed_in_at__lt=old).delete()[0]
