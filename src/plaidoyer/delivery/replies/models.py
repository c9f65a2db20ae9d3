import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plaidoyer.actions.models import Action, ActionForm
from plaidoyer.campaigns.models import Campaign
from plaidoyer.mail.models import Envelope
from plaidoyer.supporters.models import Consent, Supporter
from plaidoyer.vault.fields import Part, SealedField


class Category(models.TextChoices):
    """What a reply is."""

    ACKNOWLEDGED = "acknowledged", pgettext_lazy("reply", "an acknowledgement")
    SUBSTANTIVE = "substantive", pgettext_lazy("reply", "an answer on the substance")
    POSITION = "position", pgettext_lazy("reply", "a position stated")
    AUTOMATIC = "automatic", pgettext_lazy("reply", "an automatic reply")
    NOT_A_REPLY = "not_a_reply", pgettext_lazy("reply", "not a reply")


# What a person answered, however short.
ANSWERED = [Category.ACKNOWLEDGED, Category.SUBSTANTIVE, Category.POSITION]


class Reply(models.Model):
    """What came back for one letter: as its writer told it, or as it arrived with us."""

    class Source(models.TextChoices):
        TOLD = "told", pgettext_lazy("reply", "told by the writer")
        FORWARDED = "forwarded", pgettext_lazy("reply", "arrived by mail")
        MACHINE = "machine", pgettext_lazy("reply", "sent by a machine")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    letter = models.ForeignKey(
        "delivery.Letter", models.CASCADE, related_name="replies", verbose_name=_("letter")
    )
    source = models.CharField(_("came by"), max_length=10, choices=Source.choices)
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    # The day it was answered, where somebody said so.
    replied_on = models.DateField(_("day of the reply"), null=True, blank=True)
    # What its writer, or a machine's own mark, said it is; stays as it was.
    said = models.CharField(max_length=12, choices=Category.choices, blank=True, default="")
    # What it is: what an organiser last said (Reading), else what was said.
    category = models.CharField(
        _("what it is"), max_length=12, choices=Category.choices, blank=True, default=""
    )
    sealed = SealedField()
    sender = Part(_("from"))
    subject = Part(_("subject"))
    text = Part(_("text"))
    # That the organisation may quote it; and that it may no more.
    may_quote = models.ForeignKey(
        Consent, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    quote_ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        indexes = [
            models.Index(fields=["category", "received_at"], name="reply_to_classify"),
        ]
        constraints = [
            # A machine that answers each attempt says it once.
            models.UniqueConstraint(
                "letter", name="machine_reply_once", condition=Q(source="machine")
            ),
        ]

    def __str__(self) -> str:
        return self.subject or self.get_category_display() or str(self.letter.recipient)

    @property
    def is_quotable(self) -> bool:
        """Whether its receiver lets us quote it now."""
        return self.may_quote_id is not None and self.quote_ended_at is None


class Reading(models.Model):
    """An organiser said what a reply is. The last one holds."""

    reply = models.ForeignKey(Reply, models.CASCADE, related_name="readings")
    category = models.CharField(max_length=12, choices=Category.choices)
    note = models.CharField(max_length=500, blank=True)
    read_at = models.DateTimeField(default=timezone.now)
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-read_at", "-id"]


class Survey(models.Model):
    """One mail that asks a writer whether their letters on a form were answered.

    The database allows one for each writer, form and wave.
    """

    # Secret: opens the page that asks (lib.tokens).
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    form = models.ForeignKey(ActionForm, models.CASCADE, related_name="surveys")
    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="surveys")
    wave = models.PositiveSmallIntegerField()
    action = models.ForeignKey(Action, models.CASCADE, related_name="surveys")
    envelope = models.OneToOneField(Envelope, models.CASCADE, related_name="survey")

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        constraints = [
            models.UniqueConstraint("form", "supporter", "wave", name="surveyed_once"),
            models.CheckConstraint(name="survey_in_two_waves", condition=Q(wave__in=[1, 2])),
        ]


class SurveyAnswer(models.Model):
    """What a writer answered of one letter. The last one holds."""

    class Answer(models.TextChoices):
        SUBSTANCE = "substance", pgettext_lazy("survey", "Yes, on the substance")
        ACKNOWLEDGED = "acknowledged", pgettext_lazy("survey", "Yes, an acknowledgement")
        AUTOMATIC = "automatic", pgettext_lazy("survey", "Only an automatic reply")
        NONE = "none", pgettext_lazy("survey", "No")
        UNSAID = "unsaid", pgettext_lazy("survey", "I do not wish to say")

    letter = models.ForeignKey(
        "delivery.Letter", models.CASCADE, related_name="survey_answers", verbose_name=_("letter")
    )
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="answers")
    answer = models.CharField(_("answer"), max_length=12, choices=Answer.choices)
    answered_at = models.DateTimeField(_("answered"), default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["letter", "-id"], name="survey_answer_last")]


class SurveyStop(models.Model):
    """A writer wants no more such questions."""

    supporter = models.OneToOneField(Supporter, models.CASCADE, related_name="survey_stop")
    stopped_at = models.DateTimeField(default=timezone.now)


class SurveyChoice(models.Model):
    """An organiser turned the survey of a form off, or on again. The last one holds."""

    form = models.ForeignKey(ActionForm, models.CASCADE, related_name="survey_choices")
    is_on = models.BooleanField()
    chosen_at = models.DateTimeField(default=timezone.now)
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )


class RateRelease(models.Model):
    """An organiser let everybody see how targets of a campaign answer, or no more."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="rate_releases")
    is_shown = models.BooleanField()
    chosen_at = models.DateTimeField(default=timezone.now)
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
