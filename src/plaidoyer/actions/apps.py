from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ActionsConfig(AppConfig):
    name = "plaidoyer.actions"
    verbose_name = _("Actions")

    def ready(self) -> None:
        from plaidoyer.actions import kinds, messages
        from plaidoyer.mail.kinds import register

        kinds.load()
        register("confirmation", messages.compose, _("confirmation"))
