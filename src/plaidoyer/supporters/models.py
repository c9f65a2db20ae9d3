import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plaidoyer.vault.fields import Part, SealedField


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

    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=30)
    answer = models.CharField(_("answer"), max_length=10, choices=Answer.choices)
    wording = models.ForeignKey(ConsentWording, models.PROTECT, null=True, blank=True)
    page = models.CharField(_("page"), max_length=300, blank=True)
    answered_at = models.DateTimeField(_("answered"), default=timezone.now)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes = [
            models.Index(fields=["supporter", "purpose", "-answered_at"], name="consent_last")
        ]


class Subscription(models.Model):
    """From the consent to hear from us until its end; the database allows one open at a time."""

    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="subscriptions")
    consent = models.ForeignKey(Consent, models.PROTECT, related_name="+")
    began_at = models.DateTimeField(_("began"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.UniqueConstraint(
                "supporter", name="subscription_one_open", condition=Q(ended_at=None)
            )
        ]


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
