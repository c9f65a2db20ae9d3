from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class BundleImport(models.Model):
    """A bundle was taken in: which, when, by whom, and every row it added."""

    name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64)
    imported_at = models.DateTimeField(_("imported"), default=timezone.now)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # ["app.model", key] in the order they were added.
    added = models.JSONField(default=list)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)

    class Meta:
        verbose_name = _("imported bundle")
        verbose_name_plural = _("imported bundles")
        ordering = ["-imported_at", "-id"]

    def __str__(self) -> str:
        return self.name
