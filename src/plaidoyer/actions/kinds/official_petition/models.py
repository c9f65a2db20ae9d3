from django.db import models
from django.db.models import Q
from django.utils import timezone

from plaidoyer.actions.models import Action, ActionForm
from plaidoyer.mail.models import Envelope
from plaidoyer.supporters.models import Supporter


class Reminder(models.Model):
    """Somebody confirmed the wish to be reminded, once, to sign the official petition."""

    action = models.OneToOneField(Action, models.CASCADE, related_name="reminder")
    form = models.ForeignKey(ActionForm, models.PROTECT, related_name="reminders")
    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="reminders")
    asked_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # The mail; once there is one, there is never another.
    envelope = models.OneToOneField(
        Envelope, models.PROTECT, null=True, blank=True, related_name="reminder"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "form", "supporter", name="reminded_once", condition=Q(withdrawn_at=None)
            )
        ]
        indexes = [
            models.Index("asked_at", name="reminder_waits", condition=Q(envelope=None)),
        ]
