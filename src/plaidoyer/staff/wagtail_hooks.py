from django.urls import URLPattern, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from plaidoyer.staff.audit.desk import AuditLedger
from plaidoyer.staff.seconds import desk


@hooks.register("register_admin_viewset")
def audit() -> AuditLedger:
    return AuditLedger()


@hooks.register("register_admin_urls")
def screens() -> list[URLPattern]:
    return desk.routes()


@hooks.register("register_admin_menu_item")
def second_person() -> MenuItem:
    return desk.menu_item()


@hooks.register("register_admin_menu_item")
def own_account() -> MenuItem:
    """Second factors, sessions and password are not Wagtail's."""
    return MenuItem(_("Your sign-in"), reverse_lazy("mfa_index"), icon_name="key", order=9999)
