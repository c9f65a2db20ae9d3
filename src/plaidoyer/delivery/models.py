from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plaidoyer.actions.models import Action, Confirmation
from plaidoyer.campaigns.models import Target
from plaidoyer.civics.models import Post
from plaidoyer.delivery.mailboxes.models import (  # noqa: F401
    Courtesy,
    Digest,
    Mailbox,
    MailboxHold,
    MailboxNotice,
    MailServer,
    Wish,
)

# The tables of what came back are this app's.
from plaidoyer.delivery.replies.models import (  # noqa: F401
    RateRelease,
    Reading,
    Reply,
    Survey,
    SurveyAnswer,
    SurveyChoice,
    SurveyStop,
)
from plaidoyer.mail.models import Envelope


class LetterQuerySet(models.QuerySet):
    def standing(self) -> "LetterQuerySet":
        """Those whose act counts (confirmed, not withdrawn, not held) and whose words are kept."""
        counted = Confirmation.objects.counted().filter(action=models.OuterRef("action"))
        return self.filter(models.Exists(counted)).exclude(body="")

    def placed(self) -> "LetterQuerySet":
        """Those of which it is known to whom they go."""
        return self.filter(
            ~models.Exists(Letter.objects.unplaced().filter(pk=models.OuterRef("pk")))
        )

    def waiting(self) -> "LetterQuerySet":
        """Those that have an address and wait for their turn there."""
        turnless = self.filter(turn_at=None, envelope__isnull=False, mailbox__isnull=False)
        return turnless.filter(envelope__state__in=["queued", "deferred"])

    def delivered(self) -> "LetterQuerySet":
        """Those that their reader's server took at `taken_at` and did not send back.

        Alone, or in the mail of a day.
        """
        accepted = Envelope.State.ACCEPTED
        taken = models.Q(envelope__state=accepted) | models.Q(digest__envelope__state=accepted)
        moment = Coalesce("envelope__ended_at", "digest__envelope__ended_at")
        return self.filter(taken).annotate(taken_at=moment)

    def unplaced(self) -> "LetterQuerySet":
        """Those that wait until somebody knows which member of the target represents the writer."""
        return self.filter(post=None, target__organization__isnull=False, action__content__posts=[])


class OwnCopy(models.Model):
    """What a writer asked to get of their own letters, in one mail to themselves."""

    action = models.OneToOneField(Action, models.CASCADE, related_name="own_copy")
    envelope = models.OneToOneField(Envelope, models.CASCADE, related_name="own_copy")


class Letter(models.Model):
    """One act's message to one target, word for word. Held until the target has an address."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="letters")
    target = models.ForeignKey(Target, models.PROTECT, related_name="letters")
    # Which of the target's members, where the target is a body written to through them.
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="letters")
    recipient = models.CharField(_("recipient"), max_length=300)
    subject = models.CharField(_("subject"), max_length=250)
    body = models.TextField(_("body"))
    # In which it is written: its reader's where the organiser has that version. "": the act's.
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    # It thanks an ally, by a rule of the organiser, instead of asking.
    thanks = models.BooleanField(_("says thank you"), default=False)
    # How much of it the writer wrote, in percent of its words; none for what was written earlier.
    own_words = models.PositiveSmallIntegerField(_("own words"), null=True, blank=True)
    written_at = models.DateTimeField(_("written"), default=timezone.now)
    envelope = models.OneToOneField(
        Envelope,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="letter",
        verbose_name=_("state"),
    )

    # Where it goes, once an address is known; its turn there, given when there is room.
    mailbox = models.ForeignKey(
        Mailbox, models.PROTECT, null=True, blank=True, related_name="letters"
    )
    turn_at = models.DateTimeField(_("its turn"), null=True, editable=False)
    # The mail of a day that carries it with others, in place of an envelope of its own.
    digest = models.ForeignKey(Digest, models.PROTECT, null=True, related_name="letters")
    cancelled_by = models.ForeignKey(
        MailboxHold, models.PROTECT, null=True, related_name="cancelled"
    )

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        constraints = [
            models.UniqueConstraint(
                "action", "target", "post", name="letter_once", nulls_distinct=False
            )
        ]
        indexes = [
            # In the order of their turns, so that a round reads no more of them than it gives.
            models.Index(
                "mailbox",
                "id",
                name="letter_waits",
                condition=models.Q(turn_at=None, envelope__isnull=False),
            ),
            models.Index(
                "mailbox",
                "turn_at",
                name="letter_turns",
                condition=models.Q(turn_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.recipient}"
