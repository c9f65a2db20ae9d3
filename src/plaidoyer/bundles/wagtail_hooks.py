from django.http import HttpRequest
from django.urls import URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from plaidoyer.bundles import desk


@hooks.register("register_admin_urls")
def bundles_urls() -> list[URLResolver]:
    doors = [
        path("", desk.index, name="index"),
        path("<int:pk>/undo/", desk.undo, name="undo"),
    ]
    return [path("bundles/", include((doors, "bundles")))]


class BundlesItem(MenuItem):
    """Shown to those who may bring campaigns in."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("bundles.add_bundleimport")


@hooks.register("register_settings_menu_item")
def bundles_item() -> MenuItem:
    return BundlesItem(_("Bundles"), reverse("bundles:index"), icon_name="download", order=950)
