"""Mail to an address that stands in one exported list alone: whoever sees to it is told."""

from django.conf import settings
from django.contrib.auth.models import User
from django.utils.translation import gettext_noop as _

from plaidoyer.mail.models import Incoming
from plaidoyer.staff import notices
from plaidoyer.staff.models import AuditEntry, Notice
from plaidoyer.supporters import canaries


def export(local: str) -> AuditEntry | None:
    """The export in whose file `local`@ our mail domain stands."""
    if not canaries.SHAPE.fullmatch(local.lower()):
        return None
    told = f"{local}@{settings.MAIL_DOMAIN}".lower()
    return AuditEntry.objects.filter(verb="export", note=told).first()


def is_desk(local: str) -> bool:
    """Whether that name is one of an exported list."""
    return export(local) is not None


def receive(row: Incoming) -> None:
    """Tells administrators and data officers, once for each export, of which one this is."""
    entry = export(row.recipient.rpartition("@")[0])
    row.words = _("somebody wrote to an exported list of supporters")
    if entry is None or Notice.objects.filter(entry=entry).exists():
        return
    able = User.objects.with_perm(
        "staff.view_auditentry", backend="django.contrib.auth.backends.ModelBackend"
    )
    for person in able.filter(is_active=True).order_by("pk"):
        notices.tell(person, Notice.About.CANARY, entry)
