import uuid
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting

from plaidoyer.vault.fields import BytesPart, Part, SealedField


class Supporter(models.Model):
    """One person, known by a mail address, which is found by its mark (vault.marks)."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    mark = models.CharField(max_length=50, unique=True, editable=False)
    sealed = SealedField()
    email = Part(_("e-mail"))
    given_name = Part(_("given name"))
    family_name = Part(_("family name"))
    postal_code = Part(_("postal code"))
    language = models.CharField(_("language"), max_length=12)
    created_at = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("supporter")
        verbose_name_plural = _("supporters")

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def is_erased(self) -> bool:
        """Whether nothing personal is kept of them any more."""
        return Erasure.objects.filter(supporter=self).exists()


class Correction(models.Model):
    """A supporter corrected what we know of them. Which facts, not what they said before."""

    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="corrections")
    facts = models.JSONField(_("what was corrected"))
    corrected_at = models.DateTimeField(_("corrected"), default=timezone.now)


class Erasure(models.Model):
    """A supporter had everything about them erased. The emptied rows stay, so counts do too."""

    supporter = models.OneToOneField(Supporter, models.PROTECT, related_name="erasure")
    erased_at = models.DateTimeField(_("erased"), default=timezone.now)


class ConsentWording(models.Model):
    """The exact sentence somebody ticked, in its language. Never edited: a change is a new row."""

    purpose = models.CharField(max_length=30)
    language = models.CharField(max_length=12)
    text = models.TextField()
    first_used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint("purpose", "language", "text", name="consent_wording_once")
        ]

    def __str__(self) -> str:
        return self.text


class Consent(models.Model):
    """A yes or a no to one purpose, with its proof. Append-only; the last row says what holds."""

    class Answer(models.TextChoices):
        GIVEN = "given", _("given")
        WITHDRAWN = "withdrawn", _("withdrawn")
        EXPIRED = "expired", _("expired")
        # Asked after long silence whether to stay, and no answer.
        LAPSED = "lapsed", _("ended: no answer when asked whether to stay")
        UNDONE = "undone", _("ended: the list it came with was taken back")

    class Basis(models.TextChoices):
        # GDPR article 7; CASL section 10(1).
        EXPRESS = "express", _("express: a sentence was ticked or said")
        # CASL section 10(9) to (13): of a gift or a membership, for two years.
        IMPLIED = "implied", _("implied: follows from something they did")

    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=30)
    answer = models.CharField(_("answer"), max_length=10, choices=Answer.choices)
    basis = models.CharField(_("basis"), max_length=8, choices=Basis.choices, default=Basis.EXPRESS)
    # An implied consent holds until then.
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    wording = models.ForeignKey(ConsentWording, models.PROTECT, null=True, blank=True)
    page = models.CharField(_("page"), max_length=300, blank=True)
    answered_at = models.DateTimeField(_("answered"), default=timezone.now)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes = [
            models.Index(fields=["supporter", "purpose", "-answered_at"], name="consent_last")
        ]
        constraints = [
            models.CheckConstraint(
                name="implied_consent_expires",
                condition=Q(basis="express", expires_at=None)
                | Q(basis="implied", expires_at__isnull=False),
            )
        ]


class ConsentSeal(models.Model):
    """A link of the chain of answers (chains): a keyed hash of one, and of the link before.

    It outlives the answer, so nothing holds the reference.
    """

    number = models.BigIntegerField(primary_key=True)
    consent = models.ForeignKey(
        Consent, models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    # Empty where the link says that the answer was deleted after its time.
    content = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        default_permissions = ()


class Subscriptions(models.QuerySet["Subscription"]):
    def open(self, at: Any = None) -> "Subscriptions":
        """Those that have not ended, nor run out by a moment (now): an implied yes ends by itself,
        and whoever ends its subscription comes later."""
        holds = Q(consent__expires_at=None) | Q(consent__expires_at__gt=at or Now())
        return self.filter(holds, ended_at=None)


class Subscription(models.Model):
    """From the consent to hear from us until its end; the database allows one open at a time.

    `consent` is the yes it stands on: the express one where there is one.
    """

    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="subscriptions")
    consent = models.ForeignKey(Consent, models.PROTECT, related_name="+")
    began_at = models.DateTimeField(_("began"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = Subscriptions.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.UniqueConstraint(
                "supporter", name="subscription_one_open", condition=Q(ended_at=None)
            )
        ]


class ReaderList(models.Model):
    """A list of readers from elsewhere: seen first, then taken in by the worker, and taken back."""

    name = models.CharField(_("file"), max_length=200)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Emptied once it is taken in or given up: what was taken in is in the newcomers.
    sealed = SealedField()
    raw = BytesPart(_("file"))
    # What each column means, and how days are written.
    columns = models.JSONField(default=list)
    order = models.CharField(max_length=3, default="iso")
    # The sentence that was ticked or said, by language, and where.
    sentences = models.JSONField(_("the sentence they agreed to"), default=dict)
    page = models.CharField(_("where they agreed"), max_length=300, blank=True)
    language = models.CharField(_("language of lines that say none"), max_length=12, blank=True)
    tag = models.CharField(_("tag"), max_length=60, blank=True)
    lines = models.PositiveIntegerField(default=0)
    # How many lines are taken in; on the way back, how many newcomers.
    done = models.PositiveIntegerField(default=0)
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(_("taken in"), null=True)
    back_asked_at = models.DateTimeField(null=True)
    back_at = models.DateTimeField(_("taken back"), null=True)

    class Meta:
        verbose_name = _("list of readers")
        verbose_name_plural = _("lists of readers")
        default_permissions = ("add",)
        ordering = ["-uploaded_at", "-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_moving(self) -> bool:
        """Whether the worker takes it in or back."""
        if self.back_asked_at:
            return self.back_at is None
        return self.asked_at is not None and self.taken_at is None


class Newcomer(models.Model):
    """Somebody on a list that was taken in, and what it brought of them."""

    list = models.ForeignKey(ReaderList, models.CASCADE, related_name="newcomers")
    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="+")
    # None where they read us already, or said later here what holds.
    consent = models.ForeignKey(Consent, models.SET_NULL, null=True, related_name="+")
    is_new = models.BooleanField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint("list", "supporter", name="newcomer_once")]


class Tag(models.Model):
    """A word organisers put on supporters, such as "volunteer"."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Tagging(models.Model):
    """A supporter has a tag, since when."""

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="taggings")
    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="taggings")
    tagged_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("supporter", "tag", name="tagged_once")]


