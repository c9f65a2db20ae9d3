from django.templatetags.static import static
from django.urls import URLPattern
from django.utils.html import format_html
from wagtail import hooks

from plaidoyer.website.me import desk


@hooks.register("register_admin_urls")
def persons() -> list[URLPattern]:
    return desk.routes()


@hooks.register("insert_global_admin_css")
def admin_css() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("website/admin.css"))
