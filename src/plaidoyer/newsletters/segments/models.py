from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Segment(models.Model):
    """Who among those subscribed: groups of conditions, joined by "and" or by "or"."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    # What segments.trees reads: {"join", "groups": [{"join", "negated", "rules": [...]}]}.
    tree = models.JSONField(_("definition"), default=dict)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
