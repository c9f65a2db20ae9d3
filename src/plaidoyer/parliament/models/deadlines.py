import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting

from plaidoyer.mail.models import Envelope
from plaidoyer.parliament.models.petitions import OfficialPetition
from plaidoyer.parliament.models.votes import Motion


class DeadlineNotice(models.Model):
    """An organiser is told of a deadline, once. A deadline that moves to another day is another."""

    petition = models.ForeignKey(
        OfficialPetition, models.CASCADE, null=True, blank=True, related_name="notices"
    )
    motion = models.ForeignKey(
        Motion, models.CASCADE, null=True, blank=True, related_name="notices"
    )
    # `closes`, `answer`, `debate` of a petition, `vote` on a motion (deadlines.Code).
    code = models.CharField(max_length=10)
    due_on = models.DateField()
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    # One mail may tell of several.
    envelope = models.ForeignKey(
        Envelope, models.PROTECT, null=True, blank=True, related_name="deadline_notices"
    )
    told_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="notice_of_one_thing",
                condition=Q(petition__isnull=False, motion=None)
                | Q(petition=None, motion__isnull=False),
            ),
            models.UniqueConstraint(
                "petition",
                "motion",
                "code",
                "due_on",
                "reader",
                name="noticed_once",
                nulls_distinct=False,
            ),
        ]


class FeedLink(models.Model):
    """The address at which an organiser's calendar finds all deadlines. The last one holds."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="deadline_feeds"
    )
    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]


@register_setting(icon="calendar", order=920)
class PetitionSettings(BaseSiteSetting):
    """How official petitions are followed."""

    fetches_counts = models.BooleanField(
        _("read official counts every day"),
        default=False,
        help_text=_(
            "Asks the parliament’s site once a day for each open petition that a campaign follows, "
            "where that site offers its figures to programs."
        ),
    )
    reminder_days = models.PositiveSmallIntegerField(
        _("days before a deadline on which organisers are told"),
        default=7,
        validators=[MinValueValidator(0), MaxValueValidator(60)],
    )

    panels = [FieldPanel("reminder_days"), FieldPanel("fetches_counts")]

    class Meta:
        verbose_name = _("official petitions")

    @classmethod
    def current(cls) -> "PetitionSettings":
        """What was set for this installation, else the defaults; one query, nothing written."""
        return cls.objects.filter(site__is_default_site=True).first() or cls()
