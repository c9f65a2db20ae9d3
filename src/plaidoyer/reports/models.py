from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plaidoyer.campaigns.models import Campaign
from plaidoyer.lib.words import WordsField
from plaidoyer.newsletters.models import Mailing
from plaidoyer.newsletters.segments.models import Segment
from plaidoyer.reports.settings import ReportSettings  # noqa: F401 (its table is this app's)


class Heading(models.TextChoices):
    """Under which heading a campaign stands in an edition, in the order they are read."""

    VICTORY = "victory", _("Victories")
    MOVEMENT = "movement", _("Positive movements")
    UPDATE = "update", _("Updates on earlier wins")
    ONGOING = "ongoing", _("Ongoing")
    SETBACK = "setback", _("Setbacks")
    RECALLED = "recalled", _("Won earlier")


def all_languages() -> list[str]:
    """Every language the organisation works in."""
    return [code for code, _name in settings.LANGUAGES]


class Edition(models.Model):
    """One impact report over a period. Frozen once it is published."""

    slug = models.SlugField(_("address"), unique=True)
    title = WordsField(_("title"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    languages = ArrayField(
        models.CharField(max_length=12), default=all_languages, verbose_name=_("languages")
    )
    # None: the mailing goes to everybody who is subscribed.
    audience = models.ForeignKey(
        Segment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("audience")
    )
    introduction = WordsField(_("introduction"), long=True, blank=True)
    our_part = WordsField(_("our part in it, honestly"), long=True, blank=True)
    thanks = WordsField(_("thanks"), long=True, blank=True)
    appeal = WordsField(_("appeal to give"), long=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # When it is to be published by itself, and who asked for it (schedules).
    due_at = models.DateTimeField(_("to be published"), null=True, editable=False)
    due_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    # Why it was not, when its time came.
    hindrance = WordsField(blank=True, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    mailing = models.OneToOneField(
        Mailing, models.PROTECT, null=True, editable=False, related_name="edition"
    )

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["-ends_on"]
        constraints = [
            models.CheckConstraint(
                name="edition_ends_after_start",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("A period ends after it begins."),
            )
        ]

    def __str__(self) -> str:
        return str(self.title)


class Item(models.Model):
    """One campaign in an edition: the heading found from the facts, the heading chosen, words."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="items")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    derived_heading = models.CharField(max_length=10, choices=Heading.choices, editable=False)
    heading = models.CharField(_("heading"), max_length=10, choices=Heading.choices)
    overrule_reason = WordsField(_("why another heading than the facts give"), blank=True)
    is_major = models.BooleanField(_("major"), default=False)
    major_reason = WordsField(_("why it is major"), blank=True)
    title = WordsField(_("title"))
    text = WordsField(_("text"), long=True)
    picture = models.ForeignKey(
        "wagtailimages.Image",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
    )
    picture_alt = WordsField(_("what the picture shows"), blank=True)
    quote = WordsField(_("what somebody said"), long=True, blank=True)
    quote_by = WordsField(_("who said it"), blank=True)
    # What the facts said when the words were last saved or found right (sightings).
    facts_seen = models.JSONField(default=dict, editable=False)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint("edition", "campaign", name="item_once"),
            models.CheckConstraint(
                name="overruled_heading_has_reason",
                condition=Q(heading=F("derived_heading")) | ~Q(overrule_reason={}),
                violation_error_message=_("Say why the heading differs from the facts."),
            ),
            models.CheckConstraint(
                name="major_has_reason",
                condition=Q(is_major=False) | ~Q(major_reason={}),
                violation_error_message=_("Say why it is major."),
            ),
        ]


class Approval(models.Model):
    """A second person agreed with an item as it stood: its heading and a hash of its words."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="approvals")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(default=timezone.now)
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["-approved_at", "-id"]


class Draft(models.Model):
    """All words of an edition as they stood after somebody saved them. Append-only."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="drafts")
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    # Text by part, each "part/language" or "item slug/part/language".
    words = models.JSONField(default=dict)

    class Meta:
        ordering = ["-saved_at", "-id"]


class Document(models.Model):
    """The edition in one language as it was published. Written once, never changed."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="documents")
    language = models.CharField(max_length=12)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    pdf = models.BinaryField()
    frozen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("edition", "language", name="document_once")]


class Picture(models.Model):
    """The bytes of a picture as they were published; named by their hash. Never changed."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="pictures")
    name = models.CharField(max_length=80)
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint("edition", "name", name="picture_once")]


class Correction(models.Model):
    """What was wrong in a published edition, said in public beside it. Append-only."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="corrections")
    # The part of the page that it is about; "": the whole edition.
    anchor = models.CharField(_("about"), max_length=80, blank=True)
    words = WordsField(_("what is right"), long=True)
    reason = WordsField(_("what was wrong, and why"), long=True)
    published_at = models.DateTimeField(default=timezone.now, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["published_at", "id"]


class CorrectedPaper(models.Model):
    """A document's PDF with every correction there was; the first one stays as it was."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="corrected_papers")
    correction = models.ForeignKey(Correction, models.PROTECT, related_name="papers")
    pdf = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint("document", "correction", name="paper_once")]
