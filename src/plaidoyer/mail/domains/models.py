from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DomainCheck(models.Model):
    """What the name servers said of a domain at one moment, and what we made of it."""

    domain = models.CharField(_("domain"), max_length=253)
    checked_at = models.DateTimeField(_("checked"), default=timezone.now)
    # Each finding: key, level, facts. Its words are found when it is shown, in any language.
    findings = models.JSONField(default=list)

    class Meta:
        verbose_name = _("check of a domain")
        verbose_name_plural = _("checks of domains")
        indexes = [models.Index("domain", models.F("checked_at").desc(), name="domain_check_last")]
