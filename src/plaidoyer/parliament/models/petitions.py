import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from plaidoyer.civics.models import Area, Organization
from plaidoyer.lib.words import WordsField, validate_links
from plaidoyer.parliament import states
from plaidoyer.parliament.models.sessions import LegislativeSession


def new_public_id() -> str:
    """Ten letters and digits that stand for a petition in addresses."""
    return get_random_string(10, "abcdefghjkmnpqrstuvwxyz23456789")


class Scope(models.TextChoices):
    """Among which petitions a place is taken."""

    ALL = "all", _("of all time")
    PARLIAMENT = "parliament", _("of the parliament")
    SESSION = "session", _("of the session")
    YEAR = "year", _("of the year")
    OPEN = "open", _("of those open now")


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
    response_months = models.PositiveSmallIntegerField(
        _("months until an answer is due"), null=True, blank=True
    )
    # A committee has those days first; it may take fewer, so the day is called uncertain.
    committee_days = models.PositiveSmallIntegerField(
        _("days of a committee before that"), null=True, blank=True
    )
    # Where that day is no sitting day, the answer is due on the next one (or the third).
    response_on_sitting_day = models.BooleanField(_("due on a sitting day"), default=False)
    response_sitting = models.PositiveSmallIntegerField(
        _("which sitting day after it"), default=1, validators=[MinValueValidator(1)]
    )
    closed_by_dissolution = models.BooleanField(_("closed by dissolution"), default=True)
    # Dissolution also ends those that closed before it and are not presented yet.
    dropped_unless_presented = models.BooleanField(
        _("dissolution drops those not presented"), default=False
    )
    answers_end_with_dissolution = models.BooleanField(
        _("no answer is due after a dissolution"), default=False
    )
    note = WordsField(_("what else organisers should know"), long=True, blank=True)
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
            ),
            models.CheckConstraint(
                name="petition_rules_end_after_start",
                condition=Q(valid_from=None)
                | Q(valid_until=None)
                | Q(valid_until__gte=F("valid_from")),
                violation_error_message=_("Rules end after they begin."),
            ),
        ]

    def __str__(self) -> str:
        since = f", {self.valid_from:%Y-%m-%d}" if self.valid_from else ""
        return f"{self.legislature}{since}"

    def hold(self, day: datetime.date) -> bool:
        """Whether they are in force on `day`; a missing start or end is open."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_until is None or day <= self.valid_until)


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

    def __str__(self) -> str:
        return f"{self.signatures}: {self.effect}"


class OfficialPetition(ClusterableModel):
    """A petition on a parliament's own site; people sign it there, not here."""

    legislature = models.ForeignKey(
        Organization, models.PROTECT, related_name="petitions", verbose_name=_("legislature")
    )
    public_id = models.CharField(max_length=10, unique=True, default=new_public_id, editable=False)
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
    # Those brought in with a list, to compare with, are not followed.
    is_followed = models.BooleanField(
        _("we follow it"),
        default=True,
        help_text=_("Its deadlines are told to organisers, and its page is public."),
    )
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
            ),
            models.CheckConstraint(
                name="petition_closes_after_opening",
                condition=Q(opens_on=None) | Q(closes_on=None) | Q(closes_on__gte=F("opens_on")),
                violation_error_message=_("A petition closes after it opens."),
            ),
            models.CheckConstraint(
                name="petition_certified_or_refused",
                condition=Q(certified_on=None) | Q(refused_on=None),
                violation_error_message=_("A petition is certified or refused, not both."),
            ),
            models.CheckConstraint(
                name="petition_answered_after_presentation",
                condition=Q(presented_on=None)
                | Q(answered_on=None)
                | Q(answered_on__gte=F("presented_on")),
                violation_error_message=_("An answer comes after the presentation."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.identifier}: {self.title}"

    @property
    def dates(self) -> states.Dates:
        """Its dated facts, as its state is derived from them."""
        return states.Dates(**{name: getattr(self, name) for name in states.DATED})

    def clean(self) -> None:
        """Raises ValidationError, beside their fields, for dates in an order that cannot be."""
        super().clean()
        faults = states.faults(self.dates)
        if self.response_due_on and not self.response_due_reason:
            faults["response_due_reason"] = _("Say why the answer is due on that day.")
        if faults:
            raise ValidationError({name: [words] for name, words in faults.items()})


class PetitionSnapshot(models.Model):
    """The official count as it stood at a moment, and where it was read."""

    class How(models.TextChoices):
        TYPED = "typed", _("typed in")
        PASTED = "pasted", _("from the pasted page")
        FETCHED = "fetched", _("fetched from the site")
        IMPORTED = "imported", _("from an imported list")

    petition = ParentalKey(OfficialPetition, on_delete=models.CASCADE, related_name="snapshots")
    taken_at = models.DateTimeField(_("seen"), default=timezone.now)
    signatures = models.PositiveIntegerField(_("signatures"))
    source = models.URLField(_("source"), max_length=400)
    how = models.CharField(_("how"), max_length=10, choices=How.choices, default=How.TYPED)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("official count")
        verbose_name_plural = _("official counts")
        ordering = ["-taken_at"]
        get_latest_by = "taken_at"
        indexes = [models.Index(fields=["petition", "-taken_at"], name="petition_last_seen")]

    def __str__(self) -> str:
        return f"{self.petition.identifier}: {self.signatures}"


class RegionCount(models.Model):
    """How many of an official count came from one region, as the parliament's site has it."""

    snapshot = models.ForeignKey(PetitionSnapshot, models.CASCADE, related_name="regions")
    # Parliaments count by several kinds of regions at once: `province`, `constituency`, `country`.
    level = models.CharField(_("kind of region"), max_length=20, default="province")
    # None for a region we hold no area of (another country).
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("region"), max_length=120)
    signatures = models.PositiveIntegerField(_("signatures"))

    class Meta:
        verbose_name = _("count by region")
        verbose_name_plural = _("counts by region")
        ordering = ["-signatures"]
        constraints = [
            models.UniqueConstraint("snapshot", "level", "name", name="region_count_once")
        ]


