from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewslettersConfig(AppConfig):
    name = "plaidoyer.newsletters"
    verbose_name = _("Newsletters")

    def ready(self) -> None:
        from plaidoyer.mail import kinds
        from plaidoyer.newsletters import (
            checks,
            copies,
            mailings,
            notices,
            obstacles,
            privacy,
            trials,
        )
        from plaidoyer.newsletters.segments import conditions
        from plaidoyer.newsletters.segments.all import OWN
        from plaidoyer.newsletters.topics import staying
        from plaidoyer.supporters.privacy import register as keeps
        from plaidoyer.supporters.retention import register as retains

        kinds.register(
            mailings.KIND,
            copies.compose,
            _("mailing"),
            bulk=True,
            filler=copies.fill,
            readers=copies.readers,
        )
        kinds.register(notices.KIND, notices.compose, _("mailing that did not leave"))
        for condition in OWN:
            conditions.register(condition())
        kinds.register(staying.KIND, staying.compose, _("question whether a reader stays"))
        for name, rule in staying.RULES.items():
            retains(name, rule)
        kinds.register(trials.KIND, trials.compose, _("test of a newsletter"))
        obstacles.CHECKS.append(checks.in_the_way)
        keeps("newsletters", export=privacy.export, erase=privacy.erase)
