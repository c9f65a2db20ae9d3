from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from plaidoyer.civics.models import Area, Organization
from plaidoyer.lib.words import WordsField, validate_links
from plaidoyer.parliament.models.sessions import LegislativeSession


class PetitionRules(ClusterableModel):
    """What a legislature asks of its petitions, from a day on, and where that is written."""

    legislature = models.ForeignKey(
        Organization, models.PROTECT, related_name="petition_rules", verbose_name=_("legislature")
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    # For how many days or months a petition may be open; the petitioner chooses among the days.
    open_days = ArrayField(
        models.PositiveSmallIntegerField(),
        default=list,
        blank=True,
        verbose_name=_("open for days"),
    )
    open_months = models.PositiveSmallIntegerField(_("open for months"), null=True, blank=True)
    sponsor_required = models.BooleanField(_("a member must sponsor it"), default=False)
    # Calendar days from presentation until an answer is due.
    response_days = models.PositiveSmallIntegerField(
        _("days until an answer is due"), null=True, blank=True
    )
    # Where that day is no sitting day, the answer is due on the next one.
    response_on_sitting_day = models.BooleanField(_("due on a sitting day"), default=False)
    closed_by_dissolution = models.BooleanField(_("closed by dissolution"), default=True)
    source = models.URLField(_("where the rule is written"), max_length=400)
    # Whether the official page or text was read, or somebody else's account of it.
    is_official = models.BooleanField(_("read in the official text"), default=False)

    class Meta:
        verbose_name = _("petition rules")
        verbose_name_plural = _("petition rules")
        ordering = ["legislature", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                "legislature", "valid_from", name="petition_rules_once", nulls_distinct=False
            )
        ]


class Threshold(models.Model):
    """A number of signatures that has an effect: certification, a reply, a debate."""

    rules = ParentalKey(PetitionRules, on_delete=models.CASCADE, related_name="thresholds")
    code = models.SlugField(_("short name"), max_length=40)
    signatures = models.PositiveIntegerField(_("signatures"))
    effect = WordsField(_("what it leads to"))

    class Meta:
        verbose_name = _("threshold")
        verbose_name_plural = _("thresholds")
        ordering = ["signatures"]
        constraints = [models.UniqueConstraint("rules", "code", name="threshold_once")]


class OfficialPetition(ClusterableModel):
    """A petition on a parliament's own site; people sign it there, not here."""

    legislature = models.ForeignKey(
        Organization, models.PROTECT, related_name="petitions", verbose_name=_("legislature")
    )
    identifier = models.CharField(_("number"), max_length=40)
    title = WordsField(_("title"))
    url = WordsField(_("official page"), validators=[validate_links])
    session = models.ForeignKey(
        LegislativeSession,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="petitions",
        verbose_name=_("session"),
    )
    sponsor = models.CharField(_("sponsor"), max_length=200, blank=True)
    opens_on = models.DateField(_("opens"), null=True, blank=True)
    closes_on = models.DateField(_("closes"), null=True, blank=True)
    certified_on = models.DateField(_("certified"), null=True, blank=True)
    # Not certified: too few valid signatures, or against the rules.
    refused_on = models.DateField(_("refused"), null=True, blank=True)
    withdrawn_on = models.DateField(_("withdrawn"), null=True, blank=True)
    presented_on = models.DateField(_("presented"), null=True, blank=True)
    presented_by = models.CharField(_("presented by"), max_length=200, blank=True)
    # Its number once it is presented, such as 441-00141.
    presented_as = models.CharField(_("number when presented"), max_length=40, blank=True)
    # Typed in where it differs from what the rules give, with the reason.
    response_due_on = models.DateField(_("response due"), null=True, blank=True)
    response_due_reason = models.CharField(_("why that day"), max_length=200, blank=True)
    debate_on = models.DateField(_("debate"), null=True, blank=True)
    answered_on = models.DateField(_("answered"), null=True, blank=True)
    answer_url = WordsField(_("answer"), blank=True, validators=[validate_links])
    # What the parliament's own site calls its state.
    status = models.CharField(_("state as published"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("official petition")
        verbose_name_plural = _("official petitions")
        constraints = [
            models.UniqueConstraint(
                "legislature",
                "identifier",
                name="official_petition_once",
                violation_error_message=_("That petition is recorded already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.identifier}: {self.title}"


class PetitionSnapshot(models.Model):
    """The official count as it stood at a moment, and where it was read."""

    petition = ParentalKey(OfficialPetition, on_delete=models.CASCADE, related_name="snapshots")
    taken_at = models.DateTimeField(_("seen"), default=timezone.now)
    signatures = models.PositiveIntegerField(_("signatures"))
    source = models.URLField(_("source"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("official count")
        verbose_name_plural = _("official counts")
        ordering = ["-taken_at"]
        get_latest_by = "taken_at"

    def __str__(self) -> str:
        return f"{self.petition.identifier}: {self.signatures}"


class RegionCount(models.Model):
    """How many of an official count came from one region, as the parliament's site has it."""

    snapshot = models.ForeignKey(PetitionSnapshot, models.CASCADE, related_name="regions")
    # None for a region we hold no area of (another country).
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("region"), max_length=120)
    signatures = models.PositiveIntegerField(_("signatures"))

    class Meta:
        verbose_name = _("count by region")
        verbose_name_plural = _("counts by region")
        ordering = ["-signatures"]
        constraints = [models.UniqueConstraint("snapshot", "name", name="region_count_once")]


class PublishedRank(models.Model):
    """A place among petitions that somebody published, as it was published, with its source."""

    petition = ParentalKey(OfficialPetition, on_delete=models.CASCADE, related_name="ranks")
    # `all`, `parliament`, `session`, `year`, `open`.
    scope = models.CharField(_("among"), max_length=20)
    rank = models.PositiveIntegerField(_("place"))
    as_of = models.DateField(_("on"))
    source = models.URLField(_("source"))

    class Meta:
        verbose_name = _("published place")
        verbose_name_plural = _("published places")
        constraints = [
            models.UniqueConstraint("petition", "scope", "as_of", name="published_rank_once")
        ]
