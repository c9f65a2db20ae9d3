"""What is counted of forms by area and by channel, and what of it is published."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from plaidoyer.civics.models import Area


class AreaTally(models.Model):
    """What counts on a form in one area. Recounted, never incremented; small numbers stay here."""

    form = models.ForeignKey("actions.ActionForm", models.CASCADE, related_name="area_tallies")
    area = models.ForeignKey(Area, models.CASCADE, related_name="+")
    confirmed = models.PositiveIntegerField(default=0)
    recounted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("form", "area", name="area_tally_once")]


class AreaRelease(models.Model):
    """What the public may see of a form's areas from a moment on (areas.release). Append-only."""

    form = models.ForeignKey("actions.ActionForm", models.CASCADE, related_name="area_releases")
    released_at = models.DateTimeField(default=timezone.now)
    # What counted in all at that moment, and tens by area id: no area under ten.
    total = models.PositiveIntegerField()
    shown = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["form", "-released_at"], name="area_release_last")]


class ChannelTally(models.Model):
    """What counts on a form by the way people came. Recounted, never incremented (sharing)."""

    form = models.ForeignKey("actions.ActionForm", models.CASCADE, related_name="channel_tallies")
    channel = models.CharField(max_length=60)
    # The code of the supporter who passed it on, where they asked for one.
    code = models.CharField(max_length=10, blank=True)
    confirmed = models.PositiveIntegerField(default=0)
    recounted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint("form", "channel", "code", name="channel_tally_once")
        ]
        indexes = [models.Index("code", name="channel_of_code", condition=~Q(code=""))]