def kept_days(label: Any, default: int, least: int, most: int) -> models.Field:
    """For how many days something is kept: a choice within bounds."""
    bounds = [MinValueValidator(least), MaxValueValidator(most)]
    help_text = format_lazy(_("{least} to {most} days."), least=least, most=most)
    return models.PositiveSmallIntegerField(
        label, default=default, validators=bounds, help_text=help_text
    )


@register_setting(icon="history", order=960)
class RetentionSettings(BaseSiteSetting):
    """After how many days what is personal goes by itself (retention)."""

    unconfirmed_days = kept_days(_("acts that nobody confirmed"), 7, 2, 60)
    held_days = kept_days(_("acts that stayed held"), 90, 30, 365)
    closed_days = kept_days(_("acts on a form, after it closed"), 180, 30, 1095)
    letters_days = kept_days(_("letters, after they arrived"), 180, 60, 1095)
    quiet_days = kept_days(_("readers who did nothing are asked whether they stay"), 730, 365, 1825)
    unanswered_days = kept_days(_("readers who were asked and did not answer"), 30, 14, 90)
    bare_days = kept_days(_("supporters of whom nothing else is kept"), 30, 7, 365)
    consents_days = kept_days(_("consents, after they ended"), 1095, 365, 3650)

    panels = [
        MultiFieldPanel(
            [
                FieldPanel(f"{name}_days")
                for name in (
                    *("unconfirmed", "held", "closed", "letters"),
                    *("quiet", "unanswered", "bare", "consents"),
                )
            ],
            _("Days after which it goes by itself"),
            help_text=_("What was counted stays counted: names, addresses and words go."),
        )
    ]

    class Meta:
        verbose_name = _("time of keeping")

    @classmethod
    def current(cls) -> "RetentionSettings":
        """What was set for this installation, else the defaults; one query, nothing written."""
        return cls.objects.filter(site__is_default_site=True).first() or cls()
