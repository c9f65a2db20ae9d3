from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plaidoyer.lib.words import WordsField
from plaidoyer.mail.models import Batch, Envelope
from plaidoyer.newsletters.blocks import BodyField
from plaidoyer.newsletters.results.models import (  # noqa: F401
    Click,
    Departure,
    Link,
    NewsletterSettings,
)
from plaidoyer.newsletters.segments.models import Segment
from plaidoyer.newsletters.topics.models import (  # noqa: F401
    Pause,
    StayQuestion,
    Topic,
    TopicEnd,
)
from plaidoyer.supporters.models import Supporter


def new_public_id() -> str:
    """Ten letters and digits that stand for a mailing in addresses."""
    return get_random_string(10, "abcdefghjkmnpqrstuvwxyz23456789")


class Mailing(models.Model):
    """One bulk message: a version in each language, one copy for each reader."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("mailing", "draft")
        SCHEDULED = "scheduled", pgettext_lazy("mailing", "scheduled")
        SENDING = "sending", pgettext_lazy("mailing", "being sent")
        PAUSED = "paused", pgettext_lazy("mailing", "paused")
        SENT = "sent", pgettext_lazy("mailing", "sent")
        CANCELLED = "cancelled", pgettext_lazy("mailing", "cancelled")

    # What may follow what (mailings.move).
    NEXT = {
        State.DRAFT: {State.SCHEDULED, State.SENDING, State.CANCELLED},
        State.SCHEDULED: {State.DRAFT, State.SENDING, State.CANCELLED},
        State.SENDING: {State.PAUSED, State.SENT, State.CANCELLED},
        State.PAUSED: {State.SENDING, State.CANCELLED},
    }

    class Timing(models.TextChoices):
        NOW = "now", _("at once")
        MOMENT = "moment", _("at a moment, the same for everybody")
        LOCAL = "local", _("when it is that hour where each reader lives")

    class WinnerRule(models.TextChoices):
        ACTS = "acts", _("the most acts brought in")
        CLICKS = "clicks", _("the most clicks")
        DEPARTURES = "departures", _("the fewest unsubscriptions")

    public_id = models.CharField(max_length=10, unique=True, default=new_public_id, editable=False)
    name = models.CharField(_("name"), max_length=200)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    frozen_at = models.DateTimeField(_("audience frozen"), null=True, blank=True)
    # Once sent, the site shows its versions (newsletters.archive).
    on_web = models.BooleanField(_("shown on the website once sent"), default=False)

    # The last of its steps; both are written by mailings.move.
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.DRAFT, editable=False
    )
    # None: everybody who is subscribed.
    segment = models.ForeignKey(
        Segment, models.PROTECT, null=True, blank=True, verbose_name=_("segment")
    )
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, blank=True, verbose_name=_("topic"))
    batch = models.OneToOneField(
        Batch, models.PROTECT, null=True, blank=True, editable=False, related_name="mailing"
    )
    # As they stood when the audience was frozen: a segment may be changed afterwards.
    frozen_tree = models.JSONField(default=dict, blank=True, editable=False)
    timing = models.CharField(_("leaves"), max_length=10, choices=Timing, default=Timing.NOW)
    # On the clock of the organisation; of a local timing, on the clock of each reader.
    leaves_at = models.DateTimeField(_("leaves at"), null=True, blank=True)
    # Two subjects: each goes to so many of a hundred readers, the winner to the rest.
    trial_percent = models.PositiveSmallIntegerField(_("percent for each subject"), default=0)
    trial_hours = models.PositiveSmallIntegerField(_("hours until the winner is known"), default=4)
    winner_rule = models.CharField(
        _("which subject wins"), max_length=10, choices=WinnerRule, default=WinnerRule.ACTS
    )
    # What was decided: {"winner", "because", "a": {...}, "b": {...}, "chance"} (variants.decide).
    verdict = models.JSONField(default=dict, blank=True, editable=False)
    winner = models.CharField(max_length=1, blank=True, editable=False)
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    counts_clicks = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        constraints = [
            models.CheckConstraint(
                name="mailing_state_known",
                condition=models.Q(
                    state__in=["draft", "scheduled", "sending", "paused", "sent", "cancelled"]
                ),
            ),
            models.CheckConstraint(
                name="mailing_leaves_at_some_time",
                condition=models.Q(timing="now") | models.Q(leaves_at__isnull=False),
                violation_error_message=_("Say when it leaves."),
            ),
            models.CheckConstraint(
                name="mailing_trial_leaves_a_rest", condition=models.Q(trial_percent__lte=45)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MailingStep(models.Model):
    """A mailing came to a state: when, by whom, why. Append-only."""

    mailing = models.ForeignKey(Mailing, models.CASCADE, related_name="steps")
    state = models.CharField(_("state"), max_length=10, choices=Mailing.State)
    at = models.DateTimeField(_("at"), default=timezone.now)
    # None: Plaidoyer itself.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    because = WordsField(_("because"), blank=True)
    # The mails that tell organisers of it.
    notices = models.ManyToManyField(Envelope, related_name="+", blank=True)

    class Meta:
        ordering = ["id"]


class Version(models.Model):
    """The mailing in one language, with the slots of newsletters/mailings.py.

    `html`, `text` and `web` are compiled from `body` (newsletters.writing); a version that came
    ready-made from another room has no body.
    """

    mailing = models.ForeignKey(Mailing, models.CASCADE, related_name="versions")
    language = models.CharField(max_length=12)
    subject = models.CharField(_("subject"), max_length=250)
    subject_b = models.CharField(_("second subject"), max_length=250, blank=True)
    preheader = models.CharField(_("line after the subject"), max_length=250, blank=True)
    body = BodyField(verbose_name=_("blocks"))
    html = models.TextField()
    text = models.TextField()
    # What the site shows of it: nothing personal, no slot.
    web = models.TextField(blank=True)
    slug = models.SlugField(_("short name"), max_length=80, blank=True)
    # The campaigns that the personal line counts, settled when it is compiled.
    personal_over = ArrayField(models.BigIntegerField(), default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("mailing", "language", name="version_once"),
            models.UniqueConstraint(
                "language", "slug", name="version_slug_once", condition=~models.Q(slug="")
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class LinkCheck(models.Model):
    """Whether an address in a newsletter answered when it was last asked (newsletters.checks)."""

    class Outcome(models.TextChoices):
        ALIVE = "alive", _("answers")
        DEAD = "dead", _("does not answer")
        REFUSED = "refused", _("may not be asked")
        UNKNOWN = "unknown", _("not checked")

    url = models.CharField(max_length=2000, unique=True)
    outcome = models.CharField(max_length=10, choices=Outcome)
    detail = models.CharField(max_length=200, blank=True)
    checked_at = models.DateTimeField(default=timezone.now)


class SpamScore(models.Model):
    """What SpamAssassin made of a version as it stood, by its own rules and nobody's servers."""

    version = models.OneToOneField(Version, models.CASCADE, related_name="spam_score")
    # Of the compiled version: another digest is another version, to be scored anew.
    digest = models.CharField(max_length=64)
    score = models.FloatField()
    rules = models.TextField(blank=True)
    scored_at = models.DateTimeField(default=timezone.now)


class Trial(models.Model):
    """A version sent to somebody of the staff, to be looked at before anybody else gets it."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="trials")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    envelope = models.OneToOneField(Envelope, models.CASCADE, related_name="trial")


class Acceptance(models.Model):
    """Somebody read a warning of the check list and sends the mailing all the same."""

    mailing = models.ForeignKey(Mailing, models.CASCADE, related_name="acceptances")
    # A digest of the warning's sentence: a changed warning is to be read anew.
    warning = models.CharField(max_length=40)
    words = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("mailing", "warning", name="warning_accepted_once")]


class Copy(models.Model):
    """One reader's copy. The database allows a reader one copy of a mailing."""

    pk = models.CompositePrimaryKey("mailing_id", "supporter_id")
    mailing = models.ForeignKey(Mailing, models.CASCADE, related_name="copies")
    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="+")
    envelope = models.OneToOneField(Envelope, models.PROTECT, related_name="copy")
    # Of the version it is; as it stood when the audience was frozen.
    language = models.CharField(max_length=12, blank=True)
    # "a" or "b" for those who try a subject, empty for the rest.
    variant = models.CharField(max_length=1, blank=True)
