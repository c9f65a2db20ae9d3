from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plaidoyer.campaigns.models import Campaign
from plaidoyer.lib.words import WordsField


class Lineage(models.Model):
    """A campaign goes on in another one, or what it won is at risk, from a day on."""

    class Kind(models.TextChoices):
        FOLLOWED_UP = "followed_up", _("followed up by")
        SUCCEEDED = "succeeded", _("succeeded by")
        REOPENED = "reopened", _("reopened by")
        AT_RISK = "at_risk", _("at risk")

    earlier = models.ForeignKey(
        Campaign, models.PROTECT, related_name="later_ones", verbose_name=_("campaign")
    )
    kind = models.CharField(_("how it goes on"), max_length=12, choices=Kind.choices)
    later = models.ForeignKey(
        Campaign,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="earlier_ones",
        verbose_name=_("in which campaign"),
    )
    since_on = models.DateField(_("since"), default=timezone.localdate)
    # A risk may pass.
    until_on = models.DateField(_("until"), null=True, blank=True)
    words = WordsField(_("in words"), long=True, blank=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    noted_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("lineage")
        verbose_name_plural = _("lineages")
        ordering = ["-since_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="lineage_goes_somewhere",
                condition=Q(kind="at_risk") | Q(later__isnull=False),
                violation_error_message=_("Say in which campaign it goes on."),
            ),
            models.CheckConstraint(
                name="lineage_of_two",
                condition=Q(later=None) | ~Q(later=F("earlier")),
                violation_error_message=_("A campaign does not go on in itself."),
            ),
            models.CheckConstraint(
                name="lineage_ends_after_it_begins",
                condition=Q(until_on=None) | Q(until_on__gte=F("since_on")),
                violation_error_message=_("It ends before it begins."),
            ),
            models.UniqueConstraint(
                "earlier",
                "kind",
                "later",
                name="lineage_once",
                condition=Q(until_on=None),
                nulls_distinct=False,
                violation_error_message=_("This is noted already."),
            ),
        ]

    def __str__(self) -> str:
        later = f" {self.later}" if self.later else ""
        return f"{self.earlier}: {self.get_kind_display()}{later}"
