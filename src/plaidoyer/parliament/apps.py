import pkgutil
from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ParliamentConfig(AppConfig):
    name = "plaidoyer.parliament"
    verbose_name = _("Parliament")

    def ready(self) -> None:
        from plaidoyer.parliament import (  # noqa: F401  (planners register themselves)
            petition_planners,
            planners,
            sources,
        )

        # A source is a file in the folder: each registers itself.
        for module in pkgutil.iter_modules(sources.__path__):
            import_module(f"{sources.__name__}.{module.name}")

        from plaidoyer.mail.kinds import register as composes
        from plaidoyer.parliament import notices

        composes(notices.KIND, notices.compose, _("reminder of deadlines"))
