from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plaidoyer.actions.models import Action
from plaidoyer.campaigns.models import Target
from plaidoyer.mail.models import Envelope


class LetterQuerySet(models.QuerySet):
    def standing(self) -> "LetterQuerySet":
        """Those whose act is confirmed and was not withdrawn."""
        return self.filter(
            action__confirmation__isnull=False, action__confirmation__withdrawal=None
        )


class Letter(models.Model):
    """One act's message to one target, word for word. Held until the target has an address."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="letters")
    target = models.ForeignKey(Target, models.PROTECT, related_name="letters")
    recipient = models.CharField(_("recipient"), max_length=300)
    subject = models.CharField(_("subject"), max_length=250)
    body = models.TextField(_("body"))
    written_at = models.DateTimeField(_("written"), default=timezone.now)
    envelope = models.OneToOneField(
        Envelope,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="letter",
        verbose_name=_("state"),
    )

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        constraints = [models.UniqueConstraint("action", "target", name="letter_once")]

    def __str__(self) -> str:
        return f"{self.subject} → {self.recipient}"
