from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebsiteConfig(AppConfig):
    name = "plaidoyer.website"
    verbose_name = _("Website")

    def ready(self) -> None:
        from plaidoyer.mail.kinds import register
        from plaidoyer.supporters.privacy import register as keeps
        from plaidoyer.supporters.retention import register as retains
        from plaidoyer.website.me import links, privacy, retention

        register(links.KIND, links.compose, _("link to one’s page"), asked=True)
        keeps("links", export=privacy.export, erase=privacy.erase)
        keeps(
            "suppressions",
            export=privacy.export_suppressions,
            erase=privacy.hide_suppressions,
        )
        for name, rule in retention.RULES.items():
            retains(name, rule)
