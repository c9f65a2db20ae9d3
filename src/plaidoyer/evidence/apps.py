from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvidenceConfig(AppConfig):
    name = "plaidoyer.evidence"
    verbose_name = _("Evidence")

    def ready(self) -> None:
        from plaidoyer.evidence import notices
        from plaidoyer.mail.kinds import register

        register(notices.KIND, notices.compose, _("notice of dead links"))
