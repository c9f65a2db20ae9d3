import datetime
import secrets
import uuid
from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting

from plaidoyer.vault.fields import Part, SealedField

DOMAIN = RegexValidator(
    r"^[a-z0-9-]+(\.[a-z0-9-]+)+$", _("Write the part after the @ alone, like example.org.")
)


def new_key() -> bytes:
    return secrets.token_bytes(32)


class Hold(models.Model):
    """Why some acts do not count for now: a rule saw something odd, or an organiser did.

    Held acts look like any others to whoever sent them. Lifting a hold is dated, and so is each
    act's own release (Held).
    """

    class Cause(models.TextChoices):
        NETWORK = "network", _("many from one place")
        DOMAIN = "domain", _("many from one mail domain")
        PROOF = "proof", _("no proof of work")
        ORGANISER = "organiser", _("invalidated by an organiser")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cause = models.CharField(_("cause"), max_length=12, choices=Cause.choices)
    form = models.ForeignKey("actions.ActionForm", models.PROTECT, related_name="holds")
    reason = models.TextField(_("reason"), blank=True)
    # Which acts it took, as the filters that chose them: names and words may be among them. Emptied
    # with the last of its acts.
    sealed = SealedField()
    chosen = Part(_("what chose the acts"), empty={})
    # How many acts the organiser saw in the preview, and when the last of them was held.
    foreseen = models.PositiveIntegerField(_("acts chosen"), default=0)
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)
    placed_at = models.DateTimeField(_("placed"), default=timezone.now)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_because = models.TextField(_("lifted because"), blank=True)

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        ordering = ["-placed_at", "-id"]

    def __str__(self) -> str:
        return f"{capfirst(self.get_cause_display())}: {self.subject or self.form}"

    @property
    def subject(self) -> str:
        """Which network or mail domain it is about, for a hold of the guards."""
        about = ("network", "domain") if self.cause != self.Cause.ORGANISER else ()
        return "".join(self.chosen.get(name, "") for name in about)


class Held(models.Model):
    """An act under a hold, from then until it is released. It may be under several: it counts
    once all have let it go, so that lifting one brings back what was before it."""

    action = models.ForeignKey("actions.Action", models.CASCADE, related_name="held")
    hold = models.ForeignKey(Hold, models.CASCADE, related_name="held")
    held_at = models.DateTimeField(default=timezone.now)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    released_because = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("action", "hold", name="held_once_by_a_hold")]
        indexes = [
            models.Index("action", name="held_now", condition=Q(released_at=None)),
            models.Index("held_at", name="held_lately"),
        ]


class NetworkKey(models.Model):
    """The key under which one day's addresses are hashed. Made before that day, destroyed after
    it: then nobody can try all addresses there are and find out which one sent an act."""

    day = models.DateField(primary_key=True)
    key = models.BinaryField(default=new_key)


@register_setting(icon="warning", order=910)
class GuardSettings(BaseSiteSetting):
    """From where on acts look odd. The figures count *other people's* acts on the same form,
    from the same network or mail domain, before the one that is judged."""

    burst_acts = models.PositiveSmallIntegerField(_("others in a short time"), default=1)
    burst_seconds = models.PositiveSmallIntegerField(
        _("short time, in seconds"), default=60, validators=[MinValueValidator(1)]
    )
    sustained_acts = models.PositiveSmallIntegerField(_("others in a longer time"), default=5)
    sustained_seconds = models.PositiveSmallIntegerField(
        _("longer time, in seconds"), default=300, validators=[MinValueValidator(1)]
    )
    trouble_acts = models.PositiveSmallIntegerField(
        _("trouble begins at"),
        default=20,
        validators=[MinValueValidator(1)],
        help_text=_("Acts held on one form within an hour. From then on it asks for a proof."),
    )

    panels = [
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("burst_acts"), FieldPanel("burst_seconds")]),
                FieldRowPanel([FieldPanel("sustained_acts"), FieldPanel("sustained_seconds")]),
            ],
            _("How many acts may come from one place"),
            help_text=_(
                "Other people’s acts on the same form, from the same network or mail domain. "
                "One more than that is held until an organiser has looked at it."
            ),
        ),
        FieldPanel("trouble_acts"),
    ]

    class Meta:
        verbose_name = _("vigilance")

    @classmethod
    def current(cls) -> "GuardSettings":
        """What was set for this installation, else the defaults; one query, nothing written."""
        return cls.objects.filter(site__is_default_site=True).first() or cls()

    @property
    def burst(self) -> datetime.timedelta:
        return datetime.timedelta(seconds=self.burst_seconds)

    @property
    def sustained(self) -> datetime.timedelta:
        return datetime.timedelta(seconds=self.sustained_seconds)


class DomainRule(models.Model):
    """What an organiser has said about everybody of one mail domain."""

    class Verdict(models.TextChoices):
        ALLOW = "allow", pgettext_lazy("mail domain", "not limited")
        HOLD = "hold", pgettext_lazy("mail domain", "always held")

    domain = models.CharField(_("mail domain"), max_length=253, unique=True, validators=[DOMAIN])
    verdict = models.CharField(_("acts are"), max_length=10, choices=Verdict.choices)
    reason = models.TextField(_("reason"))
    ruled_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    ruled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )

    class Meta:
        verbose_name = _("rule about a mail domain")
        verbose_name_plural = _("rules about mail domains")
        ordering = ["domain"]

    def __str__(self) -> str:
        return self.domain

    def clean_fields(self, exclude: Any = None) -> None:
        self.domain = self.domain.strip().lower().removeprefix("@")
        super().clean_fields(exclude)


class FormApproval(models.Model):
    """A second person let a form's letters leave, as they were worded and to whom. Append-only."""

    form = models.ForeignKey("actions.ActionForm", models.CASCADE, related_name="approvals")
    # Of the words, and of whom they go to (approvals).
    words_sha256 = models.CharField(max_length=64)
    targets_sha256 = models.CharField(max_length=64)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(_("approved"), default=timezone.now)

    class Meta:
        verbose_name = _("approval of letters")
        verbose_name_plural = _("approvals of letters")
        ordering = ["-approved_at", "-id"]
