"""What machines of other sites read, and the pages that people see in a frame there."""

from django.urls import path

from plaidoyer.api import views

urlpatterns = [
    path("embed/<slug:public_id>.js", views.script, name="embed_script"),
    path("oembed", views.oembed),
    path("oembed.<slug:form>", views.oembed, name="oembed"),
]
# Under a language: /fr/embed/...
framed = [
    path("embed/<slug:public_id>/", views.frame, name="embed_frame"),
    path("embed/<slug:public_id>/thanks/<str:token>/", views.thanks, name="embed_thanks"),
]
