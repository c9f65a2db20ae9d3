from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plaidoyer.civics.models import Organization


class LegislativeSession(models.Model):
    """Popolo legislative session: `44-1` is the first session of the 44th parliament."""

    legislature = models.ForeignKey(
        Organization, models.PROTECT, related_name="sessions", verbose_name=_("legislature")
    )
    identifier = models.CharField(_("number"), max_length=20)
    # The parliament it belongs to, whose dissolution ends all its sessions.
    parliament = models.CharField(_("parliament"), max_length=20, blank=True)
    start_on = models.DateField(_("opened"), null=True, blank=True)
    end_on = models.DateField(_("ended"), null=True, blank=True)
    # The day on which it ended because the parliament was dissolved.
    dissolved_on = models.DateField(_("dissolved"), null=True, blank=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["legislature", "-start_on", "-identifier"]
        constraints = [
            models.UniqueConstraint("legislature", "identifier", name="session_once"),
            models.CheckConstraint(
                name="session_ends_after_start",
                condition=Q(start_on=None) | Q(end_on=None) | Q(end_on__gte=models.F("start_on")),
                violation_error_message=_("A session ends after it begins."),
            ),
        ]

    def __str__(self) -> str:
        return self.identifier


class SittingDay(models.Model):
    """A day on which a legislature sits, or is scheduled to."""

    legislature = models.ForeignKey(
        Organization, models.CASCADE, related_name="sitting_days", verbose_name=_("legislature")
    )
    day = models.DateField(_("day"))

    class Meta:
        verbose_name = _("sitting day")
        verbose_name_plural = _("sitting days")
        ordering = ["day"]
        constraints = [models.UniqueConstraint("legislature", "day", name="sitting_day_once")]
