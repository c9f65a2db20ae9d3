from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plaidoyer.actions.models import ActionForm
from plaidoyer.campaigns.models import Campaign
from plaidoyer.evidence.models import LINK_OR_FILE, Proof
from plaidoyer.lib.words import WordsField
from plaidoyer.parliament.models import OfficialPetition


class Figure(models.Model):
    """The definition of something counted. Its value is counted behind the pages (Value)."""

    class Source(models.TextChoices):
        OWN = "own", _("our own acts")
        OFFICIAL = "official", _("a parliament’s own count")
        OFFLINE = "offline", _("offline acts, with evidence")

    class Rung(models.TextChoices):
        """A step of the count ladder (docs/reference/count-ladder.md)."""

        SUBMITTED = "submitted", pgettext_lazy("rung", "submitted")
        CONFIRMED = "confirmed", pgettext_lazy("rung", "confirmed")
        QUEUED = "queued", pgettext_lazy("rung", "queued")
        ACCEPTED = "accepted", pgettext_lazy("rung", "accepted")
        BOUNCED = "bounced", pgettext_lazy("rung", "bounced")
        REPLIED = "replied", pgettext_lazy("rung", "replied")

    name = models.SlugField(
        _("name"),
        max_length=60,
        unique=True,
        help_text=_("As it is called in texts: {figure:name}. It stays, once used."),
    )
    noun = WordsField(
        _("what is counted"),
        help_text=_("As it follows the number: “letters to the minister”."),
    )
    noun_one = WordsField(_("the same, of one"), blank=True)
    source = models.CharField(_("source"), max_length=8, choices=Source.choices)
    rung = models.CharField(_("step of the ladder"), max_length=9, choices=Rung.choices, blank=True)
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="figures", verbose_name=_("campaign")
    )
    forms = models.ManyToManyField(
        ActionForm, blank=True, related_name="figures", verbose_name=_("forms")
    )
    petition = models.ForeignKey(
        OfficialPetition,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="figures",
        verbose_name=_("official petition"),
    )
    offline_kind = models.CharField(_("kind of offline acts"), max_length=10, blank=True)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("to"), null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        ordering = ["campaign", "name"]
        constraints = [
            models.CheckConstraint(
                name="figure_of_one_source",
                condition=(
                    (Q(source="own", petition=None, offline_kind="") & ~Q(rung=""))
                    | Q(source="official", petition__isnull=False, rung="", offline_kind="")
                    | (Q(source="offline", petition=None, rung="") & ~Q(offline_kind=""))
                ),
                violation_error_message=_("A figure has one source, and what belongs to it."),
            ),
            models.CheckConstraint(
                name="figure_period_runs_forward",
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("A period ends after it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.noun}"


class Value(models.Model):
    """What a figure was from one count to the next that gave the same. Appended, never changed."""

    figure = models.ForeignKey(Figure, models.CASCADE, related_name="values")
    value = models.PositiveBigIntegerField()
    # Of the first count that gave it, and of the last.
    first_at = models.DateTimeField()
    counted_at = models.DateTimeField()
    # Where an official count was read.
    source_url = models.URLField(max_length=500, blank=True)

    class Meta:
        ordering = ["-counted_at", "-id"]
        indexes = [models.Index(fields=["figure", "-counted_at"], name="value_of_figure")]


class OfflineActs(Proof):
    """Acts on paper or in the street: how many, when, and where anybody can check it."""

    class Kind(models.TextChoices):
        PAPER = "paper", _("signatures on paper")
        RALLY = "rally", _("people at a rally")
        LETTER = "letter", _("letters by post")
        VISIT = "visit", _("visits to an office")
        OTHER = "other", _("other")

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="offline_acts", verbose_name=_("campaign")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    number = models.PositiveIntegerField(_("how many"), validators=[MinValueValidator(1)])
    happened_on = models.DateField(_("day"))
    words = WordsField(_("what it was"))
    counted_by = WordsField(
        _("who counted"), help_text=_("“Two volunteers, twice”, “the police”, “the registry”.")
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("offline acts")
        verbose_name_plural = _("offline acts")
        ordering = ["-happened_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="offline_link_or_file",
                condition=LINK_OR_FILE,
                violation_error_message=_("Give a link or a file."),
            ),
            models.CheckConstraint(name="offline_some", condition=Q(number__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.happened_on}: {self.number} {self.get_kind_display()}"


class Strike(models.Model):
    """A line of offline acts counts no more, from a moment on and for a reason. It stays."""

    line = models.OneToOneField(OfflineActs, models.PROTECT, related_name="strike")
    reason = WordsField(_("why it is struck"), long=True)
    struck_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    struck_at = models.DateTimeField(default=timezone.now)
