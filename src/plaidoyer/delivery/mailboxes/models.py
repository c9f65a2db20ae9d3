import datetime
import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting

from plaidoyer.actions.models import ActionForm
from plaidoyer.campaigns.models import Campaign, Target
from plaidoyer.delivery.mailboxes.zones import validate_zone
from plaidoyer.mail.models import Envelope

# Exchange Online refuses what comes after 1,200 an hour from one sender to one mailbox (5.2.121)
# and after 3,600 an hour in total (5.2.122); whatever is set, we stay well below.
MOST_PER_HOUR = 1000
MOST_PER_SERVER = 3000
# An envelope's moment while its letter waits for its turn.
NEVER = datetime.datetime(9999, 1, 1, tzinfo=datetime.UTC)

PACE = [MinValueValidator(1), MaxValueValidator(MOST_PER_HOUR)]
OPENING = [MaxValueValidator(23)]
CLOSING = [MinValueValidator(1), MaxValueValidator(24)]
CLOSES_LATER = _("The day ends after it begins.")


@register_setting(icon="mail", order=910)
class Courtesy(BaseSiteSetting):
    """How letters reach mailboxes for which nothing else is chosen."""

    per_hour = models.PositiveSmallIntegerField(
        _("letters an hour"),
        default=60,
        validators=PACE,
        help_text=_("To one mailbox, from all campaigns together; at most 1,000."),
    )
    per_day = models.PositiveSmallIntegerField(
        _("letters a day"),
        default=500,
        validators=[MinValueValidator(1)],
        help_text=_("To one mailbox by themselves; more are carried by one mail a day."),
    )
    opens = models.PositiveSmallIntegerField(_("from (hour)"), default=9, validators=OPENING)
    closes = models.PositiveSmallIntegerField(_("until (hour)"), default=17, validators=CLOSING)
    weekends = models.BooleanField(_("on Saturdays and Sundays too"), default=False)
    time_zone = models.CharField(
        _("time zone"),
        max_length=40,
        blank=True,
        validators=[validate_zone],
        help_text=_("Where a reader’s own is not known, such as Europe/Paris. Empty: the site’s."),
    )
    closed_on = ArrayField(
        models.DateField(),
        default=list,
        blank=True,
        verbose_name=_("days without letters"),
        help_text=_("Public holidays, as 2026-12-25, with commas between."),
    )
    digest_after_days = models.PositiveSmallIntegerField(
        _("working days that letters may wait"),
        default=2,
        help_text=_("What would wait longer is carried by one mail a day that names every writer."),
    )

    panels = [
        MultiFieldPanel(
            [
                FieldPanel("per_hour"),
                FieldPanel("per_day"),
                FieldPanel("opens"),
                FieldPanel("closes"),
                FieldPanel("weekends"),
                FieldPanel("time_zone"),
                FieldPanel("closed_on"),
            ],
            _("Pace and hours"),
        ),
        FieldPanel("digest_after_days"),
    ]

    class Meta:
        verbose_name = _("letters: pace and hours")
        constraints = [
            models.CheckConstraint(
                name="courtesy_is_bounded",
                condition=Q(per_hour__gte=1, per_hour__lte=MOST_PER_HOUR),
            ),
            models.CheckConstraint(
                name="courtesy_closes_later",
                condition=Q(closes__gt=F("opens"), closes__lte=24),
                violation_error_message=CLOSES_LATER,
            ),
        ]

    @classmethod
    def current(cls) -> "Courtesy":
        """What was set for the one site of this installation, else the defaults. One query."""
        return cls.objects.filter(site__is_default_site=True).first() or cls()


class MailServer(models.Model):
    """All mailboxes of one domain. Its row is locked while turns are given to their letters."""

    domain = models.CharField(max_length=254, unique=True)
    # No letter to any of them gets a turn before.
    next_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.domain


class Mailbox(models.Model):
    """Where letters to somebody arrive, one budget for all campaigns; canonical, as spelt once."""

    class Flow(models.TextChoices):
        AUTO = "auto", _("one by one; what would wait too long in one mail a day")
        SINGLY = "singly", _("one by one, however long it takes")
        DIGEST = "digest", _("all in one mail a day")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    address = models.CharField(_("canonical address"), max_length=254, unique=True)
    # As it was typed last: mail goes there.
    to_address = models.CharField(_("address"), max_length=254)
    server = models.ForeignKey(MailServer, models.PROTECT, related_name="mailboxes")
    flow = models.CharField(
        _("letters arrive"), max_length=8, choices=Flow.choices, default=Flow.AUTO
    )
    # None: as the organisation chose for all.
    per_hour = models.PositiveSmallIntegerField(
        _("letters an hour"), null=True, blank=True, validators=PACE
    )
    opens = models.PositiveSmallIntegerField(
        _("from (hour)"), null=True, blank=True, validators=OPENING
    )
    closes = models.PositiveSmallIntegerField(
        _("until (hour)"), null=True, blank=True, validators=CLOSING
    )
    weekends = models.BooleanField(_("on Saturdays and Sundays too"), null=True, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=40, blank=True, validators=[validate_zone]
    )
    # When the series of letters began that goes on: the first hours go slowly.
    warm_at = models.DateTimeField(null=True, editable=False)
    next_at = models.DateTimeField(_("next turn"), null=True, editable=False)
    # The last day of its own for which somebody asked whether a digest is due.
    asked_on = models.DateField(null=True, editable=False)

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")
        constraints = [
            models.CheckConstraint(
                name="mailbox_is_bounded",
                condition=Q(per_hour=None) | Q(per_hour__gte=1, per_hour__lte=MOST_PER_HOUR),
            ),
            models.CheckConstraint(
                name="mailbox_closes_later",
                condition=Q(opens=None, closes=None) | Q(closes__gt=F("opens"), closes__lte=24),
                violation_error_message=CLOSES_LATER,
            ),
        ]

    def __str__(self) -> str:
        return self.to_address

    def clean(self) -> None:
        if (self.opens is None) != (self.closes is None):
            raise ValidationError({"closes": _("Say both hours, or none of them.")})


