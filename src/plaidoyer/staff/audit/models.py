from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One deed of somebody of the staff, or an attempt. The database refuses to change it."""

    at = models.DateTimeField(_("when"), default=timezone.now, db_index=True)
    # The account by number and name as they were: the entry outlives the account.
    who = models.BigIntegerField(null=True)
    name = models.CharField(_("who"), max_length=150, blank=True)
    verb = models.CharField(_("verb"), max_length=60)
    what = models.CharField(_("on what"), max_length=120, blank=True)
    number = models.CharField(_("number"), max_length=100, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        # By the address in an exported list (supporters.canaries): strangers may ask for one.
        indexes = [models.Index("note", name="audit_note", condition=~Q(note=""))]


class AuditSeal(models.Model):
    """The place of an entry in the chain: a keyed hash of it and of the seal before.

    The key comes from SECRET_KEY, which is not in the database: whoever writes there cannot make
    the chain anew.
    """

    number = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(AuditEntry, models.PROTECT, related_name="seal")
    hash = models.BinaryField(max_length=32)

    class Meta:
        default_permissions = ()
