from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plaidoyer.campaigns.models import Campaign, Demand, Target
from plaidoyer.lib.words import WordsField


class Awaited(models.Model):
    """Something that is to happen by a day, and whose turn it is."""

    class Kind(models.TextChoices):
        RESPONSE = "response", _("response")
        VOTE = "vote", _("vote")
        TABLING = "tabling", _("tabling")
        HEARING = "hearing", _("hearing")
        DECISION = "decision", _("decision")
        STEP = "step", _("a step of ours")

    campaign = models.ForeignKey(
        Campaign, models.CASCADE, related_name="awaited", verbose_name=_("campaign")
    )
    demand = models.ForeignKey(
        Demand,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="awaited",
        verbose_name=_("demand"),
    )
    target = models.ForeignKey(
        Target,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="awaited",
        verbose_name=_("target"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    words = WordsField(_("what is awaited"))
    due_on = models.DateField(_("day"))
    # Only a step of ours waits for one of us.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="awaited",
        verbose_name=_("whose step it is"),
    )
    source = models.URLField(_("source"), max_length=500, blank=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    noted_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("awaited day")
        verbose_name_plural = _("awaited days")
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="awaited_owner_of_own_step",
                condition=Q(owner=None) | Q(kind="step"),
                violation_error_message=_("Only a step of ours waits for one of us."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.due_on}: {self.words}"

    def clean(self) -> None:
        """Raises ValidationError where demand or target are another campaign's."""
        for name in ("demand", "target"):
            row = getattr(self, name)
            if row and self.campaign_id and row.campaign_id != self.campaign_id:
                raise ValidationError({name: _("This belongs to another campaign.")})

    @property
    def is_ours(self) -> bool:
        """Whether we are to do something."""
        return self.kind == self.Kind.STEP


class Ending(models.Model):
    """What was awaited came, or is awaited no more."""

    awaited = models.OneToOneField(Awaited, models.CASCADE, related_name="ending")
    # What came; none where it was given up.
    milestone = models.ForeignKey(
        "outcomes.Milestone", models.SET_NULL, null=True, blank=True, related_name="ended"
    )
    reason = models.CharField(_("how it ended"), max_length=300, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(default=timezone.now)
