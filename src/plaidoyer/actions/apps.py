from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ActionsConfig(AppConfig):
    name = "plaidoyer.actions"
    verbose_name = _("Actions")

    def ready(self) -> None:
        from plaidoyer.actions import kinds, messages, names, privacy
        from plaidoyer.mail.kinds import register
        from plaidoyer.supporters.privacy import register as keeps

        kinds.load()
        register("confirmation", messages.compose, _("confirmation"), asked=True)
        keeps("names", export=names.export, erase=names.erase)
        keeps("acts", export=privacy.export, erase=privacy.erase)

        from plaidoyer.actions.kinds.letter import waiting

        keeps("representatives", export=waiting.export, erase=waiting.erase)
