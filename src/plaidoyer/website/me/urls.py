from django.urls import path

from plaidoyer.website.me import views

app_name = "me"
urlpatterns = [
    path("", views.ask, name="ask"),
    path("sent/", views.sent, name="sent"),
    path("erased/", views.erased, name="erased"),
    path("<str:token>/", views.page, name="page"),
    path("<str:token>/details/", views.details, name="details"),
    path("<str:token>/newsletter/", views.newsletter, name="newsletter"),
    path("<str:token>/data.json", views.data, name="data"),
    path("<str:token>/data.pdf", views.paper, name="paper"),
    path("<str:token>/erasure/", views.erasure, name="erasure"),
]