class Digest(models.Model):
    """One day's mail to a mailbox with the letters of all who wrote; at most one a day."""

    mailbox = models.ForeignKey(Mailbox, models.PROTECT, related_name="digests")
    day = models.DateField(_("day"))
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    envelope = models.OneToOneField(Envelope, models.PROTECT, related_name="digest")

    class Meta:
        verbose_name = _("daily mail of letters")
        verbose_name_plural = _("daily mails of letters")
        constraints = [models.UniqueConstraint("mailbox", "day", name="digest_once_a_day")]

    def __str__(self) -> str:
        return f"{self.mailbox}, {self.day}"


class MailboxHold(models.Model):
    """Somebody stopped letters to a mailbox, of all campaigns or of one, until it is lifted."""

    class Effect(models.TextChoices):
        HOLD = "hold", pgettext_lazy("letters", "held")
        CANCEL = "cancel", pgettext_lazy("letters", "cancelled")

    class Cause(models.TextChoices):
        ORGANISER = "organiser", _("an organiser")
        OFFICE = "office", _("the office that reads them")

    mailbox = models.ForeignKey(Mailbox, models.PROTECT, related_name="holds")
    # None: of all campaigns.
    campaign = models.ForeignKey(
        Campaign,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("campaign"),
    )
    # Held: those that wait, and those to come. Cancelled: those that waited.
    effect = models.CharField(_("letters are"), max_length=6, choices=Effect.choices)
    cause = models.CharField(_("by"), max_length=9, choices=Cause.choices, default=Cause.ORGANISER)
    because = models.CharField(_("because"), max_length=300)
    letters = models.PositiveIntegerField(_("letters"), default=0)
    placed_at = models.DateTimeField(_("since"), default=timezone.now)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    lifted_at = models.DateTimeField(_("lifted"), null=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("hold on letters")
        verbose_name_plural = _("holds on letters")
        constraints = [
            models.UniqueConstraint(
                "mailbox",
                "campaign",
                name="held_once",
                condition=Q(lifted_at=None, effect="hold"),
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.mailbox}, {self.get_effect_display()}: {self.because}"

    @property
    def who(self) -> str:
        """Who placed it, by name; else the office, or an organiser who is gone."""
        by = self.placed_by
        return (by.get_full_name() or by.username) if by else self.get_cause_display()


class Freeze(models.Model):
    """Everything of a campaign, a form or a target stopped at once, until it is lifted."""

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, related_name="freezes"
    )
    form = models.ForeignKey(
        ActionForm, models.PROTECT, null=True, blank=True, related_name="freezes"
    )
    target = models.ForeignKey(
        Target, models.PROTECT, null=True, blank=True, related_name="freezes"
    )
    because = models.CharField(_("because"), max_length=300)
    # The forms that it paused.
    paused = models.JSONField(default=list)
    placed_at = models.DateTimeField(_("since"), default=timezone.now)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    lifted_at = models.DateTimeField(_("lifted"), null=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("freeze")
        verbose_name_plural = _("freezes")
        constraints = [
            models.CheckConstraint(
                name="freeze_of_one",
                condition=(
                    Q(campaign__isnull=False, form=None, target=None)
                    | Q(campaign=None, form__isnull=False, target=None)
                    | Q(campaign=None, form=None, target__isnull=False)
                ),
            ),
            models.UniqueConstraint(
                "campaign",
                "form",
                "target",
                name="frozen_once",
                condition=Q(lifted_at=None),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.because}"

    @property
    def subject(self) -> Campaign | ActionForm | Target:
        """What is frozen."""
        return self.campaign or self.form or self.target  # type: ignore[return-value]


class Wish(models.Model):
    """An office asked, by the link in a letter, how letters shall reach it; its mailbox agreed."""

    class Choice(models.TextChoices):
        DIGEST = "digest", _("one mail a day with all letters")
        PAUSE = "pause", _("no letters for now")
        SINGLY = "auto", _("letters one by one")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    mailbox = models.ForeignKey(Mailbox, models.PROTECT, related_name="wishes")
    choice = models.CharField(_("wish"), max_length=8, choices=Choice.choices)
    language = models.CharField(max_length=12)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    # The mail that asks the mailbox itself: a link in a quoted letter proves nothing.
    envelope = models.OneToOneField(Envelope, models.PROTECT, related_name="wish")
    agreed_at = models.DateTimeField(_("confirmed"), null=True)

    class Meta:
        verbose_name = _("wish of an office")
        verbose_name_plural = _("wishes of offices")

    def __str__(self) -> str:
        return f"{self.mailbox}: {self.get_choice_display()}"


class MailboxNotice(models.Model):
    """What became of a mailbox, told to one organiser by mail."""

    class About(models.TextChoices):
        BOUNCE = "bounce", _("letters came back")
        WISH = "wish", _("the office made a wish")

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="notices")
    about = models.CharField(max_length=8, choices=About.choices)
    wish = models.ForeignKey(Wish, models.CASCADE, null=True, related_name="notices")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    told_at = models.DateTimeField(default=timezone.now)
    envelope = models.OneToOneField(Envelope, models.PROTECT, related_name="mailbox_notice")
