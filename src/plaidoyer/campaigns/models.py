from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel

from plaidoyer.civics.models import Organization, Person, Post
from plaidoyer.lib.words import WordsField
from plaidoyer.parliament.models import OfficialPetition, Option, VoteEvent


class Campaign(ClusterableModel):
    """A cause with demands and targets, from its opening until it is closed."""

    slug = models.SlugField(_("short name"), unique=True)
    name = WordsField(_("name"))
    summary = WordsField(_("summary"), long=True, blank=True)
    opened_on = models.DateField(_("opened"), default=timezone.localdate)
    closed_on = models.DateField(_("closed"), null=True, blank=True)
    official_petitions = models.ManyToManyField(
        OfficialPetition, blank=True, related_name="campaigns", verbose_name=_("official petitions")
    )

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-opened_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="campaign_closes_after_opening",
                condition=Q(closed_on=None) | Q(closed_on__gte=models.F("opened_on")),
                violation_error_message=_("A campaign closes after it opens."),
            )
        ]

    def __str__(self) -> str:
        return str(self.name)


class Role(models.TextChoices):
    """In what role somebody is asked; in no other may they be (roles)."""

    OFFICE = "office", _("holder of a public office")
    BODY = "body", _("public body")
    ORGANISATION = "organisation", _("organization, in what it does")
    REGULATOR = "regulator", _("regulator, or whoever hears complaints")


class Target(ClusterableModel):
    """A decision-maker asked in a campaign: the holder of a post, a person or an organization."""

    campaign = ParentalKey(Campaign, on_delete=models.CASCADE, related_name="targets")
    post = models.ForeignKey(
        Post,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="targets",
        verbose_name=_("office"),
    )
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="targets"
    )
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="targets"
    )
    role = models.CharField(
        _("asked as"), max_length=12, choices=Role.choices, default="", blank=True
    )
    # The official page that shows the role, and when somebody looked at it.
    source = models.URLField(_("official page"), blank=True)
    checked_on = models.DateField(_("looked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = [
            models.CheckConstraint(
                name="target_is_one",
                condition=(
                    Q(post__isnull=False, person=None, organization=None)
                    | Q(post=None, person__isnull=False, organization=None)
                    | Q(post=None, person=None, organization__isnull=False)
                ),
                violation_error_message=_("Choose one: an office, a person or an organization."),
            ),
            models.CheckConstraint(
                name="target_in_a_role",
                condition=Q(role__in=Role.values),
                violation_error_message=_("Nobody is asked but in a public role."),
            ),
            models.UniqueConstraint(
                "campaign",
                "post",
                "person",
                "organization",
                name="target_once",
                nulls_distinct=False,
                violation_error_message=_("This campaign already has that target."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.decision_maker)

    def clean(self) -> None:
        self.role = self.role or (Role.BODY if self.organization_id else Role.OFFICE)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.clean()
        super().save(*args, **kwargs)

    @property
    def decision_maker(self) -> Post | Person | Organization:
        """Who is asked."""
        return self.post or self.person or self.organization  # type: ignore[return-value]


class Demand(ClusterableModel):
    """What is asked. Of every target of the campaign, or of those named."""

    campaign = ParentalKey(Campaign, on_delete=models.CASCADE, related_name="demands")
    words = WordsField(_("what is asked"), long=True)
    targets = ParentalManyToManyField(
        Target,
        blank=True,
        related_name="demands",
        verbose_name=_("asked of"),
        help_text=_("None chosen: asked of every target of the campaign."),
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    sort_order_field = "position"

    class Meta:
        verbose_name = _("demand")
        verbose_name_plural = _("demands")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return str(self.words)

    def asked_of(self) -> list[Target]:
        """The targets this demand is made to."""
        return list(self.targets.all()) or list(self.campaign.targets.all())


class AskedVote(models.Model):
    """A recorded vote by which a campaign reads members: the way it asked for, and why.

    Without a campaign it is the organisation's own choice.
    """

    campaign = ParentalKey(
        Campaign, on_delete=models.CASCADE, related_name="asked_votes", null=True, blank=True
    )
    event = models.ForeignKey(
        VoteEvent, models.PROTECT, related_name="asked", verbose_name=_("recorded vote")
    )
    option = models.CharField(
        _("the way asked for"),
        max_length=10,
        choices=[(option.value, option.label) for option in (Option.YES, Option.NO)],
    )
    reason = WordsField(_("why this vote"), long=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("vote that counts")
        verbose_name_plural = _("votes that count")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                "campaign", "event", name="asked_vote_once", nulls_distinct=False
            )
        ]
