"""The pages that show several rooms at once."""

import uuid
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField, TranslatableField

from plaidoyer.campaigns import scorecards
from plaidoyer.campaigns.models import Campaign
from plaidoyer.delivery import reporting as delivery
from plaidoyer.delivery.replies import rates
from plaidoyer.figures import reporting as figures
from plaidoyer.mail.models import Envelope
from plaidoyer.outcomes import reporting as outcomes
from plaidoyer.supporters.models import Supporter
from plaidoyer.vault.fields import Part, SealedField
from plaidoyer.website import reporting

ACTS_ON_HOME = 6
NEWS_ON_HOME = 5
RICH_TEXT = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link", "image", "hr"]


class HomePage(Page):
    """The first page of a language."""

    lead = models.TextField(_("lead"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("lead")]
    search_fields = [*Page.search_fields, index.SearchField("lead")]
    override_translatable_fields = [TranslatableField("lead")]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        causes = CampaignPage.objects.filter(locale=self.locale)
        return super().get_context(request, *args, **kwargs) | {
            "acts": reporting.open_acts(self.locale, ACTS_ON_HOME),
            "news": reporting.news(causes, NEWS_ON_HOME),
            "edition": reporting.last_edition(self.locale.language_code),
            "campaigns": CampaignIndexPage.objects.child_of(self).live().first(),
        }


class TextPage(Page):
    """A page of plain text: about us, privacy, how we count."""

    lead = models.TextField(_("lead"), blank=True)
    body = RichTextField(_("text"), blank=True, features=RICH_TEXT)

    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("body")]
    search_fields = [*Page.search_fields, index.SearchField("lead"), index.SearchField("body")]
    override_translatable_fields = [TranslatableField("lead"), TranslatableField("body")]
    parent_page_types = ["website.HomePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("text page")


class CampaignIndexPage(Page):
    """All campaigns."""

    lead = models.TextField(_("lead"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("lead")]
    search_fields = [*Page.search_fields, index.SearchField("lead")]
    override_translatable_fields = [TranslatableField("lead")]
    parent_page_types = ["website.HomePage"]
    subpage_types = ["website.CampaignPage"]

    class Meta:
        verbose_name = _("list of campaigns")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        causes = reporting.causes(CampaignPage.objects.child_of(self))
        return super().get_context(request, *args, **kwargs) | {
            "running": [cause for cause in causes if cause.is_running],
            "closed": [cause for cause in causes if not cause.is_running],
        }


class CampaignPage(Page):
    """The words of a campaign in one language, around its facts: demands, acts, milestones."""

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="pages", verbose_name=_("campaign")
    )
    lead = models.TextField(_("lead"), blank=True)
    body = RichTextField(_("text"), blank=True, features=RICH_TEXT)
    picture = models.ForeignKey(
        "wagtailimages.Image",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
    )
    picture_alt = models.CharField(
        _("what the picture shows"),
        max_length=250,
        blank=True,
        help_text=_("For those who cannot see it. Leave it empty when the picture only decorates."),
    )

    content_panels = [
        *Page.content_panels,
        FieldPanel("campaign"),
        FieldPanel("lead"),
        FieldPanel("body"),
        MultiFieldPanel([FieldPanel("picture"), FieldPanel("picture_alt")], _("Picture")),
    ]
    search_fields = [*Page.search_fields, index.SearchField("lead"), index.SearchField("body")]
    override_translatable_fields = [
        SynchronizedField("campaign", overridable=False),
        TranslatableField("lead"),
        TranslatableField("body"),
        SynchronizedField("picture"),
        TranslatableField("picture_alt"),
    ]
    parent_page_types = ["website.CampaignIndexPage"]
    subpage_types = ["actions.ActionPage"]

    class Meta:
        verbose_name = _("campaign page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        acts = reporting.acts_of(self)
        return super().get_context(request, *args, **kwargs) | {
            "acts": [act for act in acts if act.form.is_open],
            "past_acts": [act for act in acts if not act.form.is_open],
            "campaign": self.campaign,
            "family": reporting.family_of(self),
            "figures": figures.of_campaigns([self.campaign_id], self.locale.language_code).get(
                self.campaign_id, []
            ),
            "index": self.get_parent(),
            "demands": reporting.demands_of(self.campaign),
            "petitions": reporting.official_petitions(self.campaign),
            "letters": delivery.ladder(act.form for act in acts),
            "reply_rates": rates.public(self.campaign),
            "votes": scorecards.asked_votes(self.campaign),
            "milestones": outcomes.timeline(self.campaign, on=timezone.localdate()),
        }


class LinkRequest(models.Model):
    """Somebody asked for the link to their own page; mailed behind the request (me/links.py).

    The address stays until it is answered; a request that is not answered is deleted then.
    """

    # Secret: for a day it opens the page (lib.tokens).
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sealed = SealedField()
    email = Part(_("e-mail"))
    language = models.CharField(max_length=12)
    requested_at = models.DateTimeField(default=timezone.now)
    supporter = models.ForeignKey(Supporter, models.CASCADE, null=True, related_name="+")
    envelope = models.OneToOneField(
        Envelope, models.CASCADE, null=True, related_name="link_request"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="link_request_answered_whole",
                condition=models.Q(supporter=None, envelope=None)
                | models.Q(supporter__isnull=False, envelope__isnull=False, sealed=b""),
            )
        ]
