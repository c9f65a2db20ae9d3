from django.db import models
from django.db.models import Q
from django.utils import timezone


class Entry(models.Model):
    """One line of a form's public log: an act counts, or one counts no more. Append-only."""

    form = models.ForeignKey("actions.ActionForm", models.PROTECT, related_name="entries")
    # From nought, without a gap.
    index = models.PositiveBigIntegerField()
    line = models.CharField(max_length=80)
    # No constraint leads to the act: should its row be deleted behind our back, this one stays
    # and tells.
    action_id = models.BigIntegerField()
    # What opens the commitment. Destroyed when its author has everything erased.
    salt = models.BinaryField(null=True)
    # Of an entry that says that another one's act counts no more.
    removes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="removal", editable=False
    )

    class Meta:
        constraints = [models.UniqueConstraint("form", "index", name="entry_of_log")]
        indexes = [models.Index("action_id", name="entry_of_act", condition=Q(removes=None))]


class Checkpoint(models.Model):
    """A form's log at one size, signed. Append-only: once published, others hold it against us."""

    form = models.ForeignKey("actions.ActionForm", models.PROTECT, related_name="checkpoints")
    size = models.PositiveBigIntegerField()
    # Acts that count at this size: entries less twice the removals.
    count = models.PositiveBigIntegerField()
    # The signed note with its witnesses' lines, and the right edge of the tree to go on from.
    note = models.TextField()
    edge = models.BinaryField()
    signed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("form", "size", name="checkpoint_of_size")]
