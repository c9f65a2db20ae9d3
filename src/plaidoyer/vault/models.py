from django.db import models
from django.utils import timezone


class Root(models.Model):
    """A key of the organisation, wrapped under the master key."""

    class Purpose(models.TextChoices):
        # Wraps the keys of documents; the newest is used, older ones still open.
        SEAL = "seal"
        # Of blind indexes (vault.marks). There is one for ever: another would lose every mark.
        MARK = "mark"

    purpose = models.CharField(max_length=4, choices=Purpose.choices)
    version = models.PositiveSmallIntegerField()
    wrapped = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("purpose", "version", name="root_version_once")]


class Key(models.Model):
    """The key of one row's sealed document, wrapped under a root of the organisation.

    Written and deleted by triggers on the sealed tables (vault.triggers), never by hand. No
    constraint leads to the row: a copy of the database may be kept without this table.
    """

    # The row's own.
    uid = models.UUIDField(primary_key=True)
    # Two bytes of the root's version, then nonce and ciphertext.
    wrapped = models.BinaryField()
