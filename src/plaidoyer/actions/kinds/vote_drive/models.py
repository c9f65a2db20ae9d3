from django.db import models
from django.utils import timezone

from plaidoyer.actions.models import ActionForm
from plaidoyer.civics.models import Post


class MemberTally(models.Model):
    """How many people whose act counts wrote to a member. Recounted, never incremented."""

    form = models.ForeignKey(ActionForm, models.CASCADE, related_name="member_tallies")
    post = models.ForeignKey(Post, models.CASCADE, related_name="+")
    people = models.PositiveIntegerField(default=0)
    recounted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("form", "post", name="member_tally_once")]
