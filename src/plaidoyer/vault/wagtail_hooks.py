from django.templatetags.static import static
from django.urls import URLPattern, path
from django.utils.html import format_html
from wagtail import hooks

from plaidoyer.vault import views


@hooks.register("register_admin_urls")
def marks_of_addresses() -> list[URLPattern]:
    return [path("marks/", views.mark, name="vault_mark")]


@hooks.register("insert_global_admin_js")
def lists_are_asked_by_marks() -> str:
    return format_html('<script src="{}" defer></script>', static("vault/search.js"))
