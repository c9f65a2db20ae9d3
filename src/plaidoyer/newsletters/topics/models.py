from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plaidoyer.lib.words import WordsField
from plaidoyer.mail.models import Envelope
from plaidoyer.supporters.models import Consent, Supporter

CODE = RegexValidator(r"^[a-z][a-z0-9-]*$", _("Small letters, digits and dashes only."))


class Topic(models.Model):
    """What a newsletter is about, so that a reader may want one and not the other."""

    # Stands in the purpose of consents (`topic:urgent`), so it never changes.
    code = models.CharField(_("short name"), max_length=20, unique=True, validators=[CODE])
    name = WordsField(_("name"))
    description = WordsField(_("what it brings, and how often"), blank=True)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=1)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def purpose(self) -> str:
        """Under which the consents of its readers stand."""
        return f"topic:{self.code}"


class TopicEnd(models.Model):
    """A subscribed reader wants no mail on a topic, until they want it again.

    Whoever is subscribed gets every topic they did not end.
    """

    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="topic_ends")
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="ends")
    consent = models.ForeignKey(Consent, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(default=timezone.now)
    resumed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "supporter", "topic", name="topic_ended_once", condition=Q(resumed_at=None)
            )
        ]


class Pause(models.Model):
    """A reader wants no newsletter until a moment; the last one holds."""

    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="pauses")
    began_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("supporter", name="paused_once", condition=Q(lifted_at=None)),
            models.CheckConstraint(
                name="pause_ends_after_it_begins", condition=Q(until__gt=F("began_at"))
            ),
        ]


class StayQuestion(models.Model):
    """A reader who did nothing for long was asked, by one mail, whether they stay (staying)."""

    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="stay_questions")
    envelope = models.OneToOneField(Envelope, models.PROTECT, related_name="stay_question")
    asked_at = models.DateTimeField(default=timezone.now)
