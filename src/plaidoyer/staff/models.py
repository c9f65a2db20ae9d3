"""Who came in, what they are told by mail, and rights that no single table has."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plaidoyer.mail.models import Envelope
from plaidoyer.staff.audit.models import AuditEntry as AuditEntry
from plaidoyer.staff.audit.models import AuditSeal as AuditSeal
from plaidoyer.staff.seconds.models import Countersigning as Countersigning

# What reveals opinions, and may be taken out of the house by those only who have the right to it.
EXPORTS = {
    "supporters": _("supporters"),
    "acts": _("acts"),
    "letters": _("letters and replies"),
    "gifts": _("gifts"),
}


class Export(models.Model):
    """The rights to take personal things out as a file; to see them is a right of its own."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [(f"export_{thing}", f"Can export {thing}") for thing in EXPORTS]


class SignIn(models.Model):
    """Somebody came in. Of their browser and network only a keyed hash is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    device = models.CharField(max_length=24)
    signed_in_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["user", "device"], name="known_device")]


class Notice(models.Model):
    """A mail to somebody of the staff: about their account, or about a list that went astray."""

    class About(models.TextChoices):
        RESET = "reset", _("a new password is asked for")
        PASSWORD = "password", _("the password changed")
        FACTOR = "factor", _("a second factor changed")
        DEVICE = "device", _("a sign-in from a new device")
        CANARY = "canary", _("mail to an exported list")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    about = models.CharField(max_length=8, choices=About)
    envelope = models.OneToOneField(Envelope, models.CASCADE, related_name="+")
    # The export whose list somebody wrote to.
    entry = models.ForeignKey(AuditEntry, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
