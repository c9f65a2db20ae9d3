import datetime
import secrets
from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting

DOMAIN = RegexValidator(
    r"^[a-z0-9-]+(\.[a-z0-9-]+)+$", _("Write the part after the @ alone, like example.org.")
)


def new_key() -> bytes:
    return secrets.token_bytes(32)


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
