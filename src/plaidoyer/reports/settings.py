"""What the organisation decided for all its editions: names of headings."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting

from plaidoyer.lib.words import WordsField


@register_setting(icon="doc-full", order=930)
class ReportSettings(BaseSiteSetting):
    """Empty words mean Plaidoyer's own."""

    victory = WordsField(_("victories"), blank=True)
    movement = WordsField(_("positive movements"), blank=True)
    update = WordsField(_("updates on earlier wins"), blank=True)
    ongoing = WordsField(_("ongoing"), blank=True)
    setback = WordsField(_("setbacks"), blank=True)
    recalled = WordsField(_("won earlier"), blank=True)

    panels = [
        MultiFieldPanel(
            [
                FieldPanel(name)
                for name in ("victory", "movement", "update", "ongoing", "setback", "recalled")
            ],
            _("Names of the headings"),
        ),
    ]

    class Meta:
        verbose_name = _("impact reports")

    @classmethod
    def current(cls) -> "ReportSettings":
        """What was set for this installation, else nothing; one query, nothing written."""
        return cls.objects.filter(site__is_default_site=True).first() or cls()
