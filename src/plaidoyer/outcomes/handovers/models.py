import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plaidoyer.actions.models import ActionForm
from plaidoyer.campaigns.models import Target
from plaidoyer.lib.words import WordsField


class Handover(models.Model):
    """A petition to be brought to a target: who asked for its package, with which cover letter."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    form = models.ForeignKey(
        ActionForm, models.PROTECT, related_name="handovers", verbose_name=_("form")
    )
    target = models.ForeignKey(
        Target, models.PROTECT, related_name="handovers", verbose_name=_("target")
    )
    words = WordsField(_("cover letter"), long=True)
    asked_at = models.DateTimeField(_("asked for"), default=timezone.now)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    # How far the package is, in percent, and why there is none where it failed.
    progress = models.PositiveSmallIntegerField(default=0)
    failed_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=300, blank=True)
    # Once it was handed over.
    milestone = models.OneToOneField(
        "outcomes.Milestone", models.SET_NULL, null=True, blank=True, related_name="handover"
    )

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        ordering = ["-asked_at", "-id"]

    def __str__(self) -> str:
        return f"{self.form} → {self.target}"


class Package(models.Model):
    """What is handed over, as one zip. Written once, never changed."""

    handover = models.OneToOneField(Handover, models.PROTECT, related_name="package")
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    manifest = models.JSONField()
    counted_at = models.DateTimeField()
    made_at = models.DateTimeField(default=timezone.now)
