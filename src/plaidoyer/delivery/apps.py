from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliveryConfig(AppConfig):
    name = "plaidoyer.delivery"
    verbose_name = _("Delivery")

    def ready(self) -> None:
        from plaidoyer.delivery import bounces, copies, letters, privacy, retention
        from plaidoyer.delivery.mailboxes import digests, notices, offices
        from plaidoyer.delivery.replies import collecting, surveys
        from plaidoyer.delivery.replies import privacy as replies
        from plaidoyer.mail import returns
        from plaidoyer.mail.kinds import register
        from plaidoyer.supporters.privacy import register as keeps
        from plaidoyer.supporters.retention import register as retains

        register(letters.KIND, letters.compose, _("letter"), official=True)
        register(copies.KIND, copies.compose, _("own copy"))
        register(digests.KIND, digests.compose, _("letters of a day"), official=True)
        register(offices.KIND, offices.compose, _("question to an office"), official=True)
        register(notices.KIND, notices.compose, _("notice of a mailbox"))
        register(surveys.KIND, surveys.compose, _("question whether a letter was answered"))
        returns.register(letters.KIND, collecting.receive)
        for kind in (letters.KIND, digests.KIND):
            returns.register(kind, bounces.receive)
        keeps("replies", export=replies.export, erase=replies.erase)
        keeps("letters", export=privacy.export, erase=privacy.erase)
        for name, rule in retention.RULES.items():
            retains(name, rule)
