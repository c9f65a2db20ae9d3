from django.db import models
from django.utils import timezone

from plaidoyer.actions.models import Action
from plaidoyer.civics.models import Post


class SaidSeat(models.Model):
    """Whoever wrote said afterwards who represents them: the letter that waited goes there."""

    action = models.OneToOneField(Action, models.CASCADE, related_name="said_seat")
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    said_at = models.DateTimeField(default=timezone.now)
