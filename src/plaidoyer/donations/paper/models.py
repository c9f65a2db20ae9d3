from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plaidoyer.donations.words import Method, currencies


class Batch(models.Model):
    """The envelopes of a day, entered one after the other, with a total that has to come out."""

    method = models.CharField(
        _("method"),
        max_length=10,
        choices=[(one.value, one.label) for one in (Method.CHEQUE, Method.CASH)],
        default=Method.CHEQUE,
    )
    currency = models.CharField(_("currency"), max_length=3, choices=currencies, default="CAD")
    received_on = models.DateField(_("received"), default=timezone.localdate)
    # By somebody's adding machine, before anything is entered.
    expected = models.PositiveBigIntegerField(_("total by hand"), null=True, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("batch of envelopes")
        verbose_name_plural = _("batches of envelopes")
        ordering = ["-received_on", "-id"]

    def __str__(self) -> str:
        return f"{self.received_on} · {self.get_method_display()}"
