from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliveryConfig(AppConfig):
    name = "plaidoyer.delivery"
    verbose_name = _("Delivery")

    def ready(self) -> None:
        from plaidoyer.delivery import copies, letters, privacy
        from plaidoyer.delivery.replies import collecting, surveys
        from plaidoyer.delivery.replies import privacy as replies
        from plaidoyer.mail import returns
        from plaidoyer.mail.kinds import register
        from plaidoyer.supporters.privacy import register as keeps

        register(letters.KIND, letters.compose, _("letter"), official=True)
        register(copies.KIND, copies.compose, _("own copy"))
        register(surveys.KIND, surveys.compose, _("question whether a letter was answered"))
        returns.register(letters.KIND, collecting.receive)
        keeps("replies", export=replies.export, erase=replies.erase)
        keeps("letters", export=privacy.export, erase=privacy.erase)
