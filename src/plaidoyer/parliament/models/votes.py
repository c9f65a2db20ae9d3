from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from plaidoyer.civics.models import Area, Organization, Person
from plaidoyer.lib.words import WordsField, validate_links
from plaidoyer.parliament.models.sessions import LegislativeSession


def new_public_id() -> str:
    """Ten letters and digits that stand for a recorded vote in addresses."""
    return get_random_string(10, "abcdefghjkmnpqrstuvwxyz23456789")


class Option(models.TextChoices):
    """How a member votes (Popolo vote options)."""

    YES = "yes", pgettext_lazy("vote", "yes")
    NO = "no", pgettext_lazy("vote", "no")
    ABSTAIN = "abstain", pgettext_lazy("vote", "abstains")
    ABSENT = "absent", pgettext_lazy("vote", "absent")
    PAIRED = "paired", pgettext_lazy("vote", "paired")


class Motion(ClusterableModel):
    """Popolo motion: what a legislature is asked to decide."""

    legislature = models.ForeignKey(
        Organization, models.PROTECT, related_name="motions", verbose_name=_("legislature")
    )
    session = models.ForeignKey(
        LegislativeSession,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="motions",
        verbose_name=_("session"),
    )
    identifier = models.CharField(_("number"), max_length=40)
    title = WordsField(_("title"))
    text = WordsField(_("text"), long=True, blank=True)
    # The bill or the motion that it amends or reads, such as C-11.
    bill = models.CharField(_("bill"), max_length=40, blank=True)
    url = WordsField(_("official page"), blank=True, validators=[validate_links])
    # The day on which the vote is expected; how it went stands in the vote event.
    vote_expected_on = models.DateField(_("vote expected"), null=True, blank=True)

    class Meta:
        verbose_name = _("motion")
        verbose_name_plural = _("motions")
        constraints = [
            # Numbers restart with each session.
            models.UniqueConstraint(
                "legislature",
                "session",
                "identifier",
                name="motion_once",
                nulls_distinct=False,
                violation_error_message=_("That motion is recorded already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.identifier}: {self.title}" if str(self.title) else self.identifier


class VoteEvent(ClusterableModel):
    """Popolo vote event: a recorded vote on a motion."""

    class Result(models.TextChoices):
        PASS = "pass", pgettext_lazy("vote", "adopted")
        AMENDED = "amended", pgettext_lazy("vote", "adopted as amended")
        FAIL = "fail", pgettext_lazy("vote", "rejected")
        TIE = "tie", pgettext_lazy("vote", "tied")

    public_id = models.CharField(max_length=10, unique=True, default=new_public_id, editable=False)
    motion = ParentalKey(Motion, on_delete=models.PROTECT, related_name="vote_events")
    identifier = models.CharField(_("number"), max_length=40, blank=True)
    held_on = models.DateField(_("held"))
    result = models.CharField(_("result"), max_length=10, choices=Result.choices)
    source = models.URLField(_("source"))
    session = models.ForeignKey(
        LegislativeSession,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="vote_events",
        verbose_name=_("session"),
    )
    # The moment, where the source tells; its zone is the legislature's.
    held_at = models.DateTimeField(_("moment"), null=True, blank=True)
    # How the source words the result, and the totals as it published them: never derived from
    # the votes we hold, so that a difference shows.
    result_as_published = WordsField(_("result as published"), blank=True)
    yes_count = models.PositiveIntegerField(_("yes, as published"), null=True, blank=True)
    no_count = models.PositiveIntegerField(_("no, as published"), null=True, blank=True)
    paired_count = models.PositiveIntegerField(_("paired, as published"), null=True, blank=True)
    abstain_count = models.PositiveIntegerField(_("abstained, as published"), null=True, blank=True)

    class Meta:
        verbose_name = _("recorded vote")
        verbose_name_plural = _("recorded votes")
        ordering = ["-held_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                "session",
                "identifier",
                name="vote_event_once",
                condition=~Q(identifier=""),
                violation_error_message=_("That vote of the session is recorded already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.motion.identifier}, {self.held_on:%Y-%m-%d}"

    @property
    def is_adopted(self) -> bool:
        """Whether it passed, amended or not; a tie did not."""
        return self.result in (self.Result.PASS, self.Result.AMENDED)


class GroupCount(models.Model):
    """Popolo group result: how one party voted, as it was published without its members."""

    event = ParentalKey(VoteEvent, on_delete=models.CASCADE, related_name="group_counts")
    group = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("party")
    )
    yes_count = models.PositiveIntegerField(pgettext_lazy("vote", "yes"), default=0)
    no_count = models.PositiveIntegerField(pgettext_lazy("vote", "no"), default=0)
    paired_count = models.PositiveIntegerField(pgettext_lazy("vote", "paired"), default=0)
    abstain_count = models.PositiveIntegerField(pgettext_lazy("vote", "abstains"), default=0)

    class Meta:
        verbose_name = _("totals of a party")
        verbose_name_plural = _("totals by party")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                "event",
                "group",
                name="group_count_once",
                violation_error_message=_("This party stands there already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.group)


class Entry(models.Model):
    """A list that somebody pasted: how members voted, or what they said they would vote.

    It can be undone as long as no later list of the same vote stands on it.
    """

    motion = models.ForeignKey(Motion, models.CASCADE, related_name="entries")
    # None: the list was of stated positions.
    event = models.ForeignKey(
        VoteEvent, models.CASCADE, null=True, blank=True, related_name="entries"
    )
    # How those it names had voted before, by the person's id; "" where nothing was known.
    before = models.JSONField(default=dict)
    entered_at = models.DateTimeField(_("entered"), default=timezone.now)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("list of members")
        verbose_name_plural = _("lists of members")
        ordering = ["-id"]


class Vote(models.Model):
    """Popolo vote: how one member voted."""

    event = models.ForeignKey(VoteEvent, models.CASCADE, related_name="votes")
    person = models.ForeignKey(Person, models.PROTECT, related_name="votes")
    option = models.CharField(_("vote"), max_length=10, choices=Option.choices)
    # The party and the riding on that day: people change both.
    group = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints = [models.UniqueConstraint("event", "person", name="vote_once")]


class Position(models.Model):
    """What a member said they would vote, and where it can be read. The last one holds."""

    motion = ParentalKey(Motion, on_delete=models.CASCADE, related_name="positions")
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="positions", verbose_name=_("member")
    )
    option = models.CharField(_("position"), max_length=10, choices=Option.choices)
    stated_on = models.DateField(_("stated"), default=timezone.localdate)
    source = models.URLField(_("source"))
    # The pasted list it came with, if it did; undone with it.
    entry = models.ForeignKey(
        Entry,
        models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="positions",
    )

    class Meta:
        verbose_name = _("stated position")
        verbose_name_plural = _("stated positions")
        ordering = ["-stated_on", "-id"]
