import pkgutil
from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CivicsConfig(AppConfig):
    name = "plaidoyer.civics"
    verbose_name = _("Decision-makers")

    def ready(self) -> None:
        from plaidoyer.civics import (  # noqa: F401  (planners register themselves)
            bodies,
            directories,
            persons,
            placings,
            sources,
            terms,
        )

        # A source is a file in the folder: each registers itself.
        for module in pkgutil.iter_modules(sources.__path__):
            import_module(f"{sources.__name__}.{module.name}")
