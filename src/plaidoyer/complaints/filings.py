"""How a complaint comes in: from anybody, without an account, at once acknowledged."""

import datetime

from django.db import transaction
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _

from plaidoyer.actions.models import ActionForm, ActionPage
from plaidoyer.complaints.models import LATER, SOON, URGENT, Complaint
from plaidoyer.lib import tokens

FOLLOW = "complaint"
# So many wait about one page, or in all: whoever reads them knows by then.
MOST_OF_A_PAGE, MOST = 50, 2_000


class EnoughError(Exception):
    """So many wait already that one more tells nothing new. Its argument says so."""


def due(reason: str, at: datetime.datetime) -> datetime.datetime:
    """By when a complaint of that reason is decided: a day where somebody may come to harm."""
    return at + (SOON if reason in URGENT else LATER)


@transaction.atomic
def file(*, page: str, reason: str, text: str, language: str) -> Complaint:
    """Keeps a complaint. Raises EnoughError."""
    waiting = Complaint.objects.filter(ruling=None)
    if waiting.filter(page=page).count() >= MOST_OF_A_PAGE or waiting.count() >= MOST:
        raise EnoughError(_("Others have told us already; somebody is looking at it."))
    now = timezone.now()
    return Complaint.objects.create(
        page=page,
        form=form_at(page),
        reason=reason,
        text=text,
        language=language,
        filed_at=now,
        due_at=due(reason, now),
    )


@transaction.atomic
def appeal(complaint: Complaint, text: str) -> Complaint:
    """Asks for a second decision, by somebody else; asked twice it is the first one."""
    now = timezone.now()
    second, _new = Complaint.objects.get_or_create(
        appeals=complaint,
        defaults={
            "page": complaint.page,
            "form": complaint.form,
            "reason": complaint.reason,
            "language": complaint.language,
            "text": text,
            "filed_at": now,
            "due_at": now + LATER,
        },
    )
    return second


def may_appeal(complaint: Complaint) -> bool:
    """Once, of a first decision."""
    has_second = Complaint.objects.filter(appeals=complaint).exists()
    return hasattr(complaint, "ruling") and complaint.appeals_id is None and not has_second


def form_at(page: str) -> ActionForm | None:
    """The form that stands at an address of this site."""
    language, _slash, rest = page.removeprefix("/").partition("/")
    path = rest.strip("/")
    pages = ActionPage.objects.filter(locale__language_code=language, slug=path.rpartition("/")[2])
    for one in pages.select_related("form"):
        if one.get_url() == page:
            return one.form
    try:
        public_id = resolve(page).kwargs.get("public_id", "")
    except Resolver404:
        return None
    return ActionForm.objects.filter(public_id=public_id).first()


def token(complaint: Complaint) -> str:
    """What leads back to it."""
    return tokens.make(FOLLOW, complaint.uid)


def of_token(told: str) -> Complaint | None:
    """The complaint that a link leads to."""
    try:
        uid = tokens.read(FOLLOW, told)
    except tokens.BadTokenError:
        return None
    return Complaint.objects.select_related("ruling", "appeal__ruling").filter(uid=uid).first()
