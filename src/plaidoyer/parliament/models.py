from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from plaidoyer.civics.models import Organization
from plaidoyer.lib.words import WordsField, validate_links


class OfficialPetition(ClusterableModel):
    """A petition on a parliament's own site; people sign it there, not here."""

    legislature = models.ForeignKey(
        Organization, models.PROTECT, related_name="petitions", verbose_name=_("legislature")
    )
    identifier = models.CharField(_("number"), max_length=40)
    title = WordsField(_("title"))
    url = WordsField(_("official page"), validators=[validate_links])
    sponsor = models.CharField(_("sponsor"), max_length=200, blank=True)
    opens_on = models.DateField(_("opens"), null=True, blank=True)
    closes_on = models.DateField(_("closes"), null=True, blank=True)
    presented_on = models.DateField(_("presented"), null=True, blank=True)
    response_due_on = models.DateField(_("response due"), null=True, blank=True)

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

    class Meta:
        verbose_name = _("official count")
        verbose_name_plural = _("official counts")
        ordering = ["-taken_at"]
        get_latest_by = "taken_at"

    def __str__(self) -> str:
        return f"{self.petition.identifier}: {self.signatures}"
