from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.models import Site

from plaidoyer.lib.colour import validate_readable
from plaidoyer.lib.words import WordsField

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
    giving_url = WordsField(_("page to give"), blank=True)

    panels = [
        MultiFieldPanel([FieldPanel("name"), FieldPanel("purpose")], _("Name")),
        FieldPanel("accent"),
        MultiFieldPanel(
            [FieldPanel("contact_email"), FieldPanel("postal_address"), FieldPanel("giving_url")],
            _("Contact and giving"),
        ),
    ]

    class Meta:
        verbose_name = _("organisation")

    @classmethod
    def current(cls) -> "Organisation":
        """The settings of the one site of this installation."""
        return cls.for_site(Site.objects.get(is_default_site=True))
