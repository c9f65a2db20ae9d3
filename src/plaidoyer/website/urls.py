"""Addresses without a language: the door, signs of life, colours, and what machines read."""

from django.urls import path, register_converter

from plaidoyer.website import views


class ColourConverter:
    """Six hexadecimal digits, lower case."""

    regex = "[0-9a-f]{6}"

    def to_python(self, value: str) -> str:
        return f"#{value}"

    def to_url(self, value: str) -> str:
        return value.removeprefix("#").lower()


register_converter(ColourConverter, "colour")

urlpatterns = [
    path("", views.choose_language, name="root"),
    path("healthz", views.healthz, name="healthz"),
    path("style/<colour:accent>.css", views.style, name="style"),
    path("style/<colour:accent>.svg", views.icon, name="icon"),
    path("picture/<slug:public_id>-<str:language>.png", views.picture, name="picture"),
    path(
        "picture/figures/<slug:name>-<str:language>.png",
        views.figure_picture,
        name="figure_picture",
    ),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("source.tar.gz", views.source, name="source"),
    path("media/<path:path>", views.media, name="media"),
]
