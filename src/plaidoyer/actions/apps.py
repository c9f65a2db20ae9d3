from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ActionsConfig(AppConfig):
    name = "plaidoyer.actions"
    verbose_name = _("Actions")

    def ready(self) -> None:
        from plaidoyer.actions import kinds, messages, names, privacy, retention
        from plaidoyer.mail.kinds import register
        from plaidoyer.supporters.privacy import register as keeps
        from plaidoyer.supporters.retention import register as retains

        kinds.load()
        register("confirmation", messages.compose, _("confirmation"), asked=True)
        keeps("names", export=names.export, erase=names.erase)
        keeps("acts", export=privacy.export, erase=privacy.erase)
        for name, rule in retention.RULES.items():
            retains(name, rule)

        from plaidoyer.actions.kinds.letter import waiting

        keeps("representatives", export=waiting.export, erase=waiting.erase)
