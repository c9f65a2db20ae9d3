from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DonationsConfig(AppConfig):
    name = "plaidoyer.donations"
    verbose_name = _("Giving")

    def ready(self) -> None:
        from plaidoyer.donations import funds, messages, newsletters, privacy
        from plaidoyer.donations.bank import notices
        from plaidoyer.mail import returns
        from plaidoyer.mail.kinds import register
        from plaidoyer.newsletters.results import figures
        from plaidoyer.newsletters.segments import conditions
        from plaidoyer.newsletters.topics import staying
        from plaidoyer.organisation import giving
        from plaidoyer.supporters.privacy import register as keeps

        conditions.register(newsletters.Gave())
        staying.SIGNS.append(newsletters.given_since)
        figures.register(newsletters.brought, newsletters.RIGHT)
        giving.register(funds.address)
        register(messages.KIND, messages.compose, _("mail about a gift"))
        returns.keep_desk(notices.is_desk, notices.receive)
        keeps("gifts", export=privacy.export, erase=privacy.erase)
