import uuid

from django.db import models
from django.db.models.functions import MD5
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting

from plaidoyer.supporters.models import Supporter


class Departure(models.Model):
    """A reader ended their subscription, and this was the last mailing they had been sent."""

    mailing = models.ForeignKey("newsletters.Mailing", models.CASCADE, related_name="departures")
    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="+")
    left_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("mailing", "supporter", name="departed_once")]


class Link(models.Model):
    """An address in a mailing whose clicks are counted."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    mailing = models.ForeignKey("newsletters.Mailing", models.CASCADE, related_name="links")
    language = models.CharField(max_length=12)
    # "a" or "b" where two subjects are tried, so that their clicks can be told apart.
    variant = models.CharField(max_length=1, blank=True)
    url = models.TextField()

    class Meta:
        constraints = [
            # A hash, for addresses may be longer than an index takes.
            models.UniqueConstraint(
                "mailing", "language", "variant", MD5("url"), name="click_link_once"
            )
        ]


class Click(models.Model):
    """Somebody, or a program, followed a link. Who is not known and not kept."""

    link = models.ForeignKey(Link, models.CASCADE, related_name="clicks")
    clicked_at = models.DateTimeField(default=timezone.now)
    is_program = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index("link", "is_program", name="click_of_link")]


@register_setting(icon="mail", order=930)
class NewsletterSettings(BaseSiteSetting):
    """What the organisation lets newsletters do."""

    counts_clicks = models.BooleanField(
        _("count clicks on links"),
        default=False,
        help_text=_(
            "Links then lead through this site, which counts how often each was followed, never "
            "by whom. Mail programs that check links are counted apart as far as they can be told. "
            "Opening a mail is never counted."
        ),
    )

    panels = [FieldPanel("counts_clicks")]

    class Meta:
        verbose_name = _("newsletters")

    @classmethod
    def current(cls) -> "NewsletterSettings":
        """What was set for this installation, else the defaults; one query, nothing written."""
        return cls.objects.filter(site__is_default_site=True).first() or cls()