class PublishedRank(models.Model):
    """A place among petitions that somebody published, as it was published, with its source."""

    petition = ParentalKey(OfficialPetition, on_delete=models.CASCADE, related_name="ranks")
    scope = models.CharField(_("among the petitions"), max_length=20, choices=Scope.choices)
    rank = models.PositiveIntegerField(_("place"), validators=[MinValueValidator(1)])
    as_of = models.DateField(_("on"))
    source = models.URLField(_("source"), max_length=400)

    class Meta:
        verbose_name = _("published place")
        verbose_name_plural = _("published places")
        ordering = ["rank", "id"]
        constraints = [
            models.UniqueConstraint("petition", "scope", "as_of", name="published_rank_once")
        ]


class CompleteList(models.Model):
    """A source says that it listed every petition of a scope on a day: places in it are exact."""

    legislature = models.ForeignKey(
        Organization, models.CASCADE, related_name="complete_lists", verbose_name=_("legislature")
    )
    scope = models.CharField(_("among the petitions"), max_length=20, choices=Scope.choices)
    # Which parliament (`44`), session (`44-1`) or year (`2023`); none for all and for those open.
    value = models.CharField(_("which one"), max_length=20, blank=True)
    as_of = models.DateField(_("on"))
    petitions = models.PositiveIntegerField(_("petitions in the list"))
    source = models.URLField(_("source"), max_length=400)

    class Meta:
        verbose_name = _("complete list of petitions")
        verbose_name_plural = _("complete lists of petitions")
        ordering = ["-as_of", "-id"]
        constraints = [
            models.UniqueConstraint(
                "legislature", "scope", "value", "as_of", name="complete_list_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.legislature}, {self.get_scope_display()} {self.value}".strip()
