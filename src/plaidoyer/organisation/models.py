from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting

from plaidoyer.lib.colour import validate_readable
from plaidoyer.lib.words import Words, WordsField, validate_links
from plaidoyer.organisation import giving

HEX = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write a colour as # and six digits, like #0b6e6e."))


@register_setting(icon="site", order=900)
class Organisation(BaseSiteSetting):
    """What mails, pages and reports say of the organisation itself."""

    name = WordsField(_("name"))
    purpose = WordsField(_("purpose in one sentence"), blank=True)
    accent = models.CharField(
        _("accent colour"), max_length=7, default="#0b6e6e", validators=[HEX, validate_readable]
    )
    contact_email = models.EmailField(_("address for questions"), blank=True)
    postal_address = models.TextField(_("postal address"), blank=True)
    giving_url = WordsField(
        _("page to give"),
        blank=True,
        validators=[validate_links],
        help_text=_("Its address, beginning with https://. The appeal of a report links to it."),
    )

    panels = [
        MultiFieldPanel([FieldPanel("name"), FieldPanel("purpose")], _("Name")),
        FieldPanel("accent"),
        MultiFieldPanel(
            [
                FieldPanel("contact_email"),
                FieldPanel("postal_address"),
                FieldPanel(
                    "giving_url",
                    help_text=_(
                        "Its address, beginning with https://, where it is on another site. Left "
                        "empty, people give here, once a fund is open."
                    ),
                ),
            ],
            _("Contact and giving"),
        ),
    ]

    class Meta:
        verbose_name = _("organisation")

    def __str__(self) -> str:
        return str(self.name)

    @cached_property
    def give_url(self) -> str:
        """Where one gives, in the active language; empty where one cannot."""
        return giving.address(self)

    @classmethod
    def current(cls) -> "Organisation":
        """What was set for the one site of this installation; without it, what Plaidoyer gives.

        One query, and nothing written: it is asked for every page.
        """
        recorded = cls.objects.filter(site__is_default_site=True).first()
        return recorded or cls(name=Words({settings.LANGUAGE_CODE: settings.WAGTAIL_SITE_NAME}))
