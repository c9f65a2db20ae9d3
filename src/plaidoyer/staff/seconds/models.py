from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class CountersigningQuerySet(models.QuerySet["Countersigning"]):
    def open(self) -> "CountersigningQuerySet":
        """Not decided, and not too old to be."""
        return self.filter(decided_at=None, expires_at__gt=timezone.now())

    def ready(self) -> "CountersigningQuerySet":
        """Allowed, not done, and not too old to be."""
        return self.filter(is_allowed=True, done_at=None, expires_at__gt=timezone.now())


class Countersigning(models.Model):
    """A deed as somebody asked for it, what a second person said, and that it was done.

    A hash of the request is kept, so that just that is done and nothing else. The database refuses
    that somebody decides on what they asked for.
    """

    right = models.CharField(max_length=100)
    words = models.TextField(_("what"))
    path = models.TextField()
    request_sha256 = models.CharField(max_length=64)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    expires_at = models.DateTimeField(_("good until"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    is_allowed = models.BooleanField(null=True)
    done_at = models.DateTimeField(null=True)

    objects = CountersigningQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")), name="two_persons"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None, is_allowed=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False, is_allowed__isnull=False),
                name="decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(is_allowed=True), name="done_once_allowed"
            ),
        ]

    def may_be_decided_by(self, user: User) -> bool:
        """Whether `user` is another person, who has the right."""
        return user.pk != self.asked_by_id and user.has_perm(self.right)

    @property
    def is_late(self) -> bool:
        """Whether it may be done no more."""
        return self.expires_at <= timezone.now()
