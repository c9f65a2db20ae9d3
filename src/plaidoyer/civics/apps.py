from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CivicsConfig(AppConfig):
    name = "plaidoyer.civics"
    verbose_name = _("Decision-makers")
