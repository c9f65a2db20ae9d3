from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutcomesConfig(AppConfig):
    name = "plaidoyer.outcomes"
    verbose_name = _("Outcomes")

    def ready(self) -> None:
        from plaidoyer.actions import reporting as acts
        from plaidoyer.outcomes import reporting

        acts.OUTCOMES = reporting.outcome
