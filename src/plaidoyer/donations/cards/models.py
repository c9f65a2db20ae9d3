from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CardFact(models.Model):
    """What the provider told of one thing at one moment: only what we need, nobody's name.

    Kept before anything is made of it. Told again it is the same row.
    """

    # The provider's id of the event; of what reconciliation found, of the thing itself.
    event = models.CharField(max_length=160, unique=True)
    kind = models.CharField(_("kind"), max_length=60)
    facts = models.JSONField()
    # By which facts find their gift: the charge's, subscription's and customer's own names.
    intent = models.CharField(max_length=120, blank=True)
    subscription = models.CharField(max_length=120, blank=True)
    customer = models.CharField(max_length=120, blank=True)
    told_at = models.DateTimeField(_("happened"))
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    donation = models.ForeignKey(
        "donations.Donation", models.PROTECT, null=True, related_name="card_facts"
    )
    applied_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("word of the card provider")
        verbose_name_plural = _("words of the card provider")
        indexes = [
            models.Index("received_at", name="card_fact_waits", condition=Q(applied_at=None)),
            models.Index("intent", name="card_fact_intent"),
            models.Index("kind", "told_at", name="card_fact_kind"),
        ]


class RecurringGift(models.Model):
    """A monthly gift by card, as the provider charges it."""

    donation = models.OneToOneField("donations.Donation", models.PROTECT, related_name="recurring")
    subscription = models.CharField(max_length=120, unique=True)
    customer = models.CharField(max_length=120, blank=True)
    began_at = models.DateTimeField(_("began"), default=timezone.now)

    class Meta:
        verbose_name = _("monthly gift")
        verbose_name_plural = _("monthly gifts")

    @property
    def last(self) -> "RecurringStep | None":
        """What it came to last, by the provider's clock."""
        return self.steps.order_by("-at", "-id").first()


class RecurringStep(models.Model):
    """A monthly gift began, failed, was paused, changed or ended. The last by date holds."""

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("monthly gift", "active")
        FAILING = "failing", pgettext_lazy("monthly gift", "last payment failed")
        PAUSED = "paused", pgettext_lazy("monthly gift", "paused")
        ENDED = "ended", pgettext_lazy("monthly gift", "ended")

    gift = models.ForeignKey(RecurringGift, models.CASCADE, related_name="steps")
    state = models.CharField(_("state"), max_length=8, choices=State.choices)
    amount = models.PositiveBigIntegerField(_("amount"))
    at = models.DateTimeField(_("since"))
    event = models.CharField(max_length=160, unique=True)

    class Meta:
        indexes = [models.Index(fields=["gift", "-at"], name="recurring_last")]


class RefundRequest(models.Model):
    """An organiser wants a card payment refunded: written down before the provider is asked."""

    payment = models.ForeignKey("donations.Payment", models.PROTECT, related_name="refund_requests")
    amount = models.PositiveBigIntegerField(_("amount"))
    reason = models.CharField(_("reason"), max_length=300)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # The provider's answer: the name of the refund, or why there is none.
    provider_id = models.CharField(max_length=120, blank=True)
    answered_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=300, blank=True)


class CardPause(models.Model):
    """The card form rests: too many cards were declined at once, or an organiser said so."""

    paused_at = models.DateTimeField(_("paused"), default=timezone.now)
    because = models.CharField(_("because"), max_length=200)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("pause of the card form")
        verbose_name_plural = _("pauses of the card form")
        constraints = [
            models.UniqueConstraint(
                fields=["ended_at"],
                name="card_pause_one",
                condition=Q(ended_at=None),
                nulls_distinct=False,
            )
        ]


class Reconciliation(models.Model):
    """Our ledger held against the provider's own list, for a span of time."""

    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))
    ran_at = models.DateTimeField(_("ran"), default=timezone.now)
    # By currency, in minor units: what the provider has, what we have.
    theirs = models.JSONField(default=dict)
    ours = models.JSONField(default=dict)
    found = models.PositiveIntegerField(_("found that was not heard"), default=0)
    failure = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        ordering = ["-ran_at"]

    @property
    def agrees(self) -> bool:
        return not self.failure and self.theirs == self.ours
