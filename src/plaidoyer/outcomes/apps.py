from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutcomesConfig(AppConfig):
    name = "plaidoyer.outcomes"
    verbose_name = _("Outcomes")

    def ready(self) -> None:
        from plaidoyer.actions import reporting as acts
        from plaidoyer.actions.kinds.letter.rules import register
        from plaidoyer.outcomes import conditions, reporting
        from plaidoyer.outcomes.handovers import privacy
        from plaidoyer.supporters.privacy import register as keeps

        acts.OUTCOMES = reporting.outcome
        register(conditions.STANDING)
        keeps("handovers", export=privacy.export, erase=privacy.erase)
