import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plaidoyer.lib.words import WordsField


class Organization(models.Model):
    """Popolo organization: a legislature, a ministry, an agency, a company."""

    name = WordsField(_("name"))
    classification = models.CharField(_("kind"), max_length=60, blank=True)
    url = models.URLField(_("official page"), blank=True)

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")

    def __str__(self) -> str:
        return str(self.name)


class Person(models.Model):
    """Popolo person: somebody who holds public office. Never a supporter."""

    given_name = models.CharField(_("given name"), max_length=100)
    family_name = models.CharField(_("family name"), max_length=100)
    honorific_prefix = WordsField(_("form of address"), blank=True)
    preferred_language = models.CharField(_("writes in"), max_length=12, blank=True)

    class Meta:
        verbose_name = _("person in office")
        verbose_name_plural = _("persons in office")
        ordering = ["family_name", "given_name"]

    def __str__(self) -> str:
        return f"{self.honorific_prefix} {self.given_name} {self.family_name}".strip()


class Post(models.Model):
    """Popolo post: an office that somebody holds, in an organization."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="posts")
    label = WordsField(_("office"))

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")

    def __str__(self) -> str:
        return str(self.label)

    def holder(self, on: datetime.date | None = None) -> Person | None:
        """Who holds the post on that day (today, if none is given); nobody when it is vacant."""
        held = self.memberships.on(on or timezone.localdate()).order_by("-start_on", "-id")
        membership = held.select_related("person").first()
        return membership.person if membership else None


class MembershipQuerySet(models.QuerySet):
    def on(self, day: datetime.date) -> "MembershipQuerySet":
        """Those that hold on `day`; a missing start or end is open."""
        return self.filter(
            Q(start_on=None) | Q(start_on__lte=day), Q(end_on=None) | Q(end_on__gte=day)
        )


class Membership(models.Model):
    """Popolo membership: a person holds a post from a day to a day."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    post = models.ForeignKey(Post, models.PROTECT, related_name="memberships")
    start_on = models.DateField(_("from"), null=True, blank=True)
    end_on = models.DateField(_("to"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("term of office")
        verbose_name_plural = _("terms of office")
        constraints = [
            models.CheckConstraint(
                name="membership_ends_after_start",
                condition=Q(start_on=None) | Q(end_on=None) | Q(end_on__gte=models.F("start_on")),
                violation_error_message=_("A term ends after it begins."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.post}"


class ContactDetail(models.Model):
    """Popolo contact detail: an official way to reach a person, a post or an organization."""

    class Type(models.TextChoices):
        EMAIL = "email", _("e-mail")
        VOICE = "voice", _("telephone")
        ADDRESS = "address", _("postal address")

    person = models.ForeignKey(
        Person, models.CASCADE, null=True, blank=True, related_name="contact_details"
    )
    post = models.ForeignKey(
        Post, models.CASCADE, null=True, blank=True, related_name="contact_details"
    )
    organization = models.ForeignKey(
        Organization, models.CASCADE, null=True, blank=True, related_name="contact_details"
    )
    type = models.CharField(_("type"), max_length=10, choices=Type.choices, default=Type.EMAIL)
    value = models.CharField(_("address or number"), max_length=254)
    source = models.URLField(_("official page where it stands"))
    verified_at = models.DateTimeField(_("last checked"), default=timezone.now)

    class Meta:
        verbose_name = _("contact detail")
        verbose_name_plural = _("contact details")
        constraints = [
            models.CheckConstraint(
                name="contact_of_one_owner",
                condition=(
                    Q(person__isnull=False, post=None, organization=None)
                    | Q(person=None, post__isnull=False, organization=None)
                    | Q(person=None, post=None, organization__isnull=False)
                ),
                violation_error_message=_("Choose one: a person, an office or an organization."),
            )
        ]

    def __str__(self) -> str:
        return self.value
