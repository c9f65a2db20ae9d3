"""The pages that show several rooms at once."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail_localize.fields import SynchronizedField, TranslatableField

from plaidoyer.campaigns.models import Campaign


class HomePage(Page):
    """The first page of a language."""

    lead = models.TextField(_("lead"), blank=True)
    content_panels = [*Page.content_panels, FieldPanel("lead")]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("home page")


class TextPage(Page):
    """A page of plain text: about us, privacy, how we count."""

    body = RichTextField(_("text"), blank=True)
    content_panels = [*Page.content_panels, FieldPanel("body")]
    parent_page_types = ["website.HomePage"]

    class Meta:
        verbose_name = _("text page")


class CampaignIndexPage(Page):
    """All campaigns."""

    lead = models.TextField(_("lead"), blank=True)
    content_panels = [*Page.content_panels, FieldPanel("lead")]
    parent_page_types = ["website.HomePage"]
    subpage_types = ["website.CampaignPage"]

    class Meta:
        verbose_name = _("list of campaigns")


class CampaignPage(Page):
    """The words of a campaign in one language, around its facts: demands, acts, milestones."""

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="pages", verbose_name=_("campaign")
    )
    lead = models.TextField(_("lead"), blank=True)
    body = RichTextField(_("text"), blank=True)
    picture = models.ForeignKey(
        "wagtailimages.Image", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    content_panels = [
        *Page.content_panels,
        FieldPanel("campaign"),
        FieldPanel("lead"),
        FieldPanel("body"),
        FieldPanel("picture"),
    ]
    override_translatable_fields = [
        SynchronizedField("campaign", overridable=False),
        TranslatableField("lead"),
        TranslatableField("body"),
    ]
    parent_page_types = ["website.CampaignIndexPage"]
    subpage_types = ["actions.ActionPage"]

    class Meta:
        verbose_name = _("campaign page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return super().get_context(request, *args, **kwargs)
