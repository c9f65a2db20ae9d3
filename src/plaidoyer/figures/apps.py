from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FiguresConfig(AppConfig):
    name = "plaidoyer.figures"
    verbose_name = _("Figures")

    def ready(self) -> None:
        from plaidoyer.figures import texts
        from plaidoyer.lib import wording_tags

        wording_tags.NAMED = texts.fill
