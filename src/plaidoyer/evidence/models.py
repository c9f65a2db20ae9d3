import hashlib
import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting

from plaidoyer.lib.words import languages
from plaidoyer.mail.models import Envelope

MEGABYTES = 25
# A constraint for every table of proofs: what has neither proves nothing.
LINK_OR_FILE = ~Q(url="", file="")


class Reading(models.Model):
    """What an address said when somebody gave it as evidence: what it is, its hash, our copy."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    address = models.CharField(max_length=500)
    # Where it stood, after redirections.
    found_at = models.CharField(max_length=2000)
    content_type = models.CharField(max_length=100, blank=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    title = models.CharField(max_length=250, blank=True)
    publisher = models.CharField(max_length=200, blank=True)
    published_on = models.DateField(null=True)
    language = models.CharField(max_length=12, blank=True)
    # Empty unless the organisation keeps copies. Never public: it is somebody else's work.
    content = models.BinaryField(default=b"")
    read_at = models.DateTimeField(default=timezone.now)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )


def validate_size(file: File) -> None:
    """Raises ValidationError for a file too big to be kept as evidence."""
    if file.size > MEGABYTES * 1_000_000:
        message = _("This file is larger than %(limit)d MB. Give a link, or a smaller file.")
        raise ValidationError(message, params={"limit": MEGABYTES})


class Proof(models.Model):
    """Where anybody can check a fact: a link or a file, its publisher and its date."""

    title = models.CharField(_("title"), max_length=250)
    url = models.URLField(
        _("link"), max_length=500, blank=True, validators=[URLValidator(["http", "https"])]
    )
    file = models.FileField(
        _("file"), upload_to="evidence/", max_length=200, blank=True, validators=[validate_size]
    )
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    publisher = models.CharField(_("publisher"), max_length=200)
    published_on = models.DateField(_("published on"))
    language = models.CharField(_("language"), max_length=12, choices=languages)
    retrieved_at = models.DateTimeField(_("seen"), default=timezone.now)
    reading = models.ForeignKey(
        Reading, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.title} ({self.publisher}, {self.published_on})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Also takes the SHA-256 of a new file: the proof that it is still the one recorded."""
        if not self.file:
            self.sha256 = ""
        elif not self.file._committed:  # type: ignore[attr-defined]
            self.file.seek(0)
            self.sha256 = hashlib.file_digest(self.file, "sha256").hexdigest()
        super().save(*args, **kwargs)

    @property
    def address(self) -> str:
        """Where it is read: the link, else our copy of the file."""
        return self.url or self.file.url

    @property
    def hash(self) -> str:
        """Of the file, else of what the link said when it was read; empty where neither is."""
        return self.sha256 or (self.reading.sha256 if self.reading else "")


class DeadLink(models.Model):
    """A link that stopped to answer, until it answers again."""

    url = models.CharField(max_length=500)
    detail = models.CharField(max_length=200)
    first_at = models.DateTimeField(default=timezone.now)
    # The last night on which it did not answer either.
    last_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("url", condition=Q(ended_at=None), name="dead_once_at_a_time")
        ]


class DeadLinkNotice(models.Model):
    """An organiser is told of a dead link, once."""

    link = models.ForeignKey(DeadLink, models.CASCADE, related_name="notices")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    # One mail may tell of several.
    envelope = models.ForeignKey(Envelope, models.PROTECT, null=True, related_name="+")
    told_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("link", "reader", name="dead_link_told_once")]


@register_setting(icon="clipboard-list", order=930)
class EvidenceSettings(BaseSiteSetting):
    """How evidence is kept."""

    keeps_copies = models.BooleanField(
        _("keep a copy of what a link says"),
        default=False,
        help_text=_(
            "Read when the link is given, seen in the back office only. Its hash is kept in any "
            "case. Whether you may keep a copy of others’ work is for the law of your country."
        ),
    )

    class Meta:
        verbose_name = _("evidence")

    @classmethod
    def current(cls) -> "EvidenceSettings":
        """What was set for this installation, else the defaults; one query, nothing written."""
        return cls.objects.filter(site__is_default_site=True).first() or cls()
