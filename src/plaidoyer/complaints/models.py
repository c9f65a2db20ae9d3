import datetime
import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plaidoyer.actions.models import ActionForm
from plaidoyer.vault.fields import Part, SealedField

# Where somebody may come to harm, hours count.
SOON, LATER = datetime.timedelta(hours=24), datetime.timedelta(hours=72)


class Reason(models.TextChoices):
    """What is wrong; by conduct, whatever the cause."""

    THREAT = "threat", _("It threatens somebody, or calls for violence")
    PRIVATE = "private", _("It shows somebody’s home, telephone, family or other private facts")
    MINOR = "minor", _("It concerns somebody under age")
    PERSON = "person", _("It asks a private person, or somebody in no public role")
    HATE = "hate", _("It degrades people for what they are")
    FALSE = "false", _("It accuses somebody of a wrong without a source")
    PRETENCE = "pretence", _("Somebody pretends to be somebody else")
    OTHER = "other", _("Something else that the law or your rules forbid")


URGENT = {Reason.THREAT, Reason.PRIVATE, Reason.MINOR}


class Complaint(models.Model):
    """Somebody says that something on this site should not be there. It names nobody who says so;
    a secret link leads back to it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # The address on this site, and the form that stands there, if one does.
    page = models.CharField(_("page"), max_length=300)
    form = models.ForeignKey(
        ActionForm, models.SET_NULL, null=True, blank=True, related_name="complaints"
    )
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    # Emptied a year after the ruling. What is typed here may name anybody.
    sealed = SealedField()
    text = Part(_("what is wrong"))
    language = models.CharField(max_length=12)
    filed_at = models.DateTimeField(_("filed"), default=timezone.now)
    due_at = models.DateTimeField(_("to be decided by"))
    # Asked once more, of somebody else.
    appeals = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="appeal"
    )

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        ordering = ["due_at", "id"]
        indexes = [models.Index("page", name="complaint_of_page")]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} ({self.page})"

    @property
    def is_late(self) -> bool:
        """Whether its time is over and nobody has decided."""
        return not hasattr(self, "ruling") and self.due_at < timezone.now()


class Ruling(models.Model):
    """What was decided on a complaint, by whom and why. Append-only; each holds the one before by
    its hash, so that none can be taken out unseen."""

    class Outcome(models.TextChoices):
        REMOVED = "removed", pgettext_lazy("complaint", "taken down")
        CHANGED = "changed", pgettext_lazy("complaint", "changed")
        KEPT = "kept", pgettext_lazy("complaint", "left as it is")

    complaint = models.OneToOneField(Complaint, models.PROTECT, related_name="ruling")
    outcome = models.CharField(_("decision"), max_length=8, choices=Outcome.choices)
    # What whoever complained reads.
    words = models.TextField(_("why"))
    ruled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ruled_at = models.DateTimeField(_("decided"), default=timezone.now)
    chain = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        verbose_name = _("ruling")
        verbose_name_plural = _("rulings")
        ordering = ["id"]
