from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


class StaffConfig(AppConfig):
    default = True
    name = "plaidoyer.staff"
    verbose_name = _("Staff")

    def ready(self) -> None:
        from plaidoyer.mail.kinds import register
        from plaidoyer.mail.returns import keep_desk
        from plaidoyer.staff import canaries, notices

        register(notices.KIND, notices.compose, _("mail to the staff"), asked=True)
        keep_desk(canaries.is_desk, canaries.receive)


class AccountsConfig(WagtailUsersAppConfig):
    """Wagtail's users, on our screens."""

    default = False
    user_viewset = "plaidoyer.staff.accounts.Accounts"
