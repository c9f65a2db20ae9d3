from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plaidoyer.mail.models import Envelope
from plaidoyer.supporters.models import Supporter


class Mailing(models.Model):
    """One bulk message: a version in each language, one copy for each reader."""

    name = models.CharField(_("name"), max_length=200)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    frozen_at = models.DateTimeField(_("audience frozen"), null=True, blank=True)

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")

    def __str__(self) -> str:
        return self.name


class Version(models.Model):
    """The mailing in one language, with the slots of newsletters/mailings.py."""

    mailing = models.ForeignKey(Mailing, models.CASCADE, related_name="versions")
    language = models.CharField(max_length=12)
    subject = models.CharField(max_length=250)
    html = models.TextField()
    text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint("mailing", "language", name="version_once")]


class Copy(models.Model):
    """One reader's copy. The database allows a reader one copy of a mailing."""

    pk = models.CompositePrimaryKey("mailing_id", "supporter_id")
    mailing = models.ForeignKey(Mailing, models.CASCADE, related_name="copies")
    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="+")
    envelope = models.OneToOneField(Envelope, models.PROTECT, related_name="copy")
